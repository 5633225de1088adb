// The buttons of the bar: play, sound, captions, settings, picture in picture, full screen.

import { clock_text, line_at } from "./film.js";
import { icon, label, made, one } from "./page.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export class Controls {
  constructor(player, deck, actions) {
    Object.assign(this, { player, deck, actions });
    this.video = deck.video;
    const press = (name, act) => one(name, player).addEventListener("click", act);
    press(".play", () => actions.play());
    press(".start", () => {
      player.focus({ preventScroll: true });
      actions.play();
    });
    press(".mute", () => this.mute());
    press(".caption", () => actions.captions());
    press(".settings", () => this.menu(this.panel.hidden));
    press(".pip", () => {
      this.menu(false);
      this.pip();
    });
    press(".fullscreen", () => this.fullscreen());
    this.video.addEventListener("click", () => {
      player.focus({ preventScroll: true });
      if (this.panel.hidden) actions.play();
      this.menu(false);
    });
    this.video.addEventListener("dblclick", () => this.fullscreen());
    this.volume = one(".volume", player);
    this.volume.addEventListener("input", () => this.set_volume(this.volume.value / 100));
    one(".pip", player).hidden = !document.pictureInPictureEnabled;
    one(".fullscreen", player).hidden = !document.fullscreenEnabled;
    this.#settings();
    this.#idle();
    deck.addEventListener("state", () => this.draw());
    deck.addEventListener("frame", () => this.#time());
    document.addEventListener("fullscreenchange", () => this.draw());
  }

  get panel() {
    return one("#settings", this.player);
  }

  load(film, words) {
    Object.assign(this, { film, words });
    one(".length", this.player).textContent = clock_text(film.length);
    this.player.classList.toggle("hours", film.length >= 3600);
    this.draw();
    this.#time();
  }

  draw() {
    const { player, deck, video, words } = this;
    if (!words) return;
    const play = one(".play", player);
    icon(play, deck.playing ? "pause" : "play");
    label(play, deck.playing ? words.pause : words.play);
    label(one(".start", player), words.play);
    player.classList.toggle("playing", deck.playing);
    if (deck.playing) player.classList.add("begun");
    const silent = video.muted || video.volume === 0;
    icon(one(".mute", player), silent ? "muted" : "sound");
    label(one(".mute", player), silent ? words.unmute : words.mute);
    this.volume.value = silent ? 0 : Math.round(video.volume * 100);
    this.volume.setAttribute("aria-valuetext", `${this.volume.value} %`);
    this.volume.style.setProperty("--part", `${this.volume.value}%`);
    const full = document.fullscreenElement === player;
    icon(one(".fullscreen", player), full ? "small" : "fullscreen");
    label(one(".fullscreen", player), full ? words.leave_fullscreen : words.fullscreen);
    one(".speed", player).value = String(video.playbackRate);
  }

  mute() {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
  }

  set_volume(part) {
    this.video.muted = false;
    this.video.volume = Math.min(1, Math.max(0, part));
  }

  faster(by) {
    const at = SPEEDS.indexOf(this.video.playbackRate);
    const next = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))];
    this.video.playbackRate = this.video.defaultPlaybackRate = next;
    this.actions.tell(`${next}×`);
  }

  async pip() {
    try {
      if (document.pictureInPictureElement) await document.exitPictureInPicture();
      else await this.video.requestPictureInPicture();
    } catch {
      // the browser may refuse it, and then says so itself
    }
  }

  async fullscreen() {
    try {
      if (document.fullscreenElement) await document.exitFullscreen();
      else await this.player.requestFullscreen();
    } catch {
      // likewise
    }
  }

  menu(open) {
    this.panel.hidden = !open;
    one(".settings", this.player).setAttribute("aria-expanded", open);
    if (open) one("select", this.panel).focus();
  }

  #settings() {
    const speed = one(".speed", this.panel);
    speed.append(...SPEEDS.map((s) => made("option", { value: s, textContent: `${s}×` })));
    speed.addEventListener("change", () => {
      this.video.playbackRate = this.video.defaultPlaybackRate = Number(speed.value);
    });
    this.panel.addEventListener("focusout", ({ relatedTarget }) => {
      const kept = [this.panel, one(".settings", this.player)];
      if (relatedTarget && !kept.some((part) => part.contains(relatedTarget))) this.menu(false);
    });
  }

  // In full screen the controls step back while nobody moves and nothing in them has the focus.
  #idle() {
    let waiting;
    const wake = () => {
      this.player.classList.remove("idle");
      clearTimeout(waiting);
      waiting = setTimeout(() => this.player.classList.add("idle"), 2600);
    };
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      this.player.addEventListener(name, wake);
    }
    this.deck.addEventListener("state", wake);
  }

  #time() {
    const { film, deck, player } = this;
    if (!film) return;
    const now = clock_text(deck.time);
    if (one(".now", player).textContent !== now) one(".now", player).textContent = now;
    if (deck.frame > 0) player.classList.add("begun");
    const { title } = line_at(film, deck.frame).scene;
    if (one(".bar .chapter", player).textContent !== title) {
      one(".bar .chapter", player).textContent = title;
    }
  }
}
