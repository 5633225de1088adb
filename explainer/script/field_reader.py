"""Reads the fields that scripts and translations share: YAML nodes in, checked values out."""

from __future__ import annotations

import re
from collections.abc import Mapping

import yaml

from explainer.errors import Problem, ScriptError, SourceLocation
from explainer.script import narration_text, pronunciation
from explainer.script.engine_options import read_options, read_phonemes
from explainer.script.fields import (
    MAX_LABEL_TEXTS,
    NAME_PATTERN,
    TAG_PATTERN,
    VOICE_PATTERN,
    Fields,
    names,
    required,
)
from explainer.script.lexicon import find_entries
from explainer.script.narration_text import NarrationText
from explainer.script.yaml_document import Document

PLAIN_NAME = re.compile(rf"{NAME_PATTERN}\Z")
NAME_REMEDY = "use up to 40 lower-case letters, digits and hyphens, a letter first"
# markup that SubRip and WebVTT players interpret inside a text; “p < 0.05” is none
_MARKUP = re.compile(r"<[/!?]?[A-Za-z][^<>]*>|-->|&#?\w+;")
LANGUAGE_TAG = re.compile(rf"{TAG_PATTERN}\Z")
"""What a language tag looks like (BCP 47, in part)."""
MAX_LEXICON_ENTRIES = 1000
"""Entries that a lexicon may have."""
MAX_LABEL_WORDS = 5
"""Words that can be read in a label at a glance."""

SILENT_TEXT = NarrationText("", "", "", (), ())
"""The narration of a silent line."""
UNREADABLE_TEXT = NarrationText("?", "", "", (), ())
"""The narration of a line whose `say` cannot be read."""

_VOICE_NAME = re.compile(rf"{VOICE_PATTERN}\Z")


def require_language_tag(tag: str) -> None:
    """Make sure that a text looks like a language tag.

    Raises:
        ScriptError: if it does not.
    """
    if not LANGUAGE_TAG.match(tag):
        raise ScriptError.of(f"“{tag}” is not a language tag", "write one such as es or pt-BR")


