// A film in one language as plain values: a version of the page's record in, its lines, words and
// captions by time out. Frames count from the film's start; words and captions are in milliseconds.

export function read_film(version) {
  const lines = [];
  const words = [];
  let start = 0;
  let stills = 0;
  const scenes = version.scenes.map(({ id, title }) => ({ id, title, lines: [] }));
  for (const [number, record] of version.scenes.entries()) {
    const scene = scenes[number];
    for (const line of record.lines) {
      const first = words.length;
      for (const [text, from, to, glued] of line.words) {
        words.push({ text, from, to, before: glued ? "" : " ", line: lines.length });
      }
      scene.lines.push({
        index: lines.length,
        key: `${scene.id}.${line.id}`,
        scene,
        start,
        end: line.end,
        first,
        last: words.length,
        say: join_words(words.slice(first)),
        show: line.show,
        cite: line.cite,
        still: stills,
      });
      lines.push(scene.lines.at(-1));
      start = line.end;
      // a description holds the picture of the line before it
      if (!line.describes) stills += 1;
      else scene.lines.at(-1).still -= 1;
    }
  }
  const captions = read_captions(version.captions, words);
  return { ...version, scenes, lines, words, captions, frames: start, length: start / version.fps };
}

// Words joined to a text; the pieces of a hyphenated one, which end in soft hyphens, as one word.
function join_words(words) {
  return words.map(({ before, text }) => before + text.replace(/\u00ad$/, "")).join("").trim();
}

function read_captions(records, words) {
  let at = 0;
  return records.map(([from, to, ...counts]) => {
    const first = at;
    const rows = counts.map((count) => words.slice(at, (at += count)));
    return { from, to, rows, first, line: words[first].line };
  });
}

// The time in the middle of a frame: a player sent there shows this frame and no other.
export const frame_middle = (film, frame) => (frame + 0.5) / film.fps;

export function frame_at(film, time) {
  return Math.min(film.frames - 1, Math.max(0, Math.floor(time * film.fps + 1e-4)));
}

// The index of the first of a rising list that `holds` is true of, by binary search: a film has
// thousands of lines and words, and they are looked up with every frame.
function first_index(list, holds) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(list[middle])) high = middle;
    else low = middle + 1;
  }
  return low;
}

export function line_at(film, frame) {
  const at = first_index(film.lines, (line) => frame < line.end);
  return film.lines[Math.min(at, film.lines.length - 1)];
}

// The index of the word that is being said, or -1; a word lasts until the next of its line begins.
export function word_at(film, ms) {
  const at = first_index(film.words, (word) => ms < word.from) - 1;
  if (at < 0) return -1;
  const { to, line } = film.words[at];
  const next = film.words[at + 1];
  return ms < to || (next?.line === line && ms < next.from && ms < to + 300) ? at : -1;
}

export function caption_at(film, ms) {
  const caption = film.captions[first_index(film.captions, ({ to }) => ms < to)];
  return caption && caption.from <= ms ? caption : null;
}

// The same moment of the same line in another language, whose voice takes its own time.
export function same_moment(other, film, time) {
  const line = line_at(film, frame_at(film, time));
  const twin = other.lines.find(({ key }) => key === line.key);
  // a description has no twin: what it holds is the end of the line before it
  const held = twin ? null : film.lines[line.index - 1];
  if (held) return frame_middle(other, (same_line(other, held)?.end ?? 1) - 1);
  if (!twin) return -1;
  const share = (time * film.fps - line.start) / (line.end - line.start);
  return (twin.start + share * (twin.end - twin.start)) / other.fps;
}

const same_line = (other, { key }) => other.lines.find((line) => line.key === key);

export function format_time(seconds) {
  const whole = Math.floor(seconds + 1e-6);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const two = (number) => String(number).padStart(2, "0");
  return `${hours ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}`;
}
