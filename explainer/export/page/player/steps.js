// Stepping: one press plays one line and rests on its last frame. The map has a button for each line.

import { line_at } from "./film.js";
import { Folds } from "./folds.js";
import { announce, create, fill_blanks, find } from "./page.js";

export class Steps {
  constructor(player, panel, playback, sprites) {
    Object.assign(this, { player, panel, playback, sprites, on: false, on_rest: () => {}, on_line: () => {} });
    const press = (name, act) => find(name, player).addEventListener("click", act);
    press(".back", () => this.back());
    press(".replay", () => this.replay());
    press(".forward", () => this.forward());
    playback.addEventListener("frame", () => this.draw());
    playback.addEventListener("state", () => this.draw());
    playback.addEventListener("rest", ({ detail }) => this.#rested(detail));
  }

  load(film, strings) {
    Object.assign(this, { film, strings, shown: null });
    this.buttons = film.lines.map((line) => this.#button(line));
    this.folds = new Folds(film, ({ lines }) => [
      create("ol", {}, ...lines.map(({ index }) => create("li", {}, this.buttons[index]))),
    ]);
    find(".map", this.panel).replaceChildren(...this.folds.elements);
    this.draw();
  }

  get line() {
    return line_at(this.film, this.playback.frame);
  }

  // True on a line's last frame, at rest.
  get resting() {
    return !this.playback.playing && this.playback.frame === this.line.end - 1;
  }

  // Plays the line that is next; while one plays, goes to where it rests.
  forward() {
    const { playback, line, film } = this;
    if (playback.playing) return this.rest(line.index);
    const next = film.lines[(line.index + 1) % film.lines.length];
    // without a film there are the texts
    if (playback.failed) return this.rest(this.resting ? next.index : line.index);
    if (!this.resting) return playback.play_through(playback.frame, line.end - 1);
    return playback.play_through(next.start, next.end - 1);
  }

  back() {
    const at = this.line.index - 1;
    if (at >= 0) this.rest(at);
    else {
      this.playback.pause();
      this.playback.show(0);
    }
  }

  replay() {
    const { start, end } = this.line;
    this.playback.play_through(start, end - 1);
  }

  rest(index) {
    const { end } = this.film.lines[index];
    this.playback.pause();
    this.playback.show(end - 1);
    this.#rested(end - 1);
  }

  // Plays on from here, to rest at the end of this line.
  resume() {
    const { playback, line } = this;
    if (playback.playing) playback.pause();
    else if (this.resting) this.forward();
    else playback.play_through(playback.frame, line.end - 1);
  }

  #rested(frame) {
    if (!this.on) return;
    const line = line_at(this.film, frame);
    const count = { line: line.index + 1, lines: this.film.lines.length };
    const text = fill_blanks(this.strings.stopped, count);
    announce(`${text} ${line.show}`);
    this.on_rest(line);
  }

  draw() {
    if (!this.film) return;
    const { line, film, strings, player, panel } = this;
    const last = this.resting && line.index === film.lines.length - 1;
    find(".forward span", player).textContent = last ? strings.again : strings.forward;
    find(".back", player).disabled = this.playback.frame === 0;
    if (line === this.shown) return;
    if (this.shown) this.buttons[this.shown.index].removeAttribute("aria-current");
    this.buttons[line.index].setAttribute("aria-current", "step");
    this.folds.follow(line.scene, true);
    this.shown = line;
    const count = { line: line.index + 1, lines: film.lines.length };
    find(".step-title", player).textContent = line.scene.title;
    find(".step-count", player).textContent = fill_blanks(strings.line_of, count);
    find(".step-say", panel).textContent = line.say;
    find(".step-show", panel).textContent = line.show;
    this.show_stop();
  }

  // Has what is asked at this line shown.
  show_stop() {
    if (this.on && this.shown) this.on_line(this.shown);
  }

  #button(line) {
    const picture = create("span", { className: "still" });
    this.sprites.show_when_near(picture, line.still);
    const number = create("span", { className: "number", textContent: line.index + 1 });
    const text = create("span", { className: "what", textContent: line.say });
    const button = create("button", { type: "button" }, picture, create("span", {}, number, text));
    button.addEventListener("click", () => {
      this.rest(line.index);
      this.player.scrollIntoView({ block: "nearest" });
    });
    return button;
  }
}
