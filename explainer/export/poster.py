"""The poster of a film, one of its frames as a PNG beside it: a finished film in, a file out."""

from __future__ import annotations

from pathlib import Path

import PIL

from explainer.cache.files import write_atomically
from explainer.cache.store import Cache
from explainer.clock import frame_ticks
from explainer.export.base import ExportJob
from explainer.language_version import LanguageVersion
from explainer.media.frames import decode_frames, gop_hashes
from explainer.media.images import encode_image, read_cached_image
from explainer.timeline.selection import select_frame


def export(job: ExportJob) -> list[Path]:
    """Write the frame that the script's `poster` names, or else the last one of the first line.

    Raises:
        ScriptError: if the film has no such line or cue.
        CheckFailed: if the film cannot be decoded as far as that frame.
    """
    version = job.versions[0]
    moment = job.script.poster or version.timeline.lines[0].key
    return [write_poster(version, moment, job.film.with_suffix(".png"), job.cache)]


def write_poster(version: LanguageVersion, moment: str, out: Path, cache: Cache) -> Path:
    """Write one frame of a film as a PNG: `scene.line` is a line's last, `scene.line@cue` a cue's.

    Raises:
        ScriptError: if the film has no such line or cue.
        CheckFailed: if the film cannot be decoded as far as that frame.
    """
    fps = version.timeline.fps
    number = frame_number(version, moment)

    def make(path: Path) -> dict[str, object]:
        (picture,) = decode_frames(version.film, [number], fps)
        path.write_bytes(encode_image(picture, "PNG"))
        return {}

    (group,) = gop_hashes(version.film, [number], fps)
    recipe = {"group": group, "pillow": PIL.__version__}
    entry = cache.get_or_create("poster", out.stem, recipe, ".png", make)
    write_atomically(out, read_cached_image(entry.path, "PNG", "the kept poster"))
    return out


def frame_number(version: LanguageVersion, moment: str) -> int:
    """The number in the film, from 0, of the frame that `scene.line` or `scene.line@cue` names.

    Raises:
        ScriptError: if the film has no such line or cue.
    """
    line, frame = select_frame(version.timeline, moment)
    return line.start // frame_ticks(version.timeline.fps) + frame
