"""What the page shows of a draft: its lines with their texts, words and cues, and its waveform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from explainer.clock import TICKS, seconds
from explainer.errors import ScriptError
from explainer.media.audio_reader import AudioReader
from explainer.script import text_edit
from explainer.timeline.model import TimedLine, Timeline

PEAKS_PER_SECOND = 50
"""Of the waveform: the loudest sample of each 20 ms."""
EDITED = ("say", "show", "hold")
"""The fields of a line that the page changes, beside its labels."""


def line_views(timeline: Timeline) -> tuple[Mapping[str, Any], ...]:
    """The lines of a film, with all times in seconds; `labels` are the names of theirs."""
    return tuple(_line_view(line) for line in timeline.lines)


def with_texts(lines: Iterable[Mapping[str, Any]], source: bytes) -> tuple[Mapping[str, Any], ...]:
    """The lines with the `texts` that the script's file has of each, by the field."""
    return tuple({**line, "texts": _texts(line, source)} for line in lines)


def _line_view(line: TimedLine) -> Mapping[str, Any]:
    talk = line.talk / TICKS
    return {
        "key": line.key,
        "start": seconds(line.start),
        "end": seconds(line.end),
        "pace": round(60 * line.pace_count / talk) if talk else 0,
        "labels": [*line.texts],
        "words": [
            {"text": word.text, "start": seconds(word.start), "end": seconds(word.end)}
            for word in line.words
        ],
        "cues": [{"name": cue.name, "at": seconds(cue.start)} for cue in line.cues],
    }


def _texts(line: Mapping[str, Any], source: bytes) -> dict[str, str]:
    found = {}
    for field in (*EDITED, *(f"labels/{name}" for name in line["labels"])):
        # a translation has not all of them, and a label may be a list
        with suppress(ScriptError):
            found[field] = text_edit.value_of(source, (*line["key"].split("."), field))
    return found


def waveform(film: Path) -> tuple[int, ...]:
    """How loud a film is, from 0 to 99, PEAKS_PER_SECOND times a second."""
    step = TICKS // PEAKS_PER_SECOND
    with AudioReader(film) as sound:
        samples = np.concatenate([np.abs(block).max(axis=1) for block in sound.blocks()])
    whole = samples[: len(samples) // step * step].reshape(-1, step).max(axis=1)
    peaks = np.minimum(99, whole.astype(np.float64) * (99 / _full_scale(samples.dtype)))
    return tuple(int(peak) for peak in peaks)


def _full_scale(kind: np.dtype[Any]) -> float:
    return 1.0 if kind.kind == "f" else float(np.iinfo(kind).max)
