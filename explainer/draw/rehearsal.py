"""A scene for manim-voiceover run without drawing: what it says, and how long its pictures take.

Lines have no end while it runs. Where there is no script yet, each voiceover makes a line, whose
time is estimated from its text.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from explainer.clock import frames_ceil, nearest_frame
from explainer.draw.isolated import run_isolated
from explainer.draw.line_runner import Job, run_scene
from explainer.draw.manim_config import configure
from explainer.errors import SourceLocation
from explainer.frame_format import FrameFormat
from explainer.script.model import Line
from explainer.script.narration_text import parse_narration
from explainer.script.voiceover_text import Passage, read_text
from explainer.timeline.layout import estimate_speech
from explainer.timeline.scene_timing import LineTiming, SceneTiming

if TYPE_CHECKING:
    from explainer.stage.frame_sink import FrameSink
    from explainer.stage.scene import NarratedScene


def listen(folder: Path, file: Path, scene: str, quality: FrameFormat, kept: Path) -> list[Passage]:
    """What a scene plays before its first voiceover, then each voiceover, in a process of its own.

    Formulas are set in `kept`, once for both.

    Raises:
        SceneError: if the scene fails.
    """
    shot = SceneTiming(scene, (0, (scene,)), quality.fps, (LineTiming("opening", 0, {}),))
    return run_isolated(_job(folder, file, shot, quality, kept), _run, True)


def measure(
    folder: Path, file: Path, shot: SceneTiming, quality: FrameFormat, kept: Path
) -> list[Passage]:
    """How long the picture of each line of a script takes, in a process of its own.

    Raises:
        SceneError: if the scene fails, or says more or less than the script.
    """
    return run_isolated(_job(folder, file, shot, quality, kept), _run, False)


def _job(folder: Path, file: Path, shot: SceneTiming, quality: FrameFormat, kept: Path) -> Job:
    return Job(str(folder), str(file), shot, shot.lines[0].id, quality, kept=str(kept))


def _run(job: Job, listening: bool) -> list[Passage]:
    from explainer.stage.voiceover_scene import ENDLESS, VoiceoverPlayhead

    playheads: list[VoiceoverPlayhead] = []

    def enter(_line: str, scene: NarratedScene) -> FrameSink | None:
        playhead = scene._playhead
        assert isinstance(playhead, VoiceoverPlayhead)
        if listening:
            playhead.new_line = lambda text, n: _estimated(text, n, job.shot.fps)
        playheads.append(playhead)
        return None

    frames = {line.id: line.frames for line in job.shot.lines}
    endless = tuple(replace(line, frames=ENDLESS) for line in job.shot.lines)
    job = replace(job, shot=replace(job.shot, lines=endless))
    with tempfile.TemporaryDirectory() as texts:
        configure(job.quality, texts, job.folder)
        run_scene(job, enter)
    passages = playheads[0].passages
    return [replace(passage, frames=frames.get(passage.line, 0)) for passage in passages]


def _estimated(text: str, number: int, fps: int) -> LineTiming:
    """A line without end for a voiceover that the script does not have yet."""
    from explainer.stage.voiceover_scene import ENDLESS

    read = read_text(text)
    said = parse_narration("" if read.faults else read.say, {})
    line = Line("", f"voiceover-{number}", said, "", (), 0, SourceLocation("", 1))
    spoken = estimate_speech(line)
    cues = {}
    for cue in said.cues:
        first, last = spoken.words[cue.first].start, spoken.words[cue.last].end
        cues[cue.name] = (nearest_frame(first, fps), nearest_frame(last, fps))
    # one that says nothing is a voiceover all the same
    return LineTiming(line.id, ENDLESS, cues, max(1, frames_ceil(spoken.length, fps)))
