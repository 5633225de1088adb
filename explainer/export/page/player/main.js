// The page put together: one playback, which the bar, captions, steps and transcript follow.

import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { Controls } from "./controls.js";
import { PictureSize } from "./picture_size.js";
import { Playback } from "./playback.js";
import { format_time, frame_middle, line_at, read_film, same_moment } from "./film.js";
import { Keys } from "./keys.js";
import { Layout } from "./layout.js";
import { open_storage, take_turns } from "./storage.js";
import { announce, apply_strings, create, fill_blanks, go_to } from "./page.js";
import { find, find_all, prefers_reduced_motion } from "./page.js";
import { mount } from "./interactive.js";
import { Lesson } from "./lesson.js";
import { Messages } from "./messages.js";
import { open_report } from "./report.js";
import { Steps } from "./steps.js";
import { sprites as cut_sprites } from "./sprites.js";
import { Supply } from "./supply.js";
import { TimeBar } from "./timeline.js";
import { retime_sources, Transcript } from "./transcript.js";
import { Views } from "./views.js";

const record = JSON.parse(find("#record").textContent);
const versions = record.versions.map(read_film);
const described = new Map(record.described.map(read_film).map((film) => [film.language, film]));
const storage = open_storage(versions[0].name);
const player = find("#player");
const video = find("video");
const embedded = video.src;
// `?embed`: the player alone, in a frame of another page
const is_embedded = new URLSearchParams(location.search).has("embed");
document.documentElement.classList.toggle("embed", is_embedded);
video.controls = false;

const playback = new Playback(video, versions[0]);
const supply = new Supply(player, playback);
const size = new PictureSize(player, playback, storage, embedded, show_toast);
const sprites = cut_sprites(record.sprites);
const captions = new Captions(find(".captions"), playback);
const layout = new Layout(player);
const bar = new TimeBar(find(".timeline"), playback, sprites);
const chapters = new Chapters(find(".chapters"), playback, sprites);
const steps = new Steps(player, find(".step-panel"), playback, sprites);
const transcript = new Transcript(find(".transcript"), playback);
const actions = { play, captions: toggle_captions, seek, frame, line, chapter, show_toast };
const controls = new Controls(player, playback, actions);
const keys = new Keys(player, playback, controls, actions);
const report = open_report(record, versions[0]);
if (report.answers) storage.set("answers", report.answers);
const lesson = new Lesson(find("#questions"), find(".stop"), storage);
steps.on_line = (line) => lesson.show(line);
const is_asked = versions[0].questions.some(({ after }) => !after);
const missing = is_embedded ? ["step", "read", "explore", "questions"] : [];
const views = new Views(
  [...missing, ...(mount ? [] : ["explore"]), ...(is_asked ? [] : ["questions"])],
  view_changed,
);
const messages = new Messages(playback, {
  play: () => playback.playing || play(),
  pause: () => playback.pause(),
  // without taking the focus from the page around this one
  seek: (time) => send(() => playback.seek(Math.min(time, playback.film.length))),
  line: (key) => {
    const found = playback.film.lines.find((each) => each.key === key);
    if (found) send(() => steps.rest(found.index));
  },
});
let interactive = null;
let interactive_state = "";
let caption_language = "";
let with_descriptions = false;
let video_is_alone = false;

function play() {
  if (views.now === "step") steps.resume();
  else playback.toggle();
}

function seek(seconds) {
  playback.stop = null;
  playback.seek(playback.time + seconds);
}

function frame(by) {
  if (!playback.playing) playback.show(playback.frame + by);
}

function line(by) {
  if (views.now === "step") return by > 0 ? steps.forward() : steps.back();
  const { index, start } = line_at(playback.film, playback.frame);
  // early in a line, “before” means the line before it; later, its own start
  const to = by > 0 ? index + 1 : index - (playback.frame - start < playback.film.fps);
  const found = playback.film.lines[Math.max(0, to)];
  return playback.show(found ? found.start : playback.film.frames - 1);
}

function chapter(by) {
  const { film } = playback;
  const { scene } = line_at(film, playback.frame);
  const { start } = scene.lines[0];
  // early in a chapter, “before” means the chapter before it
  const to = film.scenes.indexOf(scene) + (by > 0 ? 1 : -(playback.frame - start < 2 * film.fps));
  const found = film.scenes[Math.max(0, to)];
  playback.show(found ? found.lines[0].start : film.frames - 1);
}

