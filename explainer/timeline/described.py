"""A film with descriptions: a timeline and what is said of each picture in, a longer timeline out.

After each line the picture stands still while a second voice says what was to be seen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from explainer.clock import frame_ticks, frames_ceil
from explainer.languages import speech_rate_count
from explainer.script.model import Line
from explainer.timeline.labels import LabelStay
from explainer.timeline.layout import LEAD_OUT, LINE_GAP
from explainer.timeline.model import TimedLine, TimedWord, Timeline, shifted
from explainer.timeline.speech import Speech, SpokenLine

MARK = ".described"
"""What a film with descriptions has in its name, and its timeline too."""
ID_MARK = "+described"
"""What the id of a description has after that of its line; no script can have such an id."""
CHANGE_OF_SPEAKER = "–"


def held_frames(speeches: Sequence[Speech], keys: Sequence[str], fps: int) -> dict[str, int]:
    """How many frames each line is held for, by the key of its description.

    Languages that share a picture hold it for the one that takes longest; no line without a
    description is among them.
    """
    told = [key + ID_MARK for key in keys]
    told = [key for key in told if any(key in speech.lines for speech in speeches)]
    rests = {**dict.fromkeys(told, LINE_GAP), **dict.fromkeys(told[-1:], LEAD_OUT)}
    return {
        key: max(
            frames_ceil(speech.lines[key].length + rest, fps)
            for speech in speeches
            if key in speech.lines
        )
        for key, rest in rests.items()
    }


def describe(
    timeline: Timeline, lines: Mapping[str, Line], speech: Speech, frames: Mapping[str, int]
) -> Timeline:
    """The film's timeline with a line of its own for each description.

    `lines` are the descriptions as lines of a script, `frames` how long each holds the picture,
    both by their keys.
    """
    at, scenes = 0, []
    before: TimedLine | None = None
    for scene in timeline.scenes:
        made: list[TimedLine] = []
        for line in scene.lines:
            moved = shifted(line, at - line.start)
            if before is not None and moved.words and not moved.speaker_label:
                moved = replace(moved, speaker_label=CHANGE_OF_SPEAKER)
            made.append(moved)
            at, before = moved.end, None
            key = line.key + ID_MARK
            if key in frames:
                end = at + frames[key] * frame_ticks(timeline.fps)
                spoken = speech.lines.get(key)
                told = _description(line, lines.get(key), spoken, at, end, timeline.language)
                before = replace(told, stays=_held_stays(line, frames[key], timeline.fps))
                made.append(before)
                at = end
        scenes.append(replace(scene, lines=tuple(made)))
    return replace(timeline, name=timeline.name + MARK, scenes=tuple(scenes))


def _description(
    line: TimedLine,
    told: Line | None,
    spoken: SpokenLine | None,
    start: int,
    end: int,
    language: str,
) -> TimedLine:
    words: tuple[TimedWord, ...] = ()
    speech_end = start
    if told and spoken:
        speech_end = start + spoken.length
        words = tuple(
            TimedWord(word.text, start + time.start, start + time.end, time.known, word.glued)
            for word, time in zip(told.say.words, spoken.words, strict=True)
        )
    return TimedLine(
        scene=line.scene,
        id=line.id + ID_MARK,
        start=start,
        speech_start=start,
        speech_end=speech_end,
        end=end,
        text=told.say.shown if told else "",
        show="",
        cite=(),
        words=words,
        cues=(),
        voice=spoken.voice if spoken else "",
        speaker_label=CHANGE_OF_SPEAKER if words else "",
        spoken_words=speech_rate_count(told.say.spoken, language) if told else 0,
        low_texts=(),
    )


def _held_stays(line: TimedLine, frames: int, fps: int) -> tuple[LabelStay, ...]:
    """The labels in a line's last frame, which stay for as long as it is held."""
    last = (line.end - line.start) // frame_ticks(fps) - 1
    return tuple(
        replace(stay, text=stay.last_text, first=0, last=frames - 1)
        for stay in line.stays or ()
        if stay.last >= last
    )


def is_description(line: TimedLine) -> bool:
    """Whether a line says what was to be seen in the one before it."""
    return line.id.endswith(ID_MARK)


def is_of(described: Timeline, timeline: Timeline) -> bool:
    """Whether a film with descriptions was made of the film with this timeline, as it is now."""
    own = [line for line in described.lines if not is_description(line)]
    plain = [replace(shifted(line, -line.start), speaker_label="") for line in own]
    wanted = [replace(shifted(line, -line.start), speaker_label="") for line in timeline.lines]
    return plain == wanted