class FieldReader:
    """Reads fields of a document; problems go to the document, warnings to `warnings`."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.language = "en"
        self.lexicon: dict[str, str] = {}
        self.phonemes: dict[str, dict[str, str]] = {}
        self.engines: dict[str, dict[str, str]] = {}
        self.warnings: dict[str, Problem] = {}  # by what they are about, so that each is given once
        self.used_entries: set[str] = set()  # entries of the lexicon that a text has
        self.entry_places: dict[str, SourceLocation] = {}

    def fields(self, node: yaml.Node, what: str, fields: Fields) -> dict[str, yaml.Node]:
        """The entries of a mapping that may have these fields, and must have some of them."""
        return self.document.mapping(node, what, names(fields), required(fields))

    def speech(self, top: Mapping[str, yaml.Node]) -> tuple[str, ...]:
        """Read what decides how lines are spoken; returns the voices in order of preference."""
        forms = self.entries(top.get("lexicon"), "lexicon")
        if len(forms) > MAX_LEXICON_ENTRIES:
            what = f"lexicon has more than {MAX_LEXICON_ENTRIES:,} entries"
            self.document.fail(
                self.document.at(top["lexicon"]), what, "keep those that the film says"
            )
        for key, node in forms[:MAX_LEXICON_ENTRIES]:
            shown = " ".join(key.split())
            said = self.document.text(node, f"lexicon entry “{key}”")
            if not shown or shown in self.lexicon:
                what = f"lexicon has “{shown}” twice" if shown else "a lexicon entry has no words"
                self.document.fail(
                    self.document.at(node), what, "keep one entry for each written form"
                )
            else:
                self.lexicon[shown] = said
                self.entry_places[shown] = self.document.key_place(top["lexicon"], key)
        self.phonemes = read_phonemes(self.document, top.get("phonemes"))
        self.engines = read_options(self.document, top.get("engines"))
        self.language = self.document.text(top.get("language"), "language") or "en"
        if not LANGUAGE_TAG.match(self.language):
            what = "language must be a tag such as en, es or pt-BR"
            self.document.fail(
                self.document.at(top["language"]), what, "write one; that of English is en"
            )
            self.language = "en"
        voice = top.get("voice")
        if isinstance(voice, yaml.SequenceNode):
            return tuple(
                self.document.text(node, "voice") for node in self.document.sequence(voice, "voice")
            )
        return (self.document.text(voice, "voice"),) if voice else ()

    def entries(self, node: yaml.Node | None, what: str) -> list[tuple[str, yaml.Node]]:
        """The entries of a mapping that may be left out."""
        return list(self.document.mapping(node, what).items()) if node else []

    def name(self, node: yaml.Node | None, what: str) -> str:
        """A plain name, such as an id; "" if it is none, since files are named by it."""
        value = self.document.text(node, what)
        if node and value and not PLAIN_NAME.match(value):
            self.document.fail(
                self.document.at(node),
                f"{what} “{value}” is not a plain name",
                NAME_REMEDY,
            )
            return ""
        return value

    def speaker(self, entries: Mapping[str, yaml.Node]) -> tuple[str, str]:
        """The `voice` and the `speaker` of a scene or line; "" for each that it does not have."""
        voice = self.document.text(entries.get("voice"), "voice", 80)
        if voice and not _VOICE_NAME.match(voice):
            what = f"voice “{voice}” is not the name of one voice"
            remedy = "write an engine, or one and its speaker, as in kokoro:am_michael"
            self.document.fail(self.document.at(entries["voice"]), what, remedy)
        speaker = self.document.text(entries.get("speaker"), "speaker", 30)
        if markup := re.search(r"[\[\]{}<>&:]", speaker):
            what = f"speaker “{speaker}” has a “{markup.group()}” in it"
            self.document.fail(self.document.at(entries["speaker"]), what, "write a plain name")
        return voice, speaker

    def say(self, node: yaml.Node | None) -> NarrationText:
        """A line's narration: `SILENT_TEXT` for `""`, `UNREADABLE_TEXT` if there is none."""
        if (
            isinstance(node, yaml.ScalarNode)
            and not node.value.strip()
            and node.style in ("'", '"')
        ):
            return SILENT_TEXT
        if node is None or not self.document.text(node, "say"):
            return UNREADABLE_TEXT
        try:
            said = narration_text.parse_narration(node.value, self.lexicon, self.language)
        except narration_text.MarkupError as error:
            for fault in error.faults:
                self.document.fail(self.document.at(node, fault.at, fault.width), fault.what)
            return NarrationText(node.value, "", "", (), ())
        if markup := _MARKUP.search(node.value):
            what = f"“{markup.group()}” looks like markup, which caption players would interpret"
            self.document.fail(
                self.document.at(node, markup.start(), len(markup.group())), what, "reword it"
            )
        if not any(char.isalnum() for char in said.spoken):
            self.document.fail(
                self.document.at(node), "say has no words", 'write some, or say: "" and a hold'
            )
        for word, why in pronunciation.warnings(said, self.language, self.phonemes):
            place = self.document.at(node, *pronunciation.written_span(said, word))
            self.warnings.setdefault(word, pronunciation.warning(word, why, place))
        self.used_entries.update(said.entries)
        return said

    def show(self, node: yaml.Node | None) -> str:
        """What is to be seen in a line; a second voice may say it."""
        shown = self.document.text(node, "show")
        self.used_entries.update(entry for *_, entry in find_entries(shown, self.lexicon))
        return shown

    def warn_of_unused_entries(self) -> None:
        """Warn of lexicon entries that no text has; called after all lines are read."""
        for entry, place in self.entry_places.items():
            if entry not in self.used_entries:
                what = f"the lexicon's “{entry}” is in no say and no show"
                remedy = "write it as a text has it, with its capitals and full stops, or remove it"
                self.warnings.setdefault(f"lexicon {entry}", Problem(what, place, remedy))

    def labels(self, node: yaml.Node | None) -> dict[str, tuple[str, ...]]:
        """The texts that a line's picture shows, by the label's name."""
        found = {}
        for key, value in self.entries(node, "labels"):
            what = f"label “{key}”"
            if not PLAIN_NAME.match(key):
                self.document.fail(
                    self.document.at(value), f"{what} has no plain name", NAME_REMEDY
                )
            listed = isinstance(value, yaml.SequenceNode)
            nodes = self.document.sequence(value, what) if listed else [value]
            if len(nodes) > MAX_LABEL_TEXTS:
                many = f"{what} has more than {MAX_LABEL_TEXTS} texts"
                self.document.fail(self.document.at(value), many, "make two labels of it")
            found[key] = tuple(self._label(one, what) for one in nodes)
        return found

    def _label(self, node: yaml.Node, what: str) -> str:
        text = self.document.text(node, what, 80)
        words = [word for word in text.split() if any(char.isalnum() for char in word)]
        if len(words) > MAX_LABEL_WORDS:
            note = f"{what} has {len(words)} words, more than can be read at a glance"
            remedy = f"keep it to {MAX_LABEL_WORDS}"
            self.warnings.setdefault(what + text, Problem(note, self.document.at(node), remedy))
        return text
