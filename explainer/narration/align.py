"""When each word of a sentence is heard: an Utterance, its text and word spans in, times out.

An engine's own marks are used as they are. Without marks, the sound is warped onto espeak's
reading of the same text, whose word times are known (dynamic time warping of log-mel spectra);
a sound that does not fit its text is found out, and its words are only estimated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from explainer.clock import ticks
from explainer.media.io import resample
from explainer.timeline.speech import TimingSource, WordTiming
from explainer.voices.base import Utterance
from explainer.voices.espeak import reference_speech

Span = tuple[int, int]
Floats = NDArray[np.float64]

HOP_SECONDS = 0.01
"""Seconds between the frames that are compared."""
MIN_PAUSE_HOPS = 6
"""Frames without sound that make a pause; shorter ones are the closures of stop consonants."""
MIN_GAP_HOPS = 10
"""Frames without sound after which an aligned word begins where the sound comes back."""
SNAP_HOPS = 4
"""Frames from such a gap within which no word begins: it would be over before it is heard."""
MAX_ALIGNMENT_COST = 0.78
"""Mean cosine distance, and half of it over the worst 0.4 s (which finds words left out or put in),
above which a sound is not its text's; bench/ALIGNMENT.md has what was measured."""
TEMPO_RANGE = (1 / 3, 3.0)
"""A word this much slower or faster than the rest of its sentence is only estimated."""

_SAMPLE_RATE = 16_000
_WINDOW_SAMPLES = 400
_FFT_SIZE = 512
_MEL_BANDS = 40
_MIN_SHARE_OF_LOUD, _MAX_NOISE_SHARE = 10 ** (-35 / 20), 10 ** (-15 / 20)
_MIN_SHARE_OF_SOFT_ONSET, _MAX_ONSET_FRAMES = (
    10 ** (-42 / 20),
    8,
)  # how soft, and how many frames long, a beginning may be
_MIN_SOUND_FRAMES = 3  # frames of sound that are more than a click


@dataclass(frozen=True, slots=True)
class Alignment:
    """Words with their times, and whether the sound fits the text that it was aligned with."""

    words: tuple[WordTiming, ...]
    fits: bool = True


def word_times(utterance: Utterance, text: str, spans: Sequence[Span], language: str) -> Alignment:
    """The time of each word of `text`, in ticks from the utterance's first sample.

    `spans` are the words' characters in `text`, in order; neighbours with the same span (two shown
    words that are spoken as one entry) divide its time evenly. Starts never decrease, every word
    lasts at least a tick, and no word reaches past the sound. A word is “engine” or “aligned” only
    if it was itself reported or aligned. One that the engine ran into the word before it, or that
    divides a span, is “estimated”; so are a word at an unlikely tempo, and all words of a sound
    that does not fit its text: those are not aligned at all, but laid out by letters.

    Raises:
        EnvironmentProblem: if there are no marks, and espeak cannot read the language.
    """
    if not spans:
        return Alignment(())
    distinct = [span for span, _ in groupby(spans)]
    voiced = _voiced_frames(utterance)
    known: list[TimingSource] = ["engine"] * len(distinct)
    starts, fits = _from_boundaries(utterance, distinct), True
    if not utterance.word_boundaries:
        starts, known, fits = _align(utterance, voiced, text, distinct, language)
    known = [
        "estimated" if start is None else how for start, how in zip(starts, known, strict=True)
    ]
    begins = _interpolate(starts, distinct, _speech_bounds(voiced))
    shares = [len(list(group)) for _, group in groupby(spans)]
    length = len(utterance.samples) / utterance.rate
    return Alignment(_to_ticks(begins, known, shares, voiced, length), fits)


def _from_boundaries(utterance: Utterance, spans: Sequence[Span]) -> list[float | None]:
    """For each span the time of the first mark that begins in it."""
    return [
        next((mark.at for mark in utterance.word_boundaries if start <= mark.start < end), None)
        for start, end in spans
    ]


def _interpolate(
    starts: Sequence[float | None], spans: Sequence[Span], edges: tuple[float, float]
) -> list[float]:
    """All starts: a word without one takes its share, by letters, of the stretch before it."""
    anchors = [(i, at) for i, at in enumerate(starts) if at is not None]
    if not anchors or anchors[0][0] > 0:
        anchors.insert(0, (0, edges[0]))
    anchors.append((len(spans), max(edges[1], anchors[-1][1])))
    filled: list[float] = []
    for (first, begin), (after, end) in pairwise(anchors):
        letters = np.array([max(1, b - a) for a, b in spans[first:after]], dtype=float)
        shares = np.concatenate([[0.0], np.cumsum(letters)[:-1]]) / letters.sum()
        filled += (begin + shares * (end - begin)).tolist()
    return filled


