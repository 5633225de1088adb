"""Each 10 ms of a sound track held to its signature, made as it was mixed.

Both are read as streams; what is kept in memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from explainer.errors import error_text
from explainer.media import signature
from explainer.media.audio_reader import AudioReader
from explainer.media.signature import SoundSignatures, decode_levels, decode_waves
from explainer.media.signature_file import SignatureFile, UnreadableSignatures
from explainer.spec import MAX_BAND_CHANGE, MAX_GAIN_CHANGE, MAX_LONG_BAND_CHANGE
from explainer.verify.check import DeliveredLanguage, LanguageCheck
from explainer.verify.fault_ranges import FaultRanges
from explainer.verify.report import CheckResult, fault_result

MAX_PEAK_CHANGE = 8.0
"""Decibels that the peak of 10 ms may be off by."""
MAX_ONCE_BAND_CHANGE = 15.0
"""Decibels that a band may be off by in 10 ms, if it is not so in the next: where noise begins or
ends, an encoder moves some of it by so much.
"""
MAX_HIGH_BAND_CHANGE = 12.0
_HIGH_BAND = 6
"""Decibels from the band of this number on: an encoder keeps the height of hisses less."""
MAX_WAVE_CHANGE = 0.6
"""How much of the wave of 100 ms may be off, as a share of its amplitude."""
_BAND_FLOOR = -72.0
_WAVE_FLOOR = -58.0
"""Decibels of a band, and of a wave, under which nothing is said of it."""
_MASKED_BAND = -40.0
_MASKED_PEAK = -20.0
"""How far under all that sounds within 20 ms nothing is said of a band, and of a peak.

An encoder leaves out what is hidden by something louder."""
_WINDOW = 10
"""Steps of 10 ms in a window."""
_BEYOND = 3
"""Steps that an encoder's last block may go beyond the end."""
_BATCH = 1000
"""Steps that are compared at once."""

Powers = NDArray[np.floating]
"""By step, channel and band, or another part of a signature."""


def measure(language: DeliveredLanguage) -> Iterator[CheckResult]:
    """The sound track against its signatures, if there are any."""
    film = language.film
    if language.audio is None or film.signatures is None:
        return
    signed = SignedSound(film.signatures, language.track)
    try:
        signed.compare(film.path, language.track)
    except (av.FFmpegError, OSError, ValueError) as error:
        what = f"cannot be measured: {error_text(error)}"
        yield CheckResult("sound", what, "a sound track", False)
        return
    yield from signed.results()


