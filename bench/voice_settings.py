"""How the offline voices sound by number: what their settings were chosen by.

    pip install pocketsphinx            (into an environment of its own, with this project's)
    python bench/voice_settings.py > bench/VOICE_SETTINGS.md

Each setting speaks the plain English sentences of `bench/sentences.py`. Words a minute and pauses
are measured on the sound; how well it is understood, by the share of words that pocketsphinx's
English recogniser gets wrong. It was trained on people: a stand-in for a listener, not one.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from pocketsphinx import Decoder
from scipy.signal import resample_poly

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentences import ENGLISH
from speakers import FLITE, by_espeak, by_flite

from explainer.narration.align import HOP_SECONDS, _speech_bounds, _voiced_frames
from explainer.voices import espeak, flite
from explainer.voices.base import Utterance

PLAIN = [text for text in ENGLISH if not re.search("her two|Trastuzumab|perforin|kinases", text)]
PAUSE = 8
"""Frames of 10 ms without sound that are a pause rather than the closure of a stop."""


@dataclass
class Heard:
    """What was measured of one setting over all sentences."""

    words: int = 0
    wrong: int = 0
    speech: float = 0.0
    pauses: float = 0.0
    commas: int = 0


def main() -> None:
    """Measure every setting and print the table."""
    settings: list[tuple[str, Callable[..., Utterance], tuple[Any, ...]]] = [
        (
            f"flite {voice}, stretch {flite.DURATION_STRETCH}",
            by_flite,
            (voice, flite.DURATION_STRETCH),
        )
        for voice in FLITE
    ]
    settings += [
        (f"flite rms, stretch {stretch}", by_flite, ("rms", stretch))
        for stretch in (0.7, 0.78, 1.0, 1.15)
    ]
    settings += [
        (f"espeak {timbre or 'plain'}, rate {rate}", by_espeak, ("en", timbre, rate))
        for timbre, rate in [
            *((timbre, 170) for timbre in ("", "f1", "f2", "f3", "f5", "m1", "m3", "m7")),
            *(
                (espeak.VOICE_VARIANT, rate)
                for rate in (130, 150, espeak.WORDS_PER_MINUTE, 190, 210)
            ),
        ]
    ]
    print(HEAD)
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:
        for name, speak, given in settings:
            jobs = [(speak, given, text) for text in PLAIN]
            found = pool.map(measured, jobs, chunksize=1)
            print(row(name, found), flush=True)


def measured(job: tuple[Callable[..., Utterance], tuple[Any, ...], str]) -> Heard:
    speak, given, text = job
    spoken = speak(*given, text)
    voiced = _voiced_frames(spoken)
    begin, end = _speech_bounds(voiced)
    heard = np.flatnonzero(voiced)
    gaps = np.diff(heard)
    said = [re.sub(r"[^a-z']", "", word.lower()) for word in text.split()]
    return Heard(
        words=len(said),
        wrong=distance(said, recognised(spoken)),
        speech=end - begin,
        pauses=float(gaps[gaps > PAUSE].sum() * HOP_SECONDS),
        commas=len(re.findall(r"[,;]", text)),
    )


def recognised(spoken: Utterance) -> list[str]:
    common = int(np.gcd(spoken.rate, 16_000))
    sound = resample_poly(spoken.samples.astype(float), 16_000 // common, spoken.rate // common)
    quiet = np.zeros(4000)
    decoder = Decoder(samprate=16_000, loglevel="FATAL")
    decoder.start_utt()
    samples = np.concatenate([quiet, np.clip(sound, -32768, 32767), quiet])
    decoder.process_raw(samples.astype("<i2").tobytes(), full_utt=True)
    decoder.end_utt()
    best = decoder.hyp()
    return re.sub(r"\(\d\)", "", best.hypstr if best else "").split()


def distance(said: list[str], heard: list[str]) -> int:
    """Words to change, leave out or put in to make one of the other."""
    costs = list(range(len(heard) + 1))
    for i, word in enumerate(said, 1):
        left, costs[0] = costs[0], i
        for j, other in enumerate(heard, 1):
            left, costs[j] = costs[j], min(costs[j] + 1, costs[j - 1] + 1, left + (word != other))
    return costs[-1]


def row(name: str, found: list[Heard]) -> str:
    words, wrong, commas = (sum(getattr(h, k) for h in found) for k in ("words", "wrong", "commas"))
    speech, pauses = (sum(getattr(h, k) for h in found) for k in ("speech", "pauses"))
    length = f"{speech:.1f} s | {words / speech * 60:.0f}"
    return f"| {name} | {length} | {pauses / commas:.2f} s | {wrong / words:.0%} |"


HEAD = f"""\
# The offline voices by number

Made by `python bench/voice_settings.py` with pocketsphinx 5: {len(PLAIN)} English sentences, \
{sum(len(text.split()) for text in PLAIN)} words.

| setting | speech | words a minute | pause at a comma | words misheard |
| --- | --- | --- | --- | --- |"""


if __name__ == "__main__":
    main()
