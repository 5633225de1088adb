"""Filters: one channel of samples at 48 kHz in, as many out, filtered.

Sections of second order are those of Robert Bristow-Johnson's audio EQ cookbook, and run by FFmpeg:
SciPy would take a second to load. The highest and the mean of values in a row are NumPy's work.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import numpy as np
from av.filter import Graph
from numpy.typing import NDArray

from explainer.clock import TICKS

Section = tuple[float, ...]
"""Three factors of what comes in, then three of what has gone out, the first of which is 1."""
Values = NDArray[Any]

BUTTERWORTH = 2**-0.5
"""The quality of a section that neither rises nor falls before its frequency."""


class Cascade:
    """Sections in a row, through which a channel goes in blocks as if it came in one."""

    def __init__(self, sections: Sequence[Section]) -> None:
        self._graph = Graph()
        last = self._graph.add_abuffer(
            sample_rate=TICKS, format="dbl", layout="mono", time_base=Fraction(1, TICKS)
        )
        for section in sections:
            factors = dict(zip(("b0", "b1", "b2", "a0", "a1", "a2"), section, strict=True))
            options = {name: repr(float(factor)) for name, factor in factors.items()}
            biquad = self._graph.add("biquad", **options, transform="tdii")
            last.link_to(biquad)
            last = biquad
        last.link_to(self._graph.add("abuffersink"))
        self._graph.configure()

    def filter(self, samples: Values) -> NDArray[np.float64]:
        """The next block, of shape (n,), filtered."""
        if not len(samples):
            return np.zeros(0)
        block = np.ascontiguousarray(samples, np.float64)[np.newaxis]
        frame = av.AudioFrame.from_ndarray(block, format="dbl", layout="mono")
        frame.sample_rate = TICKS
        self._graph.push(frame)
        filtered = self._graph.pull()
        assert isinstance(filtered, av.AudioFrame)
        return np.asarray(filtered.to_ndarray()[0], np.float64)


def filter_back_and_forth(section: Section, samples: Values) -> NDArray[np.float64]:
    """A high-pass run forwards and backwards over a whole sound, which delays nothing.

    Before it and after it the sound goes on for a moment, turned around its first and last sample.
    """
    begin = 2 * samples[0] - samples[_MOMENT:0:-1]
    end = 2 * samples[-1] - samples[-2 : -_MOMENT - 2 : -1]
    passed = np.concatenate([begin, samples, end])
    for _ in range(2):
        # as if it had always been where it begins, of which a high-pass leaves nothing
        passed = Cascade([section]).filter(passed - passed[0])[::-1]
    return passed[len(begin) : len(begin) + len(samples)]


_MOMENT = 9
"""Samples by which a sound goes on."""


def high_pass(frequency: float, quality: float) -> Section:
    """A section that takes out what is under a frequency in Hertz."""
    cosine, alpha = _at(frequency, quality)
    b = np.array([(1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2])
    a = np.array([1 + alpha, -2 * cosine, 1 - alpha])
    return _section(b, a)


def bell(frequency: float, gain: float, quality: float) -> Section:
    """A section that raises what is around a frequency in Hertz by some decibels."""
    cosine, alpha = _at(frequency, quality)
    amplitude = 10 ** (gain / 40)
    b = np.array([1 + alpha * amplitude, -2 * cosine, 1 - alpha * amplitude])
    a = np.array([1 + alpha / amplitude, -2 * cosine, 1 - alpha / amplitude])
    return _section(b, a)


def high_shelf(frequency: float, gain: float) -> Section:
    """A section of slope 1 that raises what is over a frequency in Hertz by some decibels."""
    cosine, alpha = _at(frequency, BUTTERWORTH)
    amplitude = 10 ** (gain / 40)
    slope = 2 * np.sqrt(amplitude) * alpha
    b = amplitude * np.array([
        amplitude + 1 + (amplitude - 1) * cosine + slope,
        -2 * (amplitude - 1 + (amplitude + 1) * cosine),
        amplitude + 1 + (amplitude - 1) * cosine - slope,
    ])  # fmt: skip
    a = np.array([
        amplitude + 1 - (amplitude - 1) * cosine + slope,
        2 * (amplitude - 1 - (amplitude + 1) * cosine),
        amplitude + 1 - (amplitude - 1) * cosine - slope,
    ])  # fmt: skip
    return _section(b, a)


def _at(frequency: float, quality: float) -> tuple[float, float]:
    """The cosine of a frequency as an angle, and the cookbook's alpha there."""
    angle = 2 * np.pi * frequency / TICKS
    return float(np.cos(angle)), float(np.sin(angle) / (2 * quality))


def _section(b: NDArray[np.float64], a: NDArray[np.float64]) -> Section:
    return tuple((np.concatenate([b, a]) / a[0]).tolist())


def mirrored(values: Values, reach: int) -> Values:
    """Values of shape (n,) with as many as the reach on either side, mirrored at the ends."""
    return np.pad(values, reach, "symmetric")


def sliding_max(values: Values, size: int) -> Values:
    """The highest of each `size` values in a row: of n values, n - size + 1."""
    width = 1
    while 2 * width <= size:
        values = np.maximum(values[:-width], values[width:])
        width *= 2
    rest = size - width
    return np.maximum(values[: len(values) - rest], values[rest:]) if rest else values


def sliding_mean(values: Values, size: int) -> Values:
    """The mean of each `size` values in a row, as one sum that goes on: of n, n - size + 1."""
    exact = values.astype(np.float64)
    first = np.cumsum(exact[:size])[-1]
    sums = np.cumsum(np.append(first, exact[size:] - exact[:-size]))
    return (sums / size).astype(values.dtype)
