// The timeline: one slider over segments for the chapters, with a still where the pointer is.

import { format_time, frame_at, line_at } from "./film.js";
import { create, fill_blanks, find } from "./page.js";

const MAX_GAP = 3; // pixels between two chapters
const MAX_ALL_GAPS = 100; // pixels between all of them together

export class TimeBar {
  constructor(root, playback, sprites) {
    Object.assign(this, { root, playback, sprites });
    this.slider = find(".seek", root);
    this.preview = find(".preview", root);
    this.segments = find(".segments", root);
    this.slider.addEventListener("input", () => playback.show(Number(this.slider.value)));
    root.addEventListener("pointermove", (event) => this.#show_preview(event));
    root.addEventListener("pointerleave", () => (this.preview.hidden = true));
    playback.addEventListener("frame", () => this.draw());
  }

  load(film, strings) {
    Object.assign(this, { film, strings });
    this.slider.max = film.frames - 1;
    this.bars = film.scenes.map((scene) => {
      const { start } = scene.lines[0];
      const { end } = scene.lines.at(-1);
      const bar = create("span", {}, create("i"));
      bar.style.flexGrow = end - start;
      return { bar, start, end, scene, transform: "" };
    });
    this.over = null;
    // the gaps leave room for the chapters themselves, also on a small screen
    this.segments.style.gap = `${Math.min(MAX_GAP, MAX_ALL_GAPS / film.scenes.length)}px`;
    this.segments.replaceChildren(...this.bars.map(({ bar }) => bar));
    this.draw();
  }

  draw() {
    const { film, playback, slider } = this;
    if (!film) return;
    const { frame } = playback;
    const at = playback.time * film.fps;
    slider.value = frame;
    const times = { time: format_time(playback.time), length: format_time(film.length) };
    const said = `${fill_blanks(this.strings.time_of, times)}, ${line_at(film, frame).scene.title}`;
    if (slider.getAttribute("aria-valuetext") !== said) slider.setAttribute("aria-valuetext", said);
    for (const each of this.bars) {
      const share = Math.min(1, Math.max(0, (at - each.start) / (each.end - each.start)));
      const transform = `scaleX(${share.toFixed(4)})`;
      if (transform === each.transform) continue;
      each.transform = transform;
      each.bar.firstChild.style.transform = transform;
    }
  }

  #show_preview(event) {
    const { film, preview, root } = this;
    if (event.pointerType === "touch") return;
    const box = root.getBoundingClientRect();
    const share = Math.min(1, Math.max(0, (event.clientX - box.left) / box.width));
    const time = share * film.length;
    const line = line_at(film, frame_at(film, time));
    this.sprites.show(find(".still", preview), line.still);
    find("b", preview).textContent = line.scene.title;
    find(".when", preview).textContent = format_time(time);
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
