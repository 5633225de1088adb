// Which of a film's two files plays: the film itself, or its smaller copy for slow lines and phones.
// What the reader chose holds; else the small one is taken where the player or the line is small, or
// once the film had to be waited for.

import { find, find_all } from "./page.js";

const SMALL_SCREEN = 540; // pixels of the short side, in which a film's small copy is as sharp
const SLOW = ["slow-2g", "2g", "3g"];

export class PictureSize {
  constructor(player, playback, storage, embedded, say) {
    Object.assign(this, { playback, storage, embedded, say, slow: false, missing: false });
    this.choice = storage.get("picture") ?? "auto";
    const select = find(".picture", player);
    select.value = this.choice;
    select.addEventListener("change", () => {
      this.choice = select.value;
      storage.set("picture", this.choice);
      this.#change();
    });
    this.rows = find_all(".sizes", player);
  }

  load(strings) {
    this.strings = strings;
    for (const row of this.rows) row.hidden = !this.playback.film.small || this.missing;
  }

  // The address of a film in the size that is right now.
  source(film) {
    return (this.#takes_small(film) && film.small) || film.film || this.embedded;
  }

  // The film had to be waited for; true if another file is taken for it.
  was_slow() {
    if (this.slow || this.choice !== "auto") return false;
    this.slow = true;
    const changed = this.#change();
    if (changed) this.say(this.strings.picture_slow);
    return changed;
  }

  // The film did not come; true if it was the small one, and the other is taken.
  was_missing() {
    const was_small = this.playback.source === this.playback.film.small;
    if (!was_small || this.missing) return false;
    this.missing = true;
    this.load(this.strings);
    return this.#change();
  }

  #takes_small(film) {
    if (!film.small || this.missing || this.choice === "full") return false;
    return this.choice === "small" || this.slow || is_small_place();
  }

  #change() {
    const { playback } = this;
    const source = this.source(playback.film);
    if (source === playback.source) return false;
    playback.change_source(source);
    return true;
  }
}

function is_small_place() {
  const { connection, devicePixelRatio } = window;
  if (connection?.saveData || SLOW.includes(connection?.effectiveType)) return true;
  const side = Math.min(screen.width, screen.height);
  return side <= SMALL_SCREEN && side * Math.min(devicePixelRatio, 2) <= 2 * SMALL_SCREEN;
}