function show_toast(text) {
  const toast = find(".toast");
  toast.textContent = text;
  clearTimeout(show_toast.waiting);
  show_toast.waiting = setTimeout(() => (toast.textContent = ""), 3000);
}

function toggle_captions() {
  show_captions(caption_language ? "" : playback.film.language);
}

function show_captions(language) {
  caption_language = language;
  const found = versions.some((film) => film.language === language);
  captions.choose(found ? film_in(language) : null);
  find(".caption", player).setAttribute("aria-pressed", Boolean(language));
  find(".caption-language").value = language;
  storage.set("captions", language);
  show_track();
}

// Where the browser shows the video without the page, it is the browser that draws captions.
function show_track() {
  const shown = video_is_alone && caption_language !== "";
  for (const track of video.textTracks) track.mode = shown ? "showing" : "disabled";
}

function watch_video_alone(names, alone) {
  const changed = () => {
    video_is_alone = alone;
    show_track();
  };
  for (const name of names) video.addEventListener(name, changed);
}

function first_view() {
  return prefers_reduced_motion() ? "step" : "play";
}

function view_changed(now, before) {
  layout.measure();
  playback.stop = null;
  steps.on = now === "step";
  transcript.follow = now === "read";
  if (now === "play") chapters.scroll_into_view();
  if (now === "explore" || now === "questions" || before === "step") playback.pause();
  if (now === "step") steps.show_stop();
  else lesson.leave();
  if (now === "explore" && !interactive) {
    const { language } = playback.film;
    const setting = { language, still: prefers_reduced_motion(), speak: announce };
    const state = interactive_state;
    interactive = mount(find("#explore .part"), { ...setting, state, keep: keep_state });
    if (state) keep_state(state);
  } else if (now !== "explore" && interactive) leave_interactive();
}

function keep_state(state) {
  interactive_state = state;
  views.set_hash(`explore/${encodeURIComponent(state)}`);
}

function leave_interactive() {
  interactive.leave();
  interactive = null;
  find("#explore .part").replaceChildren();
}

// Does what an address asks for, and shows where it did so.
function follow(hash) {
  const asked = views.parse_hash(hash, playback.film);
  if (asked.view) {
    if (asked.state !== undefined) interactive_state = asked.state;
    if (asked.state !== undefined && interactive) leave_interactive();
    views.show(asked.view);
    show_section(find(`main > #${asked.view}`));
  }
  if (asked.time !== undefined) {
    if (["step", "explore", "questions"].includes(views.now)) views.show("play");
    playback.stop = null;
    playback.seek(Math.min(asked.time, playback.film.length));
    show_player();
  }
  if (asked.line) {
    views.show("step");
    steps.rest(asked.line.index);
    show_player();
  }
  asked.place?.scrollIntoView();
  return Object.keys(asked).length > 0;
}

function send(act) {
  playback.stop = null;
  act();
}

function show_player() {
  const { top, bottom } = player.getBoundingClientRect();
  // one who reads keeps the place in the transcript
  if (views.now !== "read" || top < -1 || bottom > innerHeight + 1) go_to(player);
}

function show_section(section) {
  if (!section) return;
  const { top, bottom } = section.getBoundingClientRect();
  const is_seen = top < 0.7 * innerHeight && bottom > 0;
  if (is_seen) section.focus({ preventScroll: true });
  else go_to(section, "start");
}

// The film in a language, or else in the first, with descriptions if they are wanted.
function film_in(language) {
  const film = versions.find((version) => version.language === language) ?? versions[0];
  return (with_descriptions && described.get(film.language)) || film;
}

function choose_language(language, time) {
  const film = film_in(language);
  const strings = record.strings[film.language];
  const root = document.documentElement;
  Object.assign(root, { lang: film.language, dir: film.direction });
  document.title = find("h1").textContent = film.title;
  find(".about").textContent = film.about;
  find(".notice").textContent = film.notice;
  apply_strings(strings);
  if (playback.film !== film || time !== undefined) {
    const at = time ?? same_moment(film, playback.film, playback.time);
    load(film, at);
  }
  find(".describable").hidden = !described.has(film.language);
  for (const view of [bar, chapters, steps, controls]) view.load(film, strings);
  size.load(strings);
  transcript.load(film);
  supply.load(strings);
  keys.load(strings);
  lesson.load(film, strings);
  if (views.now === "step") steps.show_stop();
  retime_sources(film);
  find(".film-language").value = film.language;
  if (interactive) {
    leave_interactive();
    views.show("explore");
  }
}

