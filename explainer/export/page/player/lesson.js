// The lesson that a film's script declares: questions at its lines, with the picture at hand to try,
// questions at its end, and a sheet of all of them to print. It sends the event "answer" for each
// that is answered, with the score of those at the end.

import { mount } from "./interactive.js";
import { create, fill_blanks, find, prefers_reduced_motion, announce } from "./page.js";
import { question_card } from "./question.js";

export class Lesson extends EventTarget {
  constructor(section, stop, storage) {
    super();
    Object.assign(this, { section, stop, storage, part: null, line: null });
    find(".again", section).addEventListener("click", () => this.#start_over());
    find(".print", section).addEventListener("click", () => this.#print());
    addEventListener("afterprint", () => document.documentElement.classList.remove("print-sheet"));
  }

  // The questions at the end.
  get last() {
    return this.film.questions.filter(({ after }) => !after);
  }

  load(film, strings) {
    Object.assign(this, { film, strings, line: null });
    this.leave();
    this.#draw();
    find(".sheet").replaceChildren(...sheet(film, strings));
  }

  get answers() {
    return this.storage.get("answers") ?? {};
  }

  // How many questions at the end are answered, and how many of them right.
  get score() {
    const chosen = this.last.map(({ id, answers }) => answers[this.answers[id]]);
    const answered = chosen.filter(Boolean);
    return { count: chosen.length, answered: answered.length, right: answered.filter(({ right }) => right).length };
  }

  // Asks what is asked at a line; what was tried at another is put away.
  show(line) {
    // a description belongs to the line that it is of: SCENE.LINE+described
    const [key] = line.key.split("+");
    if (key === this.line) return;
    this.leave();
    this.line = key;
    const asked = this.film.questions.filter(({ after }) => after === key);
    this.stop.replaceChildren(...asked.map((question) => this.#card(question)));
  }

  leave() {
    if (!this.part) return;
    this.part.leave();
    this.part = null;
    this.line = null;
    this.stop.replaceChildren();
  }

  #card(question) {
    const chosen = (choice) => {
      this.storage.set("answers", { ...this.answers, [question.id]: choice });
      this.#tell();
      const { right } = question.answers[choice];
      this.dispatchEvent(new CustomEvent("answer", { detail: { question, choice, right } }));
    };
    const attempt = (host, state) => {
      const still = prefers_reduced_motion();
      this.part = mount(host, { language: this.film.language, still, speak: announce, state, keep() {} });
    };
    const before = question.answers[this.answers[question.id]] ? this.answers[question.id] : undefined;
    const card = question_card(question, this.strings, before, { chosen, attempt });
    const stages = create("p", { className: "stages", textContent: this.strings.stages });
    if (question.attempt) find("legend", card).after(stages);
    return card;
  }

  #draw() {
    const cards = this.last.map((question) => create("li", {}, this.#card(question)));
    find(".cards", this.section).replaceChildren(...cards);
    this.#tell();
  }

  #tell() {
    find(".score", this.section).textContent = fill_blanks(this.strings.score, this.score);
  }

  #start_over() {
    this.storage.set("answers", {});
    this.#draw();
    find("input", this.section)?.focus();
  }

  #print() {
    document.documentElement.classList.add("print-sheet");
    print();
  }
}

// What is printed: all questions with a box for each answer, and on a page of its own, the reasons.
function sheet(film, strings) {
  const box = ({ text }) => create("li", { textContent: `☐ ${text}` });
  const open = ({ ask, answers, attempt }) =>
    create("li", {}, create("h3", { textContent: ask }), create("ul", {}, ...answers.map(box)),
      create("p", { textContent: attempt }), create("p", { className: "blank", textContent: strings.because }));
  const solved = ({ ask, answers }) => {
    const reason = ({ text, why, right }) => create("li", {}, create("b", { textContent: `${right ? "☑" : "☐"} ${text}` }), ` ${why}`);
    return create("li", {}, create("h3", { textContent: ask }), create("ul", {}, ...answers.map(reason)));
  };
  const heading = (text) => create("h2", { textContent: text });
  return [
    heading(film.title),
    create("p", { className: "blank", textContent: strings.sheet_name }),
    create("ol", {}, ...film.questions.map(open)),
    heading(strings.solutions),
    create("ol", {}, ...film.questions.map(solved)),
    create("p", { textContent: film.notice }),
  ];
}
