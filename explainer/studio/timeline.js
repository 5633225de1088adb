// The film's time from left to right: scenes and lines, the words with their cues, the waveform.

const ROWS = { line: 4, words: 34, cues: 62, wave: 84, bottom: 128 };
const NEAR = 7; // pixels from a cue at which it is taken hold of
const PEAKS_PER_SECOND = 50;

export class Timeline {
  // `seek(seconds)` is called for a click, `drop(line, cue, word)` for a cue that is let go on a word
  constructor(canvas, seek, drop) {
    this.canvas = canvas;
    this.seek = seek;
    this.drop = drop;
    this.lines = [];
    this.waveform = [];
    this.states = {};
    this.length = 0;
    this.now = 0;
    this.zoom = 1;
    this.held = null;
    canvas.addEventListener("pointerdown", (event) => this.press(event));
    canvas.addEventListener("pointermove", (event) => this.move(event));
    canvas.addEventListener("pointerup", (event) => this.release(event));
    new ResizeObserver(() => this.draw()).observe(canvas.parentElement);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  show(lines, waveform) {
    this.lines = lines;
    this.waveform = waveform;
    this.length = lines.length ? lines[lines.length - 1].end : 0;
    this.draw();
  }

  // each line's state by its key, and why
  show_states(states) {
    this.states = states;
    this.draw();
  }

  at(seconds) {
    this.now = seconds;
    const box = this.canvas.parentElement;
    const x = seconds * this.scale;
    if (x < box.scrollLeft || x > box.scrollLeft + box.clientWidth) box.scrollLeft = x - box.clientWidth / 4;
    this.draw();
  }

  closer(times) {
    this.zoom = Math.min(40, Math.max(1, this.zoom * times));
    this.draw();
    this.at(this.now);
  }

  get scale() {
    return (this.canvas.parentElement.clientWidth * this.zoom) / Math.max(1, this.length);
  }

  press(event) {
    this.held = this.cue_at(event.offsetX, event.offsetY);
    if (this.held) this.canvas.setPointerCapture(event.pointerId);
    else this.seek(event.offsetX / this.scale);
  }

  move(event) {
    if (this.held) {
      this.held.x = event.offsetX;
      this.draw();
    }
  }

  release(event) {
    const held = this.held;
    this.held = null;
    if (!held) return;
    const seconds = event.offsetX / this.scale;
    const word = held.line.words.findIndex((one) => seconds >= one.start && seconds < one.end);
    if (word >= 0) this.drop(held.line, held.cue.name, word);
    this.draw();
  }

  cue_at(x, y) {
    if (y < ROWS.words || y > ROWS.wave) return null;
    for (const line of this.lines) {
      for (const cue of line.cues) {
        if (Math.abs(cue.at * this.scale - x) <= NEAR) return { line, cue, x };
      }
    }
    return null;
  }

  draw() {
    const { canvas, scale } = this;
    const width = Math.max(1, Math.round(this.length * scale));
    const ratio = Math.min(devicePixelRatio, 16000 / width);
    canvas.width = width * ratio;
    canvas.height = 132 * ratio;
    canvas.style.width = `${width}px`;
    const style = getComputedStyle(document.documentElement);
    const resolved = getComputedStyle(canvas);
    const colour = (name) => {
      canvas.style.color = style.getPropertyValue(name);
      return resolved.color;
    };
    const [text, muted, mark, word, wave] = ["--text", "--muted", "--mark", "--word", "--wave"].map(colour);
    const signs = { waiting: ["… ", colour("--busy")], spoken: ["♪ ", colour("--busy")], failed: ["✗ ", colour("--bad")] };
    const pen = canvas.getContext("2d");
    pen.scale(ratio, ratio);
    pen.font = "12px system-ui, sans-serif";
    pen.textBaseline = "middle";
    this.waveform.forEach((peak, number) => {
      const height = (peak / 99) * (ROWS.bottom - ROWS.wave);
      pen.fillStyle = wave;
      pen.fillRect((number / PEAKS_PER_SECOND) * scale, ROWS.bottom - height, Math.max(1, scale / PEAKS_PER_SECOND), height);
    });
    for (const line of this.lines) {
      this.box(pen, line.start, line.end, ROWS.line, 24, word);
      const [sign, stripe] = signs[this.states[line.key]?.[0]] ?? ["", mark];
      this.box(pen, line.start, line.end, ROWS.line + 24, 3, stripe);
      this.write(pen, sign + line.key, line.start, line.end, ROWS.line + 12, text);
      for (const one of line.words) {
        this.box(pen, one.start, one.end, ROWS.words, 22, word);
        this.write(pen, one.text, one.start, one.end, ROWS.words + 11, muted);
      }
      for (const cue of line.cues) {
        const x = this.held?.cue === cue ? this.held.x : cue.at * scale;
        pen.fillStyle = mark;
        pen.fillRect(x - 1, ROWS.words, 2, ROWS.wave - ROWS.words);
        pen.fillText(cue.name, x + 4, ROWS.cues + 8);
      }
    }
    pen.fillStyle = text;
    pen.fillRect(this.now * scale - 1, 0, 2, 132);
  }

  box(pen, start, end, top, height, colour) {
    pen.fillStyle = colour;
    pen.fillRect(start * this.scale + 0.5, top, Math.max(1, (end - start) * this.scale - 1), height);
  }

  write(pen, words, start, end, middle, colour) {
    const room = (end - start) * this.scale - 8;
    if (room < 12) return;
    pen.save();
    pen.beginPath();
    pen.rect(start * this.scale, middle - 12, room + 4, 24);
    pen.clip();
    pen.fillStyle = colour;
    pen.fillText(words, start * this.scale + 4, middle);
    pen.restore();
  }
}

// A sentence with its cue `name` on the word of that number; null if it cannot stand there.
export function with_cue_on(say, name, number) {
  const old = new RegExp(`\\[([^\\[\\]]*)\\]\\{${name}\\}`);
  const freed = say.replace(old, "$1");
  if (freed === say) return null;
  const words = [];
  let inside = false;
  for (const found of freed.matchAll(/\S+/g)) {
    if (/^\{[\d.]+\}$/.test(found[0])) continue;
    const opens = found[0].includes("[");
    words.push({ text: found[0], at: found.index, marked: inside || opens });
    if (opens) inside = true;
    if (found[0].includes("]")) inside = false;
  }
  const target = words[number];
  if (!target || target.marked) return null;
  const core = target.text.match(/[\p{L}\p{M}\p{N}](?:.*[\p{L}\p{M}\p{N}])?/u);
  if (!core) return null;
  const first = target.at + core.index;
  const last = first + core[0].length;
  return `${freed.slice(0, first)}[${core[0]}]{${name}}${freed.slice(last)}`;
}
