// The chapters as pictures below the film; each is where its first line begins.

import { clock_text, line_at } from "./film.js";
import { made } from "./page.js";

export class Chapters {
  constructor(list, deck, pictures) {
    Object.assign(this, { list, deck, pictures });
    deck.addEventListener("frame", () => this.draw());
  }

  load(film) {
    this.film = film;
    this.buttons = film.scenes.map((scene) => {
      const lines = film.lines.filter((line) => line.scene === scene);
      const picture = made("span", { className: "still" });
      this.pictures.show(picture, lines[lines.length - 1].index, film.lines.length);
      const time = clock_text(lines[0].start / film.fps);
      const when = made("span", { className: "when", textContent: time });
      const title = made("span", { textContent: scene.title });
      const button = made("button", { type: "button" }, picture, made("span", {}, title, when));
      button.addEventListener("click", () => this.deck.show(lines[0].start));
      return button;
    });
    this.list.replaceChildren(...this.buttons.map((button) => made("li", {}, button)));
    this.draw();
  }

  draw() {
    if (!this.film) return;
    const { scene } = line_at(this.film, this.deck.frame);
    this.buttons.forEach((button, index) => {
      const here = this.film.scenes[index] === scene;
      if (here) button.setAttribute("aria-current", "true");
      else button.removeAttribute("aria-current");
    });
  }
}
