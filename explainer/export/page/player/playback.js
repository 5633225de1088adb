// A <video> that can show one frame and play up to one. It sends the events "frame" whenever another
// frame may be seen, "state" when it starts, pauses or is set, and "rest" at the frame it played to.

import { frame_at, frame_middle } from "./film.js";

export class Playback extends EventTarget {
  constructor(video, film) {
    super();
    this.video = video;
    this.film = film;
    this.stop = null;
    for (const name of ["play", "pause", "ended", "volumechange", "ratechange", "loadedmetadata"]) {
      video.addEventListener(name, () => this.#state());
    }
    for (const name of ["timeupdate", "seeked", "loadeddata"]) {
      video.addEventListener(name, () => this.#frame(video.currentTime));
    }
    this.#watch();
  }

  get time() {
    return this.wanted ?? this.video.currentTime;
  }

  get frame() {
    return frame_at(this.film, this.time);
  }

  get playing() {
    return !this.video.paused && !this.video.ended;
  }

  play() {
    this.stop = null;
    // at its end the film begins again
    if (this.frame >= this.film.frames - 1) this.show(0);
    return this.#start();
  }

  pause() {
    this.stop = null;
    this.video.pause();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  // Shows a frame: sent to its middle, so that rounding cannot show its neighbour.
  show(frame) {
    this.stop = null;
    this.seek(frame_middle(this.film, Math.min(this.film.frames - 1, Math.max(0, frame))));
  }

  seek(time) {
    this.wanted = Math.min(this.film.length, Math.max(0, time));
    if (this.video.readyState >= HTMLMediaElement.HAVE_METADATA) this.#send();
    this.#frame(this.wanted);
  }

  // Plays from a frame and comes to rest on another.
  play_through(first, last) {
    this.show(first);
    this.stop = last;
    return this.#start();
  }

  load(film, source, time) {
    this.film = film;
    this.stop = null;
    this.video.src = source;
    this.seek(time);
  }

  #send() {
    this.video.currentTime = this.wanted;
    this.wanted = null;
  }

  #start() {
    return this.video.play().catch(() => this.#state());
  }

  #watch() {
    const { video } = this;
    if (video.requestVideoFrameCallback) {
      const seen = (_, { mediaTime }) => {
        this.#frame(mediaTime);
        video.requestVideoFrameCallback(seen);
      };
      video.requestVideoFrameCallback(seen);
      return;
    }
    const look = () => {
      if (this.playing) this.#frame(video.currentTime);
      requestAnimationFrame(look);
    };
    look();
  }

  #frame(time) {
    if (this.wanted != null && this.video.readyState >= HTMLMediaElement.HAVE_METADATA) this.#send();
    // one frame early, because a pause comes into force a frame late; the line's end is silent
    const over = this.stop !== null && frame_at(this.film, time) >= this.stop - 1;
    if (over && !this.video.seeking && this.video.currentTime > 0) this.#rest();
    this.dispatchEvent(new Event("frame"));
  }

  #rest() {
    const frame = this.stop;
    this.video.pause();
    this.show(frame);
    this.dispatchEvent(new CustomEvent("rest", { detail: frame }));
  }

  #state() {
    if (this.wanted != null && this.video.readyState >= HTMLMediaElement.HAVE_METADATA) this.#send();
    if (this.video.ended && this.stop !== null) this.#rest();
    this.dispatchEvent(new Event("state"));
  }
}
