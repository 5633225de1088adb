"""How far forced alignment is from the truth: voices that know their own word times, without them.

    sudo apt-get install festival festvox-us-slt-hts festvox-kallpc16k festvox-italp16k \\
        festvox-itapc16k festvox-ca-ona-hts festvox-czech-ph festvox-czech-dita \\
        festvox-suopuhe-lj festvox-ru
    EXPLAINER_PIPER_MODEL=/path/to/voice.onnx python bench/alignment.py

Prints the Markdown tables of bench/ALIGNMENT.md; without festival or a Piper voice, without those
rows. Each sentence is spoken by a voice, its marks are taken away, and the aligner (which knows
only espeak's reading) must find the words again.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sentences
import speakers

from explainer.clock import TICKS
from explainer.narration import align
from explainer.voices import flite
from explainer.voices.base import Utterance

TEXTS = {
    "en": sentences.ENGLISH,
    "es": sentences.SPANISH,
    "de": sentences.GERMAN,
    "it": sentences.ITALIAN,
    "ca": sentences.CATALAN,
    "cs": sentences.CZECH,
    "fi": sentences.FINNISH,
    "ru": sentences.RUSSIAN,
}
SPOILT: dict[str, Callable[[Utterance], Utterance]] = {
    "MP3 at 64 kbit/s": lambda spoken: speakers.as_mp3(spoken, 64_000),
    "MP3 at 32 kbit/s": lambda spoken: speakers.as_mp3(spoken, 32_000),
    "noise 40 dB under": lambda spoken: speakers.in_a_room(spoken, 40),
    "noise 30 dB under": lambda spoken: speakers.in_a_room(spoken, 30),
    "noise 20 dB under": lambda spoken: speakers.in_a_room(spoken, 20),
}


@dataclass(frozen=True)
class Job:
    """A sentence to be spoken: by `speak` with `given` and the text."""

    language: str
    voice: str
    text: str
    speak: Callable[..., Utterance]
    given: tuple[Any, ...]


@dataclass
class Found:
    """Errors in seconds, aligned and by letters, and how many sounds were said to fit."""

    aligned: list[float] = field(default_factory=list)
    letters: list[float] = field(default_factory=list)
    sounds: int = 0
    fitting: int = 0

    def add(self, other: Found) -> None:
        self.aligned += other.aligned
        self.letters += other.letters
        self.sounds += other.sounds
        self.fitting += other.fitting


def jobs() -> list[Job]:
    made = [
        Job("en", f"flite {voice}", text, speakers.by_flite, (voice, flite.DURATION_STRETCH))
        for voice in speakers.FLITE
        for text in TEXTS["en"]
    ]
    made += [
        Job(language, f"espeak {timbre}", text, speakers.by_espeak, (language, timbre, rate))
        for language in ("es", "de")
        for timbre, rate in speakers.ESPEAK
        for text in TEXTS[language]
    ]
    made += [
        Job(language, f"{name} neural", text, speakers.by_neural, (name, language))
        for name, language in speakers.NEURAL.items()
        for text in TEXTS[language]
    ]
    if shutil.which("festival"):
        made += [
            Job(language, f"festival {name[0]}", text, speakers.by_festival, name)
            for language, voices in speakers.FESTIVAL.items()
            for name in voices
            for text in TEXTS[language]
        ]
    if model := os.environ.get("EXPLAINER_PIPER_MODEL"):
        name = f"Piper {Path(model).stem}"
        made += [Job("en", name, text, speakers.by_piper, ()) for text in TEXTS["en"]]
    return made


def spoken(job: Job) -> Utterance:
    return job.speak(*job.given, job.text)


def main() -> None:
    """Measure and print."""
    align.reference_speech = cache(align.reference_speech)
    asked = jobs()
    with get_context("fork").Pool(2, maxtasksperchild=1) as pool:  # engines carry state over
        heard = pool.map(spoken, asked, chunksize=1)
    pairs = list(zip(asked, heard, strict=True))
    began = time.perf_counter()
    rows: dict[tuple[str, str], Found] = {}
    for job, sound in pairs:
        one = measure(job, sound)
        for voice in (job.voice, f"**all of {job.voice.split()[0]}**"):
            rows.setdefault((job.language, voice), Found()).add(one)
    spent = time.perf_counter() - began
    table("voice", {f"{language} | {voice}": row for (language, voice), row in rows.items()})
    worse: dict[str, Found] = {}
    for name, spoil in SPOILT.items():
        for job, sound in pairs[::3]:
            if "espeak" not in job.voice:
                kind = "English" if job.language == "en" else "other languages"
                worse.setdefault(f"{name} | {kind}", Found()).add(measure(job, spoil(sound)))
    print()
    table("sounds", worse)
    fits(pairs)
    length = sum(len(sound.samples) / sound.rate for sound in heard)
    print(f"\n{length:.0f} s of sound; {spent / length:.2f} s of work for a second of it")


def measure(job: Job, sound: Utterance) -> Found:
    spans = [match.span() for match in re.finditer(r"\S+", job.text)]
    truth = align._from_boundaries(sound, spans)
    mute = replace(sound, word_boundaries=())
    timed = align.word_times(mute, job.text, spans, job.language)
    shares = align._interpolate(
        [None] * len(spans), spans, align._speech_bounds(align._voiced_frames(mute))
    )
    known = [(i, at) for i, at in enumerate(truth) if at is not None]
    return Found(
        [abs(timed.words[i].start / TICKS - at) for i, at in known],
        [abs(shares[i] - at) for i, at in known],
        1,
        int(timed.fits),
    )


def table(what: str, rows: dict[str, Found]) -> None:
    first = "language | voice" if what == "voice" else "what was done | language"
    print(f"| {first} | words | mean | median | p95 | worst | by letters | said to fit |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for name, row in sorted(rows.items()) if what == "voice" else rows.items():
        ms, letters = 1000 * np.array(row.aligned), 1000 * np.array(row.letters)
        shown = (ms.mean(), np.median(ms), np.quantile(ms, 0.95), ms.max())
        cells = " | ".join(f"{value:.0f} ms" for value in shown)
        share = f"{letters.mean():.0f}, {np.quantile(letters, 0.95):.0f} ms"
        print(f"| {name} | {len(ms)} | {cells} | {share} | {row.fitting} of {row.sounds} |")


def fits(pairs: list[tuple[Job, Utterance]]) -> None:
    """How far sounds are from their own text and from others in the same language."""
    print("\n| sound against | distance | said to fit |\n| --- | --- | --- |")
    found: dict[str, list[float]] = {"its own text": [], "another text": []}
    for number, (job, sound) in enumerate(pairs):
        if "espeak" in job.voice:
            continue
        others = [text for text in TEXTS[job.language] if text != job.text]
        mute = replace(sound, word_boundaries=())
        found["its own text"].append(distance(mute, job.text, job.language))
        for step in (3, 11):
            other = others[(number * 7 + step) % len(others)]
            found["another text"].append(distance(mute, other, job.language))
    for name, values in found.items():
        fitting = sum(value <= align.MAX_ALIGNMENT_COST for value in values)
        span = f"{min(values):.2f} to {max(values):.2f}"
        print(f"| {name} | {span} | {fitting} of {len(values)} |")


def distance(mute: Utterance, text: str, language: str) -> float:
    model = align.reference_speech(text, language)
    return align._alignment_cost(align._warp_utterances(model, mute)[1])


if __name__ == "__main__":
    main()
