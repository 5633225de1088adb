"""What this program has written into a folder: nothing else in it is ever removed or written over.

A folder of ours holds a list. A line is added before a file is begun, and another once it is done,
with its size and hash; so that what a killed process leaves behind is known, and what somebody has
changed since then is seen. No link is followed, neither that of a file nor that of a folder.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote

from explainer.cache import notes
from explainer.errors import MissingTool, ScriptError, naming

NAME = ".explainer-written"
"""What the list is called by; a folder that has it is one of ours."""
_BEGUN, _MADE = "begun", "made"
_MOST = 64 << 20
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


@dataclass(frozen=True, slots=True)
class State:
    """A file as it was when it was done: its size in bytes, and the SHA-256 of them."""

    size: int
    digest: str


class Ledger:
    """The list of a folder, which may be shared by processes at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def own(cls, root: Path) -> Ledger:
        """The list of a folder, which is made if it is not there.

        Raises:
            MissingTool: if the folder is a link, or no folder.
            OSError: if it cannot be written.
        """
        refuse_link(root)
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        if not (root / NAME).exists():
            made._add("")
        return made

    @classmethod
    def of(cls, path: Path) -> Ledger | None:
        """The list of the nearest folder of ours that a path lies in."""
        return next((cls(up) for up in path.parents if os.path.lexists(up / NAME)), None)

    def begin(self, path: Path) -> None:
        """Say that a file or folder is going to be made."""
        self._add(_line(self._name(path), None))

    def done(self, path: Path) -> None:
        """Say that a file is as it should be."""
        state = _state(path)
        if state:
            self._add(_line(self._name(path), state))

    def has(self, path: Path) -> bool:
        """Whether we have made, or begun, what is called by this."""
        return self._name(path) in self.entries()

    def entries(self) -> dict[str, State | None]:
        """All that was written, by its path within the folder; None for what was only begun."""
        found: dict[str, State | None] = {}
        try:
            with notes.opened(self.root / NAME) as file:
                text = file.read(_MOST).decode("utf-8", "replace")
        except OSError:
            return found
        for line in text.splitlines():
            kind, *rest = line.split("\t")
            with suppress(ValueError, IndexError):
                if kind == _BEGUN:
                    found[_unquoted(rest[0])] = None
                elif kind == _MADE:
                    found[_unquoted(rest[0])] = State(int(rest[1]), rest[2])
        return found

    def check(self, path: Path) -> None:
        """See that nothing is in the place of a new file but one of ours.

        Raises:
            ScriptError: if something else is.
        """
        if os.path.lexists(path) and (self._plain(self._name(path)) is None or not self.has(path)):
            what = f"{path} is in the way: it is not of this program"
            raise ScriptError.of(what, "move it elsewhere, or give the film another name")

    def give_way(self, path: Path) -> Path | None:
        """Make room for a new file; one of ours that was changed by hand is put aside, and told.

        Raises:
            ScriptError: if something is there that is not ours.
        """
        if not os.path.lexists(path):
            return None
        self.check(path)
        state = self.entries()[self._name(path)]
        if state is None or _same(path, state):
            return None
        aside = next(
            other
            for n in range(1, 10_000)
            if not os.path.lexists(other := path.with_name(f"{path.name}.changed-{n}"))
        )
        path.rename(aside)
        return aside

    def remove(self, name: str, changed: bool = True) -> bool:
        """Remove what is listed under a name, unless it lies behind a link; whether it went.

        With `changed` it goes also if it is not as it was when it was done.
        """
        path, state = self._plain(name), self.entries().get(name)
        if path is None:
            return False
        if path.is_dir():
            shutil.rmtree(path)
            return True
        if not changed and state is not None and not _same(path, state):
            return False
        path.unlink()
        return True

    def remove_all(self) -> tuple[list[Path], list[Path]]:
        """Remove all that is listed, and folders that are empty then; what went, and what stayed.

        What was changed since it was done stays, and so does what was begun by a process that may
        still be at work.
        """
        gone: list[Path] = []
        left: list[Path] = []
        folders: set[Path] = set()
        for name, state in self.entries().items():
            path = self._plain(name)
            if path is None:
                continue
            whole = path.is_dir() or state is None or _same(path, state)
            if whole and self.remove(name):
                gone.append(path)
                folders.update(up for up in path.parents if up.is_relative_to(self.root))
            else:
                left.append(path)
        if not left:
            with suppress(OSError):
                (self.root / NAME).unlink()
        for folder in sorted(folders, key=lambda one: -len(one.parts)):
            with suppress(OSError):  # where others have put something, it stays
                folder.rmdir()
        return gone, left

    def shorten(self) -> None:
        """Forget what is not there any more; nobody else may write meanwhile."""
        kept = {name: s for name, s in self.entries().items() if self._plain(name)}
        lines = [_line(name, state) for name, state in kept.items()]
        temp = self.root / f"{NAME}.new"
        try:
            temp.write_text("".join(lines), encoding="utf-8")
            temp.replace(self.root / NAME)
        except OSError:
            pass  # it may also stay as long as it is
        finally:
            temp.unlink(missing_ok=True)

    def strays(self, before: float) -> Iterator[str]:
        """What was begun and never done, and has not been touched since `before`."""
        for name, state in self.entries().items():
            path = self._plain(name)
            if state is None and path and path.lstat().st_mtime < before:
                yield name

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _plain(self, name: str) -> Path | None:
        """Where a name leads, if that is a plain file or folder with no link on the way."""
        parts = Path(name).parts
        if not parts or ".." in parts or Path(name).is_absolute():
            return None
        path = self.root
        for part in ("", *parts):
            path = path / part
            try:
                mode = path.lstat().st_mode
            except OSError:
                return None
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                return None
        return path

    def _add(self, line: str) -> None:
        path = self.root / NAME
        with naming(path):
            number = os.open(path, _APPEND, 0o666)
            try:
                os.write(number, line.encode())  # at once, so that others' lines stay whole
            finally:
                os.close(number)


def refuse_link(folder: Path) -> None:
    """See that a folder of ours is none that leads elsewhere.

    Raises:
        MissingTool: if it is a link, or no folder.
    """
    try:
        mode = folder.lstat().st_mode
    except OSError:
        return
    if stat.S_ISLNK(mode):
        what = f"{folder} is a link, and what it leads to is not this program's"
        remedy = "remove the link, and try again: a folder is made in its place"
        raise MissingTool.of(what, remedy)
    if not stat.S_ISDIR(mode):
        raise MissingTool.of(f"{folder} is no folder", "move it elsewhere, and try again")


def _state(path: Path) -> State | None:
    try:
        with notes.opened(path) as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            return State(os.fstat(file.fileno()).st_size, digest)
    except OSError:
        return None


def _same(path: Path, state: State) -> bool:
    try:
        return path.lstat().st_size == state.size and _state(path) == state
    except OSError:
        return False


def _line(name: str, state: State | None) -> str:
    """A line of the list."""
    if state is None:
        return f"{_BEGUN}\t{_quoted(name)}\n"
    return f"{_MADE}\t{_quoted(name)}\t{state.size}\t{state.digest}\n"


def _quoted(name: str) -> str:
    """A name with nothing in it that would end a field of the list."""
    return quote(name, safe="/ ", errors="surrogateescape")


def _unquoted(name: str) -> str:
    return unquote(name, errors="surrogateescape")
