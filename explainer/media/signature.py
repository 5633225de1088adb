"""Signatures of what was drawn and mixed: frames and sound in, a few bytes to know them by out.

A frame's signature is the mean light and colour of its cells and the amount of fine detail in them.
That of 10 ms of sound is the level of each band, the peak and two projections of the wave.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Any

import av
import numpy as np
from av.video.plane import VideoPlane
from numpy.typing import NDArray

from explainer.clock import MILLISECOND

VERSION = 2
"""Raise it when the same frame or sound would have another signature."""
MAX_CELLS = 64
"""Cells along the longer side of a frame, at the most."""
MIN_CELL = 16
"""Pixels along a cell, at the least."""
STEP_TICKS = 10 * MILLISECOND
"""Samples that have one signature of sound."""
BAND_EDGES = (0, 100, 300, 700, 1500, 3000, 5500, 9000, 15000)
"""Hertz between which the bands lie."""
STEP_BYTES = len(BAND_EDGES) + 2
"""Bytes for each channel of a step: a level for each band, the peak, two projections."""
MIN_LEVEL = -120.0
"""Decibels that a coded level of 0 means; each step above it is half a decibel."""

CHUNK = struct.Struct(">IHI")
"""What stands before each chunk of signatures: its bytes, its records and a checksum."""
_CHUNK_FRAMES = 64
_CHUNK_STEPS = 1024

DETAIL_STEPS = 4
"""Coded steps to a decibel of detail."""
_DETAIL_ROWS = 8
"""Rows of a cell in which its detail is measured."""

FrameSignature = NDArray[np.uint8]
"""Of shape (n,): mean luma of cells row by row, then Cb, Cr and detail of cells twice as wide."""
SoundSignatures = NDArray[np.uint8]
"""Of shape (steps, channels, `STEP_BYTES`)."""


@dataclass(frozen=True, slots=True)
class Grid:
    """How frames of one size are divided into cells."""

    width: int
    height: int

    @property
    def cell(self) -> int:
        """Pixels along a cell of luma."""
        return max(MIN_CELL, ceil(max(self.width, self.height) / MAX_CELLS))

    @property
    def luma_shape(self) -> tuple[int, int]:
        """Rows and columns of luma cells."""
        return ceil(self.height / self.cell), ceil(self.width / self.cell)

    @property
    def chroma_shape(self) -> tuple[int, int]:
        """Rows and columns of the cells of Cb and of Cr."""
        height = -(-self.height // 2)
        width = -(-self.width // 2)
        return ceil(height / self.cell), ceil(width / self.cell)

    @property
    def signature_bytes(self) -> int:
        """How many bytes a signature has."""
        rows, columns = self.luma_shape
        return rows * columns + 3 * self.chroma_shape[0] * self.chroma_shape[1]

    def sign(self, picture: av.VideoFrame, sums: CellSums | None = None) -> FrameSignature:
        """The signature of a yuv420p frame of this size, of whose cells there may be `sums`."""
        sums = sums or CellSums(picture)
        means = [_means(sums, number, self.cell).ravel() for number in range(3)]
        return np.concatenate([*means, _detail(picture.planes[0], 2 * self.cell).ravel()])

    def split(self, values: NDArray[Any]) -> list[NDArray[Any]]:
        """Luma, Cb, Cr and detail of a signature, or of the difference between two."""
        luma = self.luma_shape[0] * self.luma_shape[1]
        chroma = self.chroma_shape[0] * self.chroma_shape[1]
        return np.split(values, [luma, luma + chroma, luma + 2 * chroma])


def plane_pixels(plane: VideoPlane) -> NDArray[np.uint8]:
    """The pixels of a plane with a byte for each: a view of shape (height, width)."""
    rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    return rows[: plane.height, : plane.width]


class CellSums:
    """The sums over square cells of the planes of a yuv420p frame; each is made once."""

    def __init__(self, picture: av.VideoFrame) -> None:
        """Sum the pixels of `picture` as it is asked for."""
        self.planes = picture.planes[:3]
        # by the number of a plane, and the pixels along a cell
        self._made: dict[tuple[int, int], NDArray[np.uint32]] = {}

    def of(self, number: int, cell: int) -> NDArray[np.uint32]:
        """The sum of each cell of that many pixels in a plane, of shape (rows, columns).

        Cells at the right and at the bottom may be smaller.
        """
        key = number, cell
        if key not in self._made:
            halves = None if cell % 2 else self._made.get((number, cell // 2))
            if halves is None:
                self._made[key] = _sums(self.planes[number], cell)
            else:
                self._made[key] = _join_by_four(halves)
        return self._made[key]


def _join_by_four(sums: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """The sums of cells twice as wide and high."""
    rows = np.add.reduceat(sums, range(0, sums.shape[0], 2), axis=0)
    return np.asarray(np.add.reduceat(rows, range(0, sums.shape[1], 2), axis=1), np.uint32)


def _sums(plane: VideoPlane, cell: int) -> NDArray[np.uint32]:
    """The sum of each square cell of a plane."""
    pixels = plane_pixels(plane)
    rows = range(0, plane.height, cell)
    columns = range(0, plane.width, cell)
    # sums of up to 257 rows fit into 16 bits, which is much quicker
    dtype = np.uint16 if cell <= 257 else np.uint32
    whole_rows = plane.height // cell
    bands = np.empty((len(rows), plane.width), dtype)
    if whole_rows:
        pixels[: whole_rows * cell].reshape(whole_rows, cell, -1).sum(
            axis=1, dtype=dtype, out=bands[:whole_rows]
        )
    if whole_rows < len(rows):
        pixels[whole_rows * cell :].sum(axis=0, dtype=dtype, out=bands[whole_rows])
    if plane.width % cell:
        sums = np.add.reduceat(bands, columns, axis=1, dtype=np.uint32)
    else:
        sums = bands.reshape(len(rows), -1, cell).sum(axis=2, dtype=np.uint32)
    return np.asarray(sums, np.uint32)


def _means(sums: CellSums, number: int, cell: int) -> NDArray[np.uint8]:
    """The mean of each square cell of a plane, to the nearest whole number."""
    plane = sums.planes[number]
    area = _areas(plane.width, plane.height, cell)
    return np.asarray((sums.of(number, cell) + area // 2) // area, np.uint8)


@lru_cache(maxsize=8)
def _areas(width: int, height: int, cell: int) -> NDArray[np.uint32]:
    """How many pixels each square cell of a plane has."""
    heights = [min(cell, height - y) for y in range(0, height, cell)]
    widths = [min(cell, width - x) for x in range(0, width, cell)]
    return np.array(heights, np.uint32)[:, None] * np.array(widths, np.uint32)


@lru_cache(maxsize=8)
def _sampled_rows(height: int, cell: int) -> tuple[list[int], list[int]]:
    """The rows of a plane in which detail is measured, and where those of each cell begin."""
    step = max(1, cell // _DETAIL_ROWS)
    sampled = [y for y in range(height) if y % cell % step == 0]
    return sampled, [sampled.index(top) for top in range(0, height, cell)]


def _detail(plane: VideoPlane, cell: int) -> NDArray[np.uint8]:
    """How much neighbours in a row differ in each square cell: decibels of their mean square.

    A few rows of each cell are measured. Blurring a frame keeps its means, but not this.
    """
    pixels = plane_pixels(plane)
    sampled, begins = _sampled_rows(plane.height, cell)
    rows = pixels[sampled]
    left = rows[:, :-1]
    right = rows[:, 1:]
    difference = np.maximum(left, right)
    difference -= np.minimum(left, right)
    squares = difference.astype(np.float32)
    squares *= squares
    across = np.arange(0, plane.width - 1, cell)
    ends = [*begins[1:], len(sampled)]
    bands = np.empty((len(begins), plane.width - 1), np.float32)
    # whole numbers that this type holds: the few rows of a cell come to less than 2 ** 24
    for band, begin, end in zip(bands, begins, ends, strict=True):
        squares[begin:end].sum(axis=0, out=band)
    sums = np.add.reduceat(bands.astype(np.uint32), across, axis=1)
    widths = np.diff([*across, plane.width - 1])
    heights = np.diff([*begins, len(sampled)])
    levels = 10 * np.log10(1 + sums / (heights[:, None] * widths))
    return np.asarray(np.rint(DETAIL_STEPS * levels), np.uint8)


def decode_details(coded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The mean squares, of 255 squared, that coded decode_details stand for."""
    return (10 ** (np.asarray(coded, np.float32) / (10 * DETAIL_STEPS)) - 1).astype(np.float32)


