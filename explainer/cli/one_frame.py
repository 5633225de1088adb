"""What `still` draws: by processes of its own, or in a running `watch` that it has asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection

from explainer import outputs
from explainer.cache.inputs import Inputs, value_state
from explainer.cli.arguments import Options
from explainer.cli.asking import Answer, Request, works_alike
from explainer.cli.frames import captions_to_burn_in, find_waiting, speak_selection
from explainer.draw import stills
from explainer.draw.burn_in import CaptionState
from explainer.draw.lending import borrowed_frames
from explainer.draw.line_runner import job_for, with_formulas_kept
from explainer.errors import ScriptError
from explainer.frame_format import FrameFormat
from explainer.progress import Progress
from explainer.running_watch import WaitingPlace
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.selection import Selection
from explainer.stage.frame_sink import Frame
from explainer.timeline.scene_timing import SceneTiming
from explainer.timeline.selection import select_frame


@dataclass(frozen=True, slots=True)
class Moment:
    """A frame of a line, by its number in the line; `rows` are captions to burn in."""

    name: str
    script: Script
    timings: Mapping[str, SceneTiming]
    key: str
    frame: int
    quality: FrameFormat
    rows: tuple[CaptionState, ...]

    def save(self, picture: Frame) -> Answer:
        """Write its picture into the folder of stills."""
        suffix = f"{self.script.language_suffix}{self.quality.suffix}.png"
        file = f"{self.script.name}_{self.name}{suffix}"
        out = outputs.output_dir(self.script) / "stills" / file
        outputs.claim(self.script, out)
        stills.save(picture, out)
        return {"still": str(out), "frame": self.frame, "fps": self.quality.fps}


def draw_frame(options: Options) -> Answer:
    """Draw the frame that is asked for, in a process of its own or one that waits for it.

    Raises:
        ExplainerError: if the command names no moment, or the script or the scene has a mistake.
    """
    with Progress() as progress:
        moment = find_moment(options, progress)
        place = find_waiting(moment.script.folder, progress)
    (picture,) = stills.isolated_stills(
        moment.script,
        moment.timings,
        moment.key,
        [moment.frame],
        moment.quality,
        moment.rows,
        place,
    )
    return moment.save(picture)


def find_moment(options: Options, progress: Progress) -> Moment:
    """The moment that a command names: the last frame of a line, or the one at a cue.

    Raises:
        ExplainerError: if it names none, or the script has a mistake.
    """
    selection = Selection.parse(options.moment)
    key = selection.key
    if not selection.line:
        raise ScriptError.of(f"“{key}” is not a line", "name one as scene.line or scene.line@cue")
    script = load(options.script, options.one_language(), key)
    timeline, timings = speak_selection(options, script, key, progress)
    _, frame = select_frame(timeline, options.moment)
    quality = options.frame_format("1080p30")
    rows = captions_to_burn_in(options, timeline, script).get(key, ())
    return Moment(options.moment, script, timings, key, frame, quality, rows)


class _NewsError(Exception):
    """There is something to tell, and the one to tell it to is elsewhere."""


class _NoProgress(Progress):
    """The progress of what has nothing to tell."""

    def __init__(self) -> None:
        super().__init__(quiet=True)

    def log(self, text: str) -> None:
        """Break off.

        Raises:
            _NewsError: always.
        """
        raise _NewsError(text)


def answer(request: object, place: WaitingPlace, asker: Connection) -> None:
    """Answer a `still` from elsewhere by the processes that wait at a `place`.

    The answer is None where that `still` would draw anything else, or has something to tell.
    """
    found: Answer | None = None
    with closing(asker), suppress(OSError):
        # whatever goes wrong happens there again, and is told there
        with suppress(Exception):
            if isinstance(request, Request) and works_alike(request):
                found = _drawn_for(request, place, asker)
        asker.send(found)


def _drawn_for(request: Request, place: WaitingPlace, asker: Connection) -> Answer | None:
    if request.options.burn_in:
        return None  # Pango sets captions, and is not for threads
    moment = find_moment(request.options, _NoProgress())
    job = job_for(moment.script, moment.timings, moment.key, moment.quality)
    wanted = [moment.frame]
    drawn = borrowed_frames(place, with_formulas_kept(job), wanted, labels=False, asker=asker)
    if drawn is None or not _variables_alike(drawn.inputs, request.variables):
        return None
    return moment.save(drawn.frames[0])


def _variables_alike(inputs: Inputs, variables: Mapping[str, str]) -> bool:
    """Whether all variables that a scene has read have these values."""
    for name, state in inputs.items():
        kind, _, variable = name.partition(":")
        value = variables.get(variable)
        if kind == "variable" and state != ("not set" if value is None else value_state(value)):
            return False
    return True
