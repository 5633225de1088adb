"""A film held to its signatures: each frame as it was drawn, each 10 ms of sound as it was mixed.

Both are read as streams; what is kept in memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray
from PIL import Image

from explainer.errors import error_text
from explainer.frame_format import Quality
from explainer.media import signature
from explainer.media.audio_reader import Heard
from explainer.media.signature import Frame, Grid, Signatures, Steps, Unreadable, levels, waves
from explainer.verify.report import Row, listed

PART, MEAN = 5, 1.0
"""What one part of a frame, and each channel of all of it, may be off by, of 255."""
FINE, FINE_ALL = 3.5, 1.1
"""Decibels of fine detail that a part of a frame, and all of it, may have lost or gained."""
FAINT, PLAIN = 16.0, 2.0
"""Detail under which nothing is told of a part, and of a whole frame."""
NEARER = 3.0
"""How much nearer a frame is to another's signature than to its own when it is in its place."""
APART = 0.1
"""How far two frames lie apart, as a mean square over parts, that are told apart."""

LEVEL, LONG, PEAK = 8.5, 3.2, 8.0
"""Decibels that a band of 10 ms, a band of 100 ms, and the peak of 10 ms may be off by."""
ONCE = 15.0
"""Decibels that a band may be off by in 10 ms, if it is not so in the next: where noise begins or
ends, an encoder moves some of it by so much.
"""
LEVEL_HIGH, HISS = 12.0, 6
"""The first of them from the band of this number on: an encoder keeps the height of hisses less."""
WAVE = 0.6
"""How much of the wave of 100 ms may be off, as a share of its amplitude."""
GAIN = 0.5
"""Decibels that all of it may be louder or softer."""
FLOOR, ROOM = -72.0, -58.0
"""Decibels of a band, and of a wave, under which nothing is told of it."""
UNDER, BESIDE = -40.0, -20.0
"""How far under all that sounds within 20 ms nothing is told of a band, and of a peak.

An encoder leaves out what is hidden by something louder."""
_WINDOW = 10
_BEYOND = 3
_BATCH = 1000


@dataclass(slots=True)
class Runs:
    """Faults at numbered places, told as ranges."""

    found: list[tuple[int, int, str]] = field(default_factory=list)

    def add(self, at: int, what: str, near: int = 1) -> None:
        """Note a fault, as part of the last one if it is the same and next to it."""
        if self.found and self.found[-1][2] == what and at <= self.found[-1][1] + near:
            self.found[-1] = self.found[-1][0], at, what
        else:
            self.found.append((at, at, what))

    def told(self, rate: float) -> tuple[str, ...]:
        """All of them in order, with their times."""
        return tuple(
            f"{what} at {first / rate:.2f} s" + (f" to {(last + 1) / rate:.2f} s" * (last > first))
            for first, last, what in sorted(self.found)
        )