function load(film, time) {
  find("track", video)?.remove();
  const { language: srclang, track: src } = film;
  const { language: label } = record.strings[film.language];
  video.append(create("track", { kind: "captions", srclang, label, src }));
  show_track();
  playback.load(film, size.source(film), time);
}

function offer_languages() {
  const name = ({ language }) => record.strings[language].language;
  const option = (film) => create("option", { value: film.language, textContent: name(film) });
  const off = create("option", { value: "" });
  off.dataset.t = "off";
  find(".caption-language").append(off, ...versions.map(option));
  find(".film-language").append(...versions.map(option));
  find(".several").hidden = versions.length < 2;
  find(".caption-language").addEventListener("change", ({ target }) => show_captions(target.value));
  find(".film-language").addEventListener("change", ({ target }) => {
    const same = caption_language === playback.film.language;
    choose_language(target.value);
    storage.set("language", target.value);
    if (same) show_captions(target.value);
  });
}

function offer_descriptions() {
  const select = find(".described");
  with_descriptions = storage.get("described") === true;
  select.value = with_descriptions ? "on" : "";
  select.addEventListener("change", () => {
    with_descriptions = select.value === "on";
    storage.set("described", with_descriptions);
    const was_playing = playback.playing;
    choose_language(playback.film.language);
    show_captions(caption_language);
    if (with_descriptions) show_toast(record.strings[playback.film.language].described_said);
    if (was_playing) play();
  });
}

function resume() {
  const time = storage.get("time");
  if (!(time > 3 && time < playback.film.length - 3)) return;
  playback.seek(frame_middle(playback.film, Math.floor(time * playback.film.fps)));
  const strings = record.strings[playback.film.language];
  show_toast(fill_blanks(strings.resumed, { time: format_time(time) }));
}

function store_position() {
  const { time } = playback;
  if (Math.abs(time - (store_position.last ?? 0)) <= 1) return;
  store_position.last = time;
  storage.set("time", time);
}

offer_languages();
offer_descriptions();
supply.on_slow = () => size.was_slow();
supply.on_missing = () => size.was_missing();
const chosen = versions.find(({ language }) => language === storage.get("language")) ?? versions[0];
// another film than the one the page was made with, or its smaller copy, is loaded
const first = film_in(chosen.language);
const is_there = first === versions[0] && size.source(first) === (first.film || embedded);
choose_language(first.language, is_there ? undefined : 0);
show_captions(storage.get("captions") ?? "");
controls.settings = storage.get("settings") ?? {};
for (const element of find_all(".if-explorable")) if (!mount) element.remove();
for (const element of find_all(".if-asked")) if (!is_asked) element.remove();
views.show(first_view());
if (!follow(location.hash)) resume();
document.documentElement.classList.add("ready");
addEventListener("hashchange", () => {
  if (location.hash) follow(location.hash);
  else views.show(first_view());
});
document.addEventListener("click", (event) => {
  // the browser tells nobody of a link to where it is already
  const link = event.defaultPrevented ? null : event.target.closest("a");
  if (link && link.hash && link.href === location.href) follow(link.hash);
});
playback.addEventListener("frame", store_position);
watch_video_alone(["enterpictureinpicture", "webkitbeginfullscreen"], true);
watch_video_alone(["leavepictureinpicture", "webkitendfullscreen"], false);
video.addEventListener("play", take_turns(() => playback.pause()));
for (const name of ["volumechange", "ratechange"]) {
  video.addEventListener(name, () => storage.set("settings", controls.settings));
}
steps.on_rest = (line) => views.set_hash(line.key);
let seen = null;
playback.addEventListener("frame", () => {
  const { key } = line_at(playback.film, playback.frame);
  if (playback.playing && key !== seen) report.watched((seen = key));
});
video.addEventListener("ended", () => report.watched(""));
lesson.addEventListener("answer", ({ detail }) => {
  messages.tell("answer", { ...detail, question: detail.question.id });
  report.answered(detail);
});
report.begin(playback, () => lesson.score);
