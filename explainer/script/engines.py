"""What a script asks of single engines, beyond which one speaks: a YAML node in, options out."""

from __future__ import annotations

import re

import yaml

from explainer.script.yaml_document import Document

_PACE = {
    "pace": (r"0\.[5-9]\d?|1|1\.[0-4]\d?|1\.50?", "from 0.5 to 1.5 times the usual, such as 0.85")
}
OPTIONS = {
    "hibari": _PACE,
    "kokoro": _PACE,
    "flite": _PACE,
    "espeak": _PACE,
    "gtts": {
        "tld": (r"[a-z]{2,3}(\.[a-z]{2})?", "the end of a Google host, such as co.uk or com.au"),
        "slow": (r"yes|no", "yes or no"),
    },
    "piper": _PACE,
    "tone": _PACE,
}
"""For each engine its options; the form that each takes, and how that is said."""


def read(doc: Document, node: yaml.Node | None) -> dict[str, dict[str, str]]:
    """The options of each engine as text; what is wrong with them goes to `doc`."""
    found: dict[str, dict[str, str]] = {}
    for engine, options in (doc.mapping(node, "engines", list(OPTIONS)) if node else {}).items():
        known = OPTIONS.get(engine, {})
        found[engine] = {}
        for name, value in doc.mapping(options, f"options of {engine}", list(known)).items():
            text = doc.text(value, f"{name} of {engine}")
            if name in known and not re.fullmatch(known[name][0], text):
                what = f"{name} of {engine} is {known[name][1]}, not “{text}”"
                doc.fail(doc.at(value), what, "write it so, or leave it out")
            found[engine][name] = text
    return found
