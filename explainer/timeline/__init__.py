"""The one clock: who speaks and shows what, when. Captions, chapters, sound, film, page read this.

`lay_out` sets lines on whole frames, `only` cuts out a preview, `shots` is what scenes may know.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from explainer.cache import tracing
from explainer.cache.inputs import value_state
from explainer.clock import TICKS, frame_ticks, frames_up, nearest_frame, ticks
from explainer.errors import ScriptError, choose
from explainer.languages import pace_count
from explainer.script.extras import Extras
from explainer.script.music import Music
from explainer.timeline.labels import Label, LowTexts
from explainer.timeline.swatches import Swatches

if TYPE_CHECKING:
    from explainer.script import Line, Script

Known = Literal["engine", "aligned", "estimated"]
"""How a word's time is known: reported by the voice, by forced alignment, or estimated."""

END = "end"
"""The name, beside the cues, of the moment a line is over."""

LEAD = ticks(0.4)
"""Silence before the first word of a film."""
PAUSE = ticks(0.6)
"""Silence between the last word of a line and the first of the next."""
TAIL = ticks(0.9)
"""Silence after the last word of a film, in place of the pause."""


LONG_REST = TICKS
"""Silence between two words of a line beyond which it is no part of the pace of speech."""


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word's time in ticks from the first sample of its line's speech."""

    start: int
    end: int
    known: Known


@dataclass(frozen=True, slots=True)
class SpokenLine:
    """One line's speech: its sound file (48 kHz mono WAV), its length in ticks and its words.

    `voice` is who speaks it, as a script names voices.
    """

    wav: str
    length: int
    words: tuple[SpokenWord, ...]
    reused: bool = False
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Speech:
    """A whole script spoken; `voice` is the film's, `lines` are by line key (`scene.line`).

    A line without words is not among them. `passed` are the voices that were asked before, each
    with the reason why it could not speak.
    """

    voice: str
    identity: Mapping[str, str]
    lines: Mapping[str, SpokenLine]
    passed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class TimedWord:
    """A shown word and when it is heard, in ticks of the film.

    One that is `glued` stands without a space after the word before it.
    """

    text: str
    start: int
    end: int
    known: Known
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
    """The whole film in time; `passed` are voices that could not speak it, each with its reason."""

    name: str
    title: str
    language: str
    fps: int
    voice: str
    scenes: tuple[TimedScene, ...]
    music: Music | None = None
    extras: Extras = field(default_factory=Extras)
    passed: tuple[tuple[str, str], ...] = ()
    script: str = ""

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
        return json.dumps(record, ensure_ascii=False, indent=1) + "\n"


@dataclass(frozen=True, slots=True)
class LineShot:
    """What a scene may know of a line's time: its frames, each cue's (first, last + 1) frame."""

    id: str
    frames: int
    cues: Mapping[str, tuple[int, int]]

    @property
    def times(self) -> list[object]:
        """All its times, in the form that JSON holds."""
        return [self.frames, sorted([name, *frames] for name, frames in self.cues.items())]


@dataclass(frozen=True, slots=True)
class SceneShot:
    """What the stage needs of a scene: its lines' shots and its place in the film's outline.

    `outline` is the scene's index and all scenes' titles; where a scene asks for them, they are
    noted as inputs. `texts` are the labels that the script gives, by name; they are not drawn
    unless `labelled`.
    """

    id: str
    outline: tuple[int, tuple[str, ...]]
    fps: int
    lines: tuple[LineShot, ...]
    texts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    labelled: bool = True

    @property
    def index(self) -> int:
        """Which of the film's scenes this is, from 0."""
        tracing.note("outline", "", value_state(self.outline))
        return self.outline[0]

    @property
    def titles(self) -> tuple[str, ...]:
        """The titles of all of the film's scenes."""
        tracing.note("outline", "", value_state(self.outline))
        return self.outline[1]


def lay_out(script: Script, speech: Speech, fps: int) -> Timeline:
    """Set every line on the film's clock: lines start on whole frames, in file order.

    A line that was not spoken (a preview speaks only its own) has its time estimated from its text.
    """
    scenes, at, lines_left = [], 0, len(script.lines)
    labels = _speaker_labels(script)
    for scene in script.scenes:
        timed = []
        for line in scene.lines:
            lines_left -= 1
            lead, rest = 0 if at else LEAD, PAUSE if lines_left else TAIL
            if not line.say.words:
                lead = rest = 0  # a silent line lasts as long as the script says
            spoken = speech.lines.get(line.key) or guess(line)
            set_down = _set_down(scene.id, line, spoken, at, lead, rest, fps)
            count = pace_count(line.say.spoken, script.language)
            label = labels.get(line.key, "")
            timed.append(replace(set_down, spoken_words=count, speaker_label=label))
            at = timed[-1].end
        scenes.append(TimedScene(scene.id, scene.title, tuple(timed)))
    names = script.stem, script.title, script.language
    more = script.music, script.extras, speech.passed
    return Timeline(*names, fps, speech.voice, tuple(scenes), *more, script.path.name)


