"""Small signatures of what was drawn and mixed: frames and sound in, bytes to tell them by out.

A frame's is the mean light and colour of its parts, and how much fine detail is in them; each 10 ms
of sound has the level of its bands, its peak and two projections of its wave. They lie in an own
box at the end of a clip or a sound track, and together in one file beside the film, which `verify`
reads as a stream.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from explainer.clock import MILLISECOND

VERSION = 2
"""Of what a signature holds: raise it when the same frame or sound would have another one."""
PARTS, SMALLEST = 64, 16
"""Parts along a frame's longer side at the most, and pixels along each at the least."""
STEP = 10 * MILLISECOND
"""Samples that one signature of a sound is of."""
BANDS = (0, 100, 300, 700, 1500, 3000, 5500, 9000, 15000)
"""Hertz between which a sound's bands lie."""
WIDTH = len(BANDS) + 2
"""Bytes for each channel of a step: a level for each band, the peak, two projections."""
SILENT = -120.0
"""Decibels that a level of 0 means; each further step of it is half a decibel."""

_MAGIC, _BOX = b"explsign", bytes.fromhex("6e617272617465642d7369676e617431")
_HEAD = struct.Struct(">8sHHHII32sH")
_CHUNK = struct.Struct(">IHI")  # bytes, records, checksum
_MOST, _RECORDS, _STEPS = 1 << 24, 64, 1024
_SOUNDS = 100

DETAIL = 4
"""Steps of a decibel of detail."""
_SAMPLED = 8  # rows of a part that its detail is measured in

Frame = NDArray[np.uint8]
"""A frame's signature: its parts' mean luma row by row, then Cb, Cr and detail of parts twice as
wide."""
Steps = NDArray[np.uint8]
"""Signatures of sound, of shape (steps, channels, `WIDTH`)."""


class Unreadable(ValueError):
    """Signatures that are damaged, cut off or of another form; says how."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How frames of one size are parted."""

    width: int
    height: int

    @property
    def part(self) -> int:
        """Pixels along a part of a frame's light."""
        return max(SMALLEST, ceil(max(self.width, self.height) / PARTS))

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of light."""
        return ceil(self.height / self.part), ceil(self.width / self.part)

    @property
    def colour(self) -> tuple[int, int]:
        """Rows and columns of each of the two colour channels."""
        height, width = -(-self.height // 2), -(-self.width // 2)
        return ceil(height / self.part), ceil(width / self.part)

    @property
    def size(self) -> int:
        """Bytes of a signature."""
        rows, columns = self.shape
        return rows * columns + 3 * self.colour[0] * self.colour[1]

    def of(self, picture: av.VideoFrame) -> Frame:
        """The signature of a yuv420p frame of this size."""
        means = [_means(plane, self.part).ravel() for plane in picture.planes[:3]]
        return np.concatenate([*means, _detail(picture.planes[0], 2 * self.part).ravel()])

    def split(self, of: NDArray[Any]) -> list[NDArray[Any]]:
        """Light, Cb, Cr and detail of a signature, or of the difference between two."""
        light = self.shape[0] * self.shape[1]
        other = self.colour[0] * self.colour[1]
        return np.split(of, [light, light + other, light + 2 * other])


def _means(plane: VideoPlane, part: int) -> NDArray[np.uint8]:
    """The mean of each square part of a plane, to the nearest whole number."""
    pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    pixels = pixels[: plane.height, : plane.width]
    rows, columns = range(0, plane.height, part), range(0, plane.width, part)
    # sums of up to 257 rows fit into 16 bits, which is what makes this quick
    kind = np.uint16 if part <= 257 else np.uint32
    whole = plane.height // part
    bands = np.empty((len(rows), plane.width), kind)
    pixels[: whole * part].reshape(whole, part, -1).sum(axis=1, dtype=kind, out=bands[:whole])
    if whole < len(rows):
        pixels[whole * part :].sum(axis=0, dtype=kind, out=bands[whole])
    if plane.width % part:
        sums = np.add.reduceat(bands, columns, axis=1, dtype=np.uint32)
    else:
        sums = bands.reshape(len(rows), -1, part).sum(axis=2, dtype=np.uint32)
    tall = np.array([min(part, plane.height - y) for y in rows], np.uint32)
    wide = np.array([min(part, plane.width - x) for x in columns], np.uint32)
    area = tall[:, None] * wide
    return np.asarray((sums + area // 2) // area, np.uint8)


def _detail(plane: VideoPlane, part: int) -> NDArray[np.uint8]:
    """How much neighbours in a row differ in each square part: the decibels of their mean square.

    A few rows of each part stand for it. Blurring keeps the means, but not this.
    """
    pixels = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    step = max(1, part // _SAMPLED)
    taken = np.array([y for y in range(plane.height) if y % part % step == 0])
    one, other = pixels[taken, : plane.width - 1], pixels[taken, 1 : plane.width]
    apart = np.maximum(one, other) - np.minimum(one, other)
    squares = np.multiply(apart, apart, dtype=np.uint16)
    across = np.arange(0, plane.width - 1, part)
    down = np.searchsorted(taken, np.arange(0, plane.height, part))
    sums = np.add.reduceat(squares, across, axis=1, dtype=np.uint32)
    sums = np.add.reduceat(sums, down, axis=0)
    wide = np.diff([*across, plane.width - 1])
    high = np.diff([*down, len(taken)])
    levels = 10 * np.log10(1 + sums / (high[:, None] * wide))
    return np.asarray(np.rint(DETAIL * levels), np.uint8)


def details(coded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean squares that coded details stand for, of 255 squared."""
    return (10 ** (np.asarray(coded, np.float32) / (10 * DETAIL)) - 1).astype(np.float32)


