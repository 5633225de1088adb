"""Reads a translation, as `script.es.yaml` beside `script.yaml`: both in, a `Script` out.

A translation holds what is heard and read; scenes, cues, sources and times stay the script's own.
It must be whole: each title, line, cue and label of the script, and none besides.
"""

from __future__ import annotations

import glob
from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

import yaml

from explainer.script import page_info
from explainer.script.field_reader import SILENT_TEXT, FieldReader
from explainer.script.fields import TRANSLATION, TRANSLATION_LINE, TRANSLATION_SCENE, names
from explainer.script.model import Line, Scene, Script
from explainer.script.page_info import PageInfo
from explainer.script.questions import translate_questions
from explainer.script.yaml_document import Document

RECORDED = "recording"
"""The voice that speaks one language only: who recorded a line did so in the script's own."""


def languages(path: Path) -> list[str]:
    """The languages of the translations beside a script, sorted."""
    found = path.parent.glob(f"{glob.escape(path.stem)}.*{glob.escape(path.suffix)}")
    return sorted(file.name[len(path.stem) + 1 : -len(path.suffix)] for file in found)


class TranslationReader(FieldReader):
    """Reads a translation by its script; problems go to the document."""

    def __init__(self, document: Document, script: Script, language: str) -> None:
        super().__init__(document)
        self.base = script
        self.wanted = language

    def script(self) -> Script:
        """The script with what is said and shown in the other language."""
        doc = self.document
        top = self.fields(doc.root, "the translation", TRANSLATION)
        voices = self.speech(top)
        if "language" in top and self.language != self.wanted:
            what = f"language is “{self.language}” in the translation into “{self.wanted}”"
            doc.fail(doc.at(top["language"]), what, f"write language: {self.wanted}")
        ids = [scene.id for scene in self.base.scenes]
        told = self._all(top.get("scenes"), "scenes", "scene", ids)
        scenes = tuple(self._scene(scene, told.get(scene.id)) for scene in self.base.scenes)
        self.warn_of_unused_entries()
        return replace(
            self.base,
            file_stem=f"{self.base.name}.{self.wanted}",
            title=doc.text(top.get("title"), "title", 200),
            language=self.wanted,
            voices=voices or self.base.voices,
            lexicon=self.lexicon,
            phonemes=self.phonemes,
            engines=self.engines or self.base.engines,
            page_info=self._page_info(top),
            scenes=scenes,
            warnings=(*self.base.warnings, *self.warnings.values()),
        )

    def _all(
        self, node: yaml.Node | None, what: str, each: str, names: Collection[str]
    ) -> Mapping[str, yaml.Node]:
        """The entries of a mapping, which must have exactly these `names` as keys."""
        if node is None:
            return {}
        found = self.document.mapping(node, what, names)
        for name in names:
            if name not in found:
                self.document.fail(
                    self.document.at(node), f"{each} “{name}” is missing", f"add {name}: …"
                )
        return found

    def _page_info(self, top: Mapping[str, yaml.Node]) -> PageInfo:
        """The page's texts, those that the script has; tags may be left as they are."""
        base = self.base.page_info
        said = [key for key in ("about", "notice", "questions") if getattr(base, key)]
        if "page" not in top:
            if said:
                where = self.document.at(self.document.root)
                self.document.fail(
                    where, "the translation lacks “page”", f"it has: {', '.join(said)}"
                )
            return base
        entries = self.document.mapping(top["page"], "page", [*said, "tags"], said)
        about, notice = (
            self.document.text(entries.get(key), key, 500) for key in ("about", "notice")
        )
        asked = entries.get("questions")
        questions = translate_questions(self.document, asked, base.questions)
        tags = page_info.read_tags(self.document, entries.get("tags")) or base.tags
        return replace(base, about=about, notice=notice, tags=tags, questions=questions)

    def _scene(self, scene: Scene, node: yaml.Node | None) -> Scene:
        if node is None:
            return scene
        what = f"scene “{scene.id}”"
        entries = self.fields(node, what, TRANSLATION_SCENE)
        ids = [line.id for line in scene.lines]
        told = self._all(entries.get("lines"), f"lines of {what}", "line", ids)
        title = self.document.text(entries.get("title"), "title", 80)
        voice, speaker = self.speaker(entries)
        lines = []
        for line in scene.lines:
            inherited = "" if line.voice == RECORDED else line.voice
            own = replace(line, voice=voice or inherited, speaker=speaker or line.speaker)
            lines.append(self._line(own, told.get(line.id)))
        return replace(scene, title=title, lines=tuple(lines))

    def _line(self, line: Line, node: yaml.Node | None) -> Line:
        if node is None:
            return line
        known = names(TRANSLATION_LINE)
        needed = [
            *(["say"] if line.say.words else []),
            "show",
            *(["labels"] if line.labels else []),
        ]
        entries = self.document.mapping(node, f"line “{line.key}”", known, needed)
        say = self.say(entries["say"]) if "say" in entries else SILENT_TEXT
        labels = self.labels(entries.get("labels"))
        if "say" in entries and say.silent != line.say.silent:
            says = "nothing" if line.say.silent else "something"
            what = f"line “{line.key}” says {says} in the script"
            self.document.fail(self.document.at(entries["say"]), what, "let it do the same here")
        if say.spoken:
            self._same(
                entries["say"],
                f"cue of line “{line.key}”",
                [cue.name for cue in say.cues],
                [cue.name for cue in line.say.cues],
                "mark its words as [words]{%s}",
            )
        if "labels" in entries:
            what = f"label of line “{line.key}”"
            self._same(entries["labels"], what, labels, line.labels, "add %s: …")
            self._same_lengths(entries["labels"], line, labels)
        show = self.show(entries.get("show"))
        voice, speaker = self.speaker(entries)
        return replace(
            line,
            say=say,
            show=show,
            labels=labels,
            place=self.document.at(node),
            voice=voice or line.voice,
            speaker=speaker or line.speaker,
        )

    def _same(
        self,
        node: yaml.Node,
        what: str,
        there: Collection[str],
        wanted: Collection[str],
        remedy: str,
    ) -> None:
        place = self.document.at(node)
        for name in wanted:
            if name not in there:
                self.document.fail(place, f"{what} “{name}” is missing", remedy % name)
        for name in there:
            if name not in wanted:
                known = ", ".join(wanted) or "none"
                self.document.fail(
                    place, f"{what} “{name}” is not in the script", f"it has: {known}"
                )

    def _same_lengths(
        self, node: yaml.Node, line: Line, labels: Mapping[str, tuple[str, ...]]
    ) -> None:
        for name in labels.keys() & line.labels.keys():
            count = len(labels[name])
            wanted = len(line.labels[name])
            if count != wanted:
                what = f"label “{name}” has {count} texts, in the script {wanted}"
                self.document.fail(self.document.at(node), what, f"give it {wanted}")