def _speaker_labels(script: Script) -> dict[str, str]:
    """What stands before the words of each line that has another speaker than the one before it."""
    found: dict[str, str] = {}
    before: Line | None = None
    for line in script.lines:
        if not line.say.words:
            continue
        same = before is not None and (before.voice, before.speaker) == (line.voice, line.speaker)
        if line.speaker and not same:
            found[line.key] = f"{line.speaker}:"
        elif before and not same:
            found[line.key] = "–"
        before = line
    return found


def _set_down(
    scene: str, line: Line, spoken: SpokenLine, at: int, lead: int, rest: int, fps: int
) -> TimedLine:
    begin = at + lead
    frames = frames_up(lead + spoken.length + rest + line.hold, fps)
    words = tuple(
        TimedWord(word.text, begin + time.start, begin + time.end, time.known, word.glued)
        for word, time in zip(line.say.words, spoken.words, strict=True)
    )
    return TimedLine(
        scene=scene,
        id=line.id,
        start=at,
        speech_start=begin,
        speech_end=begin + spoken.length,
        end=at + frames * frame_ticks(fps),
        text=line.say.shown,
        show=line.show,
        cite=line.cite,
        words=words,
        cues=tuple(
            TimedCue(
                cue.name, words[cue.first].start, words[cue.last].end, line.sounds.get(cue.name, "")
            )
            for cue in line.say.cues
        ),
        texts=line.labels,
        voice=spoken.voice,
    )


def only(timeline: Timeline, selection: str) -> Timeline:
    """The same lines with the same inner timing, cut down to `scene` or `scene.line`, from 0.

    Raises:
        ScriptError: if the selection names nothing in the timeline.
    """
    scene_id, _, line_id = selection.partition(".")
    for scene in timeline.scenes:
        lines = [ln for ln in scene.lines if not line_id or ln.id == line_id]
        if scene.id == scene_id and lines:
            cut = replace(scene, lines=tuple(shifted(line, -lines[0].start) for line in lines))
            return replace(timeline, name=selection, scenes=(cut,))
    names = [scene.id for scene in timeline.scenes] + [line.key for line in timeline.lines]
    raise ScriptError.of(f"the script has no “{selection}”", choose(selection, names))


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


def shots(timeline: Timeline, labelled: bool = True) -> dict[str, SceneShot]:
    """Each scene's shot, by scene id; times are counted in frames from the line's own start."""
    titles, fps = tuple(scene.title for scene in timeline.scenes), timeline.fps
    texts = {name: each for line in timeline.lines for name, each in line.texts.items()}
    made = {}
    for index, scene in enumerate(timeline.scenes):
        lines = tuple(_shot(line, fps) for line in scene.lines)
        made[scene.id] = SceneShot(scene.id, (index, titles), fps, lines, texts, labelled)
    return made


def _shot(line: TimedLine, fps: int) -> LineShot:
    frames = (line.end - line.start) // frame_ticks(fps)
    cues = {}
    for cue in line.cues:
        first, last = (nearest_frame(at - line.start, fps) for at in (cue.start, cue.end))
        cues[cue.name] = (min(first, frames - 1), min(max(last, first + 1), frames))
    return LineShot(line.id, frames, cues)


def moments(shot: LineShot) -> dict[str, int]:
    """The frame, from the line's own start, that `LINE@CUE` means, by cue; and that of its end.

    A cue means the last frame of its words, in which what it names is to be seen.
    """
    return {**{name: last - 1 for name, (_, last) in shot.cues.items()}, END: shot.frames - 1}


def frame_at(timeline: Timeline, moment: str) -> tuple[TimedLine, int]:
    """The line of `scene.line`, and its last frame from its own start; or that of `@cue` in it.

    Raises:
        ScriptError: if the timeline has no such line or cue.
    """
    key, _, cue = moment.partition("@")
    line = next((line for line in timeline.lines if line.key == key), None)
    if line is None:
        keys = [line.key for line in timeline.lines]
        raise ScriptError.of(f"no line called “{key}”", choose(key, keys))
    found = moments(_shot(line, timeline.fps))
    if (cue or END) not in found:
        raise ScriptError.of(f"line {key} has no cue “{cue}”", f"its moments: {', '.join(found)}")
    return line, found[cue or END]


def rehearse(script: Script, fps: int) -> Timeline:
    """A timeline from the text alone, for drawing without a voice."""
    return lay_out(script, Speech("", {}, {}), fps)


def guess(line: Line) -> SpokenLine:
    """A line's speech as it may turn out, at about 150 words a minute."""
    at, words = 0, []
    for word in line.say.words:
        size = ticks(0.12 + 0.055 * (word.spoken_end - word.spoken_start))
        words.append(SpokenWord(at, at + size, "estimated"))
        at += size
    return SpokenLine("", at, tuple(words))
