// The page put together: one deck, shown by the bar, the captions, the steps and the transcript.

import { Captions } from "./captions.js";
import { Chapters } from "./chapters.js";
import { Controls } from "./controls.js";
import { Deck } from "./deck.js";
import { clock_text, line_at, middle, moment_in, read } from "./film.js";
import { Keys } from "./keys.js";
import { memory } from "./memory.js";
import { all, filled, made, one, put_words, speak, still_wanted } from "./page.js";
import { mount } from "./part.js";
import { Steps } from "./steps.js";
import { stills } from "./stills.js";
import { TimeBar } from "./timeline.js";
import { Transcript, retime_sources } from "./transcript.js";
import { Views } from "./views.js";

const record = JSON.parse(one("#record").textContent);
const editions = record.editions.map(read);
const kept = memory(editions[0].name);
const player = one("#player");
const video = one("video");
const embedded = video.src;
document.documentElement.classList.add("js");
video.controls = false;

const deck = new Deck(video, editions[0]);
const pictures = stills(record.sheet);
const captions = new Captions(one(".captions"), deck);
const bar = new TimeBar(one(".timeline"), deck, pictures);
const chapters = new Chapters(one(".chapters"), deck, pictures);
const steps = new Steps(player, one(".step-panel"), deck, pictures);
const transcript = new Transcript(one(".transcript"), deck);
const actions = { play, captions: toggle_captions, seek, frame, line, chapter, tell };
const controls = new Controls(player, deck, actions);
const keys = new Keys(player, deck, controls, actions);
const views = new Views(Boolean(mount), view_changed);
let part = null;
let caption_language = "";

function play() {
  if (views.now === "step") steps.resume();
  else deck.toggle();
}

function seek(seconds) {
  deck.stop = null;
  deck.seek(deck.time + seconds);
}

function frame(by) {
  if (!deck.playing) deck.show(deck.frame + by);
}

function line(by) {
  if (views.now === "step") return by > 0 ? steps.forward() : steps.back();
  const { index, start } = line_at(deck.film, deck.frame);
  // early in a line, “before” means the line before it; later, its own start
  const to = by > 0 ? index + 1 : index - (deck.frame - start < deck.film.fps);
  const found = deck.film.lines[Math.max(0, to)];
  return deck.show(found ? found.start : deck.film.frames - 1);
}

function chapter(by) {
  const { film } = deck;
  const { scene } = line_at(film, deck.frame);
  const { start } = scene.lines[0];
  // early in a chapter, “before” means the chapter before it
  const to = film.scenes.indexOf(scene) + (by > 0 ? 1 : -(deck.frame - start < 2 * film.fps));
  const found = film.scenes[Math.max(0, to)];
  deck.show(found ? found.lines[0].start : film.frames - 1);
}

function tell(text) {
  const toast = one(".toast");
  toast.textContent = text;
  clearTimeout(tell.waiting);
  tell.waiting = setTimeout(() => (toast.textContent = ""), 3000);
}

function toggle_captions() {
  show_captions(caption_language ? "" : deck.film.language);
}

function show_captions(language) {
  caption_language = language;
  captions.choose(editions.find((film) => film.language === language) ?? null);
  one(".caption", player).setAttribute("aria-pressed", Boolean(language));
  one(".caption-language").value = language;
  kept.set("captions", language);
}

function view_changed(now, before) {
  deck.stop = null;
  steps.on = now === "step";
  transcript.follow = now === "read";
  if (now === "play") chapters.see();
  if (now === "explore" || before === "step") deck.pause();
  if (now === "explore" && !part) {
    const { language } = deck.film;
    part = mount(one("#explore .part"), { language, still: still_wanted(), speak });
  } else if (now !== "explore" && part) leave_part();
}

function leave_part() {
  part.leave();
  part = null;
  one("#explore .part").replaceChildren();
}

function follow(hash) {
  const asked = views.read(hash, deck.film);
  if (asked.view) views.go(asked.view);
  if (asked.time !== undefined) {
    if (views.now === "step" || views.now === "explore") views.go("play");
    deck.stop = null;
    deck.seek(Math.min(asked.time, deck.film.length));
  }
  if (asked.line) {
    views.go("step");
    steps.rest(asked.line.index);
  }
  asked.place?.scrollIntoView();
  return Object.keys(asked).length > 0;
}

function choose_language(language, time) {
  const film = editions.find((edition) => edition.language === language) ?? editions[0];
  const words = record.strings[film.language];
  const root = document.documentElement;
  Object.assign(root, { lang: film.language, dir: film.direction });
  document.title = one("h1").textContent = film.title;
  one(".about").textContent = film.about;
  one(".notice").textContent = film.notice;
  put_words(words);
  if (deck.film !== film || time !== undefined) {
    const at = time ?? moment_in(film, deck.film, deck.time);
    load(film, at);
  }
  for (const view of [bar, chapters, steps, controls]) view.load(film, words);
  transcript.load(film);
  keys.load(words);
  retime_sources(film);
  one(".film-language").value = film.language;
  if (part) {
    leave_part();
    views.go("explore");
  }
}

function load(film, time) {
  one("track", video)?.remove();
  const { language: srclang, track: src } = film;
  const { language: label } = record.strings[film.language];
  video.append(made("track", { kind: "captions", srclang, label, src }));
  deck.load(film, film.film || embedded, time);
}

function offer_languages() {
  const named = (film) => ({ value: film.language, textContent: record.strings[film.language].language });
  const off = made("option", { value: "" });
  off.dataset.t = "off";
  one(".caption-language").append(off, ...editions.map((film) => made("option", named(film))));
  one(".film-language").append(...editions.map((film) => made("option", named(film))));
  one(".several").hidden = editions.length < 2;
  one(".caption-language").addEventListener("change", ({ target }) => show_captions(target.value));
  one(".film-language").addEventListener("change", ({ target }) => {
    const same = caption_language === deck.film.language;
    choose_language(target.value);
    kept.set("language", target.value);
    if (same) show_captions(target.value);
  });
}

function resume() {
  const time = kept.get("time");
  if (!(time > 3 && time < deck.film.length - 3)) return;
  deck.seek(middle(deck.film, Math.floor(time * deck.film.fps)));
  tell(filled(record.strings[deck.film.language].resumed, { time: clock_text(time) }));
}

function keep_place() {
  if (Math.abs(deck.time - (keep_place.last ?? 0)) > 1) kept.set("time", (keep_place.last = deck.time));
}

offer_languages();
const language = editions.find((film) => film.language === kept.get("language"))?.language;
choose_language(language ?? editions[0].language, language && language !== editions[0].language ? 0 : undefined);
show_captions(kept.get("captions") ?? "");
for (const element of all(".if-explorable")) if (!mount) element.remove();
views.go(still_wanted() ? "step" : "play");
if (!follow(location.hash)) resume();
addEventListener("hashchange", () => follow(location.hash));
deck.addEventListener("frame", keep_place);
steps.changed = (rested) => views.note(rested.key);
