// Reports to a learning platform what was watched and answered, by SCORM 1.2 or 2004 (4th edition):
// completion, score, single answers, the place to go on at, and the time that it took. It takes the
// place of report.js in packages for platforms.

import { same_moment } from "./film.js";
import { create, fill_blanks, find } from "./page.js";
import { Statements } from "./xapi.js";

const FORMS = {
  1.2: {
    api: "API", start: "LMSInitialize", get: "LMSGetValue", set: "LMSSetValue", commit: "LMSCommit", finish: "LMSFinish", error: "LMSGetLastError",
    status: "cmi.core.lesson_status", place: "cmi.core.lesson_location", score: "cmi.core.score", time: "cmi.core.session_time", exit: "cmi.core.exit",
    done: "", response: "student_response", wrong: "wrong", when: "time",
  },
  2004: {
    api: "API_1484_11", start: "Initialize", get: "GetValue", set: "SetValue", commit: "Commit", finish: "Terminate", error: "GetLastError",
    status: "cmi.completion_status", place: "cmi.location", score: "cmi.score", time: "cmi.session_time", exit: "cmi.exit",
    done: "normal", response: "learner_response", wrong: "incorrect", when: "timestamp",
  },
};
const MOST_PARENTS = 500;

export function open_report(record, film) {
  return new Report(record.platform, film, record.strings);
}

class Report {
  constructor(platform, film, strings) {
    this.form = FORMS[platform.version];
    Object.assign(this, { film, strings: strings[film.language], is_2004: platform.version === "2004", begun: Date.now(), over: false });
    this.statements = new Statements(platform, film, () => this.#warn("not_taken", { error: "xAPI" }));
    this.api = find_api(this.form.api);
    if (this.api && String(this.api[this.form.start]("")) !== "true") this.api = null;
    if (!this.api) this.#warn("no_platform");
    this.is_done = this.#get(this.form.status) === "completed" || this.#get(this.form.status) === "passed";
    if (!this.is_done) this.#set(this.form.status, "incomplete");
    this.count = Number(this.#get("cmi.interactions._count")) || 0;
    this.#read(this.#get("cmi.suspend_data"));
    addEventListener("pagehide", () => this.#end());
  }

  // What was kept: a digit for each question, and a bit for each line that was seen.
  #read(kept) {
    const [choices = "", bits = ""] = /^[\d-]*;[\da-f]*$/.test(kept) ? kept.split(";") : [];
    this.answers = {};
    this.film.questions.forEach(({ id, answers }, at) => {
      if (answers[choices[at]]) this.answers[id] = Number(choices[at]);
    });
    this.seen = new Set(this.film.lines.filter((_, at) => parseInt(bits[at >> 2] ?? "0", 16) & (1 << at % 4)).map(({ key }) => key));
  }

  #keep() {
    const choices = this.film.questions.map(({ id }) => this.answers[id] ?? "-").join("");
    const bits = Array(Math.ceil(this.film.lines.length / 4)).fill(0);
    this.film.lines.forEach(({ key }, at) => (bits[at >> 2] |= this.seen.has(key) << at % 4));
    this.#set("cmi.suspend_data", `${choices};${bits.map((bit) => bit.toString(16)).join("")}`);
  }

  // Goes on where the platform says that it was left. `score` gives how many are answered, and right.
  begin(playback, score) {
    Object.assign(this, { playback, score });
    const place = parseFloat(this.#get(this.form.place));
    if (place > 0 && place < playback.film.length - 1) playback.seek(place);
    this.statements.begun();
    this.#complete();
  }

  watched(key) {
    if (this.seen.has(key) || !this.film.lines.some((line) => line.key === key)) return;
    this.seen.add(key);
    this.#keep();
    this.#complete();
  }

  answered({ question, choice, right }) {
    this.answers[question.id] = choice;
    this.#interaction(question, choice, right);
    this.statements.answered(question, choice, right);
    if (!question.after) this.#report_score();
    this.#keep();
    this.#complete();
  }

  #interaction({ id, ask, answers }, choice, right) {
    const { form, is_2004 } = this;
    const letter = (at) => String.fromCharCode(97 + at);
    const now = new Date();
    const at = `cmi.interactions.${this.count}`;
    const fields = {
      id,
      type: "choice",
      [form.when]: is_2004 ? now.toISOString().replace(/\.\d+/, ".0") : now.toTimeString().slice(0, 8),
      "correct_responses.0.pattern": letter(answers.findIndex((answer) => answer.right)),
      [form.response]: letter(choice),
      result: right ? "correct" : form.wrong,
      ...(is_2004 ? { description: ask.slice(0, 250) } : {}),
    };
    for (const [name, value] of Object.entries(fields)) this.#set(`${at}.${name}`, value);
    this.count += 1;
  }

  #report_score() {
    const { count, right } = this.score();
    const { form, is_2004 } = this;
    this.#set(`${form.score}.min`, "0");
    this.#set(`${form.score}.max`, "100");
    this.#set(`${form.score}.raw`, String(Math.round((100 * right) / count)));
    if (is_2004) this.#set(`${form.score}.scaled`, String(Math.round((1e4 * right) / count) / 1e4));
  }

  // It is complete once each line was played and each question at the end answered.
  #complete() {
    const { count, answered, right } = this.score();
    if (!this.is_done && answered === count && this.seen.size === this.film.lines.length) {
      this.is_done = true;
      this.#set(this.form.status, "completed");
      this.statements.completed(count ? right / count : null, Date.now() - this.begun);
    }
    if (this.api) this.api[this.form.commit]("");
  }

  #end() {
    if (this.over) return;
    this.over = true;
    const { form } = this;
    const { film, time } = this.playback;
    // in the film's own time, where it is heard with descriptions or in another language
    const place = film === this.film ? time : same_moment(this.film, film, time);
    this.#set(form.place, Math.max(0, place).toFixed(2));
    this.#set(form.time, this.#session());
    this.#set(form.exit, this.is_done ? form.done : "suspend");
    if (!this.api) return;
    this.api[form.commit]("");
    this.api[form.finish]("");
  }

  #session() {
    const seconds = (Date.now() - this.begun) / 1000;
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
    const rest = (seconds % 60).toFixed(2);
    if (this.is_2004) return `PT${hours}H${minutes}M${rest}S`;
    const two = (number) => String(number).padStart(2, "0");
    return `${String(Math.min(hours, 9999)).padStart(4, "0")}:${two(minutes)}:${rest.padStart(5, "0")}`;
  }

  #get(name) {
    return this.api ? String(this.api[this.form.get](name)) : "";
  }

  #set(name, value) {
    if (!this.api || String(this.api[this.form.set](name, value)) === "true") return;
    this.#warn("not_taken", { error: this.api[this.form.error]() });
  }

  // Says above the film that results are not recorded.
  #warn(name, values = {}) {
    const text = fill_blanks(this.strings[name], values);
    find(".platform")?.remove();
    find("main").prepend(create("p", { className: "plain-note platform", role: "status", textContent: text }));
  }
}

// The platform's object, as the standard has it searched for: in the frames around this one, then in
// the window that opened it and the frames around that.
function find_api(name) {
  for (const start of [window.parent, window.top.opener]) {
    let frame = start;
    for (let depth = 0; frame && depth < MOST_PARENTS; depth += 1) {
      try {
        if (frame[name]) return frame[name];
      } catch {
        // a frame of another site
      }
      if (frame === frame.parent) break;
      frame = frame.parent;
    }
  }
  return null;
}
