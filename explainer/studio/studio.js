// The page of `watch`: the newest draft, its timeline, and the script's texts, which can be changed here.

import { Booth } from "./booth.js";
import { element, find } from "./elements.js";
import { FilmPanel } from "./film.js";
import { Timeline, with_cue_on } from "./timeline.js";

const NAMES = { say: "is spoken", show: "is to be seen", hold: "is held for, in seconds" };
const [title, line, state, film, fresh, problem, list, slider] =
  ["title", "line", "state", "film", "fresh", "problem", "lines", "scroll"].map(find);
const token = document.querySelector("meta[name=token]").content;
const booth = new Booth(ask, token, () => shown.lines, () => film.src);
const panel = new FilmPanel(ask);
const timeline = new Timeline(find("timeline"), seek, drop);
let shown = { version: 0, lines: [] };
let states = {}; // of each line: what it is, and why
let anew = { key: "", picture: 0, version: 0 }; // the line that is made before all of the film is
let alone = ""; // the line whose own film is in the player, in place of the draft
const timed = () => shown.lines.filter((one) => one.end > one.start);

let looked_at = "";
const one_line = (key) => timed().find((one) => one.key === key);

// the moment of the draft that is seen
function moment() {
  return film.currentTime + (one_line(alone)?.start ?? 0);
}

// the position in the film by its line, so that it is found again when lines before it have grown
function position() {
  if (alone) return { key: alone, into: film.currentTime };
  const here = timed().findLast((one) => one.start <= film.currentTime + 1e-6) ?? timed()[0];
  return here && { key: here.key, into: film.currentTime - here.start };
}

function seek(seconds) {
  const at = Math.min(Math.max(0, seconds), Math.max(0, timeline.length - 0.02));
  const own = one_line(alone);
  fresh.hidden = true;
  if (!own) film.currentTime = at;
  else if (at >= own.start && at < own.end) film.currentTime = at - own.start;
  else {
    alone = "";
    play_from(`film.mp4?v=${shown.version}`, () => at);
  }
}

// put a film into the player, which goes on at the moment `at` gives once its length is known
function play_from(source, at) {
  const playing = !film.paused;
  film.src = source;
  film.addEventListener("loadedmetadata", () => {
    film.currentTime = at();
    if (playing) film.play().catch(() => {});
  }, { once: true });
  film.addEventListener("seeked", () => { fresh.hidden = true; }, { once: true });
}

function load(preview) {
  const was = shown.version ? position() : null;
  const there = was && preview.lines.find((one) => one.key === was.key);
  alone = "";
  play_from(`film.mp4?v=${preview.version}`, () => (there ? Math.min(there.start + was.into, there.end - 0.02) : 0));
}

// a line that was changed is seen before all of the film is; while the film plays, it goes on
function show_anew(told) {
  const begun = told.key && told.key !== anew.key;
  const ready = told.version && told.version !== anew.version;
  anew = told;
  if (!film.paused) return;
  const here = position();
  const into = here?.key === told.key ? here.into : 0;
  if (begun && one_line(told.key) && here?.key !== told.key) seek(one_line(told.key).start);
  if (told.key && told.picture && !told.version) {
    fresh.src = `picture.jpg?n=${told.picture}`;
    fresh.alt = `the new picture of ${told.key}`;
    fresh.hidden = false;
  }
  if (ready) {
    alone = told.key;
    play_from(`line.mp4?v=${told.version}`, () => Math.min(into, film.duration - 0.02));
  }
}

function follow() {
  const here = position();
  const at = moment();
  line.textContent = here ? `${here.key}  ${at.toFixed(1)} s` : "";
  timeline.at(at);
  slider.ariaValueNow = at.toFixed(2);
  slider.ariaValueMax = timeline.length.toFixed(2);
  slider.ariaValueText = line.textContent;
  if (here && here.key !== looked_at) {
    looked_at = here.key;
    ask("edit", { step: "at", key: here.key }, element("p"));
  }
  for (const item of list.children) {
    const is_here = item.dataset.key === here?.key;
    const comes = is_here && !item.classList.contains("here");
    item.classList.toggle("here", is_here);
    if (comes && !list.contains(document.activeElement)) item.scrollIntoView({ block: "nearest" });
  }
}

async function ask(where, body, told) {
  const answer = await fetch(where, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Session-Token": token },
    body: JSON.stringify(body),
  }).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : { problem: "the program has ended" };
  told.textContent = answer?.ok ? "" : said.problem;
  told.hidden = Boolean(answer?.ok);
  return Boolean(answer?.ok);
}

