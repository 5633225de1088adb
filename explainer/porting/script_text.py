"""The script of scenes that were made for manim-voiceover: what each said and did in, YAML out."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import yaml

from explainer.porting.source import VoiceoverFile
from explainer.script import reserved_names, scene_source
from explainer.script.translation_draft import MARK
from explainer.script.voiceover_text import Passage, read_text

SOURCE = "original"
"""The source that lines cite whose numbers come from the scene."""
OPENING = "opening"
"""The line of what a scene plays before its first voiceover."""
MAX_ID = 40
ID_WORDS = 4
MAX_SHOW = 200
_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|\d+")


@dataclass(frozen=True, slots=True)
class PortedLine:
    """A line to be written, and the passage that it is of; `hold` is in seconds."""

    id: str
    say: str
    show: str
    hold: float
    passage: Passage


@dataclass(frozen=True, slots=True)
class PortedScene:
    """A scene to be written, with the class that it was."""

    id: str
    cls: str
    title: str
    lines: tuple[PortedLine, ...]

    def with_holds(self, holds: Mapping[str, float]) -> PortedScene:
        """The scene with the holds of some lines, by their ids."""
        lines = tuple(replace(line, hold=holds.get(line.id, line.hold)) for line in self.lines)
        return replace(self, lines=lines)


def plain_name(text: str, otherwise: str) -> str:
    """A name of lower-case letters, digits and hyphens for a text, `otherwise` if it has none."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "-", ascii_text.replace("'", "")).strip("-")
    name = re.sub(r"^[^a-z]+", "", name)[:MAX_ID].strip("-")
    return name or otherwise


def unique_name(name: str, taken: Collection[str]) -> str:
    """The name, with a number if it is taken."""
    number = 1
    made = name
    while made in taken:
        number += 1
        made = f"{name[: MAX_ID - 4]}-{number}"
    return made


def class_title(cls: str) -> str:
    """A class's name in words: `GTTSExample` is “GTTS Example”."""
    return " ".join(_WORDS.findall(cls)) or cls


def scene_id(cls: str, taken: Collection[str]) -> str:
    """The id of a scene for its class, which hides nothing and is not yet taken."""
    name = plain_name("-".join(_WORDS.findall(cls)), "scene")
    file, made = scene_source.file_name(name), scene_source.class_name(name)
    if reserved_names.hidden_by_scene(file.removesuffix(".py"), made):
        name = f"{name[: MAX_ID - 6]}-scene"
    return unique_name(name, taken)


def ported_scene(
    id: str, cls: str, passages: Sequence[Passage], file: VoiceoverFile
) -> PortedScene:
    """A scene's lines; the first passage is what it plays before its first voiceover."""
    lines = []
    taken: set[str] = set()
    for number, passage in enumerate(passages):
        say = read_text(passage.text).say
        name = OPENING if not number else _line_id(say, number)
        show = f"{MARK}what is to be seen" if not number else _show(passage, file)
        name = unique_name(name, taken)
        taken.add(name)
        hold = 0.0 if number else passage.seconds
        if number or hold:
            lines.append(PortedLine(name, say, show, hold, passage))
    return PortedScene(id, cls, class_title(cls), tuple(lines))


def _line_id(say: str, number: int) -> str:
    """An id for a line from its first words."""
    words = re.sub(r"\[|\]\{[^{}]*\}|\{[^{}]*\}", "", say).split()
    name = plain_name("-".join(words[:ID_WORDS]), f"line-{number}")
    hides = reserved_names.hidden_by_line(name.replace("-", "_"))
    return f"line-{name[: MAX_ID - 5]}" if hides else name


def _show(passage: Passage, file: VoiceoverFile) -> str:
    """What is to be seen, from the author's own comments in a voiceover's block."""
    found = [
        file.comments[number]
        for scene in file.scenes
        for voiceover in (scene.voiceovers if not passage.file else ())
        if voiceover.first <= passage.place <= voiceover.call.end_lineno  # type: ignore[operator]
        for number in range(voiceover.first, voiceover.last + 1)
        if number in file.comments
    ]
    # what looks like code was put aside, and is not seen
    words = [text for text in found if text and not re.search(r"[=({\[]|self\.", text)]
    text = "; ".join(dict.fromkeys(words))
    if not text or len(text) > MAX_SHOW:
        return f"{MARK}what is to be seen"
    return f"{text[0].upper()}{text[1:]}".rstrip(".") + "."


def script_text(
    name: str,
    title: str,
    language: str,
    voices: Sequence[str],
    scenes: Sequence[PortedScene],
    origin: str,
) -> str:
    """The text of a script; `origin` is the file that the scenes come from."""
    return "\n".join(_rows(name, title, language, voices, scenes, origin)) + "\n"


def _rows(
    name: str,
    title: str,
    language: str,
    voices: Sequence[str],
    scenes: Sequence[PortedScene],
    origin: str,
) -> Iterator[str]:
    lines = [line for scene in scenes for line in scene.lines]
    yield f"name: {name}"
    yield f"title: {quoted(title)}"
    yield f"language: {language}"
    if voices:
        yield f"voice: [{', '.join(voices)}]"
    if any(map(has_number, lines)):
        yield "sources:"
        yield "  # in place of where the numbers come from"
        yield f"  {SOURCE}: {{title: {json.dumps(origin, ensure_ascii=False)}, where: ported}}"
    yield "scenes:"
    for scene in scenes:
        yield f"  - id: {scene.id}"
        yield f"    title: {quoted(scene.title)}"
        yield "    lines:"
        for line in scene.lines:
            yield f"      - id: {line.id}"
            yield f"        say: {quoted(line.say)}"
            yield f"        show: {quoted(line.show)}"
            if has_number(line):
                yield f"        cite: [{SOURCE}]"
            if line.hold:
                yield f"        hold: {line.hold:g}"


def has_number(line: PortedLine) -> bool:
    """Whether a line says a number, which must cite a source."""
    said = re.sub(r"\{[^{}]*\}", "", line.say)
    return any(char.isdecimal() for char in said)


def quoted(text: str) -> str:
    """A text as YAML reads it back, in quotes wherever it would read something else."""
    safe = text[:1].isalpha() and not re.search(r":(\s|\Z)|\s#|[\x00-\x1f\x7f-\x9f]", text)
    if safe and _is_read_as_it_is(text):
        return text
    return json.dumps(text, ensure_ascii=False)


def _is_read_as_it_is(text: str) -> bool:
    try:
        found: Mapping[str, object] = yaml.safe_load(f"key: {text}")
    except yaml.YAMLError:
        return False
    return found == {"key": text}
