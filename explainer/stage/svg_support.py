"""What of a drawing (SVG) Manim cannot draw: its bytes in, a list of what will be missing out.

Manim draws shapes with one colour each, and silently leaves out the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from xml.etree import ElementTree

_OMITTED_ELEMENTS = {
    "text": "its letters (make them paths)",
    "image": "a picture in it (use ImageMobject)",
    "foreignObject": "what another language draws in it",
}
"""Elements that Manim leaves out, and what is said of each."""
_UNSUPPORTED_REFERENCES = {
    "linearGradient": "a gradient, in one colour or none",
    "radialGradient": "a gradient, in one colour or none",
    "pattern": "a pattern",
    "mask": "a mask",
    "clipPath": "a clip, so that all of it shows",
    "filter": "a filter",
    "marker": "an arrowhead or another marker",
}
"""What shapes may refer to and Manim ignores, and what is said of each."""
_URL = re.compile(r"url\(\s*['\"]?#([^)'\"]+)")


def unsupported_features(content: bytes) -> list[str]:
    """What will be missing from a drawing: each kind once, with how often it occurs."""
    try:
        tree = ElementTree.fromstring(content)
    except (ElementTree.ParseError, ValueError):
        return []  # Manim itself reports that
    kinds = {node.get("id"): _name(node) for node in tree.iter()}
    found: Counter[str] = Counter()
    for node in tree.iter():
        name = _name(node)
        if name in _OMITTED_ELEMENTS:
            found[f"<{name}>: {_OMITTED_ELEMENTS[name]}"] += 1
        if name == "style" and "@import" in (node.text or ""):
            found["@import: styles that lie elsewhere"] += 1
        dashes = node.get("stroke-dasharray", "none")
        if dashes != "none" or "stroke-dasharray:" in (node.get("style") or ""):
            found["stroke-dasharray: dashes, as a whole line"] += 1
        for key, value in node.attrib.items():
            if key.endswith("href") and name == "use" and not value.startswith("#"):
                found["<use>: what lies in another file"] += 1
            for referred in _URL.findall(value):
                if (kind := kinds.get(referred, "")) in _UNSUPPORTED_REFERENCES:
                    found[f"<{kind}>: {_UNSUPPORTED_REFERENCES[kind]}"] += 1
    return [f"{what}, {count} times" if count > 1 else what for what, count in found.items()]


def _name(node: ElementTree.Element) -> str:
    """An element's name without its namespace."""
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
