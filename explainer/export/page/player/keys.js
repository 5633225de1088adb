// Keyboard shortcuts, the same as on big video sites, while the player has the focus; and the dialog
// that lists them.

import { create, find } from "./page.js";

const SHORTCUTS = [
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
  constructor(player, playback, controls, actions) {
    Object.assign(this, { player, playback, controls, actions });
    this.dialog = find("dialog", player);
    player.addEventListener("keydown", (event) => this.#pressed(event));
    find(".help-open", player).addEventListener("click", () => {
      controls.open_menu(false);
      this.help();
    });
    find(".help-close", player).addEventListener("click", () => this.dialog.close());
    this.dialog.addEventListener("click", ({ target }) => {
      if (target === this.dialog) this.dialog.close();
    });
  }

  load(strings) {
    const rows = SHORTCUTS.map(([what, ...keys]) => {
      const caps = keys.map((key) => create("kbd", { textContent: key }));
      const head = create("th", { scope: "row", textContent: strings[what] });
      return create("tr", {}, head, create("td", {}, ...caps.flatMap((cap) => [cap, " "])));
    });
    find("tbody", this.dialog).replaceChildren(...rows);
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
      this.controls.open_menu(false);
      find(".settings", this.player).focus();
    } else if (target.matches("select")) {
      return;
    } else {
      const handled_by_button = target.matches("button, a") && (key === " " || key === "Enter");
      const handled_by_slider = target.matches(".volume") && /^(Arrow|Home|End|Page)/.test(key);
      const act = handled_by_button || handled_by_slider ? null : this.#act(event);
      if (!act) return;
      act();
    }
    event.preventDefault();
  }

  #act({ key, shiftKey }) {
    const { playback, controls, actions } = this;
    const seek = (seconds) => () => actions.seek(seconds);
    const louder = (by) => () => controls.set_volume(playback.video.volume + by);
    const name = key.length === 1 ? key.toLowerCase() : key;
    const { frames } = playback.film;
    if (/^[0-9]$/.test(name)) return () => playback.show(Math.round((frames * name) / 10));
    if (shiftKey && name === "n") return () => actions.line(1);
    if (shiftKey && name === "p") return () => actions.line(-1);
    return {
      " ": () => actions.play(),
      k: () => actions.play(),
      ArrowLeft: seek(-5),
      ArrowRight: seek(5),
      j: seek(-10),
      l: seek(10),
      ",": () => actions.frame(-1),
      ".": () => actions.frame(1),
      p: () => actions.chapter(-1),
      n: () => actions.chapter(1),
      PageUp: () => actions.line(-1),
      PageDown: () => actions.line(1),
      Home: () => playback.show(0),
      End: () => playback.show(frames - 1),
      ArrowUp: louder(0.05),
      ArrowDown: louder(-0.05),
      m: () => controls.mute(),
      c: () => actions.captions(),
      "<": () => controls.change_speed(-1),
      ">": () => controls.change_speed(1),
      f: () => controls.fullscreen(),
      i: () => controls.pip(),
      "?": () => this.help(),
    }[name];
  }
}
