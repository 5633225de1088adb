"""What a film is in time: its scenes, lines, words and cues, each with its ticks of the film."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise

from explainer.clock import TICKS
from explainer.media.colour_signature import Swatches
from explainer.script.model import Music
from explainer.script.page_info import PageInfo
from explainer.timeline.labels import Label, LabelStay, LowTexts
from explainer.timeline.speech import TimingSource

END = "end"
"""The name, beside the cues, of the moment a line is over."""

LONG_REST = TICKS
"""Silence between two words of a line beyond which it is no part of the pace of speech."""


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A shown word and when it is heard, in ticks of the film.

    One that is `glued` stands without a space after the word before it.
    """

    text: str
    start: int
    end: int
    known: TimingSource
    glued: bool = False


@dataclass(frozen=True, slots=True)
class TimedCue:
    """A named moment of a line, in ticks of the film, and the sound in assets/ it starts."""

    name: str
    start: int
    end: int
    sound: str = ""


@dataclass(frozen=True, slots=True)
class TimedLine:
    """A line on the film's clock, on whole frames; once it is drawn, with what its picture says.

    A line without words is silent: its speech has no length. `voice` is who speaks it.
    `speaker_label` is what captions and transcript put before its words where the speaker changes:
    a name and a colon, or a dash.
    """

    scene: str
    id: str
    start: int
    speech_start: int
    speech_end: int
    end: int
    text: str
    show: str
    cite: tuple[str, ...]
    words: tuple[TimedWord, ...]
    cues: tuple[TimedCue, ...]
    labels: tuple[Label, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # asked of the scene
    swatches: Swatches = ()
    voice: str = ""
    speaker_label: str = ""
    spoken_words: int = 0  # as a pace is counted; 0 in records that do not say it
    low_texts: LowTexts | None = None  # None in records that do not say it
    stays: tuple[LabelStay, ...] | None = None  # the same

    @property
    def pace_count(self) -> int:
        """What its pace is counted by: the words that are spoken, as they are spoken."""
        return self.spoken_words or len(self.words)

    @property
    def talk(self) -> int:
        """Ticks that its speech takes, but for what a rest between two words has over a second."""
        rests = sum(max(0, b.start - a.end - LONG_REST) for a, b in pairwise(self.words))
        return self.speech_end - self.speech_start - rests

    @property
    def key(self) -> str:
        """The line's full name, `scene.line`."""
        return f"{self.scene}.{self.id}"


@dataclass(frozen=True, slots=True)
class TimedScene:
    """A scene on the film's clock; one chapter of the film."""

    id: str
    title: str
    lines: tuple[TimedLine, ...]

    @property
    def start(self) -> int:
        """The first tick of the scene."""
        return self.lines[0].start

    @property
    def end(self) -> int:
        """The tick after the scene's last."""
        return self.lines[-1].end


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole film in time; `passed` are voices that could not speak it, each with its reason.

    `is_part` says that it was cut out of a longer one, which goes on before or behind it.
    """

    name: str
    title: str
    language: str
    fps: int
    voice: str
    scenes: tuple[TimedScene, ...]
    music: Music | None = None
    page_info: PageInfo = field(default_factory=PageInfo)
    passed: tuple[tuple[str, str], ...] = ()
    script: str = ""
    is_part: bool = False

    @property
    def lines(self) -> tuple[TimedLine, ...]:
        """All lines in play order."""
        return tuple(line for scene in self.scenes for line in scene.lines)

    @property
    def spoken(self) -> tuple[TimedLine, ...]:
        """The lines that say something, in play order."""
        return tuple(line for line in self.lines if line.speech_end > line.speech_start)

    @property
    def length(self) -> int:
        """The film's length in ticks, a whole number of frames."""
        return self.lines[-1].end

    def word_times(self) -> dict[str, int]:
        """How many words' times are known in which way."""
        return dict(Counter(word.known for line in self.lines for word in line.words))

    def to_json(self) -> str:
        """The record that lies beside a film; times are ticks, as `ticks_per_second` says."""
        record = {"ticks_per_second": TICKS, "length": self.length, **asdict(self)}
        if not self.is_part:
            del record["is_part"]  # which the records of films never had
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


def shifted(line: TimedLine, by: int) -> TimedLine:
    """The same line `by` ticks later."""
    return replace(
        line,
        start=line.start + by,
        speech_start=line.speech_start + by,
        speech_end=line.speech_end + by,
        end=line.end + by,
        words=tuple(replace(w, start=w.start + by, end=w.end + by) for w in line.words),
        cues=tuple(replace(c, start=c.start + by, end=c.end + by) for c in line.cues),
    )
