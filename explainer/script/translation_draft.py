"""The beginning of a translation: a script in, a file with all that is to be translated out.

Each text stands there as the script has it, after a mark, which goes with the translation.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from explainer.script.model import Line, Script
from explainer.script.questions import Question

MARK = "TODO "
"""What a text begins with that is still to be translated."""


def translation_draft(script: Script, language: str) -> str:
    """The text of `script.LANGUAGE.yaml`, in which every text is still to be translated."""
    return "\n".join(_rows(script, language)) + "\n"


def texts(script: Script) -> Iterator[str]:
    """All texts of a script that a translation has of its own, as they are written."""
    yield script.title
    yield from filter(None, (script.page_info.about, script.page_info.notice))
    for question in script.page_info.questions:
        yield from question.texts
    for scene in script.scenes:
        yield scene.title
        for line in scene.lines:
            if line.say.words:
                yield line.say.written
            yield line.show
            for rows in line.labels.values():
                yield from rows


def _rows(script: Script, language: str) -> Iterator[str]:
    yield f"# {script.title}: what is said, described and written in the picture."
    yield f"# Put your own in place of each text that begins with {MARK.strip()}; keep the marks"
    yield "# of moments, as in [words]{cue}."
    yield ""
    yield f"language: {language}"
    yield f"title: {_marked(script.title)}"
    page = script.page_info
    if page.about or page.notice or page.questions:
        yield "page:"
        for key, text in (("about", page.about), ("notice", page.notice)):
            if text:
                yield f"  {key}: {_marked(text)}"
        if page.questions:
            yield "  questions:"
            for question in page.questions:
                yield from _question_rows(question)
    if script.lexicon:
        words = ", ".join(f"{shown} ({spoken})" for shown, spoken in script.lexicon.items())
        yield "# how words are spoken that are not as they are written, in the script:"
        yield f"# {words}"
        yield "# lexicon: {word: as it is spoken}"
    yield "scenes:"
    for scene in script.scenes:
        yield f"  {scene.id}:"
        yield f"    title: {_marked(scene.title)}"
        yield "    lines:"
        for line in scene.lines:
            yield from _line_rows(line)


def _line_rows(line: Line) -> Iterator[str]:
    yield f"      {line.id}:"
    if line.say.words:
        yield f"        say: {_marked(line.say.written)}"
    yield f"        show: {_marked(line.show)}"
    if line.labels:
        yield "        labels:"
        for name, rows in line.labels.items():
            shown = ", ".join(map(_marked, rows))
            yield f"          {name}: [{shown}]" if len(rows) > 1 else f"          {name}: {shown}"


def _question_rows(question: Question) -> Iterator[str]:
    yield f"    {question.id}:"
    yield f"      ask: {_marked(question.ask)}"
    yield "      answers:"
    for answer in question.answers:
        kind = "right" if answer.right else "wrong"
        yield f"        - {kind}: {_marked(answer.text)}"
        yield f"          why: {_marked(answer.why)}"
    if question.attempt:
        yield f"      try: {_marked(question.attempt)}"


def _marked(text: str) -> str:
    """A text to be translated, quoted for YAML, of which JSON's strings are a part."""
    return json.dumps(MARK + " ".join(text.split()), ensure_ascii=False)
