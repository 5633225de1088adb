"""A film in one language, from its narration to its finished file: one value for every step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.languages import iso639_2
from explainer.timeline.model import Timeline
from explainer.timeline.speech import Speech

if TYPE_CHECKING:
    from explainer.audio.mixdown import Mixdown
    from explainer.captions.model import Caption


@dataclass(frozen=True, slots=True)
class LanguageVersion:
    """What a film has in one language. What is not made yet, or not needed, is None or empty.

    A render fills in `speech`, then `captions` and `mixdown`, and at last the `path` of the film;
    a page that is made of a finished film reads its timeline, and needs no speech and no mixdown.
    """

    timeline: Timeline
    speech: Speech | None = None
    captions: Sequence[Caption] = ()
    mixdown: Mixdown | None = None
    path: Path | None = None

    @property
    def language(self) -> str:
        """The language's tag, as in `de` or `pt-BR`."""
        return self.timeline.language

    @property
    def track_language(self) -> str:
        """The language as the tracks of an MP4 file state it: three letters of ISO 639-2."""
        return iso639_2(self.language)

    @property
    def audio(self) -> Mixdown:
        """Its sound track.

        Raises:
            ValueError: before it is mixed.
        """
        if self.mixdown is None:
            raise ValueError(f"the sound in “{self.language}” is not mixed yet")
        return self.mixdown

    @property
    def film(self) -> Path:
        """The film that it is in.

        Raises:
            ValueError: before it is made.
        """
        if self.path is None:
            raise ValueError(f"the film in “{self.language}” is not made yet")
        return self.path
