"""Faults of a render and of a delivered film, tried and counted."""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import delivered
import ended
from disturbed import lettered, no_disks, no_writes, rows
from explainer.verify import verify

Count = tuple[str, int, int, str]
"""What was tried, how often, how often it was survived, and a note."""


def counted(kind: str, wrong: Iterable[list[str]]) -> Count:
    """Count trials by what was wrong with each, which is told as it comes."""
    begun, tried, survived = time.monotonic(), 0, 0
    for number, found in enumerate(wrong):
        tried += 1
        survived += not found
        if found:
            print(f"{kind}, {number}: {found}", file=sys.stderr, flush=True)
    return kind, tried, survived, f"{time.monotonic() - begun:.0f} s"


def writes(turns: int) -> Iterator[Count]:
    """Each thing that a render does to files fails, in as many ways as there are turns."""
    kind = "writes, fsyncs, renames, folders and openings that fail, each in turn"
    if reason := no_writes():
        yield kind, 0, 0, reason
        return

    def each() -> Iterator[list[str]]:
        for turn in range(turns):
            with tempfile.TemporaryDirectory() as folder:
                for row in rows("writes", Path(folder), 1, 1, turn):
                    about = f"{row['what']} {row['how']}"
                    yield [f"{about}: {fault}" for fault in row["wrong"]]

    yield counted(kind, each())


def disks(count: int) -> Iterator[Count]:
    """Disks of all sizes from nothing to enough."""
    kind = "disks too small, from nothing to just enough"
    if reason := no_disks():
        yield kind, 0, 0, reason
        return
    with tempfile.TemporaryDirectory() as folder:
        yield counted(kind, (row["wrong"] for row in rows("disks", Path(folder), count)))


def signals(kills: int, others: int) -> Iterator[Count]:
    """Renders ended at moments by chance."""
    chance = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        normal, lasts = ended.standard(Path(folder))
        many = {signal.SIGKILL: kills, signal.SIGINT: others, signal.SIGTERM: others}
        for number, count in many.items():

            def each(number: signal.Signals = number, count: int = count) -> Iterator[list[str]]:
                for _ in range(count):
                    with tempfile.TemporaryDirectory() as place:
                        project, log = lettered(Path(place) / "project"), Path(place) / "log"
                        how = number, chance.uniform(0.02, 1), lasts
                        yield ended.wrong_with(normal, project, log, *how)

            yield counted(f"{number.name} at moments by chance", each())


def places() -> Iterator[Count]:
    """The same film in other folders, time zones, languages, orders of hashing, on one core."""
    with tempfile.TemporaryDirectory() as folder:
        normal, _ = ended.standard(Path(folder))
        right = normal.right
        each = (ended.made_under(Path(folder), name) for name in ended.CONDITIONS)
        wrong = (["other bytes"] if made != right else [] for made in each)
        yield counted("the same bytes in any folder, zone, language, on any cores", wrong)


SHOWN = "frames", "order of frames", "sharpness", "caption band"
HEARD = "sound", "gain", "sides"
PLAIN = (
    "signatures", "container", "enabled tracks", "edits", "pixels", "level", "key frames",
    "frame offsets", "title", "languages", "progressive", "caption files",
)  # fmt: skip


def films() -> Iterator[Count]:
    """Good films, none of which may be found fault with, and faults that `verify` must find."""

    def good() -> Iterator[list[str]]:
        for kind in delivered.KINDS:
            with tempfile.TemporaryDirectory() as folder:
                film, clock = delivered.made(kind, Path(folder))
                rows = verify(film, [clock]).rows
                judged = {*SHOWN, *HEARD, *PLAIN}
                yield [
                    f"{r.what}: {r.measured}" for r in rows if r.ok is False and r.what in judged
                ]

    yield counted("good films of all kinds, nothing found in them", good())
    found = {"picture": (delivered.PICTURE, SHOWN), "sound": (delivered.SOUND, HEARD)}
    tried = [
        (f"{name} ({what})", fault, rows)
        for what, (faults, rows) in found.items()
        for name, fault in faults.items()
    ]
    for faults in (delivered.CONTAINER, delivered.BESIDE):
        tried += [(name, fault, (row,)) for name, (fault, row) in faults.items()]
    tried += [
        (f"signatures {name}", fault, ("signatures", *SHOWN, *HEARD))
        for name, fault in delivered.SIGNATURES.items()
    ]

    def each() -> Iterator[list[str]]:
        with tempfile.TemporaryDirectory() as folder:
            film, clock = delivered.made(delivered.Kind("gradient"), Path(folder))
            for name, fault, wanted in tried:
                with tempfile.TemporaryDirectory() as place:
                    copy = delivered.copied(film, Path(place))
                    fault(copy)
                    failed = {row.what for row in verify(copy, [clock]).rows if row.ok is False}
                    yield [] if failed & set(wanted) else [f"{name} was not found"]

    yield counted("faults put into a finished film, found by verify", each())
