"""Single frames: `stills` draws some of one line, `sheet` one for each moment of a film."""

from __future__ import annotations

import tempfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from explainer.cache.files import write_atomically
from explainer.draw.burn_in import CaptionState, overlay
from explainer.draw.chosen_frames import ChosenAnswer, ChosenFrames
from explainer.draw.isolated import run_isolated
from explainer.draw.lending import borrowed_frames
from explainer.draw.line_runner import Job, job_for, run, with_formulas_kept
from explainer.draw.manim_config import configure
from explainer.errors import ScriptError, command
from explainer.frame_format import FrameFormat
from explainer.progress import Progress
from explainer.running_watch import WaitingPlace
from explainer.script.model import Script
from explainer.script.selection import Selection
from explainer.stage.frame_sink import Frame
from explainer.timeline.scene_timing import LineTiming, SceneTiming, moment_frames

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont

COLUMNS = 3
LABEL = 30
"""Height in pixels of the strip under each picture of a sheet that says which moment it shows."""

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
    page = Image.new("RGB", (COLUMNS * quality.width, depth * height), "#20222b")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(20)
    i = 0
    for key, at in asked:
        job = job_for(script, shots, key, quality, rows.get(key, ()))
        drawn = _isolated(job, tuple(at.values()), True, place)
        for name, picture, seen in zip(at, drawn.frames, drawn.labels, strict=True):
            x, y = i % COLUMNS * quality.width, i // COLUMNS * height
            page.paste(Image.fromarray(picture[:, :, :3]), (x, y))
            said = _shortened(f"{key}@{name}   {seen}", quality.width - 20, font)
            pen.text((x + 10, y + quality.height + 3), said, fill="white", font=font)
            i += 1
        progress.advance(scene=Selection.parse(key).scene)
    return np.asarray(page)


def _shortened(text: str, width: int, font: Font) -> str:
    """A text that is no wider than so many pixels, with dots in place of what has no room."""
    if font.getlength(text) <= width:
        return text
    while text and font.getlength(f"{text}…") > width:
        text = text[:-1]
    return f"{text}…"


def save(picture: Frame, path: Path) -> None:
    """Write a picture as a PNG, whole or not at all."""
    import io

    buffer = io.BytesIO()
    rows = np.ascontiguousarray(picture[:, :, :3])
    # as large as at Pillow's own level, in a third of the time
    Image.fromarray(rows).save(buffer, "PNG", compress_level=1, compress_type=zlib.Z_RLE)
    write_atomically(path, buffer.getvalue())
