"""A script and its speech in, the Timeline out: lines one after the other, on whole frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from explainer.clock import frame_ticks, frames_ceil, ticks
from explainer.languages import speech_rate_count
from explainer.timeline.model import TimedCue, TimedLine, TimedScene, TimedWord, Timeline
from explainer.timeline.speech import Speech, SpokenLine, WordTiming

if TYPE_CHECKING:
    from explainer.script.model import Line, Script

LEAD_IN = ticks(0.4)
"""Silence before the first word of a film."""
LINE_GAP = ticks(0.6)
"""Silence between the last word of a line and the first of the next."""
LEAD_OUT = ticks(0.9)
"""Silence after the last word of a film, in place of the pause."""


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
            lead, rest = 0 if at else LEAD_IN, LINE_GAP if lines_left else LEAD_OUT
            if not line.say.words:
                lead = rest = 0  # a silent line lasts as long as the script says
            spoken = speech.lines.get(line.key) or estimate_speech(line)
            placed = _place_line(scene.id, line, spoken, at, lead, rest, fps)
            count = speech_rate_count(line.say.spoken, script.language)
            label = labels.get(line.key, "")
            timed.append(replace(placed, spoken_words=count, speaker_label=label))
            at = timed[-1].end
        scenes.append(TimedScene(scene.id, scene.title, tuple(timed)))
    names = script.file_stem, script.title, script.language
    more = script.music, script.page_info, speech.passed
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


def _place_line(
    scene: str, line: Line, spoken: SpokenLine, at: int, lead: int, rest: int, fps: int
) -> TimedLine:
    begin = at + lead
    frames = frames_ceil(lead + spoken.length + rest + line.hold, fps)
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


def estimate_timeline(script: Script, fps: int) -> Timeline:
    """A timeline from the text alone, for drawing without a voice."""
    return lay_out(script, Speech("", {}), fps)


def estimate_speech(line: Line) -> SpokenLine:
    """A line's speech as it may turn out, at about 150 words a minute."""
    at, words = 0, []
    for word in line.say.words:
        size = ticks(0.12 + 0.055 * (word.spoken_end - word.spoken_start))
        words.append(WordTiming(at, at + size, "estimated"))
        at += size
    return SpokenLine("", at, tuple(words))
