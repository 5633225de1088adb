// The ways to use the page, and its deep links: #play, #step, #read, #explore, #scene.line, #scene
// and #t=12.3.

import { all, one } from "./page.js";

const NAMES = ["play", "step", "read", "explore"];

export class Views {
  constructor(explorable, changed) {
    Object.assign(this, { explorable, changed, now: "play" });
    for (const link of all(".views a")) {
      link.addEventListener("click", (event) => {
        event.preventDefault();
        this.go(link.dataset.view);
        this.note(link.dataset.view);
      });
    }
  }

  go(name) {
    const before = this.now;
    this.now = name === "explore" && !this.explorable ? "play" : name;
    document.documentElement.dataset.view = this.now;
    for (const link of all(".views a")) {
      if (link.dataset.view === this.now) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    this.changed(this.now, before);
  }

  // Leaves an address that leads back here, without a step in the browser's history.
  note(name) {
    history.replaceState(null, "", `#${name}`);
  }

  // What an address asks for: a view, a line, a time, or something to scroll to.
  read(hash, film) {
    const name = decodeURIComponent(hash.slice(1));
    if (NAMES.includes(name)) return { view: name };
    const time = /^t=(\d+(?:\.\d+)?)$/.exec(name);
    if (time) return { time: Number(time[1]) };
    const line = film.lines.find(({ key, scene }) => key === name || scene.id === name);
    if (line) return line.key === name ? { line } : { time: line.start / film.fps };
    return name && document.getElementById(name) ? { place: one(`#${CSS.escape(name)}`) } : {};
  }
}
