"""Files written whole: content in; a file that is there as a whole or not at all out.

In a folder of ours, each file is listed by its `Ledger` before it gets its name.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from secrets import token_hex

from explainer.cache.ledger import Ledger
from explainer.cache.link_safe import open_no_link
from explainer.cache.tempfiles import process_token
from explainer.errors import with_filename


def write_atomically(path: Path, content: bytes | Path) -> None:
    """Write a file so that its name never stands for half of it; `content` may be another file.

    In a folder of ours it is listed, and a file that was changed by hand is put aside first.

    Raises:
        ScriptError: if there is something that is not ours.
        OSError: if it cannot be written.
    """
    make_way(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    replace_file(path, content, Ledger.of(path), lambda temp: list_replacement(path, temp))


def list_file(path: Path) -> None:
    """List a file before it is written, if it is in a folder of ours."""
    if ledger := Ledger.of(path):
        ledger.begin(path)


def list_replacement(path: Path, made: Path) -> None:
    """List a file that `made` is about to be renamed to, if it is in a folder of ours.

    Afterwards would be too late: a file of somebody else could have taken its place.
    """
    if ledger := Ledger.of(path):
        ledger.done(path, made)


def make_way(path: Path) -> None:
    """See that a new file may take its place: an older one of ours, or nobody's.

    Raises:
        ScriptError: if what is there is not ours.
        EnvironmentProblem: if it would lie behind a link.
    """
    ledger = Ledger.of(path)
    if ledger and (aside := ledger.give_way(path)):
        print(f"{path.name} was changed by hand: it is kept as {aside.name}", file=sys.stderr)


def replace_file(
    path: Path, content: bytes | Path, ledger: Ledger | None, ready: Callable[[Path], None]
) -> None:
    """Write a file under a temporary name, call `ready` with that name, and rename it."""
    temp = path.with_name(f".{path.name}-{process_token()}-{token_hex(4)}")
    if ledger:
        ledger.begin(temp)
    try:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        with with_filename(path), os.fdopen(open_no_link(temp, flags), "wb") as file:
            if isinstance(content, Path):
                with content.open("rb") as source:
                    shutil.copyfileobj(source, file)
            else:
                file.write(content)
            file.flush()
            os.fsync(file.fileno())
        ready(temp)
        temp.replace(path)
    finally:
        temp.unlink(missing_ok=True)


def create_file(path: Path, content: bytes) -> None:
    """Write a file that is not there yet, whole or not at all.

    Raises:
        FileExistsError: if there is something by that name.
        OSError: if it cannot be written.
    """

    def refuse_if_there(_: Path) -> None:
        if os.path.lexists(path):
            raise FileExistsError(path)

    replace_file(path, content, None, refuse_if_there)


def file_hash(path: Path) -> str:
    """The SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
