"""The boxes of an MP4 that players go by, such as edits and enabled tracks.

Nothing is decoded; the boxes of the index are read once, each at a bounded cost.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

from explainer.clock import TICKS
from explainer.errors import error_text
from explainer.languages import iso639_2
from explainer.media.probe import Probe
from explainer.spec import MAX_FOREIGN_KEY_FRAME_SECONDS, MAX_KEY_FRAME_SECONDS
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import NOT_JUDGED, CheckResult, fault_result

_PARENTS = frozenset(
    ("moov", "trak", "mdia", "minf", "stbl", "edts", "udta", "dinf", "gmhd", "tref", "mvex")
)
"""Boxes that hold boxes."""
_MAX_BYTES = 256 << 20
"""Of the index."""
_MAX_BOXES = 100_000
"""In one box."""
_IDENTITY_MATRIX = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
_KINDS = {"vide": "picture", "soun": "sound", "sbtl": "text", "text": "chapters"}
_TOP = {"ftyp", "moov", "free", "mdat"}
_ENTRIES = {"avcC", "colr", "btrt", "pasp"}
LEVELS = {
    10: (99, 1485), 11: (396, 3000), 12: (396, 6000), 13: (396, 11880), 20: (396, 11880),
    21: (792, 19800), 22: (1620, 20250), 30: (1620, 40500), 31: (3600, 108000),
    32: (5120, 216000), 40: (8192, 245760), 41: (8192, 245760), 42: (8704, 522240),
    50: (22080, 589824), 51: (36864, 983040), 52: (36864, 2073600), 60: (139264, 4177920),
    61: (139264, 8355840), 62: (139264, 16711680),
}  # fmt: skip
"""By level: macroblocks of a picture, and each second, at most (ITU-T H.264, table A-1)."""


@dataclass(slots=True)
class _Track:
    """The boxes of one track by their names."""

    boxes: dict[str, bytes] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.boxes.get("hdlr", bytes(12))[8:12].decode("latin-1")

    @property
    def entry(self) -> str:
        """The name of its first sample entry."""
        return self.boxes.get("stsd", bytes(16))[12:16].decode("latin-1")

    @property
    def language(self) -> str:
        head = self.boxes.get("mdhd", b"")
        at = 32 if head[:1] == b"\1" else 20
        packed = int.from_bytes(head[at : at + 2], "big")
        return "".join(chr(0x60 + (packed >> shift & 31)) for shift in (10, 5, 0))

    @property
    def enabled(self) -> bool:
        return bool(self.boxes.get("tkhd", bytes(4))[3] & 1)

    @property
    def matrix(self) -> bytes:
        head = self.boxes.get("tkhd", b"")
        at = 52 if head[:1] == b"\1" else 40
        return head[at : at + 36]

    @property
    def shown(self) -> tuple[int, int]:
        """The width and height that it is shown at, in whole pixels."""
        head = self.boxes.get("tkhd", b"")
        at = 88 if head[:1] == b"\1" else 76
        wide, high = struct.unpack(">II", head[at : at + 8].ljust(8, b"\0"))
        return wide >> 16, high >> 16

    def numbers(self, name: str, form: str, head: int = 8) -> list[tuple[int, ...]]:
        """The entries of a table."""
        body = self.boxes.get(name, b"")[head:]
        size = struct.calcsize(form)
        return list(struct.iter_unpack(form, body[: len(body) // size * size]))


@dataclass(frozen=True, slots=True)
class _Boxes:
    """What a film's boxes say; `others` is what is there and should not be."""

    top: list[str]
    brands: list[str]
    tracks: list[_Track]
    title: str
    others: list[str]


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """All that is read from the boxes of a film."""
    try:
        boxes = _read(film.path)
    except (OSError, ValueError, struct.error) as error:
        what = f"its boxes cannot be read: {error_text(error)}"
        yield CheckResult("container", what, "an MP4 in form", False)
        return
    tracks = boxes.tracks
    yield _container(boxes)
    yield fault_result(
        "enabled tracks",
        _enabled(tracks, film.timelines),
        f"{len(tracks)} tracks",
        "only those it should have, those of the first language alone by themselves",
    )
    required = "none but of coding's own delay"
    yield fault_result("edits", [*_edits(tracks)], "none moves anything", required)
    pictures = [track for track in tracks if track.kind == "vide"]
    for picture in pictures[:1]:
        required = "square, upright, uncropped"
        yield fault_result("pixels", [*_pixels(picture)], required, required)
        yield from _coding(picture, _fps(film.facts), is_ours=bool(film.timelines))
    yield from _title_and_languages(boxes, film.timelines)


