"""A film of two lines, 160 by 90 pixels large, that keeps every rule, for tests to damage."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from explainer import mux
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.captions.formats.registry import FORMATS
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.clock import TICKS
from explainer.draw.clip import Clip
from explainer.frame_format import EncoderPreset, FrameFormat
from explainer.language_version import LanguageVersion
from explainer.media.encoder import ClipEncoder
from explainer.timeline.model import TimedCue, TimedLine, TimedScene, TimedWord, Timeline
from explainer.timeline.speech import Speech, SpokenLine
from explainer.verify.report import Report

FRAME = TICKS // 30
SMALL = FrameFormat("small", 160, 90, 30, EncoderPreset("veryfast"))
TEXTS = ("She spoke often.", "They all agree.")
WORD = 19_200  # ticks, which is 150 words a minute


def timeline() -> Timeline:
    lines, at = [], 0
    for number, text in enumerate(TEXTS):
        begin = at + (0 if number else 12 * FRAME)
        words = tuple(
            TimedWord(word, begin + i * WORD, begin + (i + 1) * WORD - 2400, "aligned")
            for i, word in enumerate(text.split())
        )
        end = words[-1].end + 2400
        stop = end + 15 * FRAME
        stop += -stop % FRAME
        cue = TimedCue("here", words[1].start, words[1].end)
        scene = ("one", "two")[number]
        lines.append(
            TimedLine(
                scene,
                "l",
                at,
                begin,
                end,
                stop,
                text,
                "A bar.",
                ("x",),
                words,
                (cue,),
                low_texts=(),
                stays=(),
            )
        )
        at = stop
    scenes = tuple(TimedScene(line.scene, f"The {line.scene} & only", (line,)) for line in lines)
    return Timeline("tiny", "A tiny film", "en", 30, "noise", scenes)


def say(path: Path, line: TimedLine) -> SpokenLine:
    """Noise in the shape of the line's words, each rising over 15 ms like a soft consonant."""
    noise = np.random.default_rng(len(line.text)).standard_normal(
        line.speech_end - line.speech_start
    )
    shape = np.zeros(len(noise))
    for word in line.words:
        size = word.end - word.start
        rise = np.minimum(1, np.arange(size) / 720) * np.minimum(1, np.arange(size)[::-1] / 4800)
        shape[word.start - line.speech_start :][:size] = rise
    data = (np.clip(noise * shape * 0.1, -1, 1) * 32767).astype("<i2").tobytes()
    header = struct.pack("<4sI8sIHHIIHH4sI", b"RIFF", 36 + len(data), b"WAVEfmt ", 16, 1, 1,
                         TICKS, 2 * TICKS, 2, 16, b"data", len(data))  # fmt: skip
    path.write_bytes(header + data)
    return SpokenLine(str(path), len(noise), ())


def draw(path: Path, frames: int) -> Path:
    with ClipEncoder(path, SMALL) as clip:
        for number in range(frames):
            frame = np.full((90, 160, 4), 60, np.uint8)
            frame[:, number : number + 8] = 255
            clip.show(frame)
    return path


def beside(film: Path, texts: Sequence[Caption]) -> None:
    for suffix, form in FORMATS.items():
        film.with_suffix(suffix).write_text(form.write(texts, "en"), encoding="utf-8")


def made(folder: Path) -> Path:
    """The film as `tiny.mp4` in a folder, with what lies beside it."""
    clock = timeline()
    speech = Speech("n", {ln.key: say(folder / f"{ln.scene}.wav", ln) for ln in clock.lines})
    clips = [
        Clip(ln.key, draw(folder / f"{ln.scene}.mp4", n), n)
        for ln in clock.lines
        if (n := (ln.end - ln.start) // FRAME)
    ]
    texts = segment(clock)
    out = folder / "tiny.mp4"
    track = mix_audio(clock, speech, Cache(folder / "cache"), folder)
    version = LanguageVersion(clock, captions=texts, mixdown=track)
    mux.assemble([version], SMALL, clips, out)
    beside(out, texts)
    return out


def failed(report: Report) -> set[str]:
    return {row.name for row in report.results if row.ok is False}


def remade(copy: Path, *arguments: str) -> Path:
    """The film made again by the ffmpeg program with other settings."""
    out = copy.with_name("new.mp4")
    quiet = ["ffmpeg", "-nostdin", "-v", "error", "-y"]
    subprocess.run([*quiet, "-i", copy, *arguments, out], check=True)
    return out.replace(copy)


KEEP = ("-map", "0:v", "-map", "0:a", "-map", "0:s", "-c", "copy", "-movflags", "+faststart")


def rewritten(good: Path, copy: Path, texts: list[Caption]) -> Path:
    clock = timeline()
    speech = Speech("n", {ln.key: SpokenLine(str(good / f"{ln.scene}.wav"), 0, ())
                              for ln in clock.lines})  # fmt: skip
    clips = [Clip(ln.key, good / f"{ln.scene}.mp4", (ln.end - ln.start) // FRAME)
             for ln in clock.lines]  # fmt: skip
    track = mix_audio(clock, speech, Cache(good / "cache"), good)
    version = LanguageVersion(clock, captions=texts, mixdown=track)
    mux.assemble([version], SMALL, clips, copy)
    beside(copy, texts)
    return copy
