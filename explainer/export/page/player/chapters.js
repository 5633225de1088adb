// The chapters as pictures below the film; each is where its first line begins. Many of them are
// small, in a box of their own that keeps the one being played in view.

import { clock_text, line_at } from "./film.js";
import { made } from "./page.js";

const MANY = 24;

export class Chapters {
  constructor(list, deck, pictures) {
    Object.assign(this, { list, deck, pictures });
    deck.addEventListener("frame", () => this.draw());
  }

  load(film) {
    Object.assign(this, { film, shown: null });
    this.list.classList.toggle("many", film.scenes.length > MANY);
    this.buttons = new Map(film.scenes.map((scene) => [scene, this.#button(scene)]));
    this.list.replaceChildren(...[...this.buttons.values()].map((button) => made("li", {}, button)));
    this.draw();
  }

  draw() {
    if (!this.film) return;
    const { scene } = line_at(this.film, this.deck.frame);
    if (scene === this.shown) return;
    this.buttons.get(this.shown)?.removeAttribute("aria-current");
    const button = this.buttons.get(scene);
    button.setAttribute("aria-current", "true");
    this.shown = scene;
    this.see();
  }

  // Brings the chapter being played into view.
  see() {
    const button = this.buttons.get(this.shown);
    // only this box is scrolled, never the page, and not under the hands of who is in it
    if (this.list.matches(":hover, :focus-within")) return;
    const above = button.offsetTop - this.list.offsetTop;
    this.list.scrollTop = above - (this.list.clientHeight - button.offsetHeight) / 2;
  }

  #button(scene) {
    const { film, deck } = this;
    const { start } = scene.lines[0];
    const picture = made("span", { className: "still" });
    this.pictures.later(picture, scene.lines.at(-1).index, film.lines.length);
    const when = made("span", { className: "when", textContent: clock_text(start / film.fps) });
    const title = made("span", { textContent: scene.title });
    const button = made("button", { type: "button" }, picture, made("span", {}, title, when));
    button.addEventListener("click", () => deck.show(start));
    return button;
  }
}
