"""What `plan`, `still` and `sheet` need to draw single frames."""

from __future__ import annotations

from collections.abc import Mapping

from explainer import narration, pipeline
from explainer.cache import Cache
from explainer.captions.segment import segment
from explainer.cli.arguments import Options
from explainer.draw.burn import Row
from explainer.progress import Progress
from explainer.script.model import Script
from explainer.script.selection import Selection, select_lines
from explainer.timeline.layout import lay_out
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import SceneTiming, scene_timings


def captions_to_burn_in(
    options: Options, clock: Timeline, script: Script
) -> Mapping[str, tuple[Row, ...]]:
    """The captions to draw into each line's picture, by line key; none unless asked for."""
    return pipeline.burn_in_captions(segment(clock), clock, script) if options.burn_in else {}


def speak_part(
    options: Options, script: Script, selection: str
) -> tuple[Timeline, dict[str, SceneTiming]]:
    """A script's clock and shots, with the selected part (or all) really spoken."""
    with Progress() as progress:
        cache = Cache.of(script.folder, progress.log)
        scene = Selection.parse(selection).scene
        select_lines(script.lines, selection)
        speech = narration.speak(script, options.voice, cache, progress, scene)
    clock = lay_out(script, speech, options.frame_format("1080p30").fps)
    return clock, scene_timings(clock, options.draws_labels)
