// The timeline: one slider over segments for the chapters, with a still where the pointer is.

import { clock_text, frame_at, line_at } from "./film.js";
import { filled, made, one } from "./page.js";

const WIDEST = 3; // pixels between two chapters, and between all of them
const GAPS = 100;

export class TimeBar {
  constructor(root, deck, pictures) {
    Object.assign(this, { root, deck, pictures });
    this.slider = one(".seek", root);
    this.preview = one(".preview", root);
    this.segments = one(".segments", root);
    this.slider.addEventListener("input", () => deck.show(Number(this.slider.value)));
    root.addEventListener("pointermove", (event) => this.#peek(event));
    root.addEventListener("pointerleave", () => (this.preview.hidden = true));
    deck.addEventListener("frame", () => this.draw());
  }

  load(film, words) {
    Object.assign(this, { film, words });
    this.slider.max = film.frames - 1;
    this.bars = film.scenes.map((scene) => {
      const { start } = scene.lines[0];
      const { end } = scene.lines.at(-1);
      const bar = made("span", {}, made("i"));
      bar.style.flexGrow = end - start;
      return { bar, start, end, scene, filled: "" };
    });
    this.over = null;
    // all together leave room for the chapters themselves, also on a small screen
    this.segments.style.gap = `${Math.min(WIDEST, GAPS / film.scenes.length)}px`;
    this.segments.replaceChildren(...this.bars.map(({ bar }) => bar));
    this.draw();
  }

  draw() {
    const { film, deck, slider } = this;
    if (!film) return;
    const { frame } = deck;
    const at = deck.time * film.fps;
    slider.value = frame;
    const times = { time: clock_text(deck.time), length: clock_text(film.length) };
    const said = `${filled(this.words.time_of, times)}, ${line_at(film, frame).scene.title}`;
    if (slider.getAttribute("aria-valuetext") !== said) slider.setAttribute("aria-valuetext", said);
    for (const each of this.bars) {
      const share = Math.min(1, Math.max(0, (at - each.start) / (each.end - each.start)));
      const filled = `scaleX(${share.toFixed(4)})`;
      if (filled !== each.filled) each.bar.firstChild.style.transform = each.filled = filled;
    }
  }

  #peek(event) {
    const { film, preview, root } = this;
    if (event.pointerType === "touch") return;
    const box = root.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const time = share * film.length;
    const line = line_at(film, frame_at(film, time));
    this.pictures.show(one(".still", preview), line.index, film.lines.length);
    one("b", preview).textContent = line.scene.title;
    one(".when", preview).textContent = clock_text(time);
    preview.hidden = false;
    const half = preview.offsetWidth / 2;
    const left = Math.min(box.width - half, Math.max(half, share * box.width));
    preview.style.left = `${left}px`;
    const { bar } = this.bars.find(({ scene }) => scene === line.scene);
    if (bar === this.over) return;
    this.over?.classList.remove("over");
    bar.classList.add("over");
    this.over = bar;
  }
}
