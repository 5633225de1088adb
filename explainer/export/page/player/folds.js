// The chapters of a long film, each folded up under its title but for the one being played. The
// browser's search finds what is folded, too, and opens it.

import { format_time } from "./film.js";
import { create } from "./page.js";

const MAX_UNFOLDED_LINES = 60;

export class Folds {
  // One element for each scene of `film`, with the children that `inside(scene)` returns.
  constructor(film, inside) {
    this.folded = film.lines.length > MAX_UNFOLDED_LINES && film.scenes.length > 1;
    const chapters = film.scenes.map((scene) => [scene, this.#chapter(film, scene, inside(scene))]);
    this.chapters = new Map(chapters);
    this.open = null;
  }

  get elements() {
    return [...this.chapters.values()];
  }

  // Marks a scene's element; with `opening`, opens it and closes the one opened so before.
  follow(scene, opening) {
    if (!this.folded) return;
    const chapter = this.chapters.get(scene);
    this.marked?.removeAttribute("aria-current");
    this.marked = chapter.firstChild;
    this.marked.setAttribute("aria-current", "true");
    if (!opening || chapter === this.open) return;
    if (this.open) this.open.open = false;
    // one that the reader has opened stays open
    this.open = chapter.open ? null : chapter;
    chapter.open = true;
  }

  set_all(open) {
    if (!this.folded) return;
    this.open = null;
    for (const chapter of this.chapters.values()) chapter.open = open;
  }

  #chapter(film, scene, inside) {
    const title = create("h3", { textContent: scene.title });
    if (!this.folded) return create("section", {}, title, ...inside);
    const when = format_time(scene.lines[0].start / film.fps);
    const head = create("summary", {}, title, create("span", { className: "when", textContent: when }));
    return create("details", {}, head, ...inside);
  }
}
