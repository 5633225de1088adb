"""The tracks of a film: one picture, and for each language its sound and captions."""

from __future__ import annotations

from collections.abc import Iterator

from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.report import CheckResult


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """Whether all tracks are there, and the index before them, so that playing starts at once."""
    facts = film.facts
    tracks = f"{len(facts.video)} picture, {len(facts.audio)} sound, {len(facts.captions)} text"
    spoken = [sound.language for sound in facts.audio]
    captioned = [language for language, _ in facts.captions]
    tracks += f" ({', '.join(spoken)})" if len(spoken) > 1 else ""
    is_complete = len(set(spoken)) == len(spoken) > 0 and set(spoken) <= set(captioned)
    required = "1 picture, 1 sound and 1 text or more for each language"
    yield CheckResult("tracks", tracks, required, len(facts.video) == 1 and is_complete)
    order = [name for name in facts.boxes if name in ("moov", "mdat")]
    starts_fast = order == ["moov", "mdat"]
    yield CheckResult("faststart", " ".join(facts.boxes), "moov before mdat", starts_fast)


CHECK = FilmCheck(("tracks", "faststart"), measure)
