// The transcript: the word being said is marked, and a word or a time chosen is where the film goes.

import { format_time, frame_middle, line_at, word_at } from "./film.js";
import { Folds } from "./folds.js";
import { create, find, find_all, prefers_reduced_motion } from "./page.js";
import { line_id } from "./views.js";

export class Transcript {
  constructor(root, playback) {
    Object.assign(this, { root, playback, follow: false });
    this.unfold = find(".unfold");
    this.unfold.addEventListener("click", () => {
      this.unfold.setAttribute("aria-pressed", !this.unfolded);
      this.#fold();
    });
    // paper cannot be unfolded
    addEventListener("beforeprint", () => this.folds.set_all(true));
    addEventListener("afterprint", () => this.#fold());
    playback.addEventListener("frame", () => this.draw());
    root.addEventListener("click", ({ target }) => {
      const word = target.closest("[data-word]");
      if (word && !String(getSelection())) this.#play(word.dataset.word);
    });
    root.addEventListener("keydown", (event) => this.#pressed(event));
  }

  #play(index) {
    const { playback, film } = this;
    playback.pause();
    playback.seek(film.words[index].from / 1000 + 0.001);
    playback.play();
  }

  // By keyboard: one of the words can be reached, and from it all others.
  #pressed(event) {
    const { key, target } = event;
    if (!target.dataset.word || event.ctrlKey || event.metaKey || event.altKey) return;
    const { film } = this;
    const at = Number(target.dataset.word);
    const { index, first, last } = film.lines[film.words[at].line];
    const onward = film.direction === "rtl" ? -1 : 1;
    const to = {
      ArrowRight: at + onward,
      ArrowLeft: at - onward,
      ArrowDown: film.lines[index + 1]?.first,
      ArrowUp: film.lines[index - 1]?.first,
      Home: first,
      End: last - 1,
      Enter: at,
      " ": at,
    }[key];
    if (to === undefined) return;
    event.preventDefault();
    if (to === at) return this.#play(at);
    this.words[to]?.focus();
    if (document.activeElement === this.words[to]) this.#let_reach(to);
  }

  #let_reach(index) {
    const before = this.words[this.reached];
    before?.removeAttribute("role");
    if (before) before.tabIndex = -1;
    this.reached = index;
    this.words[index].tabIndex = 0;
    this.words[index].role = "button";
  }

  get unfolded() {
    return this.unfold.getAttribute("aria-pressed") === "true";
  }

  // Opens all chapters, or the one that is played alone, as is asked for.
  #fold() {
    this.folds.set_all(this.unfolded);
    this.folds.follow(this.line.scene, !this.unfolded);
  }

  load(film) {
    Object.assign(this, { film, word: -1, line: null });
    this.folds = new Folds(film, ({ lines }) => lines.map((line) => this.#line(line)));
    this.root.replaceChildren(...this.folds.elements);
    this.unfold.hidden = !this.folds.folded;
    this.unfold.setAttribute("aria-pressed", "false");
    this.lines = find_all(".line", this.root);
    this.words = find_all("[data-word]", this.root);
    this.reached = -1;
    this.draw();
  }

  draw() {
    const { film, playback } = this;
    if (!film) return;
    const at = word_at(film, playback.time * 1000);
    if (at !== this.word) {
      this.words[this.word]?.classList.remove("said");
      this.words[at]?.classList.add("said");
      this.word = at;
    }
    const line = line_at(film, playback.frame);
    if (line === this.line) return;
    if (this.line) this.lines[this.line.index].removeAttribute("aria-current");
    this.lines[line.index].setAttribute("aria-current", "true");
    this.folds.follow(line.scene, !this.unfolded);
    this.line = line;
    if (!this.words[this.reached]?.matches(":focus")) this.#let_reach(line.first);
    if (this.follow && playback.playing) {
      const behavior = prefers_reduced_motion() ? "auto" : "smooth";
      this.lines[line.index].scrollIntoView({ block: "nearest", behavior });
    }
  }

  #line(line) {
    const start = line.start / this.film.fps;
    // the beginning of a frame, rounded, may lie in the one before
    const href = `#t=${frame_middle(this.film, line.start).toFixed(3)}`;
    const stamp = { className: "stamp", href, textContent: format_time(start) };
    const said = create("span");
    for (let at = line.first; at < line.last; at += 1) {
      const word = create("span", { textContent: this.film.words[at].text, tabIndex: -1 });
      word.dataset.word = at;
      said.append(at > line.first ? this.film.words[at].before : "", word);
    }
    const cites = line.cite.map((n) =>
      create("a", { className: "cite", href: `#source-${n}`, textContent: n }),
    );
    const group = cites.length ? [create("span", { className: "cites" }, ...cites)] : [];
    const text = create("div", {}, create("p", { className: "say" }, said, ...group));
    text.append(create("p", { className: "show", textContent: line.show }));
    // without an id: the browser would go there, instead of to the player, by a link to the line
    return create("div", { className: "line" }, create("a", stamp), text);
  }
}

// Shows the times beside the sources as they are in the language that is chosen.
export function retime_sources(film) {
  const lines = new Map(film.lines.map((line) => [`#${line_id(line)}`, line]));
  for (const link of find_all(".used a")) {
    const line = lines.get(link.hash);
    if (line) link.textContent = format_time(line.start / film.fps);
  }
}
