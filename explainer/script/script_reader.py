"""Reads a script's own file: a YAML document in, a `Script` out; problems go to the document."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import yaml

from explainer.clock import ticks
from explainer.errors import error_text
from explainer.script import page_info
from explainer.script.assets import find_sound
from explainer.script.field_reader import FieldReader
from explainer.script.fields import (
    LINE,
    MAX_BELOW,
    MAX_HOLD,
    MAX_LIMIT,
    MUSIC,
    SCENE,
    SCRIPT,
    SOURCE,
)
from explainer.script.model import Line, Music, Scene, Script
from explainer.script.narration_text import NarrationText
from explainer.script.page_info import Citation, PageInfo
from explainer.script.selection import Selection
from explainer.script.yaml_document import Document

MAX_LINES = 5000
VOICES = ("hibari", "kokoro", "flite", "espeak", "gtts")
"""The voices of a script that names none, in order of preference."""


class ScriptReader(FieldReader):
    """Reads a document by the script's schema; problems go to the document."""

    def __init__(self, document: Document, path: Path) -> None:
        super().__init__(document)
        self.path = path
        self.sources: dict[str, Citation] = {}
        self.label_lines: dict[str, str] = {}  # the key of each label's line

    def script(self) -> Script:
        """The whole script, as far as it can be read."""
        doc = self.document
        top = self.fields(doc.root, "the script", SCRIPT)
        voices = self.speech(top)
        for key, node in self.entries(top.get("sources"), "sources"):
            self.sources[key] = self._source(key, node)
        limit = doc.number(top.get("limit"), "limit", MAX_LIMIT, MAX_LIMIT)
        scenes = self._scenes(top.get("scenes"))
        name = self.name(top.get("name"), "name")
        self.warn_of_unused_entries()
        script = Script(
            path=self.path,
            name=name,
            file_stem=name,
            title=doc.text(top.get("title"), "title", 200),
            language=self.language,
            limit=ticks(limit),
            voices=voices or VOICES,
            poster=doc.text(top.get("poster"), "poster"),
            lexicon=self.lexicon,
            sources=self.sources,
            scenes=scenes,
            warnings=tuple(self.warnings.values()),
            music=self._music(top.get("music")),
            phonemes=self.phonemes,
            page_info=self._page_info(top.get("page"), scenes),
            engines=self.engines,
        )
        poster_line = Selection.parse(script.poster).key
        if script.poster and poster_line not in {line.key for line in script.lines}:
            doc.fail(
                doc.at(top["poster"]), f"poster names no line “{script.poster}”", "use scene.line"
            )
        return script

    def _source(self, key: str, node: yaml.Node) -> Citation:
        what = f"source “{key}”"
        entries = self.fields(node, what, SOURCE)
        title = self.document.text(entries.get("title"), "title")
        where = self.document.text(entries.get("where"), "where")
        doi = self.document.text(entries.get("doi"), "doi")
        return Citation(key, title, where, doi)

    def _page_info(self, node: yaml.Node | None, scenes: tuple[Scene, ...]) -> PageInfo:
        lines = [line for scene in scenes for line in scene.lines]
        cited = [name for line in lines for name in line.cite]
        keys = [line.key for line in lines]
        assets = self.path.parent / "assets"
        return page_info.read_page_info(self.document, node, assets, self.sources, cited, keys)

    def _scenes(self, node: yaml.Node | None) -> tuple[Scene, ...]:
        scenes: dict[str, Scene] = {}
        for item in self.document.sequence(node, "scenes"):
            entries = self.fields(item, "a scene", SCENE)
            name = self.name(entries.get("id"), "scene id")
            place = self.document.at(entries.get("id", item))
            if name in scenes:
                first = scenes[name].place.line
                what = f"scene “{name}” is there twice (first on line {first})"
                self.document.fail(
                    place, what, "give one of them another id, its file and class too"
                )
            title = self.document.text(entries.get("title"), "title", 80)
            lines = self._lines(name, entries.get("lines"), *self.speaker(entries))
            if lines and name:
                scenes.setdefault(name, Scene(name, title, lines, place))
        if sum(len(scene.lines) for scene in scenes.values()) > MAX_LINES:
            self.document.fail(
                None, f"more than {MAX_LINES} lines", "split the script into several films"
            )
        every = [line for scene in scenes.values() for line in scene.lines]
        if every and all(line.say.silent for line in every):
            self.document.fail(
                None, "no line of the script says anything", "write a say: for one of them"
            )
        return tuple(scenes.values())

    def _lines(
        self, scene: str, node: yaml.Node | None, voice: str, speaker: str
    ) -> tuple[Line, ...]:
        lines: dict[str, Line] = {}
        for item in self.document.sequence(node, f"lines of scene “{scene}”"):
            entries = self.fields(item, "a line", LINE)
            line = self._line(scene, item, entries)
            own, name = self.speaker(entries)
            line = replace(line, voice=own or voice, speaker=name or ("" if own else speaker))
            if line.id in lines:
                first = lines[line.id].place.line
                what = f"line “{line.id}” is there twice in scene “{scene}” (first on line {first})"
                self.document.fail(line.place, what, "give it another id")
            elif line.id:
                lines[line.id] = line
        return tuple(lines.values())

    def _line(self, scene: str, item: yaml.Node, entries: dict[str, yaml.Node]) -> Line:
        doc = self.document
        name = self.name(entries.get("id"), "line id")
        cites = []
        for node in doc.sequence(entries.get("cite"), "cite"):
            cites.append(doc.text(node, "cite"))
            if cites[-1] and cites[-1] not in self.sources:
                known = ", ".join(self.sources) or "none yet"
                doc.fail(doc.at(node), f"cite names no source “{cites[-1]}”", f"sources: {known}")
        say = self.say(entries.get("say"))
        labels = self._labels(f"{scene}.{name}", entries.get("labels"))
        self._cited(entries, say, labels, cites)
        hold = ticks(doc.number(entries.get("hold"), "hold", 0.0, MAX_HOLD))
        if say.silent and not hold and "say" in entries:
            what = f"line “{scene}.{name}” says nothing and lasts no time"
            doc.fail(doc.at(entries["say"]), what, "give it a hold: of some seconds, or say words")
        show = self.show(entries.get("show"))
        sounds = self._sounds(entries.get("sounds"), say)
        place = doc.at(entries.get("id", item))
        return Line(scene, name, say, show, tuple(cites), hold, place, sounds, labels)

    def _cited(
        self,
        entries: dict[str, yaml.Node],
        say: NarrationText,
        labels: dict[str, tuple[str, ...]],
        cites: list[str],
    ) -> None:
        """Report a number that is spoken or shown without a source."""
        shown = " ".join(text for texts in labels.values() for text in texts)
        for key, what, text in (("say", "spoken", say.shown), ("labels", "shown", shown)):
            if re.search(r"\d", text) and not cites and key in entries:
                place = self.document.at(entries[key])
                self.document.fail(
                    place, f"a number is {what} here but nothing is cited", "add cite: […]"
                )

    def _labels(self, key: str, node: yaml.Node | None) -> dict[str, tuple[str, ...]]:
        found = self.labels(node)
        named = node.value if isinstance(node, yaml.MappingNode) else []
        keys = {key.value: key for key, _ in named}
        for name in found:
            if name in self.label_lines and node:
                first = self.label_lines[name]
                what = f"label “{name}” is there twice (first in line {first})"
                remedy = "give it another name: any scene may show it by this one"
                self.document.fail(self.document.at(keys.get(name, node)), what, remedy)
            self.label_lines.setdefault(name, key)
        return found

    def _music(self, node: yaml.Node | None) -> Music | None:
        if node is None:
            return None
        entries = self.fields(node, "music", MUSIC)
        below = self.document.number(entries.get("below"), "below", 14.0, MAX_BELOW, "decibels")
        return Music(self._asset(entries.get("bed"), "bed"), below)

    def _sounds(self, node: yaml.Node | None, say: NarrationText) -> dict[str, str]:
        entries = self.entries(node, "sounds")
        cues = [cue.name for cue in say.cues]
        for name, value in entries:
            if name not in cues:
                what = f"sounds names no cue “{name}” of its line"
                self.document.fail(
                    self.document.at(value), what, f"its cues: {', '.join(cues) or 'none'}"
                )
        return {name: self._asset(value, f"the sound at “{name}”") for name, value in entries}

    def _asset(self, node: yaml.Node | None, what: str) -> str:
        name = self.document.text(node, what, 200, exact=True)
        if node and name:
            try:
                find_sound(self.path.parent / "assets", name)
            except ValueError as error:
                remedy = "put a sound file into assets/ and name it as it is called there"
                self.document.fail(self.document.at(node), f"{what}: {error_text(error)}", remedy)
        return name
