// The buttons of the bar: play, sound, captions, settings, picture in picture, full screen.

import { format_time, line_at } from "./film.js";
import { create, find, icon, label } from "./page.js";

const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];

export class Controls {
  constructor(player, playback, actions) {
    Object.assign(this, { player, playback, actions });
    this.video = playback.video;
    const press = (name, act) => find(name, player).addEventListener("click", act);
    press(".play", () => actions.play());
    press(".start", () => {
      player.focus({ preventScroll: true });
      actions.play();
    });
    press(".mute", () => this.mute());
    press(".caption", () => actions.captions());
    press(".settings", () => this.open_menu(this.panel.hidden));
    press(".pip", () => {
      this.open_menu(false);
      this.pip();
    });
    press(".fullscreen", () => this.fullscreen());
    this.video.addEventListener("click", () => {
      player.focus({ preventScroll: true });
      if (this.panel.hidden) actions.play();
      this.open_menu(false);
    });
    this.video.addEventListener("dblclick", () => this.fullscreen());
    press(".end button", () => {
      player.focus({ preventScroll: true });
      actions.play();
    });
    player.addEventListener("click", ({ target }) => {
      // where the link leads cannot be seen in full screen
      if (target.closest("a") && document.fullscreenElement) document.exitFullscreen();
    });
    this.volume = find(".volume", player);
    this.volume.addEventListener("input", () => this.set_volume(this.volume.value / 100));
    find(".pip", player).hidden = !document.pictureInPictureEnabled;
    const fills = document.fullscreenEnabled || this.video.webkitEnterFullscreen;
    find(".fullscreen", player).hidden = !fills;
    this.#settings();
    this.#hide_when_idle();
    playback.addEventListener("state", () => this.draw());
    playback.addEventListener("frame", () => this.#time());
    document.addEventListener("fullscreenchange", () => this.draw());
  }

  get panel() {
    return find("#settings", this.player);
  }

  load(film, strings) {
    Object.assign(this, { film, strings });
    find(".length", this.player).textContent = format_time(film.length);
    this.player.classList.toggle("hours", film.length >= 3600);
    this.draw();
    this.#time();
  }

  draw() {
    const { player, playback, video, strings } = this;
    if (!strings) return;
    const play = find(".play", player);
    icon(play, playback.playing ? "pause" : "play");
    label(play, playback.playing ? strings.pause : strings.play);
    label(find(".start", player), strings.play);
    player.classList.toggle("playing", playback.playing);
    if (playback.playing) player.classList.add("begun");
    const silent = video.muted || video.volume === 0;
    icon(find(".mute", player), silent ? "muted" : "sound");
    label(find(".mute", player), silent ? strings.unmute : strings.mute);
    this.volume.value = silent ? 0 : Math.round(video.volume * 100);
    this.volume.setAttribute("aria-valuetext", `${this.volume.value} %`);
    this.volume.style.setProperty("--part", `${this.volume.value}%`);
    const full = document.fullscreenElement === player;
    icon(find(".fullscreen", player), full ? "small" : "fullscreen");
    label(find(".fullscreen", player), full ? strings.leave_fullscreen : strings.fullscreen);
    find(".speed", player).value = String(video.playbackRate);
    this.#end();
  }

  // Speed and sound as they are, to be taken up at the next visit.
  get settings() {
    const { playbackRate: speed, volume, muted } = this.video;
    return { speed, volume, muted };
  }

  set settings({ speed, volume, muted }) {
    if (SPEEDS.includes(speed)) this.set_speed(speed);
    if (volume >= 0 && volume <= 1) this.video.volume = volume;
    this.video.muted = muted === true;
  }

  set_speed(speed) {
    this.video.playbackRate = this.video.defaultPlaybackRate = speed;
  }

  // At the film's end it is said what one may do next.
  #end() {
    find(".end", this.player).hidden = !this.video.ended || this.playback.playing;
  }

  mute() {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
  }

  set_volume(share) {
    this.video.muted = false;
    this.video.volume = Math.min(1, Math.max(0, share));
  }

  change_speed(by) {
    const at = SPEEDS.indexOf(this.video.playbackRate);
    const next = SPEEDS[Math.min(SPEEDS.length - 1, Math.max(0, (at < 0 ? 2 : at) + by))];
    this.set_speed(next);
    this.actions.show_toast(`${next}×`);
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
      else if (document.fullscreenEnabled) await this.player.requestFullscreen();
      // some phones let nothing fill the screen but a video
      else this.video.webkitEnterFullscreen();
    } catch {
      // likewise
    }
  }

  open_menu(open) {
    this.panel.hidden = !open;
    find(".settings", this.player).setAttribute("aria-expanded", open);
    if (open) find("select", this.panel).focus();
  }

  #settings() {
    const speed = find(".speed", this.panel);
    speed.append(...SPEEDS.map((s) => create("option", { value: s, textContent: `${s}×` })));
    speed.addEventListener("change", () => this.set_speed(Number(speed.value)));
    this.panel.addEventListener("focusout", ({ relatedTarget }) => {
      const menu = [this.panel, find(".settings", this.player)];
      if (relatedTarget && !menu.some((part) => part.contains(relatedTarget))) this.open_menu(false);
    });
  }

  // In full screen the controls are hidden while nobody moves and nothing in them has the focus.
  #hide_when_idle() {
    let waiting;
    const wake = () => {
      this.player.classList.remove("idle");
      clearTimeout(waiting);
      waiting = setTimeout(() => this.player.classList.add("idle"), 2600);
    };
    for (const name of ["pointermove", "pointerdown", "keydown", "focusin"]) {
      this.player.addEventListener(name, wake);
    }
    this.playback.addEventListener("state", wake);
  }

  #time() {
    const { film, playback, player } = this;
    if (!film) return;
    const now = format_time(playback.time);
    if (find(".now", player).textContent !== now) find(".now", player).textContent = now;
    this.#end();
    const { title } = line_at(film, playback.frame).scene;
    if (find(".bar .chapter", player).textContent !== title) {
      find(".bar .chapter", player).textContent = title;
    }
  }
}