function change(key, field, was, text, told) {
  return ask("edit", { where: [...key.split("."), field], was, text }, told);
}

function drop(one, cue, word) {
  const told = list.querySelector(`[data-key="${one.key}"] .told`);
  const text = with_cue_on(one.texts.say ?? "", cue, word);
  if (text) return change(one.key, "say", one.texts.say, text, told);
  told.textContent = `the mark “${cue}” cannot stand on that word`;
  told.hidden = false;
}

function said_of(one) {
  if (one.end <= one.start) return "not drawn yet";
  const facts = [`${(one.end - one.start).toFixed(1)} s`];
  if (one.pace) facts.push(`${one.pace} words a minute`);
  if (one.voice) facts.push(one.voice);
  return facts.join(", ");
}

// what is made again when the line is changed
function redone(one) {
  const [scene] = one.key.split(".");
  const own = shown.lines.filter((other) => other.key.startsWith(`${scene}.`));
  const after = own.length - 1 - own.findIndex((other) => other.key === one.key);
  const parts = [one.texts?.say?.trim() ? "its voice and picture" : "its picture"];
  if (after) parts.push(`if it ends otherwise, the picture${after > 1 ? `s of the ${after} lines` : " of the line"} after it in ${scene}`);
  return `A change here makes again: ${parts.join("; ")}.`;
}

function details(one) {
  const made = element("details");
  const captions = one.captions ?? [];
  const fastest = Math.max(0, ...captions.map((caption) => caption.speed));
  const faulty = one.faults?.length ? `, ${one.faults.length} at fault` : "";
  const count = captions.length === 1 ? "1 caption" : `${captions.length} captions`;
  made.append(element("summary", { textContent: captions.length ? `${count}, ${fastest} characters a second at most${faulty}` : "no captions" }));
  const rows = captions.map((caption) => element("li", {},
    element("span", { textContent: `${caption.start.toFixed(1)}–${caption.end.toFixed(1)} s` }), element("q", { textContent: caption.rows.join(" / ") })));
  if (rows.length) made.append(element("ul", {}, ...rows));
  for (const fault of one.faults ?? []) made.append(element("p", { className: "told", textContent: fault }));
  made.append(element("p", { textContent: redone(one) }));
  if (one.files?.length) made.append(element("p", { textContent: `Its picture is drawn again when one of these is saved otherwise: ${one.files.join(", ")}.` }));
  return made;
}

function field_box(one, field, text, told) {
  const box = element("textarea", { value: text, rows: 1, spellcheck: true });
  box.dataset.field = field;
  box.addEventListener("change", () => change(one.key, field, text, box.value, told));
  box.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      box.blur();
    } else if (event.key === "Escape") {
      box.value = text;
      box.blur();
    }
  });
  return element("label", {}, NAMES[field] ?? field.replace("labels/", "label "), box);
}

function new_item(key) {
  const told = element("p", { className: "told", hidden: true });
  told.setAttribute("role", "alert");
  const go = element("button", { type: "button", textContent: key });
  go.addEventListener("click", () => seek(shown.lines.find((one) => one.key === key).start));
  const record = element("button", { type: "button", className: "record", textContent: "Record" });
  record.ariaLabel = `Record ${key}`;
  record.addEventListener("click", () => booth.open(key));
  const facts = [element("span", { className: "facts" }), element("span", { className: "badge" })];
  const made = element("li", {}, element("h2", {}, go, ...facts, record),
    element("p", { className: "why" }), element("div", { className: "problems" }),
    element("div", { className: "texts" }), told, element("details"));
  made.dataset.key = key;
  return made;
}

function fill(made, one) {
  const part = (name) => made.querySelector(name);
  part(".facts").textContent = said_of(one);
  part(".record").hidden = !one.texts?.say?.trim();
  // who is writing in a line is not disturbed
  if (!part(".texts").contains(document.activeElement)) {
    part(".texts").replaceChildren(...Object.entries(one.texts ?? {}).map(
      ([field, text]) => field_box(one, field, text, part(".told"))));
  }
  const more = details(one);
  more.open = part("details").open;
  part("details").replaceWith(more);
  part(".problems").replaceChildren(...(shown.problems ?? []).filter((wrong) => wrong.line === one.key).map(problem_box));
}

function problem_box(wrong) {
  const place = [wrong.where, wrong.carets].filter(Boolean).join("\n");
  const made = element("div", { className: "problem" }, element("p", { textContent: wrong.what }));
  if (place) made.append(element("pre", { textContent: place, tabIndex: 0 }));
  if (wrong.remedy) made.append(element("p", { textContent: `→ ${wrong.remedy}` }));
  return made;
}

