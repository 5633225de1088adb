"""A translation says every line with the same cues and labels, or is told what it lacks."""

from __future__ import annotations

import pytest

from explainer.errors import ScriptError
from explainer.script.loader import load
from explainer.script.translation import languages
from project import Project
from translations import SPANISH


@pytest.fixture(autouse=True)
def spanish(project: Project) -> None:
    project.edit("show: A pink dot.", "show: A pink dot.\n        labels: {name: dot}")
    project.edit_scene("def one(self):", 'def one(self):\n        name = "name"')
    (project.folder / "script.es.yaml").write_text(SPANISH, encoding="utf-8")


def problems(project: Project, old: str, new: str) -> str:
    assert old in SPANISH
    text = SPANISH.replace(old, new)
    (project.folder / "script.es.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        load(project.script, "es")
    return str(caught.value)


def test_a_translation_takes_the_place_of_what_is_heard_and_read(project: Project) -> None:
    script, original = load(project.script, "es"), load(project.script)
    assert (script.language, script.title, script.file_stem) == ("es", "Dos puntos", "dots.es")
    assert script.voices == ("espeak",)
    assert [scene.title for scene in script.scenes] == ["Puntos"]
    one, two = script.lines
    assert one.say.shown == "Aparece un solo punto."
    assert (one.show, one.labels) == ("Un punto rosa.", {"name": ("punto",)})
    assert [cue.name for cue in two.say.cues] == ["other"]
    assert (two.cite, two.hold) == (original.lines[1].cite, original.lines[1].hold)
    assert script.limit == original.limit


def test_the_scripts_own_language_needs_no_translation(project: Project) -> None:
    assert load(project.script, "en") == load(project.script)
    assert languages(project.script) == ["es"]


def test_a_language_without_a_translation_is_an_error_that_names_those_there_are(
    project: Project,
) -> None:
    with pytest.raises(ScriptError) as caught:
        load(project.script, "fr")
    assert str(caught.value) == (
        "script.yaml has no translation into “fr”\n"
        "  → write it as script.fr.yaml, or choose one of en, es"
    )
    with pytest.raises(ScriptError, match="not a language tag"):
        load(project.script, "../es")


def test_a_line_a_cue_or_a_label_that_is_missing_is_an_error(project: Project) -> None:
    assert "label of line “dots.one” “name” is missing" in problems(project, "name:", "nombre:")
    assert "cue of line “dots.two” “other” is missing" in problems(project, "[otro]{other}", "otro")
    assert "lacks “labels”" in problems(project, "        labels: {name: punto}\n", "")
    assert "lacks “show”" in problems(project, "        show: Un punto rosa.\n", "")
    without = SPANISH[SPANISH.index("      two:") :]
    assert "script.es.yaml:9:7: line “two” is missing" in problems(project, without, "")


def test_what_the_script_does_not_have_is_an_error(project: Project) -> None:
    assert "cue of line “dots.one” “punto” is not in the script" in problems(
        project, "solo", "[solo]{punto}"
    )
    found = problems(project, "      two:", "      three: {say: A, show: B}\n      two:")
    assert "unknown key “three” in lines of scene “dots”" in found
    assert "label “name” has 2 texts, in the script 1" in problems(
        project, "{name: punto}", "{name: [punto, rosa]}"
    )
    assert "unknown key “limit”" in problems(project, "title: Dos", "limit: 5\ntitle: Dos")


def test_a_translation_says_which_language_it_is_in(project: Project) -> None:
    found = problems(project, "language: es", "language: de")
    assert "language is “de” in the translation into “es”" in found
    assert "^^" in found


def test_every_problem_of_a_translation_is_given_at_once(project: Project) -> None:
    found = problems(project, "{dot}", "{Dot}").count("\n")
    text = SPANISH.replace("{dot}", "{Dot}").replace("{other}", "{another}")
    (project.folder / "script.es.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScriptError) as caught:
        load(project.script, "es")
    assert str(caught.value).count("\n") > found


def test_what_the_page_says_is_translated_too(project: Project) -> None:
    project.edit("lexicon: {appears", "page: {about: Two dots., tags: [dots]}\nlexicon: {appears")
    assert "the translation lacks “page”" in problems(project, "language: es", "language: es")
    said = SPANISH.replace("voice:", "page: {about: Dos puntos., tags: [puntos]}\nvoice:")
    (project.folder / "script.es.yaml").write_text(said, encoding="utf-8")
    script = load(project.script, "es")
    assert (script.page_info.about, script.page_info.tags) == ("Dos puntos.", ("puntos",))
    assert load(project.script).page_info.about == "Two dots."
