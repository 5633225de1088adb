// Stepping: one press plays one line and rests on its last frame. The map shows every line's rest.

import { line_at } from "./film.js";
import { Folds } from "./folds.js";
import { filled, made, one, speak } from "./page.js";

export class Steps {
  constructor(player, panel, deck, pictures) {
    Object.assign(this, { player, panel, deck, pictures, on: false, changed: () => {} });
    const press = (name, act) => one(name, player).addEventListener("click", act);
    press(".back", () => this.back());
    press(".replay", () => this.replay());
    press(".forward", () => this.forward());
    deck.addEventListener("frame", () => this.draw());
    deck.addEventListener("state", () => this.draw());
    deck.addEventListener("rest", ({ detail }) => this.#rested(detail));
  }

  load(film, words) {
    Object.assign(this, { film, words, shown: null });
    this.buttons = film.lines.map((line) => this.#button(line));
    this.folds = new Folds(film, ({ lines }) => [
      made("ol", {}, ...lines.map(({ index }) => made("li", {}, this.buttons[index]))),
    ]);
    one(".map", this.panel).replaceChildren(...this.folds.elements);
    this.draw();
  }

  get line() {
    return line_at(this.film, this.deck.frame);
  }

  // True on a line's last frame, at rest.
  get resting() {
    return !this.deck.playing && this.deck.frame === this.line.end - 1;
  }

  // Plays the line that is next; while one plays, goes to where it rests.
  forward() {
    const { deck, line, film } = this;
    if (deck.playing) return this.rest(line.index);
    if (!this.resting) return deck.play_through(deck.frame, line.end - 1);
    const next = film.lines[(line.index + 1) % film.lines.length];
    return deck.play_through(next.start, next.end - 1);
  }

  back() {
    const at = this.line.index - 1;
    if (at >= 0) this.rest(at);
    else {
      this.deck.pause();
      this.deck.show(0);
    }
  }

  replay() {
    const { start, end } = this.line;
    this.deck.play_through(start, end - 1);
  }

  rest(index) {
    const { end } = this.film.lines[index];
    this.deck.pause();
    this.deck.show(end - 1);
    this.#rested(end - 1);
  }

  // Plays on from here, to rest at the end of this line.
  resume() {
    const { deck, line } = this;
    if (deck.playing) deck.pause();
    else if (this.resting) this.forward();
    else deck.play_through(deck.frame, line.end - 1);
  }

  #rested(frame) {
    if (!this.on) return;
    const line = line_at(this.film, frame);
    const text = filled(this.words.stopped, { line: line.index + 1, lines: this.film.lines.length });
    speak(`${text} ${line.show}`);
    this.changed(line);
  }

  draw() {
    if (!this.film) return;
    const { line, film, words, player, panel } = this;
    const last = this.resting && line.index === film.lines.length - 1;
    one(".forward span", player).textContent = last ? words.again : words.forward;
    one(".back", player).disabled = this.deck.frame === 0;
    if (line === this.shown) return;
    if (this.shown) this.buttons[this.shown.index].removeAttribute("aria-current");
    this.buttons[line.index].setAttribute("aria-current", "step");
    this.folds.follow(line.scene, true);
    this.shown = line;
    const count = { line: line.index + 1, lines: film.lines.length };
    one(".step-title", player).textContent = line.scene.title;
    one(".step-count", player).textContent = filled(words.line_of, count);
    one(".step-say", panel).textContent = line.say;
    one(".step-show", panel).textContent = line.show;
  }

  #button(line) {
    const picture = made("span", { className: "still" });
    this.pictures.later(picture, line.index, this.film.lines.length);
    const number = made("span", { className: "number", textContent: line.index + 1 });
    const text = made("span", { className: "what", textContent: line.say });
    const button = made("button", { type: "button" }, picture, made("span", {}, number, text));
    button.addEventListener("click", () => {
      this.rest(line.index);
      this.player.scrollIntoView({ block: "nearest" });
    });
    return button;
  }
}
