"""Filling the page's template: texts in, text that may stand in HTML out."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from html import escape
from pathlib import Path
from string import Template
from typing import Any

PLAYER = Path(__file__).with_name("player")
"""The folder of the page's own template, style, scripts and texts."""


def player_file(name: str) -> str:
    """The text of a file of the player."""
    return (PLAYER / name).read_text(encoding="utf-8")


def ui_strings(language: str) -> dict[str, str]:
    """The page's own texts in a language; English ones where it has none, under its tag."""
    english: dict[str, str] = json.loads(player_file("strings/en.json"))
    primary_tag = language.split("-")[0].lower()
    path = PLAYER / "strings" / f"{primary_tag}.json"
    if path.is_file():
        return {**english, **json.loads(path.read_text(encoding="utf-8"))}
    return {**english, "language": language}


def script_json(record: Any) -> str:
    """JSON that may stand in a script element: no markup can begin or end in it."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def fill_template(template: str, strings: dict[str, str], content: dict[str, str]) -> str:
    """A template with its `$names` filled from `content`.

    `strings` are the texts of the elements with `data-t="…"`, and the accessible names of those
    with `data-label="…"` or `data-name="…"`.
    """
    filled = re.sub(r'data-t="(\w+)">', lambda m: f"{m[0]}{escape(strings[m[1]])}", template)
    filled = re.sub(
        r'data-(?:label|name)="(\w+)"',
        lambda m: f'{m[0]} aria-label="{escape(strings[m[1]])}"',
        filled,
    )
    # last, because content may hold dollars and such attributes of its own
    return Template(filled).substitute(content)


def data_url(media_type: str, content: bytes) -> str:
    """An address that holds the content itself."""
    return f"data:{media_type};base64,{b64encode(content).decode()}"