function show_lines(lines) {
  const known = new Map([...list.children].map((made) => [made.dataset.key, made]));
  const items = lines.map((one) => known.get(one.key) ?? new_item(one.key));
  // items that stay are not moved, or who writes in one would lose the focus
  if (items.length !== list.children.length || items.some((made, at) => list.children[at] !== made)) {
    const writing = document.activeElement;
    list.replaceChildren(...items);
    if (list.contains(writing)) writing.focus();
  }
  items.forEach((made, at) => fill(made, lines[at]));
}

const NOT_BEFORE = "not made yet";
const STATES = { waiting: "waits to be spoken", spoken: "spoken, waits to be drawn", drawn: "drawn", failed: "failed" };

function show_states() {
  for (const made of list.children) {
    const [name, why] = states[made.dataset.key] ?? ["waiting", ""];
    const badge = made.querySelector(".badge");
    badge.className = `badge ${name}`;
    badge.textContent = STATES[name] ?? name;
    const told = { drawn: why && why !== NOT_BEFORE ? `drawn again: ${why}` : "", failed: "" }[name] ?? why;
    made.querySelector(".why").textContent = told;
  }
  timeline.show_states(states);
}

// what is wrong: a line's own problems stand with it, and here is the way there
function show_problems(preview) {
  const wrong = preview.problems ?? [];
  const keys = new Set(preview.lines.map((one) => one.key));
  problem.hidden = !preview.problem;
  problem.replaceChildren();
  if (!preview.problem) return;
  if (!wrong.length) problem.append(element("pre", { textContent: preview.problem, tabIndex: 0 }));
  for (const one of wrong) {
    if (!keys.has(one.line)) {
      problem.append(problem_box(one));
      continue;
    }
    const go = element("button", { type: "button", textContent: `see ${one.line}` });
    go.addEventListener("click", () => {
      const made = list.querySelector(`[data-key="${one.line}"]`);
      made.scrollIntoView({ block: "nearest" });
      made.querySelector("textarea")?.focus({ preventScroll: true });
    });
    problem.append(element("p", {}, `${one.what.split("\n")[0]} `, go));
  }
}

film.addEventListener("timeupdate", follow);
film.addEventListener("seeked", follow);
slider.addEventListener("keydown", (event) => {
  const lines = timed();
  const here = lines.findIndex((one) => one.key === position()?.key);
  const to = {
    ArrowLeft: moment() - 0.1,
    ArrowRight: moment() + 0.1,
    ArrowUp: lines[here - 1]?.start,
    ArrowDown: lines[here + 1]?.start,
    Home: 0,
    End: timeline.length,
  }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  seek(to);
});
find("in").addEventListener("click", () => timeline.closer(2));
find("out").addEventListener("click", () => timeline.closer(0.5));
for (const step of ["undo", "redo"]) {
  find(step).addEventListener("click", () => ask("edit", { step }, problem));
}
document.addEventListener("keydown", (event) => {
  if (find("booth").open) return;
  const writing = event.target.matches("textarea");
  if (event.key === "z" && (event.ctrlKey || event.metaKey) && !writing) {
    event.preventDefault();
    ask("edit", { step: event.shiftKey ? "redo" : "undo" }, problem);
  } else if (event.key === " " && event.target === document.body) {
    event.preventDefault();
    if (film.paused) film.play();
    else film.pause();
  }
});

const events = new EventSource("events");
events.onmessage = (event) => {
  const preview = JSON.parse(event.data);
  document.title = title.textContent = preview.title;
  show_problems(preview);
  state.className = preview.busy ? "busy" : preview.problem ? "bad" : "good";
  state.textContent = preview.busy ? "drawing" : preview.problem ? "something is wrong" : `drawn in ${preview.took.toFixed(1)} s`;
  find("undo").disabled = !preview.undo;
  find("redo").disabled = !preview.redo;
  if (preview.version !== shown.version) load(preview);
  shown = preview;
  show_lines(preview.lines);
  timeline.show(timed(), preview.waveform);
  show_states();
  follow();
};
events.addEventListener("doing", (event) => {
  const told = JSON.parse(event.data);
  if (state.className === "busy") state.textContent = told.doing || "drawing";
  states = told.lines;
  show_states();
});
events.addEventListener("film", (event) => panel.show(JSON.parse(event.data)));
events.addEventListener("line", (event) => show_anew(JSON.parse(event.data)));
events.addEventListener("booth", (event) => booth.show(JSON.parse(event.data)));
events.onerror = () => {
  state.className = "bad";
  state.textContent = "the program has ended";
};
