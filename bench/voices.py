"""How natural voices sound by two predictors, and how well a recogniser understands them.

    python bench/voices.py --judge build/judge/bin/python            the engines, raw
    python bench/voices.py --judge … --film build/her2.mp4           a finished film's voice
    python bench/voices.py --judge … --film build/her2.mp4 --write   into bench/VOICES.md

`bench/judge.py` says how the judge's environment is set up. Sounds are cut at their edges, as
narration cuts them. A film's voice is judged as it stands after mastering: its sound is decoded and
cut into lines by its timeline. Ends with exit code 1 if the film misses an aim.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from statistics import mean, pstdev
from typing import Any

import numpy as np
from num2words import num2words
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from sentences import ENGLISH

from explainer.clock import TICKS, seconds
from explainer.media.audio_reader import read_audio
from explainer.narration.synthesize import engine_settings
from explainer.script.loader import load
from explainer.timeline.json import load_for_film
from explainer.voices.registry import create_engine

ROOT = Path(__file__).resolve().parents[1]
TABLE = Path(__file__).with_name("VOICES.md")
ENGINES = ("espeak", "flite", "hibari", "kokoro:am_michael", "kokoro:af_heart")
HARD = """\
Trastuzumab binds domain four of the receptor, beside the membrane.
Perforin opens pores, and granzymes slip in.
Two kinases phosphorylate each other's tails.
Dimerization switches the pathways on.
Antibody dependent cellular cytotoxicity recruits natural killer cells.
""".splitlines()
"""Sentences with words of the trade."""
LEAST_MEAN, LEAST_LINE, MOST_WRONG = 4.5, 4.2, 0.04
SLOWEST, FASTEST, FASTEST_LINE = 145, 155, 165
"""What a film is to reach: DistilMOS on average and in each line, the share of misheard words, and
words a minute over all and in each line; words are counted as they are spoken."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found of one sound: its name, its text, and what the judge says."""

    name: str
    text: str
    distilmos: float
    dnsmos: float
    heard: str


def judge(python: str, sounds: Sequence[tuple[str, str, NDArray[np.int16], int]]) -> list[Judged]:
    """Have sounds judged: each with its name, text, samples of shape (n,) and rate in Hz."""
    with tempfile.TemporaryDirectory() as folder:
        items = []
        for number, (_, text, samples, rate) in enumerate(sounds):
            path = Path(folder) / f"{number}.wav"
            with wave.open(str(path), "wb") as file:
                file.setnchannels(1)
                file.setsampwidth(2)
                file.setframerate(rate)
                file.writeframes(samples.astype("<i2").tobytes())
            items.append({"wav": str(path), "text": text})
        script = Path(__file__).with_name("judge.py")
        done = subprocess.run(
            [python, str(script)], input=json.dumps(items), capture_output=True, text=True
        )
    if done.returncode:
        sys.exit(f"the judge failed:\n{done.stderr[-2000:]}")
    found: list[dict[str, Any]] = json.loads(done.stdout[done.stdout.index("[") :])
    return [
        Judged(name, text, item["distilmos"], item["dnsmos"], item["heard"])
        for (name, text, _, _), item in zip(sounds, found, strict=True)
    ]


def plain_words(text: str) -> list[str]:
    """The words of a text as they are compared: small letters, numbers in words, no signs."""
    text = re.sub(r"(?<=\d),(?=\d{3})", "", text.lower()).replace("%", " percent")
    text = re.sub(r"\d+(?:\.\d+)?", lambda number: f" {num2words(number[0])} ", text)
    return re.findall(r"[a-z']+", text.replace("-", " ").replace("’", "'"))


@cache
def sound_of(word: str) -> str:
    """How a word is said, by hibari's dictionary: “two” and “too” are no mishearing."""
    return str(_reader()(word)).replace("ˈ", "").replace("ˌ", "")


@cache
def _reader() -> Any:
    from hibari.g2p import G2P

    return G2P(british=False)


def misheard(said: Sequence[str], heard: Sequence[str]) -> int:
    """Words to change, leave out or put in to make one of the other; what sounds alike is alike."""
    said, heard = [*map(sound_of, said)], [*map(sound_of, heard)]
    costs = list(range(len(heard) + 1))
    for row, word in enumerate(said, 1):
        before, costs[0] = costs[0], row
        for column, other in enumerate(heard, 1):
            change = before + (word != other)
            before = costs[column]
            costs[column] = min(costs[column] + 1, costs[column - 1] + 1, change)
    return costs[-1]


def wrong_share(judged: Sequence[Judged]) -> float:
    """The share of words that are misheard, over all sounds together."""
    said = [plain_words(one.text) for one in judged]
    wrong = sum(
        misheard(words, plain_words(one.heard)) for words, one in zip(said, judged, strict=True)
    )
    return wrong / max(1, sum(map(len, said)))


def trimmed(samples: NDArray[np.int16]) -> NDArray[np.int16]:
    """A sound without the silence at its edges, more than 42 dB under its loudest sample."""
    level = np.abs(samples.astype(np.int32))
    loud = np.flatnonzero(level > level.max() * 10 ** (-42 / 20))
    return samples[loud[0] : loud[-1] + 1]