class FrameSigner:
    """Signs frames as they come; `finish` gives all signatures, pack_sound into chunks."""

    def __init__(self, width: int, height: int) -> None:
        self.grid = Grid(width, height)
        self._runs: list[tuple[FrameSignature, int]] = []
        self._packed: list[bytes] = []

    def sign(self, picture: av.VideoFrame, repeat: int) -> None:
        """Sign a yuv420p frame that is shown `repeat` times."""
        self.add(self.grid.sign(picture), repeat)

    def add(self, signed: FrameSignature, repeat: int) -> None:
        """Take the signature of a frame that is shown `repeat` times."""
        while repeat:
            count = min(repeat, 0xFFFF)
            self._runs.append((signed, count))
            repeat -= count
            if len(self._runs) == _CHUNK_FRAMES:
                self._pack()

    def _pack(self) -> None:
        if not self._runs:
            return
        frames = np.array([frame for frame, _ in self._runs])
        # little changes from one frame to the next, and what does not is compressed to nothing
        changes = np.diff(frames, axis=0, prepend=np.zeros_like(frames[:1]))
        counts = np.array([count for _, count in self._runs], ">u2")
        self._packed.append(_pack_chunk(counts.tobytes() + changes.tobytes(), len(counts)))
        self._runs = []

    def finish(self) -> bytes:
        """All signatures as chunks."""
        self._pack()
        return b"".join(self._packed)


