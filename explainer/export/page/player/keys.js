// The keyboard, as the big video sites have it, heard only while the player has the focus; and the
// sheet that lists it.

import { made, one } from "./page.js";

const SHEET = [
  ["key_play", "Space", "K"],
  ["key_seek", "←", "→"],
  ["key_seek_far", "J", "L"],
  ["key_frame", ",", "."],
  ["key_lines", "Shift P", "Shift N"],
  ["key_chapters", "P", "N"],
  ["key_ends", "Home", "End"],
  ["key_percent", "0 … 9"],
  ["key_volume", "↑", "↓"],
  ["key_mute", "M"],
  ["key_captions", "C"],
  ["key_speed", "<", ">"],
  ["key_fullscreen", "F"],
  ["key_pip", "I"],
  ["key_help", "?"],
];

export class Keys {
  constructor(player, deck, controls, actions) {
    Object.assign(this, { player, deck, controls, actions });
    this.dialog = one("dialog", player);
    player.addEventListener("keydown", (event) => this.#pressed(event));
    one(".help-open", player).addEventListener("click", () => {
      controls.menu(false);
      this.help();
    });
    one(".help-close", player).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", ({ target }) => {
      if (target === this.dialog) this.dialog.close();
    });
  }

  load(words) {
    const rows = SHEET.map(([what, ...keys]) => {
      const caps = keys.map((key) => made("kbd", { textContent: key }));
      const head = made("th", { scope: "row", textContent: words[what] });
      return made("tr", {}, head, made("td", {}, ...caps.flatMap((cap) => [cap, " "])));
    });
    one("tbody", this.dialog).replaceChildren(...rows);
  }

  help() {
    if (this.dialog.open) this.dialog.close();
    else this.dialog.showModal();
  }

  #pressed(event) {
    const { target, key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (this.dialog.open) {
      if (key === "?") this.help();
      else return;
    } else if (key === "Escape" && !this.controls.panel.hidden) {
      this.controls.menu(false);
      one(".settings", this.player).focus();
    } else if (target.matches("select")) {
      return;
    } else {
      const own = target.matches("button, a") && (key === " " || key === "Enter");
      const slid = target.matches(".volume") && /^(Arrow|Home|End|Page)/.test(key);
      const act = own || slid ? null : this.#act(event);
      if (!act) return;
      act();
    }
    event.preventDefault();
  }

  #act({ key, shiftKey }) {
    const { deck, controls, actions } = this;
    const by = (seconds) => () => actions.seek(seconds);
    const louder = (part) => () => controls.set_volume(deck.video.volume + part);
    const name = key.length === 1 ? key.toLowerCase() : key;
    if (/^[0-9]$/.test(name)) return () => deck.show(Math.round((deck.film.frames * name) / 10));
    if (shiftKey && name === "n") return () => actions.line(1);
    if (shiftKey && name === "p") return () => actions.line(-1);
    return {
      " ": () => actions.play(),
      k: () => actions.play(),
      ArrowLeft: by(-5),
      ArrowRight: by(5),
      j: by(-10),
      l: by(10),
      ",": () => actions.frame(-1),
      ".": () => actions.frame(1),
      p: () => actions.chapter(-1),
      n: () => actions.chapter(1),
      PageUp: () => actions.line(-1),
      PageDown: () => actions.line(1),
      Home: () => deck.show(0),
      End: () => deck.show(deck.film.frames - 1),
      ArrowUp: louder(0.05),
      ArrowDown: louder(-0.05),
      m: () => controls.mute(),
      c: () => actions.captions(),
      "<": () => controls.faster(-1),
      ">": () => controls.faster(1),
      f: () => controls.fullscreen(),
      i: () => controls.pip(),
      "?": () => this.help(),
    }[name];
  }
}
