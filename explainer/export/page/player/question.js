// One question as a card: an answer is chosen, where there is a part to try it is tried, and then
// each answer is seen with its reason. What was chosen first is what counts.

import { announce, create } from "./page.js";

// `acts` are `chosen(index)`, told once, and `attempt(host, state)`, which puts the interactive part
// into `host`.
export function question_card(question, strings, before, acts) {
  const { id, ask, answers, cite } = question;
  const reasons = answers.map(({ why, right }) => {
    const mark = create("b", { textContent: `${right ? strings.right : strings.wrong} ` });
    return create("span", { className: "why", hidden: true }, mark, why);
  });
  const inputs = answers.map((_, at) => create("input", { type: "radio", name: `answer-${id}`, value: at }));
  const rows = answers.map(({ text }, at) =>
    create("li", {}, create("label", {}, inputs[at], create("span", { textContent: text })), reasons[at]),
  );
  const cites = cite.map((n) => create("a", { className: "cite", href: `#source-${n}`, textContent: n }));
  const task = create("p", { className: "task", textContent: question.attempt, hidden: true });
  const part = create("div", { className: "part", hidden: true });
  const button = create("button", { type: "button", className: "button primary" });
  const list = create("ol", { className: "answers" }, ...rows);
  const card = create("fieldset", { className: "question" }, create("legend", { textContent: ask }));
  const foot = create("p", { className: "cites" }, ...cites);
  card.append(list, task, part, button, foot);
  foot.hidden = true;
  button.textContent = question.attempt ? strings.try_it : strings.check;
  button.addEventListener("click", act);
  card.question = question;
  let chosen = before;
  if (before !== undefined) {
    inputs[before].checked = true;
    reveal();
  }

  function act() {
    const now = inputs.findIndex((input) => input.checked);
    if (now < 0) {
      announce(strings.choose_first);
      inputs[0].focus();
      return;
    }
    if (chosen === undefined) {
      chosen = now;
      for (const input of inputs) input.disabled = input !== inputs[now];
      acts.chosen(now);
    }
    if (question.attempt && part.hidden) {
      task.hidden = part.hidden = false;
      acts.attempt(part, question.state);
      button.textContent = strings.see;
      button.hidden = card.classList.contains("seen");
      task.tabIndex = -1;
      task.focus();
      return;
    }
    reveal();
    const { text, why } = answers.find(({ right }) => right);
    const verdict = answers[chosen].right ? strings.right : strings.wrong;
    announce(`${verdict} ${strings.right_answer} ${text} ${why}`);
    rows[chosen].tabIndex = -1;
    rows[chosen].focus({ preventScroll: true });
    rows[chosen].scrollIntoView({ block: "nearest" });
  }

  function reveal() {
    card.classList.add("seen");
    answers.forEach(({ right }, at) => {
      rows[at].classList.toggle("good", right);
      rows[at].classList.toggle("chosen", at === chosen);
      reasons[at].hidden = false;
      inputs[at].disabled = at !== chosen;
    });
    foot.hidden = !cites.length;
    // what was answered at an earlier visit can still be tried
    button.hidden = !question.attempt || !part.hidden;
  }

  return card;
}
