"""The parts of a script that its translations hold as well: YAML nodes in, checked values out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from explainer.errors import Problem, SourceLocation
from explainer.script import engines, narration_text, phonemes, pronunciation
from explainer.script.narration_text import Wording
from explainer.script.yaml_document import Document

_ID = re.compile(r"[a-z][a-z0-9-]{0,39}\Z")
_PLAIN = "use up to 40 lower-case letters, digits and hyphens, a letter first"
# what SubRip and WebVTT players obey inside a text; “p < 0.05” is none
_MARKUP = re.compile(r"<[/!?]?[A-Za-z][^<>]*>|-->|&#?\w+;")
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}\Z")
"""What a language tag looks like (BCP 47, in part)."""
MOST_TEXTS = 4
"""Texts that one label may have, each a line of its own."""
MOST_FORMS = 1000
"""Entries that a lexicon may have."""
MOST_WORDS = 5
"""Words that can be read in a label at a glance."""

NOTHING = Wording("", "", "", (), ())
"""The wording of a line that is to say nothing."""
UNREAD = Wording("?", "", "", (), ())
"""The wording of a line whose `say` cannot be read."""


SPEAKER_KEYS = ("voice", "speaker")
"""What a scene or a line may say of who speaks it."""
_VOICE = re.compile(r"[a-z][a-z0-9-]*(:[A-Za-z0-9_.-]{1,60})?\Z")


class Fields:
    """Reads fields of a document; problems go to it, what is only doubtful to `doubts`."""

    def __init__(self, doc: Document) -> None:
        self.doc = doc
        self.language = "en"
        self.lexicon: dict[str, str] = {}
        self.phonemes: dict[str, dict[str, str]] = {}
        self.engines: dict[str, dict[str, str]] = {}
        self.doubts: dict[str, Problem] = {}
        self.used: set[str] = set()  # entries of the lexicon
        self.entry_places: dict[str, SourceLocation] = {}

    def speech(self, top: Mapping[str, yaml.Node]) -> tuple[str, ...]:
        """Read what decides how the rest is spoken; gives the voices in order of preference."""
        forms = self.entries(top.get("lexicon"), "lexicon")
        if len(forms) > MOST_FORMS:
            what = f"lexicon has more than {MOST_FORMS:,} entries"
            self.doc.fail(self.doc.at(top["lexicon"]), what, "keep those that the film says")
        for key, node in forms[:MOST_FORMS]:
            shown, said = " ".join(key.split()), self.doc.text(node, f"lexicon entry “{key}”")
            if not shown or shown in self.lexicon:
                what = f"lexicon has “{shown}” twice" if shown else "a lexicon entry has no words"
                self.doc.fail(self.doc.at(node), what, "keep one entry for each written form")
            else:
                self.lexicon[shown] = said
                self.entry_places[shown] = self.doc.key_place(top["lexicon"], key)
        self.phonemes = phonemes.read(self.doc, top.get("phonemes"))
        self.engines = engines.read(self.doc, top.get("engines"))
        self.language = self.doc.text(top.get("language"), "language") or "en"
        if not LANGUAGE.match(self.language):
            what = "language must be a tag such as en, es or pt-BR"
            self.doc.fail(self.doc.at(top["language"]), what, "for English write: language: en")
            self.language = "en"
        voice = top.get("voice")
        if isinstance(voice, yaml.SequenceNode):
            return tuple(self.doc.text(node, "voice") for node in self.doc.sequence(voice, "voice"))
        return (self.doc.text(voice, "voice"),) if voice else ()

    def entries(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        """The entries of a mapping that may be left out."""
        return list(self.doc.mapping(node, what).items()) if node else []

    def name(self, node: yaml.Node | None, what: str) -> str:
        """A plain name, such as an id; empty if it is none, for names become those of files."""
        value = self.doc.text(node, what)
        if node and value and not _ID.match(value):
            self.doc.fail(
                self.doc.at(node),
                f"{what} “{value}” is not a plain name",
                _PLAIN,
            )
            return ""
        return value

    def speaker(self, entries: Mapping[str, yaml.Node]) -> tuple[str, str]:
        """The voice that a scene or line has of its own, and the name of who speaks."""
        voice = self.doc.text(entries.get("voice"), "voice", 80)
        if voice and not _VOICE.match(voice):
            what = f"voice “{voice}” is not the name of one voice"
            remedy = "write an engine, or one and its speaker, as in kokoro:am_michael"
            self.doc.fail(self.doc.at(entries["voice"]), what, remedy)
        speaker = self.doc.text(entries.get("speaker"), "speaker", 30)
        if markup := re.search(r"[\[\]{}<>&:]", speaker):
            what = f"speaker “{speaker}” has a “{markup.group()}” in it"
            self.doc.fail(self.doc.at(entries["speaker"]), what, "write a plain name")
        return voice, speaker

    def say(self, node: yaml.Node | None) -> Wording:
        """A line's narration; `""` for a line that is to be silent."""
        if (
            isinstance(node, yaml.ScalarNode)
            and not node.value.strip()
            and node.style in ("'", '"')
        ):
            return NOTHING
        if node is None or not self.doc.text(node, "say"):
            return UNREAD
        try:
            said = narration_text.read(node.value, self.lexicon, self.language)
        except narration_text.WordingError as error:
            for fault in error.faults:
                self.doc.fail(self.doc.at(node, fault.at, fault.width), fault.what)
            return Wording(node.value, "", "", (), ())
        if markup := _MARKUP.search(node.value):
            what = f"“{markup.group()}” is markup, which players would take for an order"
            self.doc.fail(self.doc.at(node, markup.start(), len(markup.group())), what, "reword it")
        if not any(char.isalnum() for char in said.spoken):
            self.doc.fail(
                self.doc.at(node), "say has no words", 'write some, or say: "" and a hold'
            )
        for word, why in pronunciation.doubts(said, self.language, self.phonemes):
            place = self.doc.at(node, *pronunciation.place(said, word))
            self.doubts.setdefault(word, pronunciation.note(word, why, place))
        self.used.update(said.entries)
        return said

    def unused(self) -> None:
        """Note the lexicon's entries that no narration has; to be called when all has been read."""
        for entry, place in self.entry_places.items():
            if entry not in self.used:
                what = f"the lexicon's “{entry}” is in no narration"
                remedy = "write it as a text has it, with its capitals and full stops, or remove it"
                self.doubts.setdefault(f"lexicon {entry}", Problem(what, place, remedy))

    def labels(self, node: yaml.Node | None) -> dict[str, tuple[str, ...]]:
        """The texts that a line's picture shows, by name; each one text or a list of a few."""
        found = {}
        for key, value in self.entries(node, "labels"):
            what = f"label “{key}”"
            if not _ID.match(key):
                self.doc.fail(self.doc.at(value), f"{what} has no plain name", _PLAIN)
            listed = isinstance(value, yaml.SequenceNode)
            nodes = self.doc.sequence(value, what) if listed else [value]
            if len(nodes) > MOST_TEXTS:
                many = f"{what} has more than {MOST_TEXTS} texts"
                self.doc.fail(self.doc.at(value), many, "make two labels of it")
            found[key] = tuple(self._label(one, what) for one in nodes)
        return found

    def _label(self, node: yaml.Node, what: str) -> str:
        text = self.doc.text(node, what, 80)
        words = [word for word in text.split() if any(char.isalnum() for char in word)]
        if len(words) > MOST_WORDS:
            note = f"{what} has {len(words)} words, more than can be read at a glance"
            remedy = f"keep it to {MOST_WORDS}"
            self.doubts.setdefault(what + text, Problem(note, self.doc.at(node), remedy))
        return text
