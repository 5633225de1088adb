"""Faults of a render and of a delivered film, tried and counted."""

from __future__ import annotations

import random
import signal
import sys
import tempfile
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

import delivered
import ended
import varieties
from delivered import Fault
from disturbed import lettered, no_disks, no_writes, rows
from explainer.timeline.json import load_for_film
from explainer.verify.measure import verify

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
    "frame offsets", "poster", "title", "languages", "progressive", "caption files",
)  # fmt: skip


def _found(kind: str, film: Path, faults: Mapping[str, tuple[Fault, Collection[str]]]) -> Count:
    """Faults put into a film one by one, each with the rows of which one must fail."""
    clocks = load_for_film(film)
    # what is wrong with it before cannot tell a fault
    before = {one.name for one in verify(film, clocks).results if one.ok is False}

    def each() -> Iterator[list[str]]:
        for name, (fault, wanted) in faults.items():
            with tempfile.TemporaryDirectory() as place:
                copy = delivered.copied(film, Path(place))
                fault(copy)
                failed = {one.name for one in verify(copy, clocks).results if one.ok is False}
                yield [] if (failed - before) & set(wanted) else [f"{name} was not found"]

    return counted(f"`verify`, faults of a film: {kind}", each())


def films() -> Iterator[Count]:
    """Good films, none of which may be found fault with, and faults that `verify` must find."""

    def good() -> Iterator[list[str]]:
        for kind in delivered.KINDS:
            with tempfile.TemporaryDirectory() as folder:
                film, clock = delivered.made(kind, Path(folder))
                rows = verify(film, [clock]).results
                judged = {*SHOWN, *HEARD, *PLAIN}
                yield [
                    f"{r.name}: {r.measured}" for r in rows if r.ok is False and r.name in judged
                ]

    def rendered() -> Iterator[list[str]]:
        for kind in varieties.VARIETIES:
            with tempfile.TemporaryDirectory() as folder:
                yield [
                    f"{kind.name}, {fault}" for fault in varieties.wrong(kind, Path(folder) / "f")
                ]

    yield counted("`verify`, good films: pictures of all kinds and sizes", good())
    yield counted("`verify`, good films: aspects, languages, voices, lengths", rendered())
    with tempfile.TemporaryDirectory() as folder:
        film, _ = delivered.made(delivered.Kind("gradient"), Path(folder))
        alone = {"its picture": (delivered.PICTURE, SHOWN), "its sound": (delivered.SOUND, HEARD)}
        for kind, (faults, rows) in alone.items():
            yield _found(kind, film, {name: (fault, rows) for name, fault in faults.items()})
        yield _found(
            "its container", film, {k: (f, {r}) for k, (f, r) in delivered.CONTAINER.items()}
        )
        yield _found(
            "what lies beside it", film, {k: (f, {r}) for k, (f, r) in delivered.BESIDE.items()}
        )
        told = "signatures", *SHOWN, *HEARD
        yield _found(
            "its signatures", film, {k: (f, told) for k, f in delivered.SIGNATURES.items()}
        )
        yield _found("what careless hands do to it", film, delivered.ADVERSE)
    with tempfile.TemporaryDirectory() as folder:
        film = varieties.made(varieties.FULL_SIZE, Path(folder) / "film")
        small = varieties.full_size_faults(load_for_film(film)[0])
        yield _found(
            "its picture at 1080p30", film, {name: (f, SHOWN) for name, f in small.items()}
        )
