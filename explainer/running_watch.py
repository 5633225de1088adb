"""Where the `watch` that runs for a film is reached by other commands of the same user.

That stands in a folder that only this user can read. It is read without loading what draws.
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

NAME = "place"
"""The file in its folder that says where a `watch` is reached."""
MOST_BYTES = 1000
"""Bytes of that file; it has about 150."""
ANSWER_TIMEOUT = 3.0
"""Seconds in which a `watch` answers."""
OFFERS = hasattr(os, "geteuid")
"""Whether this system tells users apart in a way that is known here."""


@dataclass(frozen=True, slots=True)
class WaitingPlace:
    """Where processes that wait tell of themselves: the address of a socket, and its key."""

    address: str
    key: bytes


def runtime_folder(film: Path) -> Path:
    """The folder for what belongs to the running `watch` of the film in a folder."""
    base = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir())
    name = hashlib.sha256(os.fsencode(film.resolve())).hexdigest()[:16]
    return base / f"explainer-{os.geteuid()}" / name


def read_place(film: Path) -> WaitingPlace:
    """The place that the file of a film's `watch` says.

    Raises:
        OSError, ValueError, KeyError, TypeError: if it says none, or others could have written it.
    """
    file = runtime_folder(film) / NAME
    for each in (file.parent.parent, file.parent, file):
        require_own(each)
    if file.stat().st_size > MOST_BYTES:
        raise ValueError
    record = json.loads(file.read_bytes())
    place = WaitingPlace(str(record["address"]), bytes.fromhex(record["key"]))
    require_own(Path(place.address).parent)
    return place


def find_offer(film: Path) -> WaitingPlace | None:
    """Where processes wait for the film in a folder, if a `watch` of this user runs for it."""
    if not OFFERS:
        return None
    with suppress(OSError, EOFError, ValueError, KeyError, TypeError, AuthenticationError):
        place = read_place(film)
        connect(place).close()
        return place
    return None


def require_own(path: Path) -> None:
    """See that nobody else can write what lies at a path, and that it is no link.

    Raises:
        OSError: if somebody can.
    """
    found = path.lstat()
    if found.st_uid != os.geteuid() or stat.S_IMODE(found.st_mode) & 0o022:
        raise PermissionError(f"{path} is not this user's alone")
    if stat.S_ISLNK(found.st_mode):
        raise PermissionError(f"{path} is a link")


def connect(place: WaitingPlace) -> Connection:
    """A connection to a `watch`; one that was stopped, as by Ctrl-Z, does not answer.

    Raises:
        OSError, EOFError, AuthenticationError: if none can be had in time.
    """
    found: SimpleQueue[Connection | Exception] = SimpleQueue()

    def answer() -> None:
        try:
            found.put(Client(place.address, authkey=place.key))
        except Exception as error:
            found.put(error)

    Thread(target=answer, daemon=True).start()
    try:
        connection = found.get(timeout=ANSWER_TIMEOUT)
    except Empty:
        raise TimeoutError from None
    if isinstance(connection, Exception):
        raise connection
    return connection
