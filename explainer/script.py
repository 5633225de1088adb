"""The script: a YAML file in, a checked `Script` out, or every problem it has with its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path

import yaml

from explainer import extras, matching, misreadings, music, phonemes, scenefile, wording
from explainer.clock import ticks
from explainer.document import Document, shown_path
from explainer.errors import Place, Problem, ScriptError
from explainer.extras import Extras, Source
from explainer.music import Music
from explainer.wording import Wording

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*\Z")
KEYS = ["name", "title", "language", "limit", "voice", "poster", "music", "page"]
KEYS += ["lexicon", "phonemes", "sources", "scenes"]
MAX_LIMIT = 3600.0
MAX_LINES = 500


@dataclass(frozen=True, slots=True)
class Line:
    """The unit of everything: one stretch of narration and the picture that goes with it."""

    scene: str
    id: str
    say: Wording
    show: str
    cite: tuple[str, ...]
    hold: int
    place: Place
    sounds: dict[str, str] = field(default_factory=dict)  # file in assets/ by cue

    @property
    def key(self) -> str:
        """The line's full name, `scene.line`."""
        return f"{self.scene}.{self.id}"


@dataclass(frozen=True, slots=True)
class Scene:
    """Lines that are drawn by one class and make one chapter."""

    id: str
    title: str
    lines: tuple[Line, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Script:
    """A film in words. `limit` and every `hold` are in ticks; `warnings` do not stop a render."""

    path: Path
    name: str
    title: str
    language: str
    limit: int
    voices: tuple[str, ...]
    poster: str
    lexicon: dict[str, str]
    sources: dict[str, Source]
    scenes: tuple[Scene, ...]
    warnings: tuple[Problem, ...]
    music: Music | None = None
    phonemes: dict[str, dict[str, str]] = field(default_factory=dict)
    extras: Extras = field(default_factory=Extras)

    @property
    def folder(self) -> Path:
        """The folder that holds the script, its scenes and its assets."""
        return self.path.parent

    @property
    def lines(self) -> tuple[Line, ...]:
        """All lines in play order."""
        return tuple(line for scene in self.scenes for line in scene.lines)

    def scene_file(self, scene_id: str) -> Path:
        """The file that draws a scene."""
        return self.folder / "scenes" / scenefile.file_name(scene_id)


def load(path: Path, selection: str = "", drawn: bool = True) -> Script:
    """Load and check a script, and that its scene files have what it asks of them.

    With a `selection` (`scene` or `scene.line`) only that scene's file is looked at, so that one
    scene can be drawn while others are not written yet; with `drawn` false, none is.

    Raises:
        ScriptError: with every problem found, in the order of the file.
    """
    document = Document(path)
    script = _Reader(document, path.resolve()).script()
    problems = list(document.problems)
    warnings = list(script.warnings)
    for scene in script.scenes:
        if not drawn or selection.partition(".")[0] not in ("", scene.id):
            continue
        path = script.scene_file(scene.id)
        errors, notes = matching.compare(scene, path, shown_path(path))
        problems += errors
        warnings += notes
    if problems:
        raise ScriptError(*sorted(problems, key=_order))
    return replace(script, warnings=tuple(warnings))


def _order(problem: Problem) -> tuple[str, int, int]:
    place = problem.place
    return (place.file, place.line, place.column) if place else ("", 0, 0)


class _Reader:
    """Walks a document by the script's schema; problems go to the document."""

    def __init__(self, document: Document, path: Path) -> None:
        self.doc, self.path = document, path
        self.lexicon: dict[str, str] = {}
        self.sources: dict[str, Source] = {}
        self.phonemes: dict[str, dict[str, str]] = {}
        self.language = "en"
        self.doubts: dict[str, Problem] = {}

    def script(self) -> Script:
        doc = self.doc
        top = doc.mapping(doc.root, "the script", KEYS, ["name", "title", "scenes"])
        for key, node in self._entries(top.get("lexicon"), "lexicon"):
            self.lexicon[key] = doc.text(node, f"lexicon entry “{key}”")
        self.phonemes = phonemes.read(doc, top.get("phonemes"))
        for key, node in self._entries(top.get("sources"), "sources"):
            self.sources[key] = self._source(key, node)
        voice = top.get("voice")
        listed = doc.sequence(voice, "voice") if isinstance(voice, yaml.SequenceNode) else [voice]
        self.language = doc.text(top.get("language"), "language") or "en"
        if not _LANGUAGE.match(self.language):
            doc.fail(doc.at(top["language"]), "language must be a tag such as en, es or pt-BR")
        limit = doc.number(top.get("limit"), "limit", MAX_LIMIT, MAX_LIMIT)
        scenes = self._scenes(top.get("scenes"))
        script = Script(
            path=self.path,
            name=self._id(top.get("name"), "name"),
            title=doc.text(top.get("title"), "title", 200),
            language=self.language,
            limit=ticks(limit),
            voices=tuple(doc.text(node, "voice") for node in listed if node) or ("flite", "espeak"),
            poster=doc.text(top.get("poster"), "poster"),
            lexicon=self.lexicon,
            sources=self.sources,
            scenes=scenes,
            warnings=tuple(self.doubts.values()),
            music=self._music(top.get("music")),
            phonemes=self.phonemes,
            extras=self._extras(top.get("page"), scenes),
        )
        if script.poster and script.poster.split("@")[0] not in {line.key for line in script.lines}:
            doc.fail(
                doc.at(top["poster"]), f"poster names no line “{script.poster}”", "use scene.line"
            )
        return script

    def _entries(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        return list(self.doc.mapping(node, what).items()) if node else []

    def _source(self, key: str, node: yaml.Node) -> Source:
        what = f"source “{key}”"
        entries = self.doc.mapping(node, what, ["title", "where", "doi"], ["title", "where"])
        title, where, doi = (self.doc.text(entries.get(k), k) for k in ("title", "where", "doi"))
        return Source(key, title, where, doi)

    def _extras(self, node: yaml.Node | None, scenes: tuple[Scene, ...]) -> Extras:
        cited = dict.fromkeys(name for sc in scenes for line in sc.lines for name in line.cite)
        sources = tuple(self.sources[name] for name in cited if name in self.sources)
        return extras.read(self.doc, node, self.path.parent / "assets", sources)

    def _id(self, node: yaml.Node | None, what: str) -> str:
        value = self.doc.text(node, what)
        if node and value and not _ID.match(value):
            self.doc.fail(
                self.doc.at(node),
                f"{what} “{value}” is not a plain name",
                "use up to 40 lower-case letters, digits and hyphens, a letter first",
            )
        return value

    def _scenes(self, node: yaml.Node | None) -> tuple[Scene, ...]:
        scenes: dict[str, Scene] = {}
        for item in self.doc.sequence(node, "scenes"):
            known = ["id", "title", "lines"]
            entries = self.doc.mapping(item, "a scene", known, known)
            name = self._id(entries.get("id"), "scene id")
            place = self.doc.at(entries.get("id", item))
            if name in scenes:
                first = scenes[name].place.line
                self.doc.fail(place, f"scene “{name}” is there twice (first on line {first})")
            title = self.doc.text(entries.get("title"), "title", 80)
            lines = self._lines(name, entries.get("lines"))
            if lines and name:
                scenes.setdefault(name, Scene(name, title, lines, place))
        if sum(len(scene.lines) for scene in scenes.values()) > MAX_LINES:
            self.doc.fail(
                None, f"more than {MAX_LINES} lines", "split the script into several films"
            )
        return tuple(scenes.values())

    def _lines(self, scene: str, node: yaml.Node | None) -> tuple[Line, ...]:
        lines: dict[str, Line] = {}
        for item in self.doc.sequence(node, f"lines of scene “{scene}”"):
            known = ["id", "say", "show", "cite", "hold", "sounds"]
            entries = self.doc.mapping(item, "a line", known, ["id", "say", "show"])
            line = self._line(scene, item, entries)
            if line.id in lines:
                first = lines[line.id].place.line
                what = f"line “{line.id}” is there twice in scene “{scene}” (first on line {first})"
                self.doc.fail(line.place, what, "give it another id")
            elif line.id:
                lines[line.id] = line
        return tuple(lines.values())

    def _line(self, scene: str, item: yaml.Node, entries: dict[str, yaml.Node]) -> Line:
        doc = self.doc
        name = self._id(entries.get("id"), "line id")
        cites = []
        for node in doc.sequence(entries.get("cite"), "cite"):
            cites.append(doc.text(node, "cite"))
            if cites[-1] and cites[-1] not in self.sources:
                known = ", ".join(self.sources) or "none yet"
                doc.fail(doc.at(node), f"cite names no source “{cites[-1]}”", f"sources: {known}")
        say = self._wording(entries.get("say"))
        if re.search(r"\d", say.shown) and not cites and "say" in entries:
            doc.fail(
                doc.at(entries["say"]),
                "a number is spoken here but nothing is cited",
                "add cite: […]",
            )
        hold = ticks(doc.number(entries.get("hold"), "hold", 0.0, 30.0))
        show = doc.text(entries.get("show"), "show")
        sounds = self._sounds(entries.get("sounds"), say)
        place = doc.at(entries.get("id", item))
        return Line(scene, name, say, show, tuple(cites), hold, place, sounds)

    def _music(self, node: yaml.Node | None) -> Music | None:
        if node is None:
            return None
        entries = self.doc.mapping(node, "music", ["bed", "below"], ["bed"])
        below = self.doc.number(entries.get("below"), "below", 14.0, 60.0, "decibels")
        return Music(self._asset(entries.get("bed"), "bed"), below)

    def _sounds(self, node: yaml.Node | None, say: Wording) -> dict[str, str]:
        entries = self._entries(node, "sounds")
        cues = [cue.name for cue in say.cues]
        for name, value in entries:
            if name not in cues:
                what = f"sounds names no cue “{name}” of its line"
                self.doc.fail(self.doc.at(value), what, f"its cues: {', '.join(cues) or 'none'}")
        return {name: self._asset(value, f"the sound at “{name}”") for name, value in entries}

    def _asset(self, node: yaml.Node | None, what: str) -> str:
        name = self.doc.text(node, what, 200)
        if node and name:
            try:
                music.find(self.path.parent / "assets", name)
            except ValueError as error:
                remedy = "put a sound file into assets/ and name it as it is called there"
                self.doc.fail(self.doc.at(node), f"{what}: {error}", remedy)
        return name

    def _wording(self, node: yaml.Node | None) -> Wording:
        if node is None or not self.doc.text(node, "say"):
            return Wording("", "", "", (), ())
        try:
            said = wording.read(node.value, self.lexicon, self.language)
        except wording.WordingError as error:
            for fault in error.faults:
                self.doc.fail(self.doc.at(node, fault.at, fault.width), fault.what)
            return Wording(node.value, "", "", (), ())
        if not any(char.isalnum() for char in said.spoken):
            self.doc.fail(self.doc.at(node), "say has no words")
        for word, why in misreadings.doubts(said, self.language, self.phonemes):
            place = self.doc.at(node, max(0, node.value.find(word)), len(word))
            self.doubts.setdefault(word, misreadings.note(word, why, place))
        return said