def _container(boxes: _Boxes) -> CheckResult:
    faults = [f"a {name} box" for name in boxes.top if name not in _TOP]
    counts = {name: boxes.top.count(name) for name in _TOP}
    faults += [f"{count} {name} boxes" for name, count in counts.items() if count > 1]
    if not set(boxes.brands) >= {"isom", "mp41", "avc1"}:
        faults.append(f"brands {', '.join(boxes.brands)}")
    faults += boxes.others
    fits = f"{' '.join(boxes.top)}; {', '.join(boxes.brands)}"
    return fault_result("container", faults, fits, "one plain MP4")


def _title_and_languages(boxes: _Boxes, timelines: Sequence[Timeline]) -> Iterator[CheckResult]:
    if not timelines:
        yield CheckResult("title", boxes.title, NOT_JUDGED, None)
        return
    title = timelines[0].title
    yield CheckResult("title", boxes.title, title, boxes.title == title)
    found = [track.language for track in boxes.tracks if track.kind in ("soun", "sbtl")]
    required = [iso639_2(timeline.language) for timeline in timelines] * 2
    yield CheckResult(
        "languages", ", ".join(found), ", ".join(required), sorted(found) == sorted(required)
    )


def _fps(facts: Probe) -> float:
    """Frames a second, by the times of the first and the last."""
    times = facts.video[0].pts if facts.video else ()
    lasts = float(times[-1] - times[0]) if len(times) > 1 else 0.0
    return (len(times) - 1) * TICKS / lasts if lasts else 0.0


def _enabled(tracks: Sequence[_Track], timelines: Sequence[Timeline]) -> list[str]:
    faults = []
    seen: dict[str, int] = {}
    for number, track in enumerate(tracks, 1):
        kind = _KINDS.get(track.kind)
        if kind is None:
            faults.append(f"track {number} is of no known kind ({track.kind})")
            continue
        seen[kind] = seen.get(kind, 0) + 1
        should = kind != "chapters" and seen[kind] == 1
        if kind == "text" and not timelines:
            continue
        if track.enabled != should:
            faults.append(f"{kind} {seen[kind]} is {'en' if track.enabled else 'dis'}abled")
    most = {"picture": 1, "chapters": 1}
    faults += [f"{seen[kind]} tracks of {kind}" for kind in most if seen.get(kind, 0) > 1]
    return faults


def _edits(tracks: Sequence[_Track]) -> Iterator[str]:
    for number, track in enumerate(tracks, 1):
        head = track.boxes.get("elst")
        if head is None:
            continue
        form = ">QqI" if head[:1] == b"\1" else ">IiI"
        edits = track.numbers("elst", form)
        clock = track.boxes.get("mdhd", b"")
        at = 20 if clock[:1] == b"\1" else 12
        second = int.from_bytes(clock[at : at + 4], "big")
        if len(edits) > 1:
            yield f"track {number} has {len(edits)} edits"
        for _, start, rate in edits:
            if rate != 1 << 16:
                yield f"track {number} is shown at another speed"
            if start < 0:
                yield f"track {number} begins with nothing"
            elif start * 5 > second:
                yield f"track {number} leaves out its beginning"


def _pixels(picture: _Track) -> Iterator[str]:
    if picture.matrix != _IDENTITY_MATRIX:
        yield "it is turned or mirrored"
    described = picture.boxes.get("stsd", b"")[8:]
    stored = struct.unpack(">HH", described[32:36].ljust(4, b"\0"))
    if picture.shown != stored:
        yield f"{stored[0]}x{stored[1]} is shown as {picture.shown[0]}x{picture.shown[1]}"
    entries = dict(_inside(described[86:]))
    if "pasp" in entries:
        across, down = struct.unpack(">II", entries["pasp"][:8].ljust(8, b"\0"))
        if across != down:
            yield f"pixels of {across} to {down}"
    for name in entries:
        if name not in _ENTRIES:
            yield f"a {name} box"


def _coding(picture: _Track, fps: float, is_ours: bool) -> Iterator[CheckResult]:
    """What a decoder must be able to do, and where it may begin."""
    yield _level(picture, fps)
    most = MAX_KEY_FRAME_SECONDS if is_ours else MAX_FOREIGN_KEY_FRAME_SECONDS
    yield _key_frames(picture, fps, most)
    offsets = picture.numbers("ctts", ">Ii")
    negative = sum(1 for _, offset in offsets if offset < 0)
    yield CheckResult("frame offsets", f"{negative} negative", "none negative", not negative)


