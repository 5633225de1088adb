"""What the page shows of a draft: its lines with their texts, words and cues, and its waveform."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from explainer.cache.inputs import ABSENT
from explainer.captions.model import Caption
from explainer.captions.violations import violations
from explainer.clock import TICKS, seconds
from explainer.errors import ScriptError
from explainer.media.audio_reader import AudioReader
from explainer.script import text_edit
from explainer.spec import caption_limits
from explainer.timeline.model import TimedLine, Timeline

PEAKS_PER_SECOND = 50
"""Of the waveform: the loudest sample of each 20 ms."""
EDITED = ("say", "show", "hold")
"""The fields of a line that the page changes, beside its labels."""


def line_views(
    timeline: Timeline,
    captions: Sequence[Caption] = (),
    inputs: Mapping[str, Mapping[str, str]] | None = None,
) -> tuple[Mapping[str, Any], ...]:
    """The lines of a film, with all times in seconds.

    `captions` go to their lines, each with what is wrong with it; `files` are those of the film's
    folder that a line's picture was drawn from, by the `inputs` of each.
    """
    faults = violations(captions, timeline) if captions else []
    return tuple(
        {
            **_line_view(line),
            "captions": _captions(line, captions, timeline.language),
            "faults": [fault for fault in faults if line.key in fault],
            "files": _files((inputs or {}).get(line.key, {})),
        }
        for line in timeline.lines
    )


def with_texts(
    lines: Iterable[Mapping[str, Any]], source: bytes, part: str = ""
) -> tuple[Mapping[str, Any], ...]:
    """The lines that the script's file has, each with its `texts` by the field.

    One that no draft has yet has no times. Of a `part` (a scene or `scene.line`) there are only its
    own; while the file cannot be read, there are those before with the texts they had.
    """
    drawn = {line["key"]: line for line in lines}
    try:
        written = text_edit.written_lines(source)
    except ScriptError:
        return tuple(drawn.values())
    here = [key for key in written if not part or f"{key}.".startswith(f"{part}.")]
    # a translation may have only some of the lines
    keys = here if drawn.keys() <= set(written) else [*drawn]
    return tuple(
        {**drawn.get(key, _new_line(key)), "texts": _edited(written.get(key))} for key in keys
    )


def _new_line(key: str) -> Mapping[str, Any]:
    lists: dict[str, Any] = {name: [] for name in ("words", "cues", "captions", "faults", "files")}
    return {"key": key, "start": 0.0, "end": 0.0, "pace": 0, **lists}


def _edited(line: text_edit.WrittenLine | None) -> dict[str, str]:
    """The texts of a line that the page changes: what is said and shown, holds, then labels."""
    texts = line.texts if line else {}
    labels = [name for name in texts if name.startswith("labels/")]
    return {name: texts[name] for name in (*EDITED, *labels) if name in texts}


def _line_view(line: TimedLine) -> dict[str, Any]:
    talk = line.talk / TICKS
    return {
        "key": line.key,
        "start": seconds(line.start),
        "end": seconds(line.end),
        "pace": round(60 * line.pace_count / talk) if talk else 0,
        "voice": line.voice,
        "words": [
            {"text": word.text, "start": seconds(word.start), "end": seconds(word.end)}
            for word in line.words
        ],
        "cues": [{"name": cue.name, "at": seconds(cue.start)} for cue in line.cues],
    }


def _captions(line: TimedLine, captions: Sequence[Caption], language: str) -> list[dict[str, Any]]:
    limits = caption_limits(language)
    return [
        {
            "rows": caption.rows,
            "start": seconds(caption.start),
            "end": seconds(caption.end),
            "speed": round(caption.reading_speed(limits), 1),
        }
        for caption in captions
        if caption.key == line.key
    ]


def _files(inputs: Mapping[str, str]) -> list[str]:
    """The files among what a line read; those of others, as of a library, are not told."""
    read = (name for name, state in inputs.items() if state != ABSENT)
    named = (name.partition(":") for name in read if name.startswith("file:"))
    own = {rest for _, _, rest in named if not Path(rest).is_absolute()}
    return sorted(own, key=lambda file: (not file.startswith("scenes/"), file))


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
