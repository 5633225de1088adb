"""What the page's player knows of a film: language versions in, values for its JSON record out."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from explainer.cache.store import Cache
from explainer.captions.formats import webvtt
from explainer.captions.rows import line_words
from explainer.captions.segment import segment
from explainer.clock import MILLISECOND, frame_ticks
from explainer.export.page import sprite_sheet
from explainer.export.page.template import data_url
from explainer.frame_format import SMALL_MARK
from explainer.language_version import LanguageVersion
from explainer.languages import text_direction
from explainer.media.signature_file import SignatureFile, UnreadableSignatures
from explainer.mux import SIGNATURE_SUFFIX, timeline_digest
from explainer.progress import Progress
from explainer.script.questions import Question
from explainer.timeline.described import ID_MARK, MARK, is_description, is_of
from explainer.timeline.json import load_for_film
from explainer.timeline.model import TimedLine, TimedWord


def version_record(version: LanguageVersion, first_film: Path, embed: bool) -> dict[str, Any]:
    """A film in one language. Lines end at frames; words and captions count milliseconds.

    With `embed` the film is in the record, but for `first_film`, which stands in the page already
    for readers without scripts.
    """
    timeline = version.timeline
    frame = frame_ticks(timeline.fps)
    numbers = {source.id: n for n, source in enumerate(timeline.page_info.sources, 1)}
    in_page = embed and version.film == first_film
    small = None if embed else small_copy(version)
    track = webvtt.write(version.captions, timeline.language)

    # where it is said, it need not be written as well
    described = {line.key.removesuffix(ID_MARK) for line in timeline.lines if is_description(line)}

    def line_record(line: TimedLine) -> dict[str, Any]:
        return {
            "id": line.id,
            "end": line.end // frame,
            "show": "" if line.key in described else line.show,
            "cite": sorted(numbers[name] for name in line.cite),
            "words": [_word_record(word) for word in line_words(line, timeline.language)],
            **({"describes": 1} if is_description(line) else {}),
        }

    return {
        "language": timeline.language,
        "direction": text_direction(timeline.language),
        "name": timeline.name,
        "title": timeline.title,
        "about": timeline.page_info.about,
        "notice": timeline.page_info.notice,
        "film": "" if in_page else film_url(version.film, embed),
        "small": quote(small.name) if small else "",
        "track": data_url("text/vtt", track.encode()),
        "fps": timeline.fps,
        "scenes": [
            {
                "id": scene.id,
                "title": scene.title,
                "lines": [line_record(line) for line in scene.lines],
            }
            for scene in timeline.scenes
        ],
        "questions": [
            _question_record(question, numbers) for question in timeline.page_info.questions
        ],
        "captions": [
            [_milliseconds(c.start), _milliseconds(c.end), *(len(row) for row in c.spans)]
            for c in version.captions
        ],
    }


def _question_record(question: Question, numbers: dict[str, int]) -> dict[str, Any]:
    return {
        "id": question.id,
        "ask": question.ask,
        "answers": [asdict(answer) for answer in question.answers],
        "cite": sorted(numbers[name] for name in question.cite),
        "after": question.after,
        "attempt": question.attempt,
        "state": question.state,
    }


def small_copy(version: LanguageVersion) -> Path | None:
    """The smaller copy beside a film, if it is there and of this film."""
    small = version.film.with_stem(version.film.stem + SMALL_MARK)
    if not small.is_file():
        return None
    timelines = load_for_film(version.film)
    try:
        signatures = SignatureFile(small.with_suffix(SIGNATURE_SUFFIX))
    except UnreadableSignatures:
        return None
    return small if signatures.header.identity == timeline_digest(timelines) else None


def described_version(version: LanguageVersion) -> LanguageVersion | None:
    """The film with descriptions beside a film, if it is there and made of it as it is now."""
    film = version.film.with_stem(version.film.stem + MARK)
    for timeline in load_for_film(film):
        if timeline.language == version.language and is_of(timeline, version.timeline):
            return LanguageVersion(timeline, captions=segment(timeline), path=film)
    return None


def sprites_record(
    version: LanguageVersion, cache: Cache, progress: Progress, is_draft: bool = False
) -> dict[str, Any]:
    """The last picture of each line, on as many sprite sheets as it takes.

    Raises:
        CheckFailed: if the film does not hold the frames that its timeline says.
    """
    timeline = version.timeline
    frames = sprite_sheet.last_frames(timeline)
    progress.start_stage("the page's pictures", len(frames), timeline.language)
    sheets = sprite_sheet.cached_sprite_sheets(
        version.film, frames, timeline.fps, cache, progress, is_draft
    )
    return {
        "images": [b64encode(sheet.image).decode() for sheet in sheets],
        "per_sheet": sprite_sheet.MAX_PICTURES,
        "count": len(frames),
        "width": sheets[0].width,
        "height": sheets[0].height,
        "columns": sheets[0].columns,
    }


def film_url(film: Path, embed: bool) -> str:
    """Where the page finds a film: beside it, or in the page itself."""
    return data_url("video/mp4", film.read_bytes()) if embed else quote(film.name)


def _word_record(word: TimedWord) -> list[str | int]:
    """A word's text and its first and last millisecond, with a 1 if no space stands before it."""
    times = [_milliseconds(word.start), _milliseconds(word.end)]
    return [word.text, *times, *([1] if word.glued else [])]


def _milliseconds(ticks: int) -> int:
    return (ticks + MILLISECOND // 2) // MILLISECOND