class SignedSound:
    """The sound of a film as it is decoded, held to its signatures."""

    def __init__(self, signatures: SignatureFile, track: int) -> None:
        self._faults = FaultRanges()
        self._wrong = ""
        self._steps = 0
        self._worst: dict[str, float] = {}
        self._signatures = signatures.sound(track)
        self._total = signatures.header.steps
        self._power = np.zeros(2)
        self._swap = np.zeros(2)

    def compare(self, film: Path, track: int) -> None:
        """Decode a track once, and note where it is another than was mixed."""
        made = _StepQueue()
        required = _StepQueue()
        signer: signature.SoundSigner | None = None
        with AudioReader(film, track) as sound:
            for block in sound.blocks():
                if block.shape[1] != 2:
                    self._wrong = f"it is of two channels, not {block.shape[1]}"
                    return
                signer = signer or signature.SoundSigner()
                made.put(signer.add(block))
                while len(made) >= _BATCH:
                    if not self._hold(made.take(_BATCH), required):
                        return
        if signer:
            made.put(signer.finish())
        if len(made):
            self._hold(made.take(len(made)), required)
        if not self._wrong and self._steps < self._total:
            self._faults.add(self._steps, f"{(self._total - self._steps) / 100:.2f} s missing")

    def _hold(self, made: SoundSignatures, required: _StepQueue) -> bool:
        try:
            while len(required) < len(made) and (part := next(self._signatures, None)) is not None:
                required.put(part)
        except UnreadableSignatures as error:
            self._wrong = error_text(error)
            return False
        there = required.take(min(len(made), len(required)))
        self._compare(made[: len(there)], there)
        self._steps += len(there)
        # how long the track is, another check says; an encoder's last block may go beyond the end
        if len(there) + _BEYOND < len(made):
            self._faults.add(self._steps, f"{(len(made) - len(there)) / 100:.2f} s too much")
            self._steps += len(made)
            return False
        return len(there) == len(made)

    def _compare(self, made: SoundSignatures, required: SoundSignatures) -> None:
        """Note in what steps the one is another than the other; both are equally long."""
        bands = len(signature.BAND_EDGES) - 1
        # powers of each step: of its bands, and after them of its peak
        mixed = _powers(required[:, :, : bands + 1])
        found = _powers(made[:, :, : bands + 1])
        floor = _band_floor(mixed[:, :, :bands])
        self._compare_bands(found[:, :, :bands], mixed[:, :, :bands], floor)
        self._compare_peaks(found[:, :, bands], mixed[:, :, bands])
        self._compare_long_bands(found[:, :, :bands], mixed[:, :, :bands], floor)
        self._power += [float(mixed[:, :, :bands].sum()), float(found[:, :, :bands].sum())]
        self._compare_waves(
            decode_waves(made[:, :, bands + 1 :]),
            decode_waves(required[:, :, bands + 1 :]),
            mixed[:, :, bands],
        )

    def _compare_bands(self, found: Powers, mixed: Powers, floor: Powers) -> None:
        change = _decibels_between(mixed, found, floor)
        change[:, :, _HIGH_BAND:] *= MAX_BAND_CHANGE / MAX_HIGH_BAND_CHANGE
        lasting = np.minimum(change, np.concatenate([change[1:], change[-1:]]))
        self._note(lasting.max(axis=(1, 2)), MAX_BAND_CHANGE, 1, "another sound", "10 ms")
        once = change.max(axis=(1, 2))
        self._note(once, MAX_ONCE_BAND_CHANGE, 1, "another sound", "10 ms once")

    def _compare_peaks(self, found: Powers, mixed: Powers) -> None:
        floor = 10 ** (_WAVE_FLOOR / 10) + _near(mixed) * 10 ** (_MASKED_PEAK / 10)
        change = _decibels_between(mixed, found, floor)
        self._note(change.max(axis=1), MAX_PEAK_CHANGE, 1, "another peak", "peak")

    def _compare_long_bands(self, found: Powers, mixed: Powers, floor: Powers) -> None:
        long_mixed = _windows(mixed).mean(axis=1)
        long_found = _windows(found).mean(axis=1)
        long = _decibels_between(long_mixed, long_found, _windows(floor).max(axis=1))
        self._note(long.max(axis=(1, 2)), MAX_LONG_BAND_CHANGE, _WINDOW, "another sound", "100 ms")

    def _compare_waves(self, found: Powers, mixed: Powers, peaks: Powers) -> None:
        power = _windows(np.square(mixed)).mean(axis=(1, 3))
        error = _windows(np.square(found - mixed)).mean(axis=(1, 3))
        # what an encoder changes goes with all that sounds, not with what is in the projections
        power += _windows(peaks).max(axis=1) * 10 ** (_MASKED_PEAK / 10)
        share = np.sqrt(error / np.maximum(power, 10 ** (_WAVE_FLOOR / 10)))
        self._note(share.max(axis=1), MAX_WAVE_CHANGE, _WINDOW, "another wave", "wave")
        swapped = np.square(found[:, ::-1] - mixed).sum()
        self._swap += [float(swapped), float(np.square(found - mixed).sum())]

    def _note(self, off: Powers, most: float, size: int, what: str, kind: str) -> None:
        """Note windows of `size` steps that are off by more than `most`."""
        self._worst[kind] = max(self._worst.get(kind, 0.0), float(off.max(initial=0.0)))
        for window in np.flatnonzero(off > most):
            first = self._steps + int(window) * size
            for at in (first, first + size - 1):
                self._faults.add(at, what, near=max(2, size))

    def results(self) -> Iterator[CheckResult]:
        """What was found, once all was compared."""
        required = (
            f"each 10 ms as mixed: bands within {MAX_BAND_CHANGE:g} dB, "
            f"{MAX_LONG_BAND_CHANGE:g} dB over 100 ms"
        )
        if self._wrong:
            what = f"the signatures cannot be used: {self._wrong}"
            yield CheckResult("sound", what, required, False)
            return
        worst = self._worst
        fits = (
            f"{self._steps / 100:.2f} s; at worst {worst.get('10 ms', 0):.1f} dB off in 10 ms, "
            f"{worst.get('100 ms', 0):.1f} dB in 100 ms, peak {worst.get('peak', 0):.1f} dB, "
            f"wave {worst.get('wave', 0):.0%}"
        )
        yield fault_result("sound", self._faults.describe(100), fits, required)
        gain = 10 * np.log10((self._power[1] + 1e-12) / (self._power[0] + 1e-12))
        required = f"within {MAX_GAIN_CHANGE:g} dB of the mix"
        is_within = bool(abs(gain) <= MAX_GAIN_CHANGE)
        yield CheckResult("gain", f"{gain:+.2f} dB", required, is_within)
        is_swapped = self._swap[0] * 2 < self._swap[1]
        measured = "left and right are swapped" if is_swapped else "as mixed"
        yield CheckResult("sides", measured, "left and right as mixed", not is_swapped)


class _StepQueue:
    """Steps put in and taken out in other portions."""

    def __init__(self) -> None:
        self._parts: list[SoundSignatures] = []
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def put(self, part: SoundSignatures) -> None:
        self._parts.append(part)
        self._count += len(part)

    def take(self, count: int) -> SoundSignatures:
        if not self._parts:
            return np.zeros((0, 2, signature.STEP_BYTES), np.uint8)
        whole = np.concatenate(self._parts)
        self._parts = [whole[count:]]
        self._count -= count
        return whole[:count]


def _powers(steps: SoundSignatures) -> Powers:
    return np.asarray(10 ** (decode_levels(steps) / 10))


def _band_floor(bands: Powers) -> Powers:
    """Power under which nothing is said of a band, by step and channel."""
    masked = _near(bands.sum(axis=2, keepdims=True)) * 10 ** (_MASKED_BAND / 10)
    return np.asarray(10 ** (_BAND_FLOOR / 10) + masked)


def _decibels_between(ours: Powers, theirs: Powers, floor: Powers) -> Powers:
    """How many decibels two powers lie apart, above a floor."""
    return np.asarray(np.abs(10 * np.log10((theirs + floor) / (ours + floor))))


def _near(power: Powers) -> Powers:
    """The most of each step and the two on either side."""
    wide = np.pad(power, ((2, 2), *((0, 0),) * (power.ndim - 1)))
    return np.asarray(np.max([wide[at : at + len(power)] for at in range(5)], axis=0))


def _windows(steps: Powers) -> Powers:
    """Steps in windows of `_WINDOW`, the last filled up with silence."""
    lacking = -len(steps) % _WINDOW
    wide = np.pad(steps, ((0, lacking), *((0, 0),) * (steps.ndim - 1)))
    return wide.reshape(-1, _WINDOW, *steps.shape[1:])


CHECK = LanguageCheck(("sound", "gain", "sides"), measure)