def _to_ticks(
    begins: Sequence[float],
    known: Sequence[TimingSource],
    shares: Sequence[int],
    voiced: NDArray[np.bool_],
    length: float,
) -> tuple[WordTiming, ...]:
    """Words from their starts: each ends where the next begins, or where the sound stops before."""
    words: list[WordTiming] = []
    room = ticks(length)
    total, at = sum(shares), 0
    for begin, after, how, share in zip(begins, [*begins[1:], length], known, shares, strict=True):
        end = _sound_end(voiced, begin, after)
        edges = [ticks(begin + (end - begin) * i / share) for i in range(share + 1)]
        for part, (start, stop) in enumerate(pairwise(edges)):
            left = total - len(words)  # every word still to come needs a tick of its own
            start = min(max(start, at), room - left)
            at = min(max(stop, start + 1), room - left + 1)
            words.append(WordTiming(start, at, "estimated" if part else how))
    return tuple(words)


def _sound_end(voiced: NDArray[np.bool_], begin: float, after: float) -> float:
    """Where a word that may last from `begin` to `after` seconds falls silent for good."""
    first, last = round(begin / HOP_SECONDS), min(round(after / HOP_SECONDS), len(voiced))
    heard = np.flatnonzero(voiced[first:last])
    if len(heard) and last - first - heard[-1] > MIN_PAUSE_HOPS:
        return min(after, float(first + heard[-1] + 1) * HOP_SECONDS)
    return after


