// The page of `watch`: the newest draft, its timeline, and the script's texts, which can be changed here.

import { Timeline, with_cue_on } from "./timeline.js";

const NAMES = { say: "is spoken", show: "is to be seen", hold: "is held for, in seconds" };
const find = (id) => document.getElementById(id);
const [title, line, state, film, problem, list, slider] =
  ["title", "line", "state", "film", "problem", "lines", "scroll"].map(find);
const token = document.querySelector("meta[name=token]").content;
const timeline = new Timeline(find("timeline"), seek, drop);
let shown = { version: 0, lines: [] };

// the position in the film by its line, so that it is found again when lines before it have grown
function position() {
  const at = film.currentTime;
  const here = shown.lines.findLast((one) => one.start <= at + 1e-6) ?? shown.lines[0];
  return here && { key: here.key, into: at - here.start };
}

function seek(seconds) {
  film.currentTime = Math.min(Math.max(0, seconds), Math.max(0, timeline.length - 0.02));
}

function load(preview) {
  const was = shown.version ? position() : null;
  const playing = !film.paused;
  film.src = `film.mp4?v=${preview.version}`;
  film.addEventListener("loadedmetadata", () => {
    const there = was && preview.lines.find((one) => one.key === was.key);
    if (there) film.currentTime = Math.min(there.start + was.into, there.end - 0.02);
    if (playing) film.play().catch(() => {});
  }, { once: true });
}

function follow() {
  const here = position();
  line.textContent = here ? `${here.key}  ${film.currentTime.toFixed(1)} s` : "";
  timeline.at(film.currentTime);
  slider.ariaValueNow = film.currentTime.toFixed(2);
  slider.ariaValueMax = timeline.length.toFixed(2);
  slider.ariaValueText = line.textContent;
  for (const item of list.children) {
    const is_here = item.dataset.key === here?.key;
    const comes = is_here && !item.classList.contains("here");
    item.classList.toggle("here", is_here);
    if (comes && !list.contains(document.activeElement)) item.scrollIntoView({ block: "nearest" });
  }
}

async function ask(body, told) {
  const answer = await fetch("edit", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Session-Token": token },
    body: JSON.stringify(body),
  }).catch(() => null);
  const said = answer ? await answer.json().catch(() => ({})) : { problem: "the program has ended" };
  told.textContent = answer?.ok ? "" : said.problem;
  told.hidden = Boolean(answer?.ok);
}

function change(key, field, was, text, told) {
  return ask({ where: [...key.split("."), field], was, text }, told);
}

function drop(one, cue, word) {
  const told = list.querySelector(`[data-key="${one.key}"] .told`);
  const text = with_cue_on(one.texts.say ?? "", cue, word);
  if (text) return change(one.key, "say", one.texts.say, text, told);
  told.textContent = `the mark “${cue}” cannot stand on that word`;
  told.hidden = false;
}

function element(name, set = {}, ...children) {
  const made = Object.assign(document.createElement(name), set);
  made.append(...children);
  return made;
}

function item(one) {
  const told = element("p", { className: "told", hidden: true });
  told.setAttribute("role", "alert");
  const go = element("button", { type: "button", textContent: one.key });
  go.addEventListener("click", () => seek(one.start));
  const facts = `${(one.end - one.start).toFixed(1)} s${one.pace ? `, ${one.pace} words a minute` : ""}`;
  const made = element("li", {}, element("h2", {}, go, element("span", { textContent: facts })));
  made.dataset.key = one.key;
  for (const [field, text] of Object.entries(one.texts)) {
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
    made.append(element("label", {}, NAMES[field] ?? field.replace("labels/", "label "), box));
  }
  made.append(told);
  return made;
}

function show_lines(lines) {
  const busy = document.activeElement?.closest?.("li");
  const kept = busy?.querySelector("textarea:focus");
  const known = new Map([...list.children].map((made) => [made.dataset.key, made]));
  list.replaceChildren(...lines.map((one) => {
    const old = known.get(one.key);
    // who is writing in a line is not disturbed
    if (kept && old === busy) return old;
    const made = item(one);
    const was = old?.querySelector(".told");
    if (was && !was.hidden) made.querySelector(".told").replaceWith(was);
    return made;
  }));
  kept?.focus();
}

film.addEventListener("timeupdate", follow);
film.addEventListener("seeked", follow);
slider.addEventListener("keydown", (event) => {
  const here = shown.lines.findIndex((one) => one.key === position()?.key);
  const to = {
    ArrowLeft: film.currentTime - 0.1,
    ArrowRight: film.currentTime + 0.1,
    ArrowUp: shown.lines[here - 1]?.start,
    ArrowDown: shown.lines[here + 1]?.start,
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
  find(step).addEventListener("click", () => ask({ step }, problem));
}
document.addEventListener("keydown", (event) => {
  const writing = event.target.matches("textarea");
  if (event.key === "z" && (event.ctrlKey || event.metaKey) && !writing) {
    event.preventDefault();
    ask({ step: event.shiftKey ? "redo" : "undo" }, problem);
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
  problem.hidden = !preview.problem;
  problem.textContent = preview.problem;
  state.className = preview.busy ? "busy" : preview.problem ? "bad" : "good";
  state.textContent = preview.busy ? "drawing" : preview.problem ? "something is wrong" : `drawn in ${preview.took.toFixed(1)} s`;
  find("undo").disabled = !preview.undo;
  find("redo").disabled = !preview.redo;
  if (preview.version !== shown.version) load(preview);
  shown = preview;
  show_lines(preview.lines);
  timeline.show(preview.lines, preview.waveform);
  follow();
};
events.addEventListener("doing", (event) => {
  if (state.className === "busy") state.textContent = JSON.parse(event.data) || "drawing";
});
events.onerror = () => {
  state.className = "bad";
  state.textContent = "the program has ended";
};
