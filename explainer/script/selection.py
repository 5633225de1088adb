"""Names of a film's parts, `SCENE[.LINE][@CUE]`: such a name in, its parts or its lines out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from explainer.errors import ScriptError, choose_remedy


@dataclass(frozen=True, slots=True)
class Selection:
    """A part of a film by name; without a `key` the whole film, without a `cue` no moment.

    `key` is `scene` or `scene.line`.
    """

    key: str
    cue: str = ""

    @classmethod
    def parse(cls, text: str) -> Selection:
        """The selection that `scene`, `scene.line`, `scene.line@cue` or an empty text names."""
        key, _, cue = text.partition("@")
        return cls(key, cue)

    @property
    def scene(self) -> str:
        """The id of its scene."""
        return self.key.partition(".")[0]

    @property
    def line(self) -> str:
        """The id of its line within the scene, or empty if it is not of one line."""
        return self.key.partition(".")[2]


class NamedLine(Protocol):
    """A line of a script or of a timeline."""

    @property
    def scene(self) -> str:
        """The id of its scene."""

    @property
    def key(self) -> str:
        """Its full name, `scene.line`."""


AnyLine = TypeVar("AnyLine", bound=NamedLine)


def select_lines(lines: Sequence[AnyLine], selection: str) -> list[AnyLine]:
    """Those of a film's lines in a scene (`scene`), one of them (`scene.line`), or all for "".

    Raises:
        ScriptError: if there are none such.
    """
    found = [line for line in lines if selection in ("", line.scene, line.key)]
    if not found:
        scenes = dict.fromkeys(line.scene for line in lines)
        names = [*scenes, *(line.key for line in lines)]
        raise ScriptError.of(f"the script has no “{selection}”", choose_remedy(selection, names))
    return found


def find_line(lines: Sequence[AnyLine], key: str) -> AnyLine:
    """The line of a film with the full name `scene.line`.

    Raises:
        ScriptError: if there is none such.
    """
    for line in lines:
        if line.key == key:
            return line
    keys = [line.key for line in lines]
    raise ScriptError.of(f"no line called “{key}”", choose_remedy(key, keys))