class Pictures:
    """The frames of a film as they are decoded, each held to its signature."""

    def __init__(self, signatures: Signatures, poster: Path | None = None) -> None:
        """Hold frames to `signatures`, and to what frames a `poster` may be one of."""
        self.header = signatures.header
        self.grid = Grid(self.header.width, self.header.height)
        self.faults, self.order = Runs(), Runs()
        self.band = Runs()
        """What of the faults lies in the caption band."""
        top, bottom = Quality("", self.header.width, self.header.height, 1).band
        self._in_band = slice(top // self.grid.part, -(-bottom // self.grid.part))
        self.wrong = self.unlike = ""
        self.fine = Runs()
        self.poster: Frame | None = None
        self.shown_at: int | None = None
        if poster:
            try:
                self.poster = _poster(poster, self.grid)
            except (OSError, ValueError, SyntaxError) as error:
                self.unlike = f"{poster.name} {error}"
        self.worst, self.off = 0, 0.0
        self.lost, self.lost_all = 0.0, 0.0
        self.seen = 0
        self._scaler = VideoReformatter()
        self._wanted = signatures.frames()
        self._before: Frame | None = None
        self._now, self._next = self._pull(), self._pull()

    def _pull(self) -> Frame | None:
        try:
            return next(self._wanted, None)
        except Unreadable as error:
            self.wrong = error_text(error)
            return None

    def see(self, frame: av.VideoFrame) -> None:
        """Hold the next frame to its signature."""
        number, self.seen = self.seen, self.seen + 1
        if self.wrong:
            return
        if (frame.width, frame.height) != (self.grid.width, self.grid.height):
            size = f"{self.grid.width}x{self.grid.height}"
            self.wrong = f"it is of a picture of {size}, not {frame.width}x{frame.height}"
            return
        if self._now is None:
            self.order.add(number, "a frame too many")
            return
        if frame.format.name != "yuv420p":
            frame = self._scaler.reformat(frame, format="yuv420p")
        made = self.grid.of(frame)
        if self.poster is not None and self.shown_at is None:
            *apart, _ = self.grid.split(made.astype(np.int16) - self.poster)
            if max(np.abs(channel).max() for channel in apart) <= PART:
                self.shown_at = number
        self._hold(number, made, self._now)
        self._before, self._now, self._next = self._now, self._next, self._pull()

    def _hold(self, number: int, made: Frame, wanted: Frame) -> None:
        *seen, detail = self.grid.split(made.astype(np.int16) - wanted)
        off = np.concatenate(seen)
        worst = int(np.abs(off).max())
        mean = max(abs(float(channel.mean())) for channel in seen)
        self.worst, self.off = max(self.worst, worst), max(self.off, mean)
        neighbours = [(self._before, "before"), (self._next, "after")]
        if worst > PART or mean > MEAN:
            for other, which in neighbours:
                if other is not None and np.abs(made.astype(np.int16) - other).max() <= PART:
                    self.order.add(number, f"the frame {which} it in place of one")
                    return
            self.faults.add(number, self._what(made, off))
            if np.abs(seen[0].reshape(self.grid.shape)[self._in_band]).max() > PART:
                self.band.add(number, "what was not drawn")
            return
        if detail.any():
            self._hold_detail(number, self.grid.split(made)[3], self.grid.split(wanted)[3])
        own = float(np.square(off).mean())
        made, wanted = made[: len(off)], wanted[: len(off)]
        for other, which in neighbours:
            if other is None:
                continue
            other = other[: len(off)]
            if float(np.square(other.astype(np.int16) - wanted).mean()) < APART:
                continue
            if float(np.square(made.astype(np.int16) - other).mean()) * NEARER < own:
                self.order.add(number, f"the frame {which} it in place of one")

    def _hold_detail(self, number: int, made: Frame, wanted: Frame) -> None:
        theirs, ours = signature.details(made), signature.details(wanted)
        parts = 10 * np.log10((theirs + FAINT) / (ours + FAINT))
        whole = float(10 * np.log10((theirs.mean() + PLAIN) / (ours.mean() + PLAIN)))
        at = int(np.abs(parts).argmax())
        self.lost = max(self.lost, float(abs(parts[at])))
        self.lost_all = max(self.lost_all, abs(whole))
        if abs(whole) > FINE_ALL:
            self.fine.add(number, "blurred" if whole < 0 else "too sharp")
        elif abs(parts[at]) > FINE:
            rows, columns = self.grid.colour
            across, down = (at % columns + 0.5) / columns, (at // columns + 0.5) / rows
            what = "blurred" if parts[at] < 0 else "too sharp"
            self.fine.add(number, f"{what} {across:.0%} from the left, {down:.0%} from the top")

    def _what(self, made: Frame, off: NDArray[np.int16]) -> str:
        rows, columns = self.grid.shape
        light = self.grid.split(made)[0]
        if light.max() <= 20:
            return "black"
        if light.min() >= 230:
            return "white"
        changed = np.abs(off) > PART
        if changed.mean() > 0.2 or not changed.any():
            return "another picture"
        at = int(np.abs(off[: rows * columns]).argmax())
        if np.abs(off[: rows * columns]).max() <= PART:
            return "another colour in places"
        across, down = (at % columns + 0.5) / columns, (at // columns + 0.5) / rows
        return f"something else {across:.0%} from the left, {down:.0%} from the top"

    def _poster_row(self, fps: float) -> Row:
        wanted = "a frame of the film"
        if self.unlike:
            return Row("poster", self.unlike, wanted, False)
        if self.poster is None:
            return Row("poster", "", "not judged: no poster beside the film", None)
        if self.shown_at is None:
            return Row("poster", "no frame of the film is like it", wanted, False)
        return Row("poster", f"the frame at {self.shown_at / fps:.2f} s", wanted, True)

    def rows(self, fps: float) -> Iterator[Row]:
        """What was found, once all frames were seen."""
        wanted = f"each as drawn, within {PART} of 255 in every part and {MEAN:g} in the mean"
        if self.wrong:
            yield Row("frames", f"the signatures cannot be used: {self.wrong}", wanted, False)
            return
        count = f"{self.seen} frames"
        fits = f"{count}, {self.worst} of 255 off at worst, {self.off:.1f} in the mean"
        found = self.faults.told(fps)
        yield Row("frames", listed(found) or fits, wanted, not found, found)
        blurred = self.fine.told(fps)
        sharp = f"{self.lost:.1f} dB off at worst, {self.lost_all:.1f} in a whole frame"
        yield Row(
            "sharpness",
            listed(blurred) or sharp,
            f"detail as drawn, within {FINE:g} dB in every part and {FINE_ALL:g} in the whole",
            not blurred,
            blurred,
        )
        yield self._poster_row(fps)
        if self.seen < self.header.frames:
            self.order.add(self.seen, f"{self.header.frames - self.seen} frames missing")
        told = self.order.told(fps)
        yield Row(
            "order of frames",
            listed(told) or f"{count} in order",
            "each frame once, in its place",
            not told,
            told,
        )


def _poster(path: Path, grid: Grid) -> Frame:
    """The signature of a film's poster.

    Raises:
        OSError, ValueError, SyntaxError: if it is no PNG picture of the film's size.
    """
    with Image.open(path, formats=["PNG"]) as picture:
        if picture.size != (grid.width, grid.height):
            size = "x".join(map(str, picture.size))
            raise ValueError(f"is of {size} pixels, not {grid.width}x{grid.height}")
        pixels = np.asarray(picture.convert("RGB"))
    frame = av.VideoFrame.from_ndarray(pixels, "rgb24")
    return grid.of(frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709))


class Sounds:
    """The sound of a film as it is decoded, held to its signatures."""

    def __init__(self, signatures: Signatures, track: int) -> None:
        self.faults = Runs()
        self.wrong = ""
        self.steps = 0
        self.worst: dict[str, float] = {}
        self._wanted = signatures.sound(track)
        self.total = signatures.header.steps
        self._power = np.zeros(2)
        self._swap = np.zeros(2)

    def compare(self, film: Path, track: int) -> None:
        """Decode a track once, and note where it is another than was mixed."""
        made, wanted = _Queue(), _Queue()
        signer: signature.SoundSigner | None = None
        with Heard(film, track) as sound:
            for block in sound.blocks():
                if block.shape[1] != 2:
                    self.wrong = f"it is of two channels, not {block.shape[1]}"
                    return
                signer = signer or signature.SoundSigner()
                made.put(signer.over(block))
                while len(made) >= _BATCH:
                    if not self._hold(made.take(_BATCH), wanted):
                        return
        if signer:
            made.put(signer.end())
        if len(made):
            self._hold(made.take(len(made)), wanted)
        if not self.wrong and self.steps < self.total:
            self.faults.add(self.steps, f"{(self.total - self.steps) / 100:.2f} s missing")

    def _hold(self, made: Steps, wanted: _Queue) -> bool:
        try:
            while len(wanted) < len(made) and (part := next(self._wanted, None)) is not None:
                wanted.put(part)
        except Unreadable as error:
            self.wrong = error_text(error)
            return False
        there = wanted.take(min(len(made), len(wanted)))
        self._judge(made[: len(there)], there)
        self.steps += len(there)
        # how long the track is, another row says; an encoder's last block may go beyond the end
        if len(there) + _BEYOND < len(made):
            self.faults.add(self.steps, f"{(len(made) - len(there)) / 100:.2f} s too much")
            self.steps += len(made)
            return False
        return len(there) == len(made)

    def _judge(self, made: Steps, wanted: Steps) -> None:
        bands = len(signature.BANDS) - 1
        ours, theirs = (10 ** (levels(part[:, :, : bands + 1]) / 10) for part in (wanted, made))
        near = _near(ours[:, :, :bands].sum(axis=2, keepdims=True)) * 10 ** (UNDER / 10)
        floor = 10 ** (FLOOR / 10) + near
        each = _apart(ours[:, :, :bands], theirs[:, :, :bands], floor)
        each[:, :, HISS:] *= LEVEL / LEVEL_HIGH
        twice = np.minimum(each, np.concatenate([each[1:], each[-1:]]))
        self._note(twice.max(axis=(1, 2)), LEVEL, 1, "another sound", "10 ms")
        self._note(each.max(axis=(1, 2)), ONCE, 1, "another sound", "10 ms once")
        beside = 10 ** (ROOM / 10) + _near(ours[:, :, bands]) * 10 ** (BESIDE / 10)
        peaks = _apart(ours[:, :, bands], theirs[:, :, bands], beside)
        self._note(peaks.max(axis=1), PEAK, 1, "another peak", "peak")
        long = [_windows(part[:, :, :bands]).mean(axis=1) for part in (ours, theirs)]
        far = _apart(long[0], long[1], _windows(floor).max(axis=1))
        self._note(far.max(axis=(1, 2)), LONG, _WINDOW, "another sound", "100 ms")
        shape = [waves(part[:, :, bands + 1 :]) for part in (wanted, made)]
        power = _windows(np.square(shape[0])).mean(axis=(1, 3))
        error = _windows(np.square(shape[1] - shape[0])).mean(axis=(1, 3))
        # what an encoder changes goes with all that sounds, not with what is in the projections
        power += _windows(ours[:, :, bands]).max(axis=1) * 10 ** (BESIDE / 10)
        share = np.sqrt(error / np.maximum(power, 10 ** (ROOM / 10)))
        self._note(share.max(axis=1), WAVE, _WINDOW, "another wave", "wave")
        self._power += [float(ours[:, :, :bands].sum()), float(theirs[:, :, :bands].sum())]
        crossed = np.square(shape[1][:, ::-1] - shape[0]).sum()
        self._swap += [float(crossed), float(np.square(shape[1] - shape[0]).sum())]

    def _note(
        self, off: NDArray[np.floating], most: float, size: int, what: str, kind: str
    ) -> None:
        self.worst[kind] = max(self.worst.get(kind, 0.0), float(off.max(initial=0.0)))
        for window in np.flatnonzero(off > most):
            first = self.steps + int(window) * size
            for at in (first, first + size - 1):
                self.faults.add(at, what, near=max(2, size))

    def rows(self) -> Iterator[Row]:
        """What was found, once all was compared."""
        wanted = f"each 10 ms as mixed: bands within {LEVEL:g} dB, {LONG:g} dB over 100 ms"
        if self.wrong:
            yield Row("sound", f"the signatures cannot be used: {self.wrong}", wanted, False)
            return
        off = self.worst
        fits = (
            f"{self.steps / 100:.2f} s; at worst {off.get('10 ms', 0):.1f} dB off in 10 ms, "
            f"{off.get('100 ms', 0):.1f} dB in 100 ms, peak {off.get('peak', 0):.1f} dB, "
            f"wave {off.get('wave', 0):.0%}"
        )
        found = self.faults.told(100)
        yield Row("sound", listed(found) or fits, wanted, not found, found)
        gain = 10 * np.log10((self._power[1] + 1e-12) / (self._power[0] + 1e-12))
        said = f"{gain:+.2f} dB"
        yield Row("gain", said, f"within {GAIN:g} dB of the mix", bool(abs(gain) <= GAIN))
        swapped = self._swap[0] * 2 < self._swap[1]
        told = "left and right are swapped" if swapped else "as mixed"
        yield Row("sides", told, "left and right as mixed", not swapped)


def heard(film: Path, signatures: Signatures | None, track: int) -> Iterator[Row]:
    """A film's sound track, counted from 0, held against its signatures, if there are any."""
    if signatures is None:
        return
    sounds = Sounds(signatures, track)
    try:
        sounds.compare(film, track)
    except (av.FFmpegError, OSError, ValueError) as error:
        yield Row("sound", f"cannot be measured: {error_text(error)}", "a sound track", False)
        return
    yield from sounds.rows()


class _Queue:
    """Steps put in and taken out in other portions."""

    def __init__(self) -> None:
        self._parts: list[Steps] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, part: Steps) -> None:
        self._parts.append(part)
        self._count += len(part)

    def take(self, count: int) -> Steps:
        if not self._parts:
            return np.zeros((0, 2, signature.WIDTH), np.uint8)
        whole = np.concatenate(self._parts)
        self._parts, self._count = [whole[count:]], self._count - count
        return whole[:count]


def _apart(
    ours: NDArray[np.floating], theirs: NDArray[np.floating], floor: NDArray[np.floating]
) -> NDArray[np.floating]:
    """How many decibels two powers lie apart, above a floor."""
    return np.asarray(np.abs(10 * np.log10((theirs + floor) / (ours + floor))))


def _near(power: NDArray[np.floating]) -> NDArray[np.floating]:
    """The most of each step and the two on either side."""
    wide = np.pad(power, ((2, 2), *((0, 0),) * (power.ndim - 1)))
    return np.asarray(np.max([wide[at : at + len(power)] for at in range(5)], axis=0))


def _windows(steps: NDArray[np.floating]) -> NDArray[np.floating]:
    """Steps in windows of `_WINDOW`, the last filled up with silence."""
    lacking = -len(steps) % _WINDOW
    wide = np.pad(steps, ((0, lacking), *((0, 0),) * (steps.ndim - 1)))
    return wide.reshape(-1, _WINDOW, *steps.shape[1:])


def opened(path: Path, identity: bytes | None, sounds: int) -> tuple[Signatures | None, str]:
    """A film's signatures, or why they cannot be used.

    `identity` is what they must be bound to, None if there is nothing to know it by.
    """
    try:
        found = Signatures(path)
    except Unreadable as error:
        return None, error_text(error)
    if identity is not None and found.header.identity != identity:
        return None, "they are of another film"
    if found.header.sounds != sounds:
        return None, f"they are of {found.header.sounds} sound tracks, not {sounds}"
    return found, ""
