"""What an upload to YouTube needs: versions in; description, thumbnail and captions out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from explainer.cache import write_atomically
from explainer.captions.formats import srt
from explainer.clock import TICKS, frame_ticks, mmss, seconds
from explainer.export.base import ExportJob
from explainer.export.page.html_page import strings
from explainer.language_version import LanguageVersion
from explainer.media.frames import decode_frames, encode_image
from explainer.timeline.model import Timeline
from explainer.timeline.selection import select_frame

SIZE = (1280, 720)
"""The most pixels across and down that a thumbnail is asked to have."""
LARGEST = 2_000_000
"""The most bytes of a thumbnail."""
LONGEST_TITLE, LONGEST = 100, 5000
"""The most characters of a title and of a description."""
SHORTEST_CHAPTER = 10 * TICKS
FEWEST_CHAPTERS = 3


def export(job: ExportJob) -> list[Path]:
    """Write the files into a folder beside the film; says what the site will not take as it is.

    The thumbnail shows the moment that the script's `poster` names, or the film's end.
    """
    folder = job.film.with_name(f"{job.film.stem}.youtube")
    return prepare(job.versions, folder, job.script.poster, job.progress.log)


def prepare(
    versions: Sequence[LanguageVersion], folder: Path, poster: str, say: Callable[[str], None]
) -> list[Path]:
    """Write the files into `folder`; `say` is told what the site will not take as it is.

    The thumbnail shows the moment `poster` (`scene.line` or `scene.line@cue`), or the film's end.
    """
    made: dict[str, bytes] = {"thumbnail.jpg": thumbnail(versions[0], poster)}
    for version in versions:
        clock = version.timeline
        text = f"{clock.title}\n\n{description(clock)}"
        for doubt in doubts(clock, text):
            say(f"YouTube: {doubt}")
        made[f"description.{clock.language}.txt"] = text.encode()
        made[f"captions.{clock.language}.srt"] = srt.write(version.captions).encode()
    for name, content in made.items():
        write_atomically(folder / name, content)
    return [folder / name for name in made]


def description(clock: Timeline) -> str:
    """What stands below the film: what it is about, chapters, numbered sources, hashtags."""
    words, extras = strings(clock.language), clock.extras
    parts = [extras.about, extras.notice]
    parts.append("\n".join(f"{mmss(scene.start)} {scene.title}" for scene in clock.scenes))
    listed = [
        f"{n}. {s.title}. {s.where}" + (f". https://doi.org/{s.doi}" if s.doi else "")
        for n, s in enumerate(extras.sources, 1)
    ]
    if listed:
        parts.append("\n".join([f"{words['sources']}:", *listed]))
    parts.append(" ".join(f"#{tag}" for tag in extras.tags))
    # the site takes no angle brackets
    text = "\n\n".join(part for part in parts if part).replace("<", "‹").replace(">", "›")
    return text + "\n"


def doubts(clock: Timeline, text: str) -> Iterator[str]:
    """What the site does not take: a text too long, chapters too few or too short."""
    if len(clock.title) > LONGEST_TITLE:
        yield f"the title has {len(clock.title)} characters, over {LONGEST_TITLE}"
    if len(text) > LONGEST:
        yield f"the description has {len(text)} characters, over {LONGEST}"
    if len(clock.scenes) < FEWEST_CHAPTERS:
        yield f"{len(clock.scenes)} chapters are too few; it shows them from {FEWEST_CHAPTERS} on"
    for scene in clock.scenes:
        if scene.end - scene.start < SHORTEST_CHAPTER:
            length = f"{seconds(scene.end - scene.start):.1f} s"
            yield f"chapter “{scene.title}” lasts {length}; it shows chapters only from 10 s on"


def thumbnail(version: LanguageVersion, poster: str) -> bytes:
    """A moment of the film as a JPEG of at most 1280 × 720 pixels and two million bytes."""
    clock = version.timeline
    line, at = select_frame(clock, poster or clock.lines[-1].key)
    number = line.start // frame_ticks(clock.fps) + at
    (picture,) = decode_frames(version.film, [number], clock.fps)
    picture.thumbnail(SIZE)
    made = (encode_image(picture, "JPEG", quality=q) for q in (92, 80, 60))
    return next((image for image in made if len(image) <= LARGEST), b"")
