// The booth: a line is read from the page, heard, and kept as its recording.

import { element, find } from "./elements.js";

const MAX_SECONDS = 170; // a little less than what is taken
const plain = (say) => say.replace(/\{[\d.]+\}/g, "").replace(/\[([^\]]*)\]\{[\w-]+\}/g, "$1").replace(/\s+/g, " ").trim();

// Records the microphone as it is: no echo, noise or level is touched by the browser.
class Microphone {
  async open(hear) {
    const as_it_is = { echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: 1 };
    this.stream = await navigator.mediaDevices.getUserMedia({ audio: as_it_is });
    this.context = new AudioContext();
    await this.context.audioWorklet.addModule("recorder.js");
    await this.context.resume();
    this.blocks = [];
    const node = new AudioWorkletNode(this.context, "recorder", { numberOfOutputs: 1, outputChannelCount: [1], channelCount: 1, channelCountMode: "explicit" });
    node.port.onmessage = ({ data }) => {
      this.blocks.push(data);
      hear(data);
    };
    this.context.createMediaStreamSource(this.stream).connect(node);
    node.connect(this.context.destination); // it gives silence, but is run only where it leads somewhere
  }

  get seconds() {
    const [first] = this.blocks ?? [];
    return first ? (this.blocks.length * first.length) / this.context.sampleRate : 0;
  }

  // what was recorded, as a WAV of 16 bits
  async close() {
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    const rate = this.context?.sampleRate ?? 48000;
    await this.context?.close();
    const blocks = this.blocks ?? [];
    const count = blocks.reduce((sum, block) => sum + block.length, 0);
    const view = new DataView(new ArrayBuffer(44 + 2 * count));
    const letters = (at, text) => [...text].forEach((letter, i) => view.setUint8(at + i, letter.charCodeAt(0)));
    letters(0, "RIFF");
    view.setUint32(4, 36 + 2 * count, true);
    letters(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true);
    view.setUint16(22, 1, true);
    view.setUint32(24, rate, true);
    view.setUint32(28, 2 * rate, true);
    view.setUint16(32, 2, true);
    view.setUint16(34, 16, true);
    letters(36, "data");
    view.setUint32(40, 2 * count, true);
    let at = 44;
    for (const block of blocks) {
      for (const sample of block) {
        view.setInt16(at, Math.max(-1, Math.min(1, sample)) * 32767, true);
        at += 2;
      }
    }
    return view.buffer;
  }
}

export class Booth {
  // `ask(where, body, told)` asks the program; `lines()` gives the lines as they are, `film()` its address
  constructor(ask, token, lines, film) {
    Object.assign(this, { ask, token, lines, film, recorded: [], key: "", take: null, microphone: null });
    this.box = find("booth");
    this.picture = find("booth-picture");
    this.sound = find("booth-sound");
    find("booth-record").addEventListener("click", () => (this.microphone ? this.stop() : this.record()));
    find("booth-hear").addEventListener("click", () => this.hear());
    find("booth-keep").addEventListener("click", () => this.keep());
    find("booth-again").addEventListener("click", () => this.record());
    find("booth-before").addEventListener("click", () => this.go(-1));
    find("booth-next").addEventListener("click", () => this.go(1));
    find("booth-close").addEventListener("click", () => this.box.close());
    this.box.addEventListener("close", () => this.leave());
    this.sound.addEventListener("timeupdate", () => this.mark(this.sound.currentTime));
    this.sound.addEventListener("ended", () => this.mark(-1));
  }

  show({ recorded }) {
    this.recorded = recorded ?? [];
    if (this.box.open) this.show_counts();
  }

  open(key) {
    this.box.showModal();
    this.enter(key);
  }

  get spoken() {
    return this.lines().filter((one) => plain(one.texts?.say ?? ""));
  }

  get line() {
    return this.lines().find((one) => one.key === this.key);
  }

  async go(step) {
    const keys = this.spoken.map((one) => one.key);
    const next = keys[keys.indexOf(this.key) + step];
    if (!next) return;
    await this.leave();
    this.enter(next);
  }

  enter(key) {
    this.key = key;
    this.take = null;
    find("booth-text").replaceChildren(...this.words(plain(this.line.texts.say).split(" ")));
    find("booth-show").textContent = this.line.texts.show ?? "";
    this.picture.src = this.film();
    this.picture.addEventListener("loadedmetadata", () => { this.picture.currentTime = this.line.start; }, { once: true });
    this.say("");
    this.show_counts();
    this.show_state();
    find("booth-record").focus();
  }

  words(texts) {
    return texts.flatMap((text) => [element("span", { textContent: text }), " "]);
  }

  async leave() {
    this.sound.pause();
    this.picture.pause();
    clearInterval(this.clock);
    const open = this.microphone;
    this.microphone = null;
    await open?.close();
    this.show_state();
  }