def _level(picture: _Track, fps: float) -> CheckResult:
    described = picture.boxes.get("stsd", b"")[8:]
    setting = dict(_inside(described[86:])).get("avcC", b"").ljust(4, b"\0")
    width, height = struct.unpack(">HH", described[32:36].ljust(4, b"\0"))
    profile = setting[1]
    level = setting[3]
    blocks = -(-width // 16) * -(-height // 16)
    least = next(
        (key for key, (size, rate) in LEVELS.items() if blocks <= size and blocks * fps <= rate), 0
    )
    # what a stream says it takes may be some levels over what it does take, for its bit rate
    allowed = [key for key in LEVELS if key >= least][:5]
    measured = f"profile {profile}, level {level / 10:g}"
    required = f"profile 100 (High), level {least / 10:g} or a little over"
    return CheckResult("level", measured, required, profile == 100 and level in allowed)


def _key_frames(picture: _Track, fps: float, most: float) -> CheckResult:
    keys = [number for (number,) in picture.numbers("stss", ">I")]
    samples = int.from_bytes(picture.boxes.get("stsz", bytes(12))[8:12], "big")
    steps = [after - before for before, after in pairwise([*keys, samples + 1])]
    # without a table of them, every picture stands alone
    distance = max(steps, default=0) / max(1.0, fps) if keys else 0.0
    begins = not keys or keys[0] == 1
    measured = f"at most {distance:.2f} s apart" if begins else "the first picture is none"
    required = f"the first, and one in {most:g} s at the least"
    return CheckResult("key frames", measured, required, begins and distance <= most)


def _read(film: Path) -> _Boxes:
    top: list[str] = []
    brands: list[str] = []
    index = b""
    with film.open("rb") as file:
        size = film.stat().st_size
        at = 0
        while at + 8 <= size and len(top) < 1000:
            file.seek(at)
            length, kind = struct.unpack(">I4s", file.read(8))
            head = 8
            if length == 1:
                (length,), head = struct.unpack(">Q", file.read(8)), 16
            length = length or size - at
            name = kind.decode("latin-1")
            top.append(name)
            if name in ("ftyp", "moov"):
                if length > _MAX_BYTES:
                    raise ValueError(f"its {name} box is too large")
                content = file.read(max(0, length - head))
                if name == "moov":
                    index = content
                else:
                    brands = [content[i : i + 4].decode("latin-1") for i in range(8, 96, 4)]
                    brands = [content[:4].decode("latin-1"), *(b for b in brands if b)]
            at += max(8, length)
    tracks: list[_Track] = []
    title = ""
    others: list[str] = []
    for path, body in _walk(index):
        name = path[-1]
        if path == ("trak",):
            tracks.append(_Track())
        elif path[0] == "trak":
            tracks[-1].boxes.setdefault(name, body)
        elif name == "mvhd":
            at = 48 if body[:1] == b"\1" else 36
            if body[at : at + 36] != _IDENTITY_MATRIX:
                others.append("the whole film is turned or mirrored")
            rate = 32 if body[:1] == b"\1" else 20
            if body[rate : rate + 4] != b"\0\1\0\0":
                others.append("another speed is preferred")
        elif path == ("mvex",):
            others.append("it is in fragments")
        elif path == ("udta", "meta"):
            title, extra = _items(body)
            others += [f"metadata “{item}”" for item in extra]
        elif path[0] == "udta" and name not in ("udta", "chpl", "meta"):
            others.append(f"metadata “{name}”")
    return _Boxes(top, brands, tracks, title, others)


def _items(meta: bytes) -> tuple[str, list[str]]:
    """The title of a film's metadata, and the names of all else in it."""
    items = dict(_inside(meta[4:])).get("ilst", b"")
    title = ""
    others = []
    for name, body in _inside(items):
        if name == "\xa9nam":
            title = body[16:].decode("utf-8", "replace")
        elif name != "\xa9too":  # the name of the tool that wrote it, which nobody is shown
            others.append(name)
    return title, others


def _walk(body: bytes, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    for name, content in _inside(body):
        inner = (*path, name)
        yield inner, content
        if name in _PARENTS and len(inner) < 8:
            yield from _walk(content, inner)


def _inside(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The boxes in a box."""
    at = count = 0
    while at + 8 <= len(body):
        length, kind = struct.unpack_from(">I4s", body, at)
        if length < 8 or at + length > len(body):
            if not any(body[at:]):
                return  # padding
            raise ValueError(f"a {kind.decode('latin-1')} box ends after what it lies in")
        count += 1
        if count > _MAX_BOXES:
            raise ValueError("it has too many boxes")
        yield kind.decode("latin-1"), body[at + 8 : at + length]
        at += length


CHECK = FilmCheck(
    (
        "container",
        "enabled tracks",
        "edits",
        "pixels",
        "level",
        "key frames",
        "frame offsets",
        "title",
        "languages",
    ),
    measure,
)