def _pack_chunk(content: bytes, records: int) -> bytes:
    body = zlib.compress(content, 3)
    return CHUNK.pack(len(body), records, zlib.crc32(body)) + body


class SoundSigner:
    """Signs sound as it comes, in blocks of any length."""

    def __init__(self, channels: int = 2) -> None:
        self._rest = np.zeros((STEP_TICKS // 2, channels), np.float32)

    def add(self, samples: NDArray[np.float32]) -> SoundSignatures:
        """Take samples of shape (n, channels); the signatures of the steps they complete."""
        sound = np.concatenate([self._rest, samples])
        # half a step on either side of a step is analysed with it
        count = max(0, (len(sound) - STEP_TICKS) // STEP_TICKS)
        self._rest = sound[count * STEP_TICKS :]
        return _sign_steps(sound, count)

    def finish(self) -> SoundSignatures:
        """The signatures of what is left, with silence behind it."""
        remaining = len(self._rest) - STEP_TICKS // 2
        count = ceil(remaining / STEP_TICKS)
        if count <= 0:
            return np.zeros((0, self._rest.shape[1], STEP_BYTES), np.uint8)
        needed = count * STEP_TICKS + STEP_TICKS - len(self._rest)
        return _sign_steps(np.pad(self._rest, ((0, max(0, needed)), (0, 0))), count)


def _make_patterns() -> NDArray[np.float32]:
    """Two fixed patterns of -1 and 1, of shape (2, `STEP_TICKS`), with little above 3 kHz.

    An encoder keeps the shape of a wave up to there.
    """
    state = 1
    signs: list[float] = []
    for _ in range(2 * STEP_TICKS // _HELD):
        state = (state * 1103515245 + 12345) % (1 << 31)
        signs += [1.0 if state >> 30 else -1.0] * _HELD
    pattern = np.array(signs, np.float32).reshape(2, STEP_TICKS)
    return np.asarray(pattern / STEP_TICKS**0.5, np.float32)


_HELD = 8
"""Samples for which a pattern keeps its sign."""
_PATTERNS = _make_patterns()
_WINDOW = np.hanning(2 * STEP_TICKS + 1)[:-1].astype(np.float32)
_STEPS_AT_ONCE = 128
_EDGES = [round(hertz * 2 * STEP_TICKS / 48_000) for hertz in BAND_EDGES]


def _sign_steps(sound: NDArray[np.float32], count: int) -> SoundSignatures:
    """The signatures of `count` steps, the first of which begins half a step into the sound."""
    channels = sound.shape[1]
    bands = len(BAND_EDGES) - 1
    signed = np.zeros((count, channels, STEP_BYTES), np.uint8)
    if not count:
        return signed
    for channel in range(channels):
        samples = np.ascontiguousarray(sound[:, channel])
        windows = np.lib.stride_tricks.sliding_window_view(samples, 2 * STEP_TICKS)
        windows = windows[: count * STEP_TICKS : STEP_TICKS]
        # few at a time, which stay near the processor
        band_power = np.concatenate([
            _band_power(windows[at : at + _STEPS_AT_ONCE])[:, :bands]
            for at in range(0, count, _STEPS_AT_ONCE)
        ])  # fmt: skip
        steps = samples[STEP_TICKS // 2 :][: count * STEP_TICKS].reshape(count, STEP_TICKS)
        signed[:, channel, :bands] = _code_levels(band_power / (0.375 * 2 * STEP_TICKS**2))
        signed[:, channel, bands] = _code_levels(np.square(np.abs(steps).max(axis=1)))
        signed[:, channel, bands + 1 :] = _code_waves(np.einsum("ns,ps->np", steps, _PATTERNS))
    return signed


def _band_power(windows: NDArray[np.float32]) -> NDArray[np.floating]:
    """The power of each band in each window, of shape (windows, bands + 1)."""
    power = np.square(np.abs(np.fft.rfft(windows * _WINDOW, axis=1)))
    return np.add.reduceat(power, _EDGES, axis=1)


def _code_levels(power: NDArray[np.floating]) -> NDArray[np.uint8]:
    level = 10 * np.log10(np.maximum(power, 1e-12))
    return np.asarray(np.clip(np.rint(2 * (level - MIN_LEVEL)), 0, 255), np.uint8)


def decode_levels(coded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The decibels that coded levels stand for."""
    return (np.asarray(coded, np.float32) / 2 + MIN_LEVEL).astype(np.float32)


def _code_waves(waves: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Code amplitudes from -90 to 0 dB in 127 steps on either side of 0, which is 128."""
    size = 20 * np.log10(np.maximum(np.abs(waves), 1e-9))
    steps = np.clip(np.rint((size + 90) * 127 / 96), 0, 127)
    return np.asarray(128 + np.sign(waves) * steps, np.uint8)


def decode_waves(coded: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The amplitudes, with their signs, that coded waves stand for."""
    off = np.asarray(coded, np.float32) - 128
    size = 10 ** ((np.abs(off) * 96 / 127 - 90) / 20)
    return (np.sign(off) * size).astype(np.float32)


def pack_sound(steps: SoundSignatures) -> bytes:
    """Signatures of sound as chunks."""
    chunks = []
    for at in range(0, len(steps), _CHUNK_STEPS):
        part = steps[at : at + _CHUNK_STEPS]
        # each byte of a step changes little from one step to the next
        content = np.ascontiguousarray(part.transpose(1, 2, 0)).tobytes()
        chunks.append(_pack_chunk(content, len(part)))
    return b"".join(chunks)
