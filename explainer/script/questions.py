"""The questions of a film's page: nodes of the script or a translation in, checked questions out.

A question without `after` is asked at the end of the film; one with it at that line, where the
page's interactive part may be tried before the answer is seen.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml

from explainer.script.fields import (
    ANSWER,
    MAX_ANSWERS,
    MAX_QUESTIONS,
    MIN_ANSWERS,
    NAME_PATTERN,
    QUESTION,
    TRANSLATION_QUESTION,
    names,
    required,
)
from explainer.script.yaml_document import Document

_NAME = re.compile(rf"{NAME_PATTERN}\Z")
_STATE = re.compile(r"[\w~.,-]{1,100}\Z")


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer to choose, whether it is the right one, and why or why not."""

    text: str
    why: str
    right: bool


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answers, of which one is right; `cite` are names of sources.

    `after` is the key of the line at which it is asked, "" for one of those at the end. `attempt`
    says what to do with the interactive part before the answer is seen, `state` how that begins.
    """

    id: str
    ask: str
    answers: tuple[Answer, ...]
    cite: tuple[str, ...] = ()
    after: str = ""
    attempt: str = ""
    state: str = ""

    @classmethod
    def of(cls, record: dict[str, Any]) -> Question:
        """The question of a record that `dataclasses.asdict` made, read from JSON or not."""
        answers = tuple(Answer(**answer) for answer in record["answers"])
        return cls(**{**record, "answers": answers, "cite": tuple(record["cite"])})

    @property
    def texts(self) -> tuple[str, ...]:
        """All that it says, as readers see it."""
        said = (text for answer in self.answers for text in (answer.text, answer.why))
        return (self.ask, *said, *([self.attempt] if self.attempt else []))


def read_questions(
    doc: Document,
    node: yaml.Node | None,
    sources: Collection[str],
    lines: Collection[str],
    explorable: bool,
) -> tuple[Question, ...]:
    """The questions in the node of the key `questions`; problems go to the document.

    `sources` and `lines` are the names that questions may cite, and at which they may be asked;
    `explorable` says whether the page has an interactive part.
    """
    found: dict[str, Question] = {}
    items = doc.sequence(node, "questions")
    if node and len(items) > MAX_QUESTIONS:
        doc.fail(doc.at(node), f"more than {MAX_QUESTIONS} questions", "keep the best of them")
    for item in items[:MAX_QUESTIONS]:
        entries = doc.mapping(item, "a question", names(QUESTION), required(QUESTION))
        name = doc.text(entries.get("id"), "question id")
        place = doc.at(entries.get("id", item))
        if name and not _NAME.match(name):
            remedy = "use up to 40 lower-case letters, digits and hyphens, a letter first"
            doc.fail(place, f"question id “{name}” is not a plain name", remedy)
        if name in found:
            doc.fail(place, f"question “{name}” is there twice", "give one of them another id")
        question = Question(
            name,
            doc.text(entries.get("ask"), "ask", 300),
            _answers(doc, entries.get("answers"), f"question “{name}”"),
            _cites(doc, entries.get("cite"), sources),
            doc.text(entries.get("after"), "after"),
            doc.text(entries.get("try"), "try", 300),
            doc.text(entries.get("state"), "state", exact=True),
        )
        _check(doc, item, entries, question, lines, explorable)
        if name:
            found.setdefault(name, question)
    return tuple(found.values())


def _check(
    doc: Document,
    item: yaml.Node,
    entries: dict[str, yaml.Node],
    question: Question,
    lines: Collection[str],
    explorable: bool,
) -> None:
    """Report what of a question does not fit the rest of the script."""
    if "after" in entries and question.after and question.after not in lines:
        doc.fail(
            doc.at(entries["after"]), f"after names no line “{question.after}”", "use scene.line"
        )
    for key in ("try", "state"):
        if key not in entries:
            continue
        place = doc.at(entries[key])
        if not explorable:
            doc.fail(place, f"{key} needs an interactive part", "name one as explore: of page")
        elif "after" not in entries:
            doc.fail(place, f"{key} needs a line at which it is done", "add after: scene.line")
    if "state" in entries and "try" not in entries:
        doc.fail(doc.at(entries["state"]), "state needs a try", "add try: what to do with the part")
    if question.state and not _STATE.match(question.state):
        remedy = "use up to 100 letters, digits and the signs ~ . , - _"
        doc.fail(doc.at(entries["state"]), f"state “{question.state}” cannot be an address", remedy)
    if not question.cite and any(re.search(r"\d", text) for text in question.texts):
        doc.fail(doc.at(item), "a number is in a question but nothing is cited", "add cite: […]")


def _cites(doc: Document, node: yaml.Node | None, sources: Collection[str]) -> tuple[str, ...]:
    found = []
    for item in doc.sequence(node, "cite"):
        found.append(doc.text(item, "cite"))
        if found[-1] and found[-1] not in sources:
            known = ", ".join(sources) or "none yet"
            doc.fail(doc.at(item), f"cite names no source “{found[-1]}”", f"sources: {known}")
    return tuple(found)


def _answers(doc: Document, node: yaml.Node | None, what: str) -> tuple[Answer, ...]:
    """The answers in a list, each `{right: TEXT, why: …}` or `{wrong: TEXT, why: …}`."""
    found: list[Answer] = []
    for item in doc.sequence(node, f"answers of {what}"):
        entries = doc.mapping(item, "an answer", names(ANSWER), required(ANSWER))
        kinds = [kind for kind in ("right", "wrong") if kind in entries]
        if len(kinds) != 1 and entries:
            doc.fail(doc.at(item), "an answer is either right or wrong", "write right: or wrong:")
        text = doc.text(entries[kinds[0]], "an answer", 200) if kinds else ""
        if text and text in [answer.text for answer in found]:
            doc.fail(doc.at(item), f"the answer “{text}” is there twice", "reword one of them")
        found.append(Answer(text, doc.text(entries.get("why"), "why", 400), kinds == ["right"]))
    if node is None or not found:
        return ()
    if not MIN_ANSWERS <= len(found) <= MAX_ANSWERS:
        many = f"{what} has {len(found)} answers"
        doc.fail(doc.at(node), many, f"give it {MIN_ANSWERS} to {MAX_ANSWERS}")
    if sum(answer.right for answer in found) != 1:
        doc.fail(doc.at(node), f"{what} must have one right answer", "mark one with right:")
    return tuple(found)


def translate_questions(
    doc: Document, node: yaml.Node | None, base: Sequence[Question]
) -> tuple[Question, ...]:
    """The questions of a script with the texts of a translation; problems go to the document.

    The node maps the id of each to its `ask`, its `answers` in the script's order, and its `try`.
    """
    if node is None:
        return tuple(base)
    told = doc.mapping(node, "questions", [question.id for question in base])
    made = []
    for question in base:
        if question.id not in told:
            what = f"question “{question.id}” is missing"
            doc.fail(doc.at(node), what, f"add {question.id}: …")
            made.append(question)
            continue
        needed = ["ask", "answers", *(["try"] if question.attempt else [])]
        what = f"question “{question.id}”"
        entries = doc.mapping(told[question.id], what, names(TRANSLATION_QUESTION), needed)
        answers = _answers(doc, entries.get("answers"), what)
        rights = [answer.right for answer in answers]
        if rights and rights != [answer.right for answer in question.answers]:
            order = ", ".join("right" if each.right else "wrong" for each in question.answers)
            doc.fail(
                doc.at(entries["answers"]), f"{what} has in the script: {order}", "do the same"
            )
        if "try" in entries and not question.attempt:
            doc.fail(doc.at(entries["try"]), f"{what} has no try in the script", "leave it out")
        made.append(
            replace(
                question,
                ask=doc.text(entries.get("ask"), "ask", 300),
                answers=answers or question.answers,
                attempt=doc.text(entries.get("try"), "try", 300),
            )
        )
    return tuple(made)
