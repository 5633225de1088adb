"""What a check of `verify` is: the delivered film, or a part of it, in; results out.

There are four kinds. A `FilmCheck` looks at the file as a whole, a `FrameCheck` at each frame of
its picture, which is decoded once for all of them, a `LanguageCheck` at the sound, captions and
timeline of one language. A `ProgramCheck` has another program look at the file meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import Protocol

import av
import numpy as np
from av.video.reformatter import Colorspace, Interpolation, VideoReformatter
from numpy.typing import NDArray

from explainer.frame_format import SMALL_MARK, SMALL_SIDE, FrameFormat
from explainer.media.probe import AudioTrack, CaptionEvent, Probe
from explainer.media.signature import CellSums
from explainer.media.signature_file import SignatureFile
from explainer.timeline.model import Timeline
from explainer.verify.cells import CellScaler
from explainer.verify.report import CheckResult
from explainer.verify.signed_frames import SignedFrames


@dataclass(frozen=True, slots=True)
class DeliveredFilm:
    """A film to verify: its file, what the file says of itself, and what it was made from.

    `timelines` are those of its languages in the order of its tracks, none if there is no record
    of them; the first is the picture's. `limit` is the longest it may be, in ticks. `signatures`
    are None where those beside the film cannot be used, for the reason in `signature_fault`.
    """

    path: Path
    facts: Probe
    timelines: Sequence[Timeline] = ()
    limit: int | None = None
    signatures: SignatureFile | None = None
    signature_fault: str = ""

    @property
    def is_small_copy(self) -> bool:
        """Whether it is the copy of a film for phones and slow lines, by its name and its size."""
        sizes = [min(picture.width, picture.height) for picture in self.facts.video]
        return self.path.stem.endswith(SMALL_MARK) and sizes == [SMALL_SIDE]

    @property
    def timeline(self) -> Timeline | None:
        """The timeline of the picture, which is the first language's."""
        return self.timelines[0] if self.timelines else None


@dataclass(frozen=True, slots=True)
class DeliveredLanguage:
    """What a film has in one language, whose tracks are number `track`, counted from 0."""

    film: DeliveredFilm
    track: int
    timeline: Timeline | None
    audio: AudioTrack | None
    captions: tuple[str, tuple[CaptionEvent, ...]] | None
    """The language tag of the caption track, and its cues."""


class Converter:
    """Turns decoded frames into sRGB arrays of one size."""

    def __init__(self, width: int, height: int) -> None:
        self._size = width, height
        self._reformatter = VideoReformatter()

    def convert(self, frame: av.VideoFrame) -> NDArray[np.uint8]:
        """The frame as sRGB of shape (height, width, 3)."""
        made = self._reformatter.reformat(
            frame,
            *self._size,
            "rgb24",
            src_colorspace=Colorspace.ITU709,
            interpolation=Interpolation.AREA,
            threads=1,
        )
        return np.asarray(made.to_ndarray(), np.uint8)


@dataclass
class DecodedFrame:
    """One frame as it is decoded; `number` counts from 0 in order of showing."""

    number: int
    frame: av.VideoFrame
    to_cells: CellScaler = field(repr=False)
    to_pixels: Converter = field(repr=False)

    @cached_property
    def sums(self) -> CellSums:
        """The sums over cells of its planes, with those that `cells` are made of."""
        sums = CellSums(self.frame)
        self.cells = self.to_cells.scale(self.frame, sums)
        return sums

    @cached_property
    def cells(self) -> NDArray[np.uint8]:
        """The means of its cells: sRGB of shape (36, 64, 3)."""
        return self.to_cells.scale(self.frame)

    @cached_property
    def pixels(self) -> NDArray[np.uint8]:
        """In full size: sRGB of shape (height, width, 3)."""
        return self.to_pixels.convert(self.frame)


@dataclass(frozen=True, slots=True)
class DeliveredPicture:
    """The picture of a film: its size and frame rate, and its frames held to signatures.

    `signed` is None where there are no signatures; what it found is there once all were decoded.
    `pixel_aspect` is the width of a pixel by its height, as the coded stream says.
    """

    film: DeliveredFilm
    frame_format: FrameFormat
    signed: SignedFrames | None = None
    pixel_aspect: Fraction = Fraction(1)

    @property
    def timeline(self) -> Timeline | None:
        """The timeline that it was drawn to."""
        return self.film.timeline


class FrameObserver(Protocol):
    """Is shown each frame of a picture in turn, and says afterwards what it found."""

    def add_frame(self, frame: DecodedFrame) -> None:
        """Look at the next frame."""

    def results(self) -> Iterable[CheckResult]:
        """What was found, once all frames were seen."""


@dataclass(frozen=True, slots=True)
class FilmCheck:
    """Measures a film as a whole; `results` are the names of the results that it may give."""

    results: tuple[str, ...]
    measure: Callable[[DeliveredFilm], Iterable[CheckResult]]


@dataclass(frozen=True, slots=True)
class ProgramCheck:
    """Has another program measure a film while the other checks are made.

    `start` starts it for a `with`, whose end ends it, and gives what waits for its results;
    `results` are the names of those that it may give.
    """

    results: tuple[str, ...]
    start: Callable[[DeliveredFilm], AbstractContextManager[Callable[[], Iterable[CheckResult]]]]


@dataclass(frozen=True, slots=True)
class FrameCheck:
    """Measures the picture of a film frame by frame; `observe` makes the observer of one film.

    `results` are the names of the results that it may give.
    """

    results: tuple[str, ...]
    observe: Callable[[DeliveredPicture], FrameObserver]


@dataclass(frozen=True, slots=True)
class LanguageCheck:
    """Measures what a film has in one language.

    `results` are the names of the results that it may give; those of a language after the first
    are reported with its tag before them.
    """

    results: tuple[str, ...]
    measure: Callable[[DeliveredLanguage], Iterable[CheckResult]]


Check = FilmCheck | ProgramCheck | FrameCheck | LanguageCheck
