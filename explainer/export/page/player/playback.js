// A <video> that can show one frame and play up to one. It sends the events "frame" whenever another
// frame may be seen, "state" when it starts, pauses or is set, "rest" at the frame it played to,
// "source" when it takes another film, and "asked" when it is to play what it does not have.

import { frame_at, frame_middle } from "./film.js";

export class Playback extends EventTarget {
  constructor(video, film) {
    super();
    this.video = video;
    this.film = film;
    this.source = video.src;
    this.stop = null;
    this.wanted = null;
    // while there is no film to send anywhere, `held` keeps whether it is to play
    this.held = null;
    // true once the film has failed, until it is taken anew
    this.failed = false;
    // whether the film can be sent to any time: true, or a promise to say so
    this.parts = () => true;
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
    return this.held?.play ?? (!this.video.paused && !this.video.ended);
  }

  play() {
    this.stop = null;
    // at its end the film begins again
    if (this.frame >= this.film.frames - 1) this.show(0);
    return this.#start();
  }

  pause() {
    this.stop = null;
    if (this.held) this.held.play = false;
    this.video.pause();
    if (this.held) this.#state();
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
    this.#send();
    this.#frame(this.time);
  }

  // Plays from a frame and comes to rest on another.
  play_through(first, last) {
    this.show(first);
    this.stop = last;
    return this.#start();
  }

  load(film, source, time) {
    this.film = film;
    this.source = source;
    this.#take(source, time, false);
  }

  // Goes on with another file of the same film.
  change_source(source) {
    this.source = source;
    this.take(source);
  }

  // Keeps what is asked for while there is no film to send anywhere.
  hold(play = this.playing) {
    this.wanted = this.time;
    this.held = { play };
    this.video.pause();
    this.#state();
  }

  // Takes the same film from an address, and goes on with what was asked for.
  take(address, play = this.playing) {
    const { stop } = this;
    this.#take(address, this.time, play);
    this.stop = stop;
  }

  #take(address, time, play) {
    this.dispatchEvent(new Event("source"));
    this.failed = false;
    this.stop = null;
    this.wanted = time;
    this.video.src = address;
    this.#go_on(play);
    this.#frame(time);
  }

  #go_on(play) {
    this.held = null;
    this.#send();
    if (play) this.#start();
  }

  // Sends the video where it is wanted, as soon as that is possible.
  #send() {
    if (this.wanted === null || this.held) return;
    if (this.video.readyState < HTMLMediaElement.HAVE_METADATA) return;
    const parts = this.wanted > 0 ? this.parts() : true;
    if (parts === true) {
      this.video.currentTime = this.wanted;
      this.wanted = null;
      return;
    }
    this.hold();
    parts.then((there) => there && this.#go_on(this.held.play));
  }

  #start() {
    if (!this.held) return this.video.play().catch(() => this.#state());
    this.held.play = true;
    this.#state();
    return this.dispatchEvent(new Event("asked"));
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
    this.#send();
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
    this.#send();
    if (this.video.ended && this.stop !== null) this.#rest();
    this.dispatchEvent(new Event("state"));
  }
}
