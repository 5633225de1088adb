"""Texts of a script changed from the page, with undo and redo: each change is written at once.

What another program has saved meanwhile is never written over: an edit says what it takes the
place of, and undo only takes back what is still there.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from explainer.cache.files import replace_file
from explainer.errors import ScriptError
from explainer.script import text_edit

MAX_STEPS = 200
"""Changes that can be taken back."""


@dataclass(slots=True)
class ScriptEdits:
    """The changes of one script's file; `undone` are those that can be made again."""

    path: Path
    done: list[tuple[bytes, bytes]] = field(default_factory=list)
    undone: list[tuple[bytes, bytes]] = field(default_factory=list)

    def change(self, where: text_edit.Place, was: str, text: str) -> None:
        """Write another text in the place of one.

        Args:
            where: the place, as `text_edit` has it.
            was: the text that is there, as the page shows it.
            text: the new one.

        Raises:
            ScriptError: if another text is there by now, or it cannot be changed.
            OSError: if the file cannot be written.
        """
        before = self.path.read_bytes()
        there = text_edit.value_of(before, where)
        if there != " ".join(was.split()):
            what = f"{'.'.join(where)} has been changed meanwhile: “{there}”"
            raise ScriptError.of(what, "look at it, and change it again")
        after = text_edit.replaced(before, where, " ".join(text.split()))
        if after != before:
            self._write(before, after)
            self.done = [*self.done, (before, after)][-MAX_STEPS:]
            self.undone.clear()

    def set(self, where: text_edit.Place, text: str) -> None:
        """Write a field of a line, which need not be there yet.

        Raises:
            ScriptError: if there is no such line, or it cannot be written there.
            OSError: if the file cannot be written.
        """
        before = self.path.read_bytes()
        after = text_edit.with_field(before, where, text)
        if after != before:
            self._write(before, after)
            self.done = [*self.done, (before, after)][-MAX_STEPS:]
            self.undone.clear()

    def undo(self) -> None:
        """Take back the last change.

        Raises:
            ScriptError: if there is none, or the file has been saved by another program since.
            OSError: if the file cannot be written.
        """
        self._step(self.done, self.undone)

    def redo(self) -> None:
        """Make the change again that was taken back last.

        Raises:
            ScriptError: if there is none, or the file has been saved by another program since.
            OSError: if the file cannot be written.
        """
        self._step(self.undone, self.done)

    def _step(self, source: list[tuple[bytes, bytes]], target: list[tuple[bytes, bytes]]) -> None:
        if not source:
            raise ScriptError.of("there is no change left", "go on as it is")
        before, after = source[-1]
        there, back = (after, before) if source is self.done else (before, after)
        if self.path.read_bytes() != there:
            what = f"{self.path.name} has been saved by another program since"
            raise ScriptError.of(what, "take its changes back there")
        self._write(there, back)
        target.append(source.pop())

    def _write(self, before: bytes, after: bytes) -> None:
        path = self.path.resolve()

        def ready(made: Path) -> None:
            if path.read_bytes() != before:
                what = f"{path.name} is just being saved by another program"
                raise ScriptError.of(what, "look at it, and change it again")
            shutil.copymode(path, made)

        replace_file(path, after, None, ready)