class FrameSigner:
    """Signs frames as they come; `close` gives all of their signatures, packed."""

    def __init__(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self._runs: list[tuple[Frame, int]] = []
        self._packed: list[bytes] = []

    def sign(self, picture: av.VideoFrame, repeat: int) -> None:
        """Take a yuv420p frame that is shown `repeat` times."""
        made = self.grid.of(picture)
        while repeat:
            count = min(repeat, 0xFFFF)
            self._runs.append((made, count))
            repeat -= count
            if len(self._runs) == _RECORDS:
                self._pack()

    def _pack(self) -> None:
        if not self._runs:
            return
        frames = np.array([frame for frame, _ in self._runs])
        # between one frame and the next little changes, and what does not is nothing to store
        changes = np.diff(frames, axis=0, prepend=np.zeros_like(frames[:1]))
        counts = np.array([count for _, count in self._runs], ">u2")
        self._packed.append(_chunk(counts.tobytes() + changes.tobytes(), len(counts)))
        self._runs = []

    def close(self) -> bytes:
        """Everything signed, as chunks."""
        self._pack()
        return b"".join(self._packed)


def _chunk(content: bytes, records: int) -> bytes:
    body = zlib.compress(content, 3)
    return _CHUNK.pack(len(body), records, zlib.crc32(body)) + body


class SoundSigner:
    """Signs stereo sound as it comes in blocks of any length."""

    def __init__(self, channels: int = 2) -> None:
        self._rest = np.zeros((STEP // 2, channels), np.float32)

    def over(self, samples: NDArray[np.float32]) -> Steps:
        """The signatures of all steps that are complete with these samples, of shape (n, 2)."""
        sound = np.concatenate([self._rest, samples])
        # a step is looked at with half a step on either side of it
        count = max(0, (len(sound) - STEP) // STEP)
        made = _signed(sound, count)
        self._rest = sound[count * STEP :]
        return made

    def end(self) -> Steps:
        """The signatures of what is left, with silence after it."""
        left = len(self._rest) - STEP // 2
        count = ceil(left / STEP)
        if count <= 0:
            return np.zeros((0, self._rest.shape[1], WIDTH), np.uint8)
        lacking = count * STEP + STEP - len(self._rest)
        return _signed(np.pad(self._rest, ((0, max(0, lacking)), (0, 0))), count)


def _projections() -> NDArray[np.float32]:
    """Two fixed patterns of -1 and 1, each held so long that little over 3 kHz is in them.

    What is higher an encoder does not keep the shape of.
    """
    state, signs = 1, []
    for _ in range(2 * STEP // _HELD):
        state = (state * 1103515245 + 12345) % (1 << 31)
        signs += [1.0 if state >> 30 else -1.0] * _HELD
    pattern = np.array(signs, np.float32).reshape(2, STEP)
    return np.asarray(pattern / STEP**0.5, np.float32)


_HELD = 8
_PATTERNS = _projections()
_WINDOW = np.hanning(2 * STEP + 1)[:-1].astype(np.float32)
_EDGES = [round(hertz * 2 * STEP / 48_000) for hertz in BANDS]


def _signed(sound: NDArray[np.float32], count: int) -> Steps:
    channels = sound.shape[1]
    made = np.zeros((count, channels, WIDTH), np.uint8)
    if not count:
        return made
    for channel in range(channels):
        one = np.ascontiguousarray(sound[:, channel])
        wide = np.lib.stride_tricks.sliding_window_view(one, 2 * STEP)[: count * STEP : STEP]
        power = np.square(np.abs(np.fft.rfft(wide * _WINDOW, axis=1)))
        bands = np.add.reduceat(power, _EDGES, axis=1)[:, : len(BANDS) - 1]
        own = one[STEP // 2 :][: count * STEP].reshape(count, STEP)
        made[:, channel, : len(BANDS) - 1] = _coded(bands / (0.375 * 2 * STEP**2))
        made[:, channel, len(BANDS) - 1] = _coded(np.square(np.abs(own).max(axis=1)))
        made[:, channel, len(BANDS) :] = _folded(np.einsum("ns,ps->np", own, _PATTERNS))
    return made


def _coded(power: NDArray[np.floating]) -> NDArray[np.uint8]:
    level = 10 * np.log10(np.maximum(power, 1e-12))
    return np.asarray(np.clip(np.rint(2 * (level - SILENT)), 0, 255), np.uint8)


def levels(coded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The decibels of coded levels."""
    return (np.asarray(coded, np.float32) / 2 + SILENT).astype(np.float32)


def _folded(waves: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Signed amplitudes from -90 to 0 dB in 127 steps on either side of 0, which is 128."""
    size = 20 * np.log10(np.maximum(np.abs(waves), 1e-9))
    steps = np.clip(np.rint((size + 90) * 127 / 96), 0, 127)
    return np.asarray(128 + np.sign(waves) * steps, np.uint8)


def waves(folded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The signed amplitudes of folded projections."""
    off = np.asarray(folded, np.float32) - 128
    size = 10 ** ((np.abs(off) * 96 / 127 - 90) / 20)
    return (np.sign(off) * size).astype(np.float32)


def packed(steps: Steps) -> bytes:
    """Signatures of sound as chunks."""
    made = []
    for at in range(0, len(steps), _STEPS):
        part = steps[at : at + _STEPS]
        # each byte of a step changes little from one step to the next
        made.append(_chunk(np.ascontiguousarray(part.transpose(1, 2, 0)).tobytes(), len(part)))
    return b"".join(made)


def attach(path: Path, chunks: bytes) -> None:
    """Put signatures into a box at the end of an MP4 file, which players pass over."""
    content = _BOX + struct.pack(">H", VERSION) + chunks
    with path.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + len(content), b"uuid") + content)


def attached(path: Path) -> bytes:
    """The signatures that were attached to a file; empty if there are none.

    Raises:
        OSError: if it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        at = 0
        while at + 8 <= size:
            file.seek(at)
            length, name = struct.unpack(">I4s", file.read(8))
            begin = at + 8
            if length == 1:
                (length,) = struct.unpack(">Q", file.read(8))
                begin += 8
            length = length or size - at
            if length < begin - at or at + length > size:
                return b""
            if name == b"uuid" and length < _MOST * 16:
                content = file.read(at + length - begin)
                if content[:18] == _BOX + struct.pack(">H", VERSION):
                    return content[18:]
            at += length
    return b""


@dataclass(frozen=True, slots=True)
class Header:
    """What a film's signatures say of themselves; `identity` binds them to its timelines."""

    width: int
    height: int
    frames: int
    steps: int
    identity: bytes
    sounds: int

    def pack(self) -> bytes:
        """Its bytes, with a checksum."""
        made = _HEAD.pack(
            _MAGIC, VERSION, self.width, self.height, self.frames, self.steps,
            self.identity, self.sounds,
        )  # fmt: skip
        return made + struct.pack(">I", zlib.crc32(made))


def write(
    file: BinaryIO, header: Header, pictures: Iterable[bytes], sounds: Sequence[bytes]
) -> None:
    """Write a film's signatures: the chunks of its clips in order, then those of each sound."""
    file.write(header.pack())
    for part in pictures:
        file.write(part)
    file.write(_CHUNK.pack(0, 0, 0))
    for sound in sounds:
        file.write(sound)
        file.write(_CHUNK.pack(0, 0, 0))


class Signatures:
    """A film's signatures, read as a stream; whatever is wrong with them is `Unreadable`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            with path.open("rb") as file:
                self.header = _header(file)
        except OSError as error:
            raise Unreadable(error.strerror or "it cannot be read") from None

    def frames(self) -> Iterator[Frame]:
        """Each frame's signature in order of showing."""
        size = Grid(self.header.width, self.header.height).size
        seen = 0
        for content, records in self._section(0):
            if len(content) != records * (2 + size):
                raise Unreadable("a part of it is not as long as it says")
            counts = np.frombuffer(content, ">u2", records)
            changes = np.frombuffer(content, np.uint8, offset=2 * records).reshape(records, size)
            for frame, count in zip(
                np.cumsum(changes, axis=0, dtype=np.uint8), counts, strict=True
            ):
                seen += int(count)
                if seen > self.header.frames:
                    raise Unreadable("it has more frames than it says")
                for _ in range(int(count)):
                    yield frame
        if seen != self.header.frames:
            raise Unreadable("it has fewer frames than it says")

    def sound(self, track: int, channels: int = 2) -> Iterator[Steps]:
        """A track's signatures in parts, in order."""
        seen = 0
        for content, records in self._section(1 + track):
            if len(content) != records * channels * WIDTH:
                raise Unreadable("a part of it is not as long as it says")
            seen += records
            if seen > self.header.steps:
                raise Unreadable("it has more sound than it says")
            parts = np.frombuffer(content, np.uint8).reshape(channels, WIDTH, records)
            yield parts.transpose(2, 0, 1)
        if seen != self.header.steps:
            raise Unreadable("it has less sound than it says")

    def _section(self, number: int) -> Iterator[tuple[bytes, int]]:
        try:
            with self.path.open("rb") as file:
                _header(file)
                while True:
                    length, records, check = _CHUNK.unpack(_read(file, _CHUNK.size))
                    if not length:
                        number -= 1
                        if number < 0:
                            return
                        continue
                    if length > _MOST:
                        raise Unreadable("a part of it is too large")
                    if number:
                        file.seek(length, 1)
                        continue
                    body = _read(file, length)
                    if zlib.crc32(body) != check:
                        raise Unreadable("it is damaged")
                    taken = zlib.decompressobj()
                    yield taken.decompress(body, _MOST), records
        except (OSError, zlib.error) as error:
            raise Unreadable(f"it cannot be read: {error}") from None


def _read(file: BinaryIO, size: int) -> bytes:
    content = file.read(size)
    if len(content) != size:
        raise Unreadable("it is cut off")
    return content


def _header(file: BinaryIO) -> Header:
    content = _read(file, _HEAD.size + 4)
    magic, version, *rest = _HEAD.unpack(content[:-4])
    if magic != _MAGIC:
        raise Unreadable("it holds no signatures")
    if version != VERSION:
        raise Unreadable(f"it is of version {version}, not {VERSION}")
    if zlib.crc32(content[:-4]) != int.from_bytes(content[-4:], "big"):
        raise Unreadable("it is damaged")
    header = Header(*rest)
    if not (header.width and header.height and header.sounds <= _SOUNDS):
        raise Unreadable("it is damaged")
    return header
