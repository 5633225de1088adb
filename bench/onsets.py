"""How well a neural voice's own word times are: against the sound, and against a second opinion.

    pip install pocketsphinx
    python bench/onsets.py

Prints the Markdown table of bench/ALIGNMENT.md. After a rest, a word's start is compared with where
the sound comes back; inside a sentence, that of a word with a hiss (s, sh) after a vowel with where
the hiss begins; and other starts with pocketsphinx' alignment. Hiss and alignment have offsets of
their own: flite, which knows its times exactly, shows them.
"""

from __future__ import annotations

import re
import resource
import sys
from itertools import pairwise
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sentences
import speakers
from pocketsphinx import Decoder
from scipy.signal import butter, sosfiltfilt

from explainer.media.io import resample
from explainer.script.loader import load
from explainer.voices import subprocess_engine
from explainer.voices.base import Utterance
from explainer.voices.sentences import sentences as cut

STILL = 10 ** (-30 / 20)
"""Below this, against the RMS of the sentence, a millisecond counts as silent."""
REST, NEAR = 50, 300
"""Milliseconds of silence that make a rest, and how far from a word's start it may end: a voice may
go on over a comma."""
RATE = 16_000
RESTED = re.compile(r"(\A|[,.;:!?…—]\s*)\Z")
"""What stands before a word that follows a rest."""


def texts() -> list[str]:
    film = load(Path(__file__).resolve().parents[1] / "script.yaml", check_scenes=False)
    said = [line.say.spoken for line in film.lines if line.say.words]
    return [text[a:b] for text in said for a, b in cut(text)] + sentences.ENGLISH


def onsets(spoken: Utterance, text: str) -> list[float]:
    """For each word after a rest: its start, less the moment when the sound comes back, in ms."""
    sound = spoken.samples.astype(float)
    step = spoken.rate // 1000
    level = np.sqrt((sound[: len(sound) // step * step].reshape(-1, step) ** 2).mean(axis=1))
    loud = level > STILL * np.sqrt((sound**2).mean())
    back = [i for i in range(len(loud)) if loud[i] and not loud[max(0, i - REST) : i].any()]
    after = [mark for mark in spoken.word_boundaries if RESTED.search(text[: mark.start])]
    nearest = [min((m.at * 1000 - at for at in back), key=abs) for m in after]
    return [away for away in nearest if abs(away) < NEAR]


def spread(spoken: Utterance, text: str, decoder: Decoder) -> list[float] | None:
    """Each word's start less pocketsphinx' own, in ms; None if that lacks a word, or gives up."""
    words = [re.sub(r"[^a-z']", "", text[m.start : m.end].lower()) for m in spoken.word_boundaries]
    if not all(word and decoder.lookup_word(word) for word in words):
        return None
    sound = np.clip(np.round(resample(spoken.samples, spoken.rate, RATE)), -32768, 32767)
    decoder.set_align_text(" ".join(words))
    decoder.start_utt()
    decoder.process_raw(sound.astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    found = [each for each in decoder.seg() or () if each.word[0] not in "<("]
    if len(found) != len(words):
        return None
    pairs = zip(spoken.word_boundaries, found, strict=True)
    return [mark.at * 1000 - each.start_frame * 10 for mark, each in pairs]


def hisses(spoken: Utterance, text: str) -> list[float]:
    """For each word that begins with a hiss after a vowel: its start, less the hiss's, in ms.

    The hiss begins where the level above 4 kHz has risen by a quarter.
    """
    high = sosfiltfilt(butter(4, 4000, "high", fs=spoken.rate, output="sos"), spoken.samples)
    step = spoken.rate // 1000
    level = np.sqrt((high[: len(high) // step * step].reshape(-1, step) ** 2).mean(axis=1))
    level = np.convolve(level, np.ones(5) / 5, "same")
    found = []
    for before, mark in pairwise(spoken.word_boundaries):
        last, word = text[before.end - 1].lower(), text[mark.start : mark.end].lower()
        if last not in "aeiouwyr" or not re.match(r"s[aeiouy]|sh[eiouy]", word):
            continue
        start = round(mark.at * 1000)
        first = max(0, start - 150)
        near = level[first : start + 150]
        peak = int(np.argmax(near))
        floor = near[: peak + 1].min()
        quiet = np.flatnonzero(near[: peak + 1] <= floor + (near[peak] - floor) / 4)
        found.append(float(start - first - quiet[-1]))
    return found


def main() -> None:
    decoder = Decoder(samprate=RATE, loglevel="FATAL", bestpath=False)
    print(
        "| voice | after a rest | p5 to p95 | s | p5 to p95 | words | offset | mean | p95 | CPU |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, language in {"flite": "en", **speakers.NEURAL}.items():
        began, length = _spent(), 0.0
        rests: list[float] = []
        hissed: list[float] = []
        apart: list[float] = []
        for text in texts() + sentences.HISSING:
            spoken = speakers.by_neural(name, language, text)
            length += len(spoken.samples) / spoken.rate
            rests += onsets(spoken, text)
            hissed += hisses(spoken, text)
            pairs = zip(spoken.word_boundaries, spread(spoken, text, decoder) or (), strict=False)
            apart += [away for mark, away in pairs if not RESTED.search(text[: mark.start])]
        spent = _spent() - began
        off = np.abs(np.array(apart) - np.median(apart))
        print(
            f"| {name} | {len(rests)}: {_told(rests)} | {len(hissed)}: {_told(hissed)} "
            f"| {len(apart)} | {np.median(apart):.0f} ms | {off.mean():.0f} ms "
            f"| {np.quantile(off, 0.95):.0f} ms | {spent / length:.2f} |",
            flush=True,
        )


def _told(away: list[float]) -> str:
    low, high = np.quantile(away, [0.05, 0.95])
    return f"{np.median(away):.0f} ms | {low:.0f} to {high:.0f} ms"


def _spent() -> float:
    """CPU seconds of the voice's processes that have ended; they end when they are not asked."""

    subprocess_engine._stop_idle_processes()
    subprocess_engine._idle_processes.clear()

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
