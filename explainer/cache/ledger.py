"""The list of what this program has written into a folder: only that is removed or overwritten.

A line is appended before a file is begun, and another one, with its size and hash, before it gets
its final name. So files of killed processes are known, and files that somebody has changed are
noticed. Links to files and folders are never followed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from urllib.parse import quote, unquote

from explainer.cache import lock_files, locks, metadata
from explainer.cache.link_safe import NO_WAIT, open_no_link
from explainer.errors import EnvironmentProblem, ScriptError, with_filename

NAME = ".explainer-written"
"""File name of the list; a folder that has one is ours."""
LOCK = f"{NAME}.lock"
"""File name of its lock, where a file that is written to cannot be locked itself."""
_BEGUN, _MADE, _FROM = "begun", "made", "from"
_MOST = 64 << 20
_APPEND = os.O_WRONLY | os.O_CREAT | os.O_APPEND | NO_WAIT
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL


@dataclass(frozen=True, slots=True)
class State:
    """A file as it was when it was done: its size in bytes, and the SHA-256 of them."""

    size: int
    digest: str


@dataclass(slots=True)
class _Known:
    """What a list said when it was as `mark` tells: what was written, and of which scripts."""

    mark: tuple[int, ...]
    entries: dict[str, tuple[State, ...]]
    scripts: dict[str, str]

    def take(self, line: str) -> None:
        """Apply one more line; an incomplete one is ignored."""
        kind, *rest = line.split("\t")
        if not rest:
            return
        name, more = _unquoted(rest[0]), rest[1:]
        with suppress(ValueError, IndexError):
            if kind == _BEGUN:
                self.entries.setdefault(name, ())
            elif kind == _MADE:
                state = State(int(more[0]), more[1])
                self.entries[name] = (*self.entries.get(name, ())[-3:], state)
            elif kind == _FROM:
                self.scripts[name] = _unquoted(more[0])


_KNOWN: dict[Path, _Known] = {}
"""State of this process: each list by its folder, as it was last read; each of
thousands of files asks for it."""


class Ledger:
    """The list of a folder; any number of processes may use it at once."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def own(cls, root: Path) -> Ledger:
        """The list of a folder; both are made if they are not there.

        Raises:
            EnvironmentProblem: if the folder is a link, or no folder.
            OSError: if it cannot be written.
        """
        refuse_link(root)
        root.mkdir(parents=True, exist_ok=True)
        made = cls(root)
        if not (root / NAME).exists():
            made._add("")
        return made

    @staticmethod
    def is_in(root: Path) -> bool:
        """Whether a folder has a list."""
        return os.path.lexists(root / NAME)

    @classmethod
    def of(cls, path: Path) -> Ledger | None:
        """The list of the nearest folder above a path that has one."""
        return next((cls(up) for up in path.parents if cls.is_in(up)), None)

    def begin(self, path: Path, folder: bool = False) -> None:
        """List a file or folder before it is made.

        Raises:
            EnvironmentProblem: if it would lie behind a link.
        """
        self.refuse_links(path)
        self._add(_line(_BEGUN, self._name(path) + "/" * folder))

    def done(self, path: Path, made: Path | None = None) -> None:
        """List the state of a finished file, or of `made`, which is about to be renamed to it.

        Raises:
            OSError: if that cannot be read.
        """
        self._add(_made(self._name(path), _state(made or path)))

    def give(self, path: Path, script: str) -> None:
        """List from which script a file, or what lies beside it, is made."""
        self.refuse_links(path)
        self._add(_line(_FROM, self._name(path), script))

    def script_of(self, path: Path) -> str:
        """The script that a file was last made from; empty if that is not known."""
        return self._read().scripts.get(self._name(path), "")

    def has(self, path: Path) -> bool:
        """Whether a path is listed, finished or not."""
        return self._name(path) in self._read().entries

    def entries(self) -> dict[str, tuple[State, ...]]:
        """By its path within the folder, the states of each file whenever it was finished.

        A file that was only begun has none; names of folders end in a slash.
        """
        return dict(self._read().entries)

    def check(self, path: Path) -> None:
        """Check that a new file would replace nothing, or only a file of ours.

        Raises:
            ScriptError: if something else is.
            EnvironmentProblem: if it would lie behind a link.
        """
        self.refuse_links(path)
        name = self._name(path)
        if os.path.lexists(path) and not (self._is_file(name) and self._read().entries.get(name)):
            what = f"{path} is in the way: it is not of this program"
            raise ScriptError.of(what, "move it elsewhere, or give the film another name")

    def give_way(self, path: Path) -> Path | None:
        """Make way for a new file: one changed by hand is renamed, and its new path returned.

        Raises:
            ScriptError: if something is there that is not ours.
            EnvironmentProblem: if it would lie behind a link.
        """
        self.check(path)
        if not os.path.lexists(path) or _same(path, self._read().entries[self._name(path)]):
            return None
        aside = next(
            other
            for n in range(1, 10_000)
            if not os.path.lexists(other := path.with_name(f"{path.name}.changed-{n}"))
        )
        path.rename(aside)
        return aside

    def remove(self, *names: str) -> list[str]:
        """Remove what is listed under these names and lies behind no link; the names removed.

        A folder goes only if it was listed as one, and a file only if it is as it was made.
        """
        listed = self.entries()
        return [name for name in names if name in listed and self._remove(name, listed[name])]

    def remove_all(self) -> tuple[list[Path], list[Path]]:
        """Remove all that is listed, and folders left empty; the paths removed, and those left.

        A file that was changed since it was finished stays.
        """
        listed = [name for name in self.entries() if self._plain(name)]
        removed = set(self.remove(*listed))
        gone = [self.root / name for name in listed if name in removed]
        left = [self.root / name for name in listed if name not in removed]
        folders = {up for path in gone for up in path.parents if up.is_relative_to(self.root)}
        if not left:
            with suppress(OSError):
                (self.root / NAME).unlink()
                (self.root / LOCK).unlink(missing_ok=True)
                folders.add(self.root)
        for folder in sorted(folders, key=lambda one: -len(one.parts)):
            with suppress(OSError):  # where others have put something, it stays
                if folder == self.root or self._plain(self._name(folder)):
                    folder.rmdir()
        return gone, left

    def shorten(self) -> None:
        """Rewrite the list without what is not there any more."""
        with suppress(OSError), self._open() as number:
            if os.fstat(number).st_size > _MOST:
                return
            known = self._read()
            kept = [_line(_FROM, *pair) for pair in known.scripts.items()]
            for name, states in known.entries.items():
                if self._plain(name) and not states:
                    kept.append(_line(_BEGUN, name))
                elif self._plain(name):
                    kept += (_made(name, state) for state in states)
            temp = self.root / f"{NAME}-{token_hex(4)}"
            os.write(number, _line(_BEGUN, temp.name).encode())
            try:
                with os.fdopen(open_no_link(temp, _NEW), "wb") as file:
                    file.write("".join(kept).encode())
                temp.replace(self.root / NAME)
            finally:
                temp.unlink(missing_ok=True)

    def strays(self, before: float) -> Iterator[str]:
        """Files that were begun and never finished, and not changed since `before`."""
        for name, states in self.entries().items():
            path = self._plain(name)
            if not states and path and path.lstat().st_mtime < before:
                yield name

    def refuse_links(self, path: Path) -> None:
        """Check that all folders on the way to a path are folders and no links.

        Raises:
            EnvironmentProblem: if one is.
        """
        for up in reversed(path.parents):
            if up.is_relative_to(self.root):
                refuse_link(up)

    def _read(self) -> _Known:
        """The content of the list, read again only if it has changed since it was last read."""
        try:
            with metadata.open_plain_file(self.root / NAME) as file:
                mark = _mark(file.fileno())
                known = _KNOWN.get(self.root)
                if known and known.mark == mark:
                    return known
                text = file.read(_MOST).decode("utf-8", "replace")
        except OSError:
            return _Known((), {}, {})
        known = _Known(mark, {}, {})
        for line in text.split("\n"):
            known.take(line)
        _KNOWN[self.root] = known
        return known

    def _name(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _plain(self, name: str) -> Path | None:
        """The path of a name, if it is a plain file or folder with no link on the way."""
        try:
            with self._folder(name) as (folder, last):
                mode = os.lstat(last, dir_fd=folder).st_mode
        except (OSError, ValueError):
            return None
        return self.root / name if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else None

    def _is_file(self, name: str) -> bool:
        path = self._plain(name)
        return path is not None and path.is_file()

    @contextmanager
    def _folder(self, name: str) -> Iterator[tuple[int | None, str]]:
        """The open folder that a name lies in, behind no link, and the last part of the name.

        Where folders cannot be opened it is looked at instead: None, and the whole path.

        Raises:
            OSError: if there is none.
            ValueError: if the name leads out of our folder.
        """
        parts = Path(name).parts
        if not parts or ".." in parts or Path(name).is_absolute():
            raise ValueError(name)
        if os.open not in os.supports_dir_fd:
            for up in (self.root, *(self.root.joinpath(*parts[:n]) for n in range(1, len(parts)))):
                if not stat.S_ISDIR(up.lstat().st_mode):
                    raise NotADirectoryError(up)
            yield None, str(self.root / name)
            return
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        number = os.open(self.root, flags)
        try:
            for part in parts[:-1]:
                inner = os.open(part, flags, dir_fd=number)
                os.close(number)
                number = inner
            yield number, parts[-1]
        finally:
            os.close(number)

    def _remove(self, name: str, states: tuple[State, ...]) -> bool:
        if states and not _same(self.root / name, states):
            return False
        try:
            with self._folder(name) as (folder, last):
                mode = os.lstat(last, dir_fd=folder).st_mode
                if stat.S_ISDIR(mode) and name.endswith("/"):
                    shutil.rmtree(last, dir_fd=folder)
                elif stat.S_ISREG(mode):
                    os.unlink(last, dir_fd=folder)
                else:
                    return False
        except (OSError, ValueError):
            return False
        return True

    @contextmanager
    def _open(self) -> Iterator[int]:
        """The list, opened for appending and locked against other processes."""
        path = self.root / NAME
        if lock_files.fcntl is None:
            with locks.lock(self.root / LOCK), os.fdopen(open_no_link(path, _APPEND), "ab") as file:
                yield file.fileno()
            return
        while True:
            number = open_no_link(path, _APPEND)
            try:
                with suppress(OSError):  # some disks over a network know no locks
                    lock_files.fcntl.flock(number, lock_files.fcntl.LOCK_EX)
                # another process may just have put a shorter one in its place
                if path.exists() and os.path.samestat(os.fstat(number), path.lstat()):
                    yield number
                    return
            finally:
                os.close(number)

    def _add(self, line: str) -> None:
        with with_filename(self.root / NAME), self._open() as number:
            # begins with a line break, since a full disk may have cut off the line before
            content = f"\n{line}".encode()
            before = _mark(number)
            if os.write(number, content) < len(content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(self.root / NAME))
            known, after = _KNOWN.get(self.root), _mark(number)
            # without locking, another process may have written in between
            if known and known.mark == before and after[2] == before[2] + len(content) <= _MOST:
                known.take(line.removesuffix("\n"))
                known.mark = after


def refuse_link(folder: Path) -> None:
    """Check that a folder of ours is no link to elsewhere.

    Raises:
        EnvironmentProblem: if it is a link, or no folder.
    """
    try:
        mode = folder.lstat().st_mode
    except OSError:
        return
    if stat.S_ISLNK(mode):
        what = f"{folder} is a link, and what it leads to is not this program's"
        remedy = "remove the link, and try again: a folder is made in its place"
        raise EnvironmentProblem.of(what, remedy)
    if not stat.S_ISDIR(mode):
        raise EnvironmentProblem.of(f"{folder} is no folder", "move it elsewhere, and try again")


def _mark(number: int) -> tuple[int, ...]:
    """What identifies an open file, and its state before and after a change."""
    info = os.fstat(number)
    return info.st_dev, info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns


def _state(path: Path) -> State:
    with metadata.open_plain_file(path) as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return State(os.fstat(file.fileno()).st_size, digest)


def _same(path: Path, states: tuple[State, ...]) -> bool:
    """Whether a file is in one of the states in which it was finished."""
    try:
        size = path.lstat().st_size
        return any(size == state.size for state in states) and _state(path) in states
    except OSError:
        return False


def _line(kind: str, name: str, *more: str) -> str:
    """A line of the list."""
    return "\t".join((kind, *map(_quoted, (name, *more)))) + "\n"


def _made(name: str, state: State) -> str:
    return _line(_MADE, name, str(state.size), state.digest)


def _quoted(name: str) -> str:
    """A name without characters that would end a field of the list."""
    return quote(name, safe="/ ", errors="surrogateescape")


def _unquoted(name: str) -> str:
    return unquote(name, errors="surrogateescape")
