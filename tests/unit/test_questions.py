"""Questions of a page are read strictly, translated whole, and kept in a film's record."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from explainer.errors import ScriptError
from explainer.script.loader import load
from explainer.script.page_info import PageInfo
from explainer.script.script_reader import ScriptReader
from explainer.script.translation_draft import texts, translation_draft
from explainer.script.yaml_document import Document
from explainer.timeline.json import from_json
from explainer.timeline.model import TimedLine, TimedScene, Timeline
from project import Project
from translations import SPANISH

PART = "export function mount(host, setting) { return { leave() {} }; }\n"
QUESTIONS = """\
page:
  explore: part.js
  questions:
    - id: joins
      ask: Which dot joins the other?
      answers:
        - {right: The teal one., why: It comes second.}
        - {wrong: The pink one., why: It is there already.}
    - id: tried
      after: dots.one
      ask: How many are there?
      try: Count them.
      state: 2~count
      answers:
        - {wrong: None., why: One appears.}
        - {right: 1 of them., why: It says so.}
      cite: [euclid]
"""
SPANISH_QUESTIONS = """\
page:
  questions:
    joins:
      ask: ¿Qué punto se une?
      answers:
        - {right: El verde., why: Es el segundo.}
        - {wrong: El rosa., why: Ya está.}
    tried:
      ask: ¿Cuántos hay?
      try: Cuéntalos.
      answers:
        - {wrong: Ninguno., why: Aparece uno.}
        - {right: "1.", why: Se dice.}
