// Captions over the film, the word being said marked; in another language, by the same line's time.

import { caption_at, same_moment, word_at } from "./film.js";
import { create } from "./page.js";

export class Captions {
  constructor(box, playback) {
    Object.assign(this, { box, playback, film: null, shown: null, marked: -1 });
    playback.addEventListener("frame", () => this.draw());
  }

  // Shows the captions of a film, which may be another language than the one playing; null for none.
  choose(film) {
    this.film = film;
    this.shown = null;
    this.box.hidden = true;
    if (film) Object.assign(this.box, { lang: film.language, dir: film.direction });
    this.draw();
  }

  draw() {
    const { film, playback } = this;
    if (!film) return;
    const own = film === playback.film;
    const ms = 1000 * (own ? playback.time : same_moment(film, playback.film, playback.time));
    const caption = caption_at(film, ms);
    if (caption !== this.shown) this.#write(caption);
    if (caption) this.#mark(own ? word_at(film, ms) : -1);
  }

  #write(caption) {
    this.shown = caption;
    this.marked = -1;
    this.box.hidden = !caption;
    this.words = [];
    if (!caption) return;
    const rows = caption.rows.map((row) => {
      const line = create("span", { className: "row" });
      row.forEach((word, at) => {
        // a soft hyphen shows where a piece of a long word ends its row
        const shown = at + 1 < row.length ? word.text : word.text.replace(/\u00ad$/, "-");
        const text = create("span", { textContent: shown });
        this.words.push(text);
        line.append(at ? word.before : "", text);
      });
      return line;
    });
    this.box.replaceChildren(...rows);
  }

  #mark(index) {
    const at = index < 0 ? -1 : index - this.shown.first;
    if (at === this.marked) return;
    this.words[this.marked]?.classList.remove("said");
    this.words[at]?.classList.add("said");
    this.marked = at;
  }
}
