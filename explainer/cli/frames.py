"""What `plan`, `still` and `sheet` need to draw single frames."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from explainer import pipeline
from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.cli.arguments import Options
from explainer.cli.asking import DRAWN_BY_WATCH
from explainer.draw.burn_in import CaptionState
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.running_watch import WaitingPlace, find_offer
from explainer.script.model import Script
from explainer.script.selection import Selection, select_lines
from explainer.timeline.layout import lay_out
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import SceneTiming, scene_timings


def captions_to_burn_in(
    options: Options, timeline: Timeline, script: Script
) -> Mapping[str, tuple[CaptionState, ...]]:
    """The captions to draw into each line's picture, by line key; none unless asked for."""
    if not options.burn_in:
        return {}
    return pipeline.burn_in_captions(segment(timeline), timeline, script)


def find_waiting(film: Path, progress: Progress) -> WaitingPlace | None:
    """Where processes wait for the film in a folder, if `watch` runs; it is said that they draw."""
    place = find_offer(film)
    if place:
        progress.log(DRAWN_BY_WATCH)
    return place


def speak_selection(
    options: Options, script: Script, selection: str, progress: Progress
) -> tuple[Timeline, dict[str, SceneTiming]]:
    """A script's timeline and the timing of its scenes, by scene.

    The selected scene, or the selected line's, is spoken; the times of the others are estimated.
    """
    cache = Cache.of(script.folder, progress.log)
    scene = Selection.parse(selection).scene
    select_lines(script.lines, selection)
    speech = synthesize(script, options.voice, cache, progress, scene)
    timeline = lay_out(script, speech, options.frame_format("1080p30").fps)
    return timeline, scene_timings(timeline, options.draws_labels)