"""


@pytest.fixture(autouse=True)
def asked(project: Project) -> None:
    (project.folder / "assets").mkdir(exist_ok=True)
    (project.folder / "assets" / "part.js").write_text(PART, encoding="utf-8")
    project.edit("limit: 20\n", f"limit: 20\n{QUESTIONS}")


def problems(project: Project, old: str, new: str) -> str:
    project.edit(old, new)
    with pytest.raises(ScriptError) as caught:
        load(project.script, check_scenes=False)
    return str(caught.value)


def test_questions_are_read_with_answers_reasons_and_places(project: Project) -> None:
    joins, tried = load(project.script, check_scenes=False).page_info.questions
    assert (joins.id, joins.after, joins.attempt, joins.state) == ("joins", "", "", "")
    assert [(answer.text, answer.right) for answer in joins.answers] == [
        ("The teal one.", True),
        ("The pink one.", False),
    ]
    assert joins.answers[1].why == "It is there already."
    assert (tried.after, tried.attempt, tried.state) == ("dots.one", "Count them.", "2~count")
    assert tried.cite == ("euclid",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("id: tried", "id: joins", "question “joins” is there twice"),
        ("id: tried", "id: Tried", "question id “Tried” is not a plain name"),
        ("after: dots.one", "after: dots.three", "after names no line “dots.three”"),
        ("      after: dots.one\n", "", "try needs a line at which it is done"),
        ("      try: Count them.\n", "", "state needs a try"),
        ("state: 2~count", "state: 2 <b>", "state “2 <b>” cannot be an address"),
        ("  explore: part.js\n", "", "try needs an interactive part"),
        ("      cite: [euclid]\n", "", "a number is in a question but nothing is cited"),
        ("cite: [euclid]\n", "cite: [euklid]\n", "cite names no source “euklid”"),
        ("{wrong: The pink", "{right: The pink", "must have one right answer"),
        ("{right: The teal", "{wrong: The teal", "must have one right answer"),
        ("The pink one.", "The teal one.", "the answer “The teal one.” is there twice"),
        ("{right: The teal one.,", "{right: A., wrong: B.,", "an answer is either right or wrong"),
        (", why: It comes second.", "", "lacks “why”"),
        ("ask: Which", "aks: Which", "did you mean “ask”?"),
        (
            "        - {wrong: The pink one., why: It is there already.}\n",
            "",
            "question “joins” has 1 answers",
        ),
    ],
)
def test_what_is_wrong_with_a_question_is_said_with_its_place(
    project: Project, old: str, new: str, said: str
) -> None:
    told = problems(project, old, new)
    assert said in told
    assert "script.yaml:" in told


def test_a_source_that_only_a_question_cites_is_listed_after_the_films(project: Project) -> None:
    project.edit("sources:\n", "sources:\n  hilbert: {title: Foundations, where: Chapter 1}\n")
    project.edit("It says so.}\n      cite: [euclid]", "It says so.}\n      cite: [hilbert]")
    sources = load(project.script, check_scenes=False).page_info.sources
    assert [source.id for source in sources] == ["euclid", "hilbert"]


def spanish(project: Project, old: str = "", new: str = "") -> Path:
    assert old in SPANISH_QUESTIONS
    path = project.folder / "script.es.yaml"
    asked = SPANISH_QUESTIONS.replace(old, new) if old else SPANISH_QUESTIONS
    path.write_text(SPANISH.replace("scenes:", f"{asked}scenes:", 1), encoding="utf-8")
    return path


def test_a_translation_has_its_own_texts_and_the_scripts_answers(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: dot}")
    spanish(project)
    joins, tried = load(project.script, "es", check_scenes=False).page_info.questions
    assert (joins.ask, joins.answers[0].text) == ("¿Qué punto se une?", "El verde.")
    assert joins.answers[0].right
    assert (tried.attempt, tried.state, tried.after) == ("Cuéntalos.", "2~count", "dots.one")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("      try: Cuéntalos.\n", "", "lacks “try”"),
        ("{right: El verde", "{wrong: El verde", "must have one right answer"),
        (
            "{right: El verde., why: Es el segundo.}\n        - {wrong: El rosa., why: Ya está.}",
            "{wrong: El verde., why: Es el segundo.}\n        - {right: El rosa., why: Ya está.}",
            "has in the script: right, wrong",
        ),
        ("    tried:\n", "    trued:\n", "question “tried” is missing"),
        (SPANISH_QUESTIONS, "", "the translation lacks “page”"),
    ],
)
def test_a_translation_that_asks_otherwise_is_refused(
    project: Project, old: str, new: str, said: str
) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: dot}")
    spanish(project, old, new)
    with pytest.raises(ScriptError) as caught:
        load(project.script, "es", check_scenes=False)
    assert said in str(caught.value)


def test_a_begun_translation_asks_for_all_texts_of_questions(project: Project) -> None:
    script = load(project.script, check_scenes=False)
    draft = translation_draft(script, "fr")
    for text in script.page_info.questions[1].texts:
        assert text in [*texts(script)]
        assert f"TODO {text}" in draft
    path = project.folder / "script.fr.yaml"
    path.write_text(draft, encoding="utf-8")
    with pytest.raises(ScriptError, match="TODO"):
        load(project.script, "fr", check_scenes=False)
    path.write_text(draft.replace("TODO ", ""), encoding="utf-8")
    assert load(project.script, "fr", check_scenes=False).page_info.questions == (
        script.page_info.questions
    )


def test_the_record_of_a_film_keeps_its_questions(project: Project) -> None:
    info = load(project.script, check_scenes=False).page_info
    line = TimedLine("dots", "one", 0, 0, 0, 48_000, "", "A dot.", (), (), ())
    clock = Timeline("dots", "Dots", "en", 10, "tone", (TimedScene("dots", "Dots", (line,)),))
    text = replace(clock, page_info=info).to_json()
    assert from_json(text).page_info == info
    # as it was called in 0.1.0
    assert from_json(text.replace('"page_info"', '"extras"')).page_info == info
    assert PageInfo.of({"sources": [], "tags": []}).questions == ()


def test_a_list_of_questions_has_an_end(project: Project) -> None:
    more = "".join(
        f"    - {{id: q{n}, ask: Why, answers: [{{right: A., why: B.}}, {{wrong: C., why: D.}}]}}\n"
        for n in range(60)
    )
    assert "more than 60 questions" in problems(project, "  questions:\n", f"  questions:\n{more}")
    document = Document(project.script)
    ScriptReader(document, project.script).script()
    assert len(document.problems) == 1
