"""Slides: a finished film in, a presentation out whose slides each play a line.

The words of a line are its slide's notes. Written by python-pptx, which PowerPoint, Keynote,
Google Slides and LibreOffice read.
"""

from __future__ import annotations

import io
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

from explainer.cache.files import write_atomically
from explainer.clock import frame_ticks
from explainer.errors import EnvironmentProblem
from explainer.export.base import ExportJob
from explainer.export.line_clips import LineCutter
from explainer.language_version import LanguageVersion
from explainer.machine import install_command
from explainer.media.frames import decode_frames
from explainer.media.images import encode_image

LONG_SIDE = 12_192_000
"""Of a slide, in English Metric Units, of which an inch has 914,400."""
BLANK_LAYOUT = 6
"""The layout of python-pptx's own template that has no placeholders."""


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.pptx`, of several languages one for each.

    Raises:
        CheckFailed: if the film cannot be read.
        EnvironmentProblem: if python-pptx is not installed.
    """
    written = []
    for number, version in enumerate(job.versions):
        out = job.film.with_name(f"{job.film.stem}{job.language_mark(version)}.pptx")
        write_atomically(out, _presentation(version, number, job))
        written.append(out)
    return written


def _presentation(version: LanguageVersion, number: int, job: ExportJob) -> bytes:
    try:
        pptx: Any = import_module("pptx")
    except ModuleNotFoundError as error:
        raise EnvironmentProblem.of(
            f"{error.name} is not installed", install_command("pptx")
        ) from None
    timeline = version.timeline
    frame = frame_ticks(timeline.fps)
    lasts = [line.end // frame - 1 for line in timeline.lines]
    slides = pptx.Presentation()
    slides.core_properties.title = timeline.title
    slides.core_properties.language = timeline.language
    job.progress.start_stage("slides", len(timeline.lines), version.language)
    with tempfile.TemporaryDirectory() as scratch, LineCutter(version, number) as cutter:
        clip = Path(scratch) / "clip.mp4"
        stills = decode_frames(version.film, lasts, timeline.fps)
        for line, still in zip(timeline.lines, stills, strict=True):
            unit = LONG_SIDE / max(still.size)
            size = round(still.width * unit), round(still.height * unit)
            slides.slide_width, slides.slide_height = size
            slide = slides.slides.add_slide(slides.slide_layouts[BLANK_LAYOUT])
            cutter.write(line, clip)
            poster = io.BytesIO(encode_image(still, "PNG"))
            movie = slide.shapes.add_movie(
                str(clip), 0, 0, *size, poster_frame_image=poster, mime_type="video/mp4"
            )
            movie.name = line.key
            # what a screen reader says of it
            movie._element.nvPicPr.cNvPr.set("descr", line.show)
            slide.notes_slide.notes_text_frame.text = line.text
            job.progress.advance(scene=line.scene)
    buffer = io.BytesIO()
    slides.save(buffer)
    return buffer.getvalue()
