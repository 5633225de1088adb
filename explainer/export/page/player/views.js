// The views of the page, and its deep links: #play, #step, #read, #explore, #questions, #scene.line, #scene,
// #t=12.3, #t=1:05 and #explore/STATE.

import { frame_middle } from "./film.js";
import { find_all, find } from "./page.js";

const NAMES = ["play", "step", "read", "explore", "questions"];

export class Views {
  // `missing` are names of views that the page does not have.
  constructor(missing, on_change) {
    Object.assign(this, { missing, on_change, now: "play" });
    for (const link of find_all(".views a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        const { view } = link.dataset;
        // each view is a step of the browser's history
        if (view !== this.now) history.pushState(null, "", `#${view}`);
        this.show(view);
      });
    }
  }

  show(name) {
    const before = this.now;
    this.now = this.missing.includes(name) ? "play" : name;
    document.documentElement.dataset.view = this.now;
    for (const link of find_all(".views a")) {
      if (link.dataset.view === this.now) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.on_change(this.now, before);
  }

  // Sets the address that leads back to a place of this view, which is no step of the history.
  set_hash(name) {
    history.replaceState(null, "", `#${name}`);
  }

  // What the address asks for: a view, a line, a time, or an element to scroll to.
  parse_hash(hash, film) {
    const name = decode(hash.slice(1));
    if (NAMES.includes(name)) return { view: name };
    if (name.startsWith("explore/")) return { view: "explore", state: name.slice(8) };
    const time = /^t=((?:\d+:){0,2}\d+(?:\.\d+)?)$/.exec(name);
    if (time) return { time: time[1].split(":").reduce((sum, part) => 60 * sum + Number(part), 0) };
    const first = film.lines.find(({ scene }) => scene.id === name);
    if (first) return { time: frame_middle(film, first.start) };
    const line = film.lines.find((each) => each.key === name || line_id(each) === name);
    if (line) return { line };
    return name && document.getElementById(name) ? { place: find(`#${CSS.escape(name)}`) } : {};
  }
}

// The id of a line's element where no script runs: links of the page itself lead to it.
export const line_id = ({ key }) => key.replace(".", "_");

// An address is written by anybody: one that is not well formed is taken as it stands.
function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
