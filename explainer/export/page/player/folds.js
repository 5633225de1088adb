// Chapters of a long film, each folded up under its title; the one being played is open. What is
// folded is still found by the browser's search, which opens it.

import { clock_text } from "./film.js";
import { made } from "./page.js";

const LINES = 60;

export class Folds {
  // Parts of `film`, one for each of its scenes, with what `inside` makes of it.
  constructor(film, inside) {
    this.folded = film.lines.length > LINES && film.scenes.length > 1;
    this.parts = new Map(film.scenes.map((scene) => [scene, this.#part(film, scene, inside(scene))]));
    this.open = null;
  }

  get elements() {
    return [...this.parts.values()];
  }

  // Marks a scene's part, opens it, and closes the one that was opened so before.
  follow(scene, opening) {
    if (!this.folded) return;
    const part = this.parts.get(scene);
    this.marked?.removeAttribute("aria-current");
    this.marked = part.firstChild;
    this.marked.setAttribute("aria-current", "true");
    if (!opening || part === this.open) return;
    if (this.open) this.open.open = false;
    // one that a reader has opened stays so
    this.open = part.open ? null : part;
    part.open = true;
  }

  all(open) {
    if (!this.folded) return;
    this.open = null;
    for (const part of this.parts.values()) part.open = open;
  }

  #part(film, scene, inside) {
    const title = made("h3", { textContent: scene.title });
    if (!this.folded) return made("section", {}, title, ...inside);
    const when = clock_text(scene.lines[0].start / film.fps);
    const head = made("summary", {}, title, made("span", { className: "when", textContent: when }));
    return made("details", {}, head, ...inside);
  }
}
