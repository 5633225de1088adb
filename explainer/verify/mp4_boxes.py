"""The boxes of an MP4 file's index (ISO/IEC 14496-12): a path in, what they say out.

Nothing is decoded; the index is read once, each part of it at a bounded cost.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

MAX_BYTES = 256 << 20
"""Of the index."""
MAX_BOXES = 100_000
"""In one box."""
MAX_TOP_BOXES = 1000
IDENTITY_MATRIX = struct.pack(">9i", 1 << 16, 0, 0, 0, 1 << 16, 0, 0, 0, 1 << 30)
"""The matrix of a picture that is neither turned nor scaled."""
_PARENTS = frozenset(
    ("moov", "trak", "mdia", "minf", "stbl", "edts", "udta", "dinf", "gmhd", "tref", "mvex")
)
"""Boxes that hold boxes."""
_MAX_DEPTH = 8
_SAMPLE_ENTRY = 8
"""Where the first sample entry of an `stsd` box begins."""
_VISUAL_ENTRY_HEAD = 86
"""Bytes of a visual sample entry before the boxes in it."""


@dataclass(slots=True)
class Track:
    """The bodies of one track's boxes by their names, the first of each name."""

    boxes: dict[str, bytes] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The type of its handler, such as `vide`."""
        return self.boxes.get("hdlr", bytes(12))[8:12].decode("latin-1")

    @property
    def language(self) -> str:
        """Its three-letter language."""
        head = self.boxes.get("mdhd", b"")
        at = 32 if _is_long(head) else 20
        packed = int.from_bytes(head[at : at + 2], "big")
        return "".join(chr(0x60 + (packed >> shift & 31)) for shift in (10, 5, 0))

    @property
    def timescale(self) -> int:
        """Units of its own time in a second."""
        head = self.boxes.get("mdhd", b"")
        at = 20 if _is_long(head) else 12
        return int.from_bytes(head[at : at + 4], "big")

    @property
    def enabled(self) -> bool:
        """Whether players take it if they are not told to."""
        return bool(self.boxes.get("tkhd", bytes(4))[3] & 1)

    @property
    def header_duration(self) -> int:
        """How long its header says that it is shown, in units of the film's time."""
        head = self.boxes.get("tkhd", b"")
        return int.from_bytes(head[28:36] if _is_long(head) else head[20:24], "big")

    @property
    def duration(self) -> int:
        """How long all of it lasts, in units of its own time."""
        head = self.boxes.get("mdhd", b"")
        return int.from_bytes(head[24:32] if _is_long(head) else head[16:20], "big")

    @property
    def alternate_group(self) -> int:
        """The number of the group of which players take one track; 0 if it is in none."""
        head = self.boxes.get("tkhd", b"")
        at = 46 if _is_long(head) else 34
        return int.from_bytes(head[at : at + 2], "big")

    @property
    def volume(self) -> float:
        """How loud it is to be played; 1 is as it is."""
        head = self.boxes.get("tkhd", b"")
        at = 48 if _is_long(head) else 36
        return int.from_bytes(head[at : at + 2], "big") / 256

    @property
    def stated_rate(self) -> int:
        """The samples a second that the sample entry of a sound states."""
        described = self.boxes.get("stsd", b"")[_SAMPLE_ENTRY:]
        return int.from_bytes(described[32:36], "big") >> 16

    @property
    def matrix(self) -> bytes:
        """How its picture is turned and scaled."""
        head = self.boxes.get("tkhd", b"")
        at = 52 if _is_long(head) else 40
        return head[at : at + 36]

    @property
    def shown_size(self) -> tuple[int, int]:
        """The width and height that it is shown at, in whole pixels."""
        head = self.boxes.get("tkhd", b"")
        at = 88 if _is_long(head) else 76
        width, height = struct.unpack(">II", head[at : at + 8].ljust(8, b"\0"))
        return width >> 16, height >> 16

    @property
    def stored_size(self) -> tuple[int, int]:
        """The width and height that its sample entry states, in pixels."""
        described = self.boxes.get("stsd", b"")[_SAMPLE_ENTRY:]
        width, height = struct.unpack(">HH", described[32:36].ljust(4, b"\0"))
        return width, height

    def entry_boxes(self) -> dict[str, bytes]:
        """The boxes in the first sample entry of a picture.

        Raises:
            ValueError: if they are not in form.
        """
        described = self.boxes.get("stsd", b"")[_SAMPLE_ENTRY:]
        return dict(boxes_in(described[_VISUAL_ENTRY_HEAD:]))

    def edits(self) -> list[tuple[int, ...]] | None:
        """Of each edit its duration, start and rate (16.16); None without a list of them."""
        head = self.boxes.get("elst")
        if head is None:
            return None
        return self.table("elst", ">QqI" if _is_long(head) else ">IiI")

    def table(self, name: str, form: str) -> list[tuple[int, ...]]:
        """The entries of a table, each of the form that `struct` knows."""
        body = self.boxes.get(name, b"")[8:]
        size = struct.calcsize(form)
        return list(struct.iter_unpack(form, body[: len(body) // size * size]))


@dataclass(slots=True)
class Index:
    """What a film's boxes say: the names of the top ones in order, brands, tracks and title.

    `oddities` is what is there and should not be, in words. The film's own header says how many
    units of its time are in a second, how many of them it lasts, and its volume, 1 as it is.
    """

    top: list[str] = field(default_factory=list)
    brands: list[str] = field(default_factory=list)
    tracks: list[Track] = field(default_factory=list)
    title: str = ""
    oddities: list[str] = field(default_factory=list)
    timescale: int = 0
    duration: int = 0
    volume: float = 1.0


def read_index(film: Path) -> Index:
    """Read the boxes of a film.

    Raises:
        OSError: if it cannot be read.
        ValueError, struct.error: if it is not in form, or too large.
    """
    index = Index()
    moov = b""
    with film.open("rb") as file:
        for name, length in _top_boxes(file, film.stat().st_size):
            index.top.append(name)
            if name not in ("ftyp", "moov"):
                continue
            if length > MAX_BYTES:
                raise ValueError(f"its {name} box is too large")
            body = file.read(length)
            if name == "moov":
                moov = body
            else:
                index.brands = _brands(body)
    for path, body in _walk(moov):
        _take(index, path, body)
    return index


def _top_boxes(file: BinaryIO, size: int) -> Iterator[tuple[str, int]]:
    """The name of each top box, and the length of its body, which the file stands at."""
    at = count = 0
    while at + 8 <= size and count < MAX_TOP_BOXES:
        file.seek(at)
        length, name = struct.unpack(">I4s", file.read(8))
        head = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            head = 16
        length = length or size - at
        count += 1
        yield name.decode("latin-1"), max(0, length - head)
        at += max(8, length)


def _brands(ftyp: bytes) -> list[str]:
    """The major brand, and those that a file is compatible with."""
    compatible = [ftyp[at : at + 4].decode("latin-1") for at in range(8, 96, 4)]
    return [ftyp[:4].decode("latin-1"), *(brand for brand in compatible if brand)]


def _take(index: Index, path: tuple[str, ...], body: bytes) -> None:
    """Take what one box of the index says."""
    name = path[-1]
    if path == ("trak",):
        index.tracks.append(Track())
    elif path[0] == "trak":
        index.tracks[-1].boxes.setdefault(name, body)
    elif name == "mvhd":
        time = 20 if _is_long(body) else 12
        index.timescale = int.from_bytes(body[time : time + 4], "big")
        length = body[24:32] if _is_long(body) else body[16:20]
        index.duration = int.from_bytes(length, "big")
        loud = 36 if _is_long(body) else 24
        index.volume = int.from_bytes(body[loud : loud + 2], "big") / 256
        matrix = 48 if _is_long(body) else 36
        if body[matrix : matrix + 36] != IDENTITY_MATRIX:
            index.oddities.append("the whole film is turned or mirrored")
        rate = 32 if _is_long(body) else 20
        if body[rate : rate + 4] != b"\0\1\0\0":
            index.oddities.append("another speed is preferred")
    elif path == ("mvex",):
        index.oddities.append("it is in fragments")
    elif path == ("udta", "meta"):
        index.title, others = _metadata(body)
        index.oddities += [f"metadata “{other}”" for other in others]
    elif path[0] == "udta" and name not in ("udta", "chpl", "meta"):
        index.oddities.append(f"metadata “{name}”")


def _metadata(meta: bytes) -> tuple[str, list[str]]:
    """The title of a film's metadata, and the names of all else in it."""
    items = dict(boxes_in(meta[4:])).get("ilst", b"")
    title = ""
    others = []
    for name, body in boxes_in(items):
        if name == "\xa9nam":
            title = body[16:].decode("utf-8", "replace")
        elif name != "\xa9too":  # the name of the tool that wrote it, which nobody is shown
            others.append(name)
    return title, others


def _walk(body: bytes, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], bytes]]:
    for name, content in boxes_in(body):
        inner = (*path, name)
        yield inner, content
        if name in _PARENTS and len(inner) < _MAX_DEPTH:
            yield from _walk(content, inner)


def boxes_in(body: bytes) -> Iterator[tuple[str, bytes]]:
    """The names and bodies of the boxes in a box.

    Raises:
        ValueError: if one is longer than what it lies in, or there are too many.
    """
    at = count = 0
    while at + 8 <= len(body):
        length, name = struct.unpack_from(">I4s", body, at)
        if length < 8 or at + length > len(body):
            if not any(body[at:]):
                return  # padding
            raise ValueError(f"a {name.decode('latin-1')} box ends after what it lies in")
        count += 1
        if count > MAX_BOXES:
            raise ValueError("it has too many boxes")
        yield name.decode("latin-1"), body[at + 8 : at + length]
        at += length


def _is_long(body: bytes) -> bool:
    """Whether a box is of version 1, whose times have 64 bits."""
    return body[:1] == b"\1"
