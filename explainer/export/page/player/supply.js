// Sees to it that the film comes: says so while it is awaited, fetches it whole from a server that
// gives no parts of it, and says what is wrong where it does not come, with a way to try again.

import { announce, fill_blanks, find } from "./page.js";

const AWAITED_AFTER = 400; // milliseconds in which nobody minds a wait
const STALLED_AFTER = 15_000; // milliseconds without a byte after which a film is said to stall
const LOOK_EVERY = 200;
const SLOW_AFTER = 3_000; // milliseconds of one wait after which a film is said to be slow
const SLOW_WAITS = 3; // waits of it after which it is, too
const FILM_LOST = MediaError.MEDIA_ERR_NETWORK;
const FILM_MISSING = MediaError.MEDIA_ERR_SRC_NOT_SUPPORTED;
const EVENTS =
  "emptied loadstart loadedmetadata loadeddata canplay play pause waiting playing seeking seeked ended";

export class Supply {
  constructor(player, playback) {
    const { video } = playback;
    Object.assign(this, { player, playback, video, trouble: "", arrivals: 0, waits: 0 });
    // what else can be done about a film that is slow, or missing: true if something was
    this.on_slow = () => false;
    this.on_missing = () => false;
    this.#begin();
    this.message = find(".trouble", player);
    this.awaited = find(".awaited", player);
    find("button", this.message).addEventListener("click", () => this.retry());
    for (const name of EVENTS.split(" ")) video.addEventListener(name, () => this.#look());
    video.addEventListener("progress", () => (this.arrivals += 1));
    video.addEventListener("error", () => this.#broke());
    video.addEventListener("ended", () => {
      if (video.currentTime < playback.film.length - 1) this.#fail("film_breaks_off");
    });
    playback.parts = () => this.#asks_for_parts();
    playback.addEventListener("source", () => this.#begin());
    playback.addEventListener("asked", () => playback.failed && this.retry());
  }

  load(strings) {
    this.strings = strings;
    this.#say();
    // the film may have failed before anybody listened
    if (this.video.error && !this.playback.failed) this.#broke();
    this.#look();
  }

  retry() {
    this.playback.take(this.playback.source, this.playback.playing || this.resume);
  }

  // Another film, or the same from the start: nothing is known of it yet.
  #begin() {
    this.fetching?.abort();
    if (this.address) URL.revokeObjectURL(this.address);
    const unknown = { address: "", asked: null, fetching: null, whole: false };
    Object.assign(this, unknown, { since: null, resume: false });
    this.#tell("");
  }

  // Whether the film can be sent to any time: true, or a promise to say so.
  #asks_for_parts() {
    const { source } = this.playback;
    if (this.address || !/^https?:/.test(source)) return true;
    if (this.asked !== null) return this.asked;
    const asked = this.#ask(source);
    asked.then((there) => there && (this.asked = there));
    this.asked = asked;
    return asked;
  }

  // Asks for one byte. A server that sends all of the film instead is let go on with it.
  async #ask(address) {
    const fetching = new AbortController();
    this.fetching = fetching;
    const is_over = () => this.fetching !== fetching;
    try {
      const asked = { headers: { Range: "bytes=0-0" }, cache: "no-store", signal: fetching.signal };
      const answer = await fetch(address, asked);
      if (is_over()) return false;
      if (answer.status !== 200) {
        fetching.abort();
        return true;
      }
      await this.#take_whole(answer, is_over);
    } catch {
      if (!is_over()) this.#fail("film_lost");
    }
    return false;
  }

  async #take_whole(answer, is_over) {
    this.received = 0;
    this.size = Number(answer.headers.get("Content-Length"));
    this.whole = true;
    // the video need not load it a second time meanwhile
    this.video.removeAttribute("src");
    this.video.load();
    const pieces = [];
    const reader = answer.body.getReader();
    for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
      pieces.push(piece.value);
      this.received += piece.value.length;
    }
    if (is_over()) return;
    const address = URL.createObjectURL(new Blob(pieces, { type: "video/mp4" }));
    this.playback.take(address);
    this.address = address;
  }

  #broke() {
    const { error } = this.video;
    if (!error || !this.video.hasAttribute("src")) return;
    if (this.on_missing()) return;
    if (error.code === FILM_LOST) this.#fail("film_lost");
    else this.#fail(error.code === FILM_MISSING ? "film_missing" : "film_breaks_off");
  }

  #fail(trouble) {
    this.resume = this.playback.playing;
    this.playback.failed = true;
    this.playback.hold(false);
    this.#tell(trouble);
    this.#look();
  }

  #tell(trouble) {
    if (trouble === this.trouble) return;
    this.trouble = trouble;
    this.#say();
  }

  #say() {
    const { trouble, strings, message, player } = this;
    if (!strings) return;
    const { source, film } = this.playback;
    const file = source.startsWith("data:") ? film.title : decodeURIComponent(source.split("/").at(-1));
    message.hidden = !trouble;
    find("p", message).textContent = trouble ? fill_blanks(strings[trouble], { file }) : "";
    player.classList.toggle("failed", this.playback.failed);
  }

  // True while something that was asked for cannot be shown yet.
  get #awaits() {
    const { video, playback } = this;
    if (playback.failed) return false;
    if (playback.held || video.seeking) return true;
    return playback.playing && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA;
  }

  // True while the film comes in, asked for or not.
  get #comes() {
    const { networkState, readyState } = this.video;
    if (this.playback.failed || readyState > 0) return false;
    return networkState === HTMLMediaElement.NETWORK_LOADING;
  }

  #look() {
    const awaits = this.#awaits;
    if (!awaits && !this.#comes) {
      clearInterval(this.looking);
      Object.assign(this, { looking: null, since: null, last: null });
      this.#show_awaited(false);
      if (this.trouble === "film_stalls") this.#tell("");
      return;
    }
    this.looking ??= setInterval(() => this.#look(), LOOK_EVERY);
    const now = performance.now();
    const { video, received, arrivals } = this;
    const state = `${video.currentTime} ${video.readyState} ${received} ${arrivals}`;
    if (state !== this.last || document.hidden) {
      Object.assign(this, { last: state, moved: now });
      if (this.trouble === "film_stalls") this.#tell("");
    }
    if (!awaits) this.since = null;
    else this.since ??= now;
    const waited = awaits ? now - this.since : 0;
    this.#show_awaited(waited >= AWAITED_AFTER);
    const is_slow = waited >= SLOW_AFTER || this.waits >= SLOW_WAITS;
    if (is_slow && this.playback.playing && this.on_slow()) return;
    if (now - this.moved >= STALLED_AFTER) this.#tell("film_stalls");
  }

  #show_awaited(on) {
    const { awaited, strings, received, size } = this;
    if (!strings) return;
    const shown = awaited.textContent !== "";
    if (!on && !shown) return;
    const percent = size ? Math.floor((100 * received) / size) : 0;
    const text = this.whole ? fill_blanks(strings.film_whole, { percent }) : strings.loading;
    if (on && !shown) announce(text);
    if (on && !shown && this.playback.playing) this.waits += 1;
    awaited.textContent = on ? text : "";
  }
}
