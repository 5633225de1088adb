// What a page that embeds this one may ask of it, by messages: objects with `explainer: 1` and a
// `call`, which docs/exports.md lists. What it asks for is all that it is told.

import { line_at } from "./film.js";

export class Messages {
  // `calls` do what is asked for, by name.
  constructor(playback, calls) {
    Object.assign(this, { playback, calls, listener: null });
    addEventListener("message", (event) => {
      // nobody but the page around this one is heard
      if (parent === window || event.source !== parent) return;
      const { data } = event;
      if (data?.explainer === 1 && typeof data.call === "string") this.#answer(data, event);
    });
    let before = {};
    const look = () => {
      const { playing, line } = this.state;
      if (playing !== before.playing) this.tell(playing ? "play" : "pause");
      if (line !== before.line) this.tell("line");
      before = { playing, line };
    };
    playback.addEventListener("state", look);
    playback.addEventListener("frame", look);
    playback.video.addEventListener("ended", () => this.tell("ended"));
  }

  get state() {
    const { playback } = this;
    const { film } = playback;
    const { key } = line_at(film, playback.frame);
    return { time: playback.time, length: film.length, playing: playback.playing, line: key, language: film.language };
  }

  #answer({ call, time, line }, { origin }) {
    // a page from a disk has no origin that could be named
    const listener = origin === "null" ? "*" : origin;
    if (call === "listen") this.listener = listener;
    else if (call === "seek" && Number.isFinite(time) && time >= 0) this.calls.seek(time);
    else if (call === "line" && typeof line === "string") this.calls.line(line);
    else if (call === "play" || call === "pause") this.calls[call]();
    else if (call !== "state") return;
    this.#send("state", {}, listener);
  }

  // Tells the page around this one of an event, if it listens.
  tell(event, more = {}) {
    if (this.listener) this.#send(event, more, this.listener);
  }

  #send(event, more, listener) {
    parent.postMessage({ explainer: 1, event, ...this.state, ...more }, listener);
  }
}
