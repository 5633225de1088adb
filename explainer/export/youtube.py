"""What an upload to YouTube needs: a film in; description, thumbnail and captions out."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from explainer.cache.files import write_atomically
from explainer.captions.formats import srt
from explainer.clock import TICKS, mmss, seconds
from explainer.export.base import ExportJob, remove_older
from explainer.export.page.template import ui_strings
from explainer.export.poster import frame_number
from explainer.language_version import LanguageVersion
from explainer.media.frames import decode_frames
from explainer.media.images import encode_image
from explainer.timeline.model import Timeline

THUMBNAIL_SIZE = (1280, 720)
"""The most pixels across and down of a thumbnail."""
MAX_THUMBNAIL_BYTES = 2_000_000
JPEG_QUALITIES = (92, 80, 60)
"""How well a thumbnail is encoded; the first that is small enough."""
MAX_TITLE_CHARS = 100
MAX_DESCRIPTION_CHARS = 5000
MIN_CHAPTER_TICKS = 10 * TICKS
MIN_CHAPTERS = 3
"""The site shows chapters only if there are so many."""


def export(job: ExportJob) -> list[Path]:
    """Write the files into a folder beside the film, and log what the site will not take as it is.

    The thumbnail is the moment that the script's `poster` names, or the film's last line.

    Raises:
        CheckFailed: if the film cannot be decoded.
    """
    folder = job.film.with_name(f"{job.film.stem}.youtube")
    contents = {"thumbnail.jpg": thumbnail(job.versions[0], job.script.poster)}
    for version in job.versions:
        timeline = version.timeline
        text = f"{timeline.title}\n\n{description(timeline)}"
        for problem in upload_problems(timeline, text):
            job.progress.log(f"YouTube: {problem}")
        contents[f"description.{version.language}.txt"] = text.encode()
        contents[f"captions.{version.language}.srt"] = srt.write(version.captions).encode()
    for name, content in contents.items():
        write_atomically(folder / name, content)
    written = [folder / name for name in contents]
    remove_older(folder, written)
    return written


def description(timeline: Timeline) -> str:
    """The text below the film: what it is about, chapters, numbered sources, hashtags."""
    info = timeline.page_info
    sources = [
        f"{n}. {s.title}. {s.where}" + (f". https://doi.org/{s.doi}" if s.doi else "")
        for n, s in enumerate(info.sources, 1)
    ]
    if sources:
        sources.insert(0, f"{ui_strings(timeline.language)['sources']}:")
    parts = [
        info.about,
        info.notice,
        "\n".join(f"{mmss(scene.start)} {scene.title}" for scene in timeline.scenes),
        "\n".join(sources),
        " ".join(f"#{tag}" for tag in info.tags),
    ]
    # the site takes no angle brackets
    text = "\n\n".join(part for part in parts if part).replace("<", "‹").replace(">", "›")
    return text + "\n"


def upload_problems(timeline: Timeline, text: str) -> Iterator[str]:
    """What the site does not take: a text too long, chapters too few or too short."""
    if len(timeline.title) > MAX_TITLE_CHARS:
        yield f"the title has {len(timeline.title)} characters, over {MAX_TITLE_CHARS}"
    if len(text) > MAX_DESCRIPTION_CHARS:
        yield f"the description has {len(text)} characters, over {MAX_DESCRIPTION_CHARS}"
    if len(timeline.scenes) < MIN_CHAPTERS:
        yield f"{len(timeline.scenes)} chapters are too few; it shows them from {MIN_CHAPTERS} on"
    for scene in timeline.scenes:
        if scene.end - scene.start < MIN_CHAPTER_TICKS:
            length = f"{seconds(scene.end - scene.start):.1f} s"
            yield f"chapter “{scene.title}” lasts {length}; it shows chapters only from 10 s on"


def thumbnail(version: LanguageVersion, moment: str) -> bytes:
    """A moment of the film (its last line if empty) as a JPEG within the site's limits.

    Raises:
        ScriptError: if the film has no such line or cue.
        CheckFailed: if the film cannot be decoded as far as that.
    """
    timeline = version.timeline
    number = frame_number(version, moment or timeline.lines[-1].key)
    (picture,) = decode_frames(version.film, [number], timeline.fps)
    picture.thumbnail(THUMBNAIL_SIZE)
    encoded = (encode_image(picture, "JPEG", quality=quality) for quality in JPEG_QUALITIES)
    return next((image for image in encoded if len(image) <= MAX_THUMBNAIL_BYTES), b"")
