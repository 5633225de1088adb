// The chapters below the film, each a button with a picture. Many of them are small, in a box of
// their own that keeps the one being played in view.

import { format_time, line_at } from "./film.js";
import { create } from "./page.js";

const MANY_CHAPTERS = 24;

export class Chapters {
  constructor(list, playback, sprites) {
    Object.assign(this, { list, playback, sprites });
    playback.addEventListener("frame", () => this.draw());
  }

  load(film) {
    Object.assign(this, { film, shown: null });
    this.list.classList.toggle("many", film.scenes.length > MANY_CHAPTERS);
    this.buttons = new Map(film.scenes.map((scene) => [scene, this.#button(scene)]));
    this.list.replaceChildren(...[...this.buttons.values()].map((button) => create("li", {}, button)));
    this.draw();
  }

  draw() {
    if (!this.film) return;
    const { scene } = line_at(this.film, this.playback.frame);
    if (scene === this.shown) return;
    this.buttons.get(this.shown)?.removeAttribute("aria-current");
    const button = this.buttons.get(scene);
    button.setAttribute("aria-current", "true");
    this.shown = scene;
    this.scroll_into_view();
  }

  // Scrolls the chapter being played into view.
  scroll_into_view() {
    const button = this.buttons.get(this.shown);
    // only this box is scrolled, never the page, and not while the reader is using it
    if (this.list.matches(":hover, :focus-within")) return;
    const above = button.offsetTop - this.list.offsetTop;
    this.list.scrollTop = above - (this.list.clientHeight - button.offsetHeight) / 2;
  }

  #button(scene) {
    const { film, playback } = this;
    const { start } = scene.lines[0];
    const picture = create("span", { className: "still" });
    this.sprites.show_when_near(picture, scene.lines.at(-1).still);
    const when = create("span", { className: "when", textContent: format_time(start / film.fps) });
    const title = create("span", { textContent: scene.title });
    const button = create("button", { type: "button" }, picture, create("span", {}, title, when));
    button.addEventListener("click", () => {
      playback.show(start);
      playback.play();
    });
    return button;
  }
}