  async record() {
    this.take = null;
    this.sound.pause();
    this.say("");
    const microphone = new Microphone();
    this.microphone = microphone;
    this.show_state();
    try {
      await microphone.open((block) => { this.loudest = Math.max(this.loudest ?? 0, ...block.map(Math.abs)); });
    } catch (error) {
      this.microphone = null;
      await microphone.close();
      const why = error.name === "NotAllowedError" ? "the browser does not let this page hear the microphone: allow it beside the address"
        : error.name === "NotFoundError" ? "there is no microphone: connect one, and try again" : String(error);
      this.show_state();
      return this.say(why, true);
    }
    if (this.microphone !== microphone) return microphone.close();
    this.say("Speak now.");
    this.picture.currentTime = this.line.start;
    this.picture.play().catch(() => {});
    this.clock = setInterval(() => this.tick(), 100);
  }

  tick() {
    const seconds = this.microphone?.seconds ?? 0;
    find("booth-level").value = Math.min(1, this.loudest ?? 0);
    this.loudest = 0;
    find("booth-time").textContent = `${seconds.toFixed(1)} s`;
    if (this.picture.currentTime >= this.line.end - 0.05) this.picture.pause();
    if (seconds > MAX_SECONDS) this.stop();
  }

  async stop() {
    const { microphone, key } = this;
    this.microphone = null;
    clearInterval(this.clock);
    this.picture.pause();
    this.say("Listening to it…");
    const wav = await microphone.close();
    this.show_state();
    const answer = await fetch(`take/${encodeURIComponent(key)}`, {
      method: "POST", headers: { "Content-Type": "audio/wav", "X-Session-Token": this.token }, body: wav,
    }).catch(() => null);
    const take = answer ? await answer.json().catch(() => ({})) : { problem: "the program has ended" };
    if (this.key !== key || this.microphone) return;
    this.take = answer?.ok && take.length ? take : null;
    const told = [take.fits ? `It says its text, in ${take.length.toFixed(1)} s.` : `${take.problem}.`];
    if (take.advice?.length) told.push(`Better: ${take.advice.join("; ")}.`);
    this.say(told.join(" "), !take.fits);
    if (take.words?.length) find("booth-text").replaceChildren(...this.words(take.words.map((word) => word.text)));
    this.show_state();
    find(take.fits ? "booth-keep" : this.take ? "booth-again" : "booth-record").focus();
  }

  hear() {
    this.sound.src = `take/${encodeURIComponent(this.key)}?v=${Date.now()}`;
    this.sound.play().catch(() => this.say("it cannot be heard", true));
    this.picture.currentTime = this.line.start;
  }

  mark(now) {
    const words = this.take?.words ?? [];
    [...find("booth-text").children].forEach((made, at) => {
      made.classList.toggle("now", now >= 0 && words[at] && now >= words[at].start && now < words[at].end);
    });
  }

  async keep() {
    const told = find("booth-told");
    const asked = { line: this.key, take: this.take.number, speak: find("booth-speak").checked };
    if (!await this.ask("keep", asked, told)) return told.classList.add("bad");
    this.take = null;
    this.say(`Kept as recordings/${this.key}.wav.`);
    this.show_state();
    find("booth-next").focus();
  }

  say(text, bad = false) {
    const told = find("booth-told");
    told.hidden = !text;
    told.textContent = text;
    told.classList.toggle("bad", bad);
  }

  show_counts() {
    const keys = this.spoken.map((one) => one.key);
    const at = keys.indexOf(this.key);
    const count = keys.filter((key) => this.recorded.includes(key)).length;
    find("booth-title").textContent = this.key;
    find("booth-facts").textContent = [
      `line ${at + 1} of ${keys.length}, ${count} recorded`,
      this.line.end > this.line.start ? `${(this.line.end - this.line.start).toFixed(1)} s in the draft` : "not drawn yet",
      this.recorded.includes(this.key) ? "has a recording" : "",
    ].filter(Boolean).join("; ");
    find("booth-before").disabled = at <= 0;
    find("booth-next").disabled = at < 0 || at >= keys.length - 1;
    find("booth-hear").disabled = Boolean(this.microphone) || !(this.take || this.recorded.includes(this.key));
  }

  show_state() {
    if (!this.line) return;
    find("booth-record").textContent = this.microphone ? "Stop" : "Record";
    find("booth-record").hidden = Boolean(this.take);
    find("booth-again").hidden = find("booth-keep").hidden = !this.take;
    find("booth-keep").disabled = !this.take?.fits;
    find("booth-time").textContent = "";
    find("booth-level").value = 0;
    this.box.classList.toggle("recording", Boolean(this.microphone));
    this.show_counts();
  }
}