def _voiced_frames(utterance: Utterance) -> NDArray[np.bool_]:
    """For each 10 ms whether it holds sound: well over the noise, and not far under the voice.

    After a pause, the soft sound that a word rises out of counts too.
    """
    size = round(utterance.rate * HOP_SECONDS)
    count = max(1, len(utterance.samples) // size)
    blocks = np.resize(utterance.samples.astype(np.float64), (count, size))
    level = np.sqrt(np.mean(blocks**2, axis=1))
    loud, noise = np.quantile(level, [0.95, 0.05])
    # where nobody pauses, the softest twentieth is speech
    voiced: NDArray[np.bool_] = level > max(
        loud * _MIN_SHARE_OF_LOUD, min(2 * noise, loud * _MAX_NOISE_SHARE)
    )
    soft = level > max(loud * _MIN_SHARE_OF_SOFT_ONSET, 2 * noise)
    for before, begin in _long_gaps(voiced):
        first = max(before + MIN_GAP_HOPS // 2, begin - _MAX_ONSET_FRAMES)
        while begin > first and soft[begin - 1]:
            begin -= 1
            voiced[begin] = True
    return voiced


def _long_gaps(voiced: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Each long gap between sounds: the frame it begins with, and the one after it."""
    heard = np.flatnonzero(voiced)
    return [(int(a) + 1, int(b)) for a, b in pairwise(heard) if b - a > MIN_GAP_HOPS]


def _speech_bounds(voiced: NDArray[np.bool_]) -> tuple[float, float]:
    """Where the sound begins and ends, in seconds; a click by itself is neither."""
    lasting = (
        np.convolve(voiced, np.ones(_MIN_SOUND_FRAMES))[_MIN_SOUND_FRAMES - 1 :]
        == _MIN_SOUND_FRAMES
    )
    begins, heard = np.flatnonzero(lasting), np.flatnonzero(voiced)
    if len(begins):
        return begins[0] * HOP_SECONDS, (begins[-1] + _MIN_SOUND_FRAMES) * HOP_SECONDS
    return (
        (heard[0] * HOP_SECONDS, (heard[-1] + 1) * HOP_SECONDS)
        if len(heard)
        else (0.0, len(voiced) * HOP_SECONDS)
    )


def _align(
    utterance: Utterance,
    voiced: NDArray[np.bool_],
    text: str,
    spans: Sequence[Span],
    language: str,
) -> tuple[list[float | None], list[TimingSource], bool]:
    """Starts by warping espeak's reading of the text onto the sound; none if it does not fit."""
    model = reference_speech(text, language)
    model_edges, edges = _speech_bounds(_voiced_frames(model)), _speech_bounds(voiced)
    marks = _from_boundaries(model, spans)
    begins = _interpolate(marks, spans, model_edges)
    to, costs = _warp_utterances(model, utterance)
    if _alignment_cost(costs) > MAX_ALIGNMENT_COST:
        return [None] * len(spans), ["estimated"] * len(spans), False
    frames = (np.array(begins) - model_edges[0]) / HOP_SECONDS
    warped = edges[0] + np.interp(frames, np.arange(len(to)), to) * HOP_SECONDS
    gaps = _long_gaps(voiced)
    snapped = [_snap_to_gap(at, gaps) for at in warped]
    pace = (edges[1] - edges[0]) / (model_edges[1] - model_edges[0])
    tempo = np.diff([*snapped, edges[1]]) / np.maximum(
        np.diff([*begins, model_edges[1]]), HOP_SECONDS
    )
    known: list[TimingSource] = [
        "aligned"
        if mark is not None and TEMPO_RANGE[0] < ratio / pace < TEMPO_RANGE[1]
        else "estimated"
        for mark, ratio in zip(marks, tempo, strict=True)
    ]
    return list(snapped), known, True


def _alignment_cost(costs: Floats) -> float:
    """How little the distances along a path are those of a sound and its own text."""
    size = min(len(costs), round(0.4 / HOP_SECONDS))
    worst = np.convolve(costs, np.ones(size) / size, "valid").max()
    return float(costs.mean() + worst / 2)


def _snap_to_gap(at: float, gaps: Sequence[tuple[int, int]]) -> float:
    """A start in a pause, or right beside one, moves to where the sound comes back."""
    frame = at / HOP_SECONDS
    return next(
        (
            after * HOP_SECONDS
            for before, after in gaps
            if before - SNAP_HOPS <= frame <= after + SNAP_HOPS
        ),
        at,
    )


def _warp_utterances(model: Utterance, sound: Utterance) -> tuple[Floats, Floats]:
    """`_warp` from the first frame with sound to the last, and with the same noise in both."""
    ours, theirs = (
        _mel_power(each, _speech_bounds(_voiced_frames(each))) for each in (model, sound)
    )
    noise = np.quantile(theirs, 0.1, axis=0)
    # more than there is, so that its flicker does not count
    return _warp(_features(ours + 5 * noise), _features(theirs + 4 * noise))


def _mel_power(utterance: Utterance, edges: tuple[float, float]) -> Floats:
    """The power in each mel band between `edges`, of shape (frames, 40), at one loudness."""
    sound = resample(utterance.samples, utterance.rate, _SAMPLE_RATE)
    sound = sound[round(edges[0] * _SAMPLE_RATE) : round(edges[1] * _SAMPLE_RATE)]
    sound = np.pad(np.append(sound[:1], sound[1:] - 0.97 * sound[:-1]), _WINDOW_SAMPLES // 2)
    step = round(HOP_SECONDS * _SAMPLE_RATE)
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW_SAMPLES)[::step]
    power = (
        np.abs(np.fft.rfft(frames * np.hanning(_WINDOW_SAMPLES), _FFT_SIZE)) ** 2 @ _mel_filters().T
    )
    level: Floats = power / max(1.0, float(np.quantile(power.sum(axis=1), 0.95))) * 1e9
    return level


def _features(power: Floats) -> Floats:
    """Log bands and their slopes, of shape (frames, 80); rows have length 1."""
    bands = np.log(power + 1e3)
    bands -= bands.mean(axis=0)
    # slopes count more: they tell one voice from another less than the bands themselves do
    rows = np.hstack([bands, 3 * _deltas(bands)])
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    return unit


def _deltas(bands: Floats) -> Floats:
    """How steeply each band rises, a frame, by the line that fits five frames best."""
    wide = np.pad(bands, ((2, 2), (0, 0)), mode="edge")
    rise: Floats = (2 * (wide[4:] - wide[:-4]) + wide[3:-1] - wide[1:-3]) / 10
    return rise


def _mel_filters() -> Floats:
    """Triangular bands, evenly spaced in mel from 60 Hz to 7.6 kHz, of shape (bands, bins)."""
    mels = np.linspace(
        2595 * np.log10(1 + 60 / 700), 2595 * np.log10(1 + 7600 / 700), _MEL_BANDS + 2
    )
    edges = 700 * (10 ** (mels / 2595) - 1)
    bins = np.fft.rfftfreq(_FFT_SIZE, 1 / _SAMPLE_RATE)
    rise = (bins - edges[:-2, None]) / (edges[1:-1] - edges[:-2])[:, None]
    fall = (edges[2:, None] - bins) / (edges[2:] - edges[1:-1])[:, None]
    bank: Floats = np.maximum(0.0, np.minimum(rise, fall))
    return bank


def _warp(model: Floats, sound: Floats) -> tuple[Floats, Floats]:
    """For each frame of `model` its frame of `sound` on the cheapest path; the costs along it.

    Costs add up along anti-diagonals, which need only the two before them.
    """
    cost = 1 - model @ sound.T
    rows, columns = cost.shape
    total = np.full((rows + 1, columns + 1), np.inf)
    total[0, 0] = 0
    for diagonal in range(2, rows + columns + 1):
        i = np.arange(max(1, diagonal - columns), min(rows, diagonal - 1) + 1)
        j = diagonal - i
        straight = np.minimum(total[i - 1, j], total[i, j - 1])
        total[i, j] = cost[i - 1, j - 1] + np.minimum(total[i - 1, j - 1], straight)
    path = []
    i, j = rows, columns
    while i and j:
        path.append((i - 1, j - 1))
        i, j = min(
            ((i - 1, j - 1), (i - 1, j), (i, j - 1)), key=lambda at: float(total[at[0], at[1]])
        )
    at = np.array(path[::-1])
    mean = np.bincount(at[:, 0], weights=at[:, 1]) / np.bincount(at[:, 0])
    return mean, cost[at[:, 0], at[:, 1]]
