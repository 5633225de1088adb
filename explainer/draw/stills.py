"""Single frames: `stills` draws some of one line, `sheet` one for each moment of a film."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from explainer.cache.files import write_atomically
from explainer.draw.burn_in import CaptionState, overlay
from explainer.draw.chosen_frames import ChosenAnswer, ChosenFrames
from explainer.draw.isolated import run_isolated
from explainer.draw.lending import borrowed_frames
from explainer.draw.line_runner import Job, job_for, run, with_formulas_kept
from explainer.draw.manim_config import configure
from explainer.errors import ScriptError, command
from explainer.frame_format import FrameFormat
from explainer.media import pango
from explainer.media.pango import FontSource
from explainer.progress import Progress
from explainer.running_watch import WaitingPlace
from explainer.script.model import Script
from explainer.script.selection import Selection
from explainer.stage.frame_sink import Frame
from explainer.timeline.scene_timing import LineTiming, SceneTiming, moment_frames

COLUMNS = 3
LABEL = 30
"""Height in pixels of the strip under each picture of a sheet that says which moment it shows."""

LABEL_SIZE, LABEL_MARGIN = 19, 10
"""The type size in that strip, and what is left free beside its text, in pixels."""
GROUND, WHITE = (32, 34, 43), (255, 255, 255, 255)
"""Colours of a sheet and of what is written on it."""

LARGEST = 60_000_000
"""Pixels that a sheet may have, at three bytes each; Pillow warns of 89 millions and more."""


def stills(
    script: Script,
    shots: Mapping[str, SceneTiming],
    key: str,
    frames: Iterable[int],
    quality: FrameFormat,
    rows: tuple[CaptionState, ...] = (),
) -> list[Frame]:
    """Frames of a line, counted from its own start, drawn in this process.

    Raises:
        SceneError: if the scene's code fails.
    """
    job = with_formulas_kept(job_for(script, shots, key, quality, rows))
    return _drawn(job, tuple(frames), False).frames


def isolated_stills(
    script: Script,
    shots: Mapping[str, SceneTiming],
    key: str,
    frames: Iterable[int],
    quality: FrameFormat,
    rows: tuple[CaptionState, ...] = (),
    place: WaitingPlace | None = None,
) -> list[Frame]:
    """As `stills` does, but in a process of its own: the scene may end that, and not this one.

    If processes wait at a `place`, it is one of those.
    """
    job = job_for(script, shots, key, quality, rows)
    return _isolated(job, tuple(frames), False, place).frames


def _isolated(
    job: Job, wanted: tuple[int, ...], labels: bool, place: WaitingPlace | None
) -> ChosenAnswer:
    job = with_formulas_kept(job)
    answer = borrowed_frames(place, job, wanted, labels) if place else None
    return answer or run_isolated(job, _drawn, wanted, labels)


def _drawn(job: Job, wanted: tuple[int, ...], labels: bool) -> ChosenAnswer:
    """Frames of a line, and of each what labels can be read in it, if these are wanted."""
    chosen = ChosenFrames(wanted, labels)
    with tempfile.TemporaryDirectory() as texts:
        configure(job.quality, texts, job.folder)
        sink = overlay(chosen.show, job.rows, job.quality) if job.rows else chosen.show
        seen = run(job, sink, set(wanted), labels)
    return chosen.answer(seen, job.quality.fps)


def _shot(shots: Mapping[str, SceneTiming], key: str) -> LineTiming:
    name = Selection.parse(key)
    return next(line for line in shots[name.scene].lines if line.id == name.line)


def require_room(count: int, quality: FrameFormat) -> None:
    """See that so many pictures of a size find room on a sheet.

    Raises:
        ScriptError: if they do not.
    """
    row = COLUMNS * quality.width * (quality.height + LABEL)
    most = max(1, LARGEST // row) * COLUMNS
    if count > most:
        size = f"{quality.width}x{quality.height}"
        what = f"a sheet of {count} pictures is too large; {most} of {size} are the most"
        one = command("sheet", "SCENE")
        remedy = f"draw one scene's, as in: {one}; or smaller ones: --quality"
        raise ScriptError.of(what, remedy)


def sheet(
    script: Script,
    shots: Mapping[str, SceneTiming],
    keys: Sequence[str],
    quality: FrameFormat,
    progress: Progress,
    rows: Mapping[str, tuple[CaptionState, ...]],
    place: WaitingPlace | None = None,
) -> Frame:
    """Every cue and every line's end, in rows of three, each with its name under it.

    Beside the name are the labels in sight, the size of each and its time on screen in that line.
    Drawn by processes that wait at a `place`, if some do.
    """
    progress.start_stage("drawing", len(keys), script.language)
    asked = [(key, moment_frames(_shot(shots, key))) for key in keys]
    depth = -(-sum(len(at) for _, at in asked) // COLUMNS)
    height = quality.height + LABEL
    page = np.full((depth * height, COLUMNS * quality.width, 3), GROUND, np.uint8)
    fonts = FontSource(str(script.folder / "assets" / "fonts"), script.language)
    i = 0
    for key, at in asked:
        job = job_for(script, shots, key, quality, rows.get(key, ()))
        drawn = _isolated(job, tuple(at.values()), True, place)
        for name, picture, seen in zip(at, drawn.frames, drawn.labels, strict=True):
            x, y = i % COLUMNS * quality.width, i // COLUMNS * height
            page[y : y + quality.height, x : x + quality.width] = picture[:, :, :3]
            strip = label_strip(f"{key}@{name}   {seen}", quality.width, fonts)
            page[y + quality.height : y + height, x : x + quality.width] = strip
            i += 1
        progress.advance(scene=Selection.parse(key).scene)
    return page


def label_strip(text: str, width: int, fonts: FontSource) -> Frame:
    """The strip under a picture with its text: RGB of shape (LABEL, width, 3)."""
    strip = np.full((LABEL, width, 3), GROUND, np.uint8)
    room = width - 2 * LABEL_MARGIN
    letters = pango.render_line(text, fonts, LABEL_SIZE, (room, LABEL), WHITE)
    part = strip[:, LABEL_MARGIN : LABEL_MARGIN + room]
    seen_through = 255 - letters[:, :, 3:].astype(np.uint16)
    part[:] = letters[:, :, :3] + (part * seen_through // 255).astype(np.uint8)
    return strip


def save(picture: Frame, path: Path) -> None:
    """Write a picture as a PNG, whole or not at all."""
    import io

    buffer = io.BytesIO()
    rows = np.ascontiguousarray(picture[:, :, :3])
    # as large as at Pillow's own level, in a third of the time
    Image.fromarray(rows).save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    write_atomically(path, buffer.getvalue())