def raw(python: str) -> list[str]:
    """A row of the table for each engine and set of sentences."""
    script = load(ROOT / "script.yaml", check_scenes=False)
    film = [line.say.spoken for line in script.lines]
    plain = [
        text for text in ENGLISH if not re.search("her two|Trastuzumab|perforin|kinases", text)
    ]
    rows = []
    for name in ENGINES:
        voice = create_engine(name, engine_settings(script, name))
        for what, texts in (("plain", plain), ("narration", film), ("hard", HARD)):
            sounds = []
            length = 0.0
            for number, text in enumerate(texts):
                spoken = voice.speak(text, "en", f"bench.{number}")
                samples = trimmed(spoken.samples)
                length += len(samples) / spoken.rate
                sounds.append((f"{name} {what} {number}", text, samples, spoken.rate))
            found = judge(python, sounds)
            count = sum(len(text.split()) for text in texts)
            scores = [one.distilmos for one in found]
            rows.append(
                f"| {name} | {what} | {mean(scores):.2f} ±{pstdev(scores):.2f} | "
                f"{mean(one.dnsmos for one in found):.2f} | {wrong_share(found):.1%} | "
                f"{count / length * 60:.0f} |"
            )
            print(rows[-1], flush=True)
    return rows


def film_lines(film: Path) -> list[tuple[str, int, int]]:
    """The key of each spoken line of a film, and the first and last + 1 tick of its speech."""
    (clock, *_) = load_for_film(film)
    return [(ln.key, ln.speech_start, ln.speech_end) for ln in clock.lines if ln.words]


def finished(python: str, film: Path) -> tuple[list[str], list[str]]:
    """The rows of a film's lines, and what of its aims is missed."""
    spoken = {
        line.key: line.say.spoken for line in load(ROOT / "script.yaml", check_scenes=False).lines
    }
    sound = read_audio(film).mean(axis=1)
    sounds = []
    spans = film_lines(film)
    for key, start, end in spans:
        samples = np.clip(sound[start:end] * 32768, -32768, 32767).astype(np.int16)
        sounds.append((key, spoken[key], samples, TICKS))
    found = judge(python, sounds)
    rows, missed, paces = [], [], []
    for one, (key, start, end) in zip(found, spans, strict=True):
        pace = len(one.text.split()) / seconds(end - start) * 60
        paces.append((len(one.text.split()), seconds(end - start)))
        rows.append(
            f"| {key} | {one.distilmos:.2f} | {one.dnsmos:.2f} | "
            f"{misheard(plain_words(one.text), plain_words(one.heard))} | {pace:.0f} |"
        )
        if one.distilmos < LEAST_LINE:
            missed.append(f"{key}: DistilMOS {one.distilmos:.2f}, not {LEAST_LINE}")
        if pace > FASTEST_LINE:
            missed.append(f"{key}: {pace:.0f} words a minute, over {FASTEST_LINE}")
    average = mean(one.distilmos for one in found)
    share = wrong_share(found)
    pace = sum(words for words, _ in paces) / sum(length for _, length in paces) * 60
    rows.append(
        f"| **all** | **{average:.2f}** | **{mean(one.dnsmos for one in found):.2f}** | "
        f"**{share:.1%}** | **{pace:.0f}** |"
    )
    if average < LEAST_MEAN:
        missed.append(f"DistilMOS {average:.2f} on average, not {LEAST_MEAN}")
    if share > MOST_WRONG:
        missed.append(f"{share:.1%} of the words misheard, over {MOST_WRONG:.0%}")
    if not SLOWEST <= pace <= FASTEST:
        missed.append(f"{pace:.0f} words a minute, not {SLOWEST} to {FASTEST}")
    for one in found:
        if misheard(plain_words(one.text), plain_words(one.heard)):
            print(f"{one.name}: {one.text}\n    heard: {one.heard}")
    return rows, missed


def main() -> int:
    """Judge what is asked for; 1 if a film misses an aim."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--judge", required=True, help="the Python of the judge's environment")
    parser.add_argument("--film", type=Path, help="a finished film, with its timeline beside it")
    parser.add_argument("--write", action="store_true", help="write the table")
    options = parser.parse_args()
    told = ["# How natural the voices sound, by number", ""]
    told += [f"Made on {date.today()} by `python bench/voices.py`; nobody listened."]
    told += ["", "DistilMOS and DNSMOS (overall) predict, from 1 to 5, what listeners would say;"]
    told += ["misheard is the share of words that Whisper tiny.en understands as words that sound"]
    told += ["otherwise.", ""]
    told += ["## The engines, as they come", ""]
    told += ["| voice | sentences | DistilMOS | DNSMOS | misheard | words a minute |"]
    told += ["| --- | --- | --- | --- | --- | --- |", *raw(options.judge), ""]
    missed: list[str] = []
    if options.film:
        rows, missed = finished(options.judge, options.film)
        print("\n".join(rows))
        told += ["## The first film, after mastering", ""]
        told += ["| line | DistilMOS | DNSMOS | words misheard | words a minute |"]
        told += ["| --- | --- | --- | --- | --- |", *rows, ""]
        told += [f"Missed: {each}." for each in missed] or ["Every aim is met."]
    if options.write:
        TABLE.write_text("\n".join(told).rstrip() + "\n", encoding="utf-8")
    print("\n".join(missed))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
