// The transcript: the word being said is marked, and a word or a time chosen is where the film goes.

import { clock_text, line_at, word_at } from "./film.js";
import { Folds } from "./folds.js";
import { all, made, one, still_wanted } from "./page.js";

export class Transcript {
  constructor(root, deck) {
    Object.assign(this, { root, deck, follow: false });
    this.unfold = one(".unfold");
    this.unfold.addEventListener("click", () => {
      this.unfold.setAttribute("aria-pressed", !this.unfolded);
      this.#fold();
    });
    // paper cannot be unfolded
    addEventListener("beforeprint", () => this.folds.all(true));
    addEventListener("afterprint", () => this.#fold());
    deck.addEventListener("frame", () => this.draw());
    root.addEventListener("click", (event) => {
      const word = event.target.closest("[data-word]");
      if (!word || String(getSelection())) return;
      deck.pause();
      deck.seek(this.film.words[word.dataset.word].from / 1000 + 0.001);
      deck.play();
    });
  }

  get unfolded() {
    return this.unfold.getAttribute("aria-pressed") === "true";
  }

  // Opens all chapters, or the one that is played alone, as is asked for.
  #fold() {
    this.folds.all(this.unfolded);
    this.folds.follow(this.line.scene, !this.unfolded);
  }

  load(film) {
    Object.assign(this, { film, word: -1, line: null });
    this.folds = new Folds(film, ({ lines }) => lines.map((line) => this.#line(line)));
    this.root.replaceChildren(...this.folds.elements);
    this.unfold.hidden = !this.folds.folded;
    this.unfold.setAttribute("aria-pressed", "false");
    this.lines = all(".line", this.root);
    this.words = all("[data-word]", this.root);
    this.draw();
  }

  draw() {
    const { film, deck } = this;
    if (!film) return;
    const at = word_at(film, deck.time * 1000);
    if (at !== this.word) {
      this.words[this.word]?.classList.remove("said");
      this.words[at]?.classList.add("said");
      this.word = at;
    }
    const line = line_at(film, deck.frame);
    if (line === this.line) return;
    if (this.line) this.lines[this.line.index].removeAttribute("aria-current");
    this.lines[line.index].setAttribute("aria-current", "true");
    this.folds.follow(line.scene, !this.unfolded);
    this.line = line;
    if (this.follow && deck.playing) {
      const behavior = still_wanted() ? "auto" : "smooth";
      this.lines[line.index].scrollIntoView({ block: "nearest", behavior });
    }
  }

  #line(line) {
    const start = line.start / this.film.fps;
    const stamp = { className: "stamp", href: `#t=${start.toFixed(2)}`, textContent: clock_text(start) };
    const said = made("span");
    for (let at = line.first; at < line.last; at += 1) {
      const word = made("span", { textContent: this.film.words[at].text });
      word.dataset.word = at;
      said.append(at > line.first ? this.film.words[at].before : "", word);
    }
    const cites = line.cite.map((n) =>
      made("a", { className: "cite", href: `#source-${n}`, textContent: n }),
    );
    const group = cites.length ? [made("span", { className: "cites" }, ...cites)] : [];
    const text = made("div", {}, made("p", { className: "say" }, said, ...group));
    text.append(made("p", { className: "show", textContent: line.show }));
    return made("div", { className: "line", id: line.key }, made("a", stamp), text);
  }
}

// Keeps the times beside the sources in step with the edition that is shown.
export function retime_sources(film) {
  const lines = new Map(film.lines.map((line) => [`#${line.key}`, line]));
  for (const link of all(".used a")) {
    const line = lines.get(link.hash);
    if (line) link.textContent = clock_text(line.start / film.fps);
  }
}
