// Tells the style sheet how high the parts are that share the window with the film.

import { find } from "./page.js";

export class Layout {
  constructor(player) {
    this.parts = { head: find("header"), chrome: find(".chrome", player), player };
    // a frame later: what changes here changes what is watched
    const watch = new ResizeObserver(() => requestAnimationFrame(() => this.measure()));
    for (const part of Object.values(this.parts)) watch.observe(part);
  }

  measure() {
    const { style } = document.documentElement;
    for (const [name, { offsetHeight }] of Object.entries(this.parts)) {
      // what is not shown now is as high as it was
      if (offsetHeight) style.setProperty(`--${name}-height`, `${offsetHeight}px`);
    }
  }
}
