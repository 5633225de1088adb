"""What a script says to single engines: their options, and phonemes in the alphabet of each."""

from __future__ import annotations

import re

import yaml

from explainer.script.yaml_document import Document
from explainer.voices.registry import ENGINES, engine_class


def read_options(doc: Document, node: yaml.Node | None) -> dict[str, dict[str, str]]:
    """The options of each engine as text, by engine and name; what is wrong goes to `doc`."""
    if node is None:
        return {}
    able = {name: cls.options for name in ENGINES if (cls := engine_class(name)).options}
    found: dict[str, dict[str, str]] = {}
    for engine, options in doc.mapping(node, "engines", list(able)).items():
        known = able.get(engine, {})
        found[engine] = {}
        for name, value in doc.mapping(options, f"options of {engine}", list(known)).items():
            text = doc.text(value, f"{name} of {engine}")
            if name in known and not re.fullmatch(known[name].pattern, text):
                what = f"{name} of {engine} is {known[name].form}, not “{text}”"
                doc.fail(doc.at(value), what, "write it so, or leave it out")
            found[engine][name] = text
    return found


def read_phonemes(doc: Document, node: yaml.Node | None) -> dict[str, dict[str, str]]:
    """The phonemes of words, by engine and word; what is wrong with them goes to `doc`."""
    if node is None:
        return {}
    able = {name: cls.phonemes for name in ENGINES if (cls := engine_class(name)).phonemes}
    found: dict[str, dict[str, str]] = {}
    for engine, words in doc.mapping(node, "phonemes", list(able)).items():
        alphabet = able.get(engine)
        found[engine] = {}
        for word, phones in doc.mapping(words, f"phonemes of {engine}").items():
            text = doc.text(phones, f"phonemes of “{word}”")
            found[engine][word] = text
            if alphabet and text and (wrong := alphabet.problem(word, text)):
                doc.fail(doc.at(phones), wrong, f"write them like {alphabet.example}")
    return found
