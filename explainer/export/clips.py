"""An MP4 for each line, with its sound: a finished film in, a folder of clips beside it out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from explainer.cache.files import write_atomically
from explainer.export.base import ExportJob, remove_older
from explainer.export.line_clips import LineCutter
from explainer.timeline.model import TimedLine


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.clips/01-SCENE.LINE.mp4` and so on; of several languages, each says its own.

    Raises:
        CheckFailed: if the film cannot be read.
    """
    folder = job.film.with_name(f"{job.film.stem}.clips")
    written = []
    job.progress.start_stage("clips", sum(len(v.timeline.lines) for v in job.versions))
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "clip.mp4"
        for number, version in enumerate(job.versions):
            with LineCutter(version, number) as cutter:
                for name, line in numbered(version.timeline.lines):
                    cutter.write(line, made)
                    out = folder / f"{name}{job.language_mark(version)}.mp4"
                    write_atomically(out, made)
                    written.append(out)
                    job.progress.advance(scene=line.scene)
    remove_older(folder, written)
    return written


def numbered(lines: tuple[TimedLine, ...]) -> Iterator[tuple[str, TimedLine]]:
    """Each line with a name by which files stand in the order of the film."""
    width = len(str(len(lines)))
    for number, line in enumerate(lines, 1):
        yield f"{number:0{max(2, width)}}-{line.key}", line
