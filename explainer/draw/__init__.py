"""Pictures of lines: a scene's code and its shot in, one encoded clip for each line out.

Each line is drawn once, by a process of its own: the lines before it are run without drawing.
Clips are kept under everything that their pixels depend on.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from explainer.cache.files import file_hash
from explainer.cache.inputs import START, on_disk, said
from explainer.cache.store import Cache, Entry, never_reused, with_inputs
from explainer.cache.tempfiles import process_token
from explainer.draw.burn_in import CaptionState
from explainer.draw.clip import BeginsAlike, Clip
from explainer.draw.line_runner import Job, job_for, now
from explainer.draw.renderer import Renderer
from explainer.errors import CheckFailed, Problem, SceneError, command, error_text, with_filename
from explainer.frame_format import FrameFormat
from explainer.media.encoder import SETTINGS
from explainer.progress import Progress
from explainer.script.model import Script
from explainer.timeline.labels import Label, LabelStay
from explainer.timeline.model import TimedLine, Timeline
from explainer.timeline.scene_timing import SceneTiming

_ENGINE = Path(__file__).parents[1]
STAGE = (
    *sorted(f"stage/{file.name}" for file in (_ENGINE / "stage").glob("*.py")),
    *sorted(f"blocks/{file.name}" for file in (_ENGINE / "blocks").glob("*.py")),
    "frame_format.py",
    "spec.py",
    "media/clip_reader.py",
    "cache/inputs.py",
    "cache/tracing.py",
    "media/encoder.py",
    "media/signature.py",
    "media/signature_file.py",
    "timeline/labels.py",
    "media/colour_signature.py",
    "draw/clip.py",
    "draw/formula_cache.py",
    "draw/typst_process.py",
    "draw/line_runner.py",
    "draw/picture_sharing.py",
    "draw/scene_process.py",
    "draw/waiting_line.py",
    "draw/seeding.py",
)
"""The modules of ours that decide what a clip holds and what is noted of it."""
BURN_IN = ("draw/burn_in.py", "media/pango.py", "media/pango_bindings.py")
"""The modules of ours that decide what burnt-in captions look like."""

Part = tuple[Job, str, dict[str, Any]]
"""A line to draw, the slot that it is kept for and its recipe."""
MAYBE = "drawn only if the line now begins otherwise"
"""What `stale_reason` says of a line that may not have to be drawn."""
MAX_ROUNDS = 3
"""How often a line is drawn if what it reads changes while it is drawn."""


def clips(
    script: Script,
    shots: Mapping[str, SceneTiming],
    keys: Sequence[str],
    quality: FrameFormat,
    cache: Cache,
    progress: Progress,
    rows: Mapping[str, tuple[CaptionState, ...]],
    renderer: Renderer,
) -> list[Clip]:
    """The clip of each line in `keys`, in that order; `rows` are captions to burn into them.

    Raises:
        SceneError: if a scene's code fails; clips drawn before that are kept.
    """
    frames = {f"{id}.{line.id}": line.frames for id, shot in shots.items() for line in shot.lines}
    # a picture without texts is that of several languages
    language = script.language if any(shot.labelled for shot in shots.values()) else ""
    progress.start_stage("drawing", sum(frames[key] for key in keys), language)
    made: dict[str, Clip] = {}
    waiting: list[Part] = []
    for key in keys:
        job = job_for(script, shots, key, quality, rows.get(key, ()))
        slot, made_of = _slot(script, key, quality), recipe(job)
        if entry := cache.get_traced("picture", slot, made_of, ".mp4", now(job)):
            made[key] = _clip(key, entry)
            progress.advance(size=frames[key], scene=job.shot.id, from_cache=True)
            progress.note_line(key, "drawn")
        else:
            starts = cache.inputs_by_start("picture", slot, made_of, ".mp4", now(job))
            kept = str(cache.root.absolute())
            job = replace(job, reads=_reads(cache, slot), starts=tuple(starts), kept=kept)
            waiting.append((job, slot, made_of))
            why = cache.explain_traced("picture", slot, made_of, ".mp4", now(job))
            progress.note_line(key, "spoken", why)
    for _ in range(MAX_ROUNDS):
        if waiting:
            waiting = _draw_jobs(waiting, made, cache, progress, renderer)
    return [made[key] for key in keys]


def stale_reason(
    script: Script,
    shots: Mapping[str, SceneTiming],
    key: str,
    quality: FrameFormat,
    cache: Cache,
    rows: tuple[CaptionState, ...] = (),
) -> str:
    """Why a line would be drawn by `clips`; empty if its clip is kept."""
    job = job_for(script, shots, key, quality, rows)
    slot, made_of, state = _slot(script, key, quality), recipe(job), now(job)
    why = cache.explain_traced("picture", slot, made_of, ".mp4", state)
    if why and cache.inputs_by_start("picture", slot, made_of, ".mp4", state):
        return f"{why}; {MAYBE}"
    return why


def read_by(
    script: Script, keys: Iterable[str], quality: FrameFormat, cache: Cache
) -> dict[str, dict[str, str]]:
    """Files that each line read, listed or looked for when it was last drawn, as they were then."""
    found: dict[str, dict[str, str]] = {}
    for key in keys:
        inputs = cache.latest_inputs("picture", _slot(script, key, quality)) or {}
        found[key] = {name: state for name, state in inputs.items() if on_disk(name)}
    return found


def _reads(cache: Cache, slot: str) -> tuple[str, ...]:
    names = cache.latest_inputs("picture", slot) or {}
    return tuple(name for name in names if name.startswith(("file:", "folder:", "entries:")))


def recipe(job: Job) -> dict[str, Any]:
    """What a line's pixels depend on, but for what its scene reads, which only drawing it tells.

    Where it lies in the film is not among it.
    """
    names = [line.id for line in job.shot.lines]
    at = names.index(job.line)
    line, q = job.shot.lines[at], job.quality
    return {
        "stage": _stage(),
        "tool": _tools(),
        "picture": f"{q.width}x{q.height} at {q.fps} fps, {q.encoder.preset} {q.encoder.crf}",
        "encoder": SETTINGS,
        "scene": job.shot.id,
        "lines of its scene": len(names),
        "labels": "drawn" if job.shot.labelled else "not drawn",
        "lines before": names[:at],
        "line": job.line,
        "length": f"{line.frames / q.fps:.3f} s",
        "cue": {n: f"{a / q.fps:.3f}–{b / q.fps:.3f} s" for n, (a, b) in line.cues.items()},
        "end of its speech": f"{line.speech_end / q.fps:.3f} s",
        "burnt-in captions": _burnt(job.rows),
    }


@lru_cache(maxsize=1)
def _stage() -> dict[str, str]:
    """What our own modules hold, which a process loads once."""
    return {name: file_hash(_ENGINE / name)[:16] for name in STAGE}


@lru_cache(maxsize=1)
def _tools() -> dict[str, str]:
    return {name: version(name) for name in ("manim", "pycairo", "manimpango", "av")}


def _burnt(rows: tuple[CaptionState, ...]) -> list[list[Any]]:
    if not rows:
        return []
    code = [file_hash(_ENGINE / name)[:16] for name in BURN_IN]
    states: list[list[Any]] = [
        [row.first, row.last, *row.text, *([*map(list, marks)] for marks in row.marked)]
        for row in rows
    ]
    return [[*code, rows[0].fonts.language, *rows[0].files], *states]


def with_picture_facts(clock: Timeline, clips: Sequence[Clip]) -> Timeline:
    """The timeline with what can be read and seen in each clip noted with its line."""
    clip = {clip.key: clip for clip in clips}

    def noted(line: TimedLine) -> TimedLine:
        own = clip[line.key]
        return replace(
            line,
            labels=own.labels,
            swatches=own.swatches,
            low_texts=own.low_texts,
            stays=own.stays,
        )

    scenes = (replace(scene, lines=tuple(map(noted, scene.lines))) for scene in clock.scenes)
    return replace(clock, scenes=tuple(scenes))


def _clip(key: str, entry: Entry) -> Clip:
    labels = tuple(map(Label.from_dict, entry.metadata["labels"]))
    seen = tuple((frame, colours) for frame, colours in entry.metadata["swatches"])
    low = tuple((text, first, last) for text, first, last in entry.metadata["low_texts"])
    stays = tuple(LabelStay(**stay) for stay in entry.metadata["stays"])
    frames = entry.metadata["frames"]
    return Clip(key, entry.path, frames, entry.reused, labels, seen, low, stays)


def _slot(script: Script, key: str, quality: FrameFormat) -> str:
    return f"{script.file_stem}/{quality.name}/{key}"


def _draw_jobs(
    waiting: list[Part], made: dict[str, Clip], cache: Cache, progress: Progress, renderer: Renderer
) -> list[Part]:
    """Draw and keep parts; gives those during whose drawing something that they read changed."""
    ledger = cache.claim()
    parts = {part[0].key: part for part in waiting}
    temps: dict[str, Path] = {}
    failures: dict[str, Exception] = {}
    again: list[Part] = []
    # a brace in a path is a field to Manim, which has no way to quote one
    beside = None if "{" in str(cache.root) else cache.root
    texts = tempfile.mkdtemp(prefix=f"drawing-{process_token()}-", dir=beside)
    try:
        if beside:
            ledger.begin(Path(texts), folder=True)
        for key in parts:
            temps[key] = cache.temp_path("picture", ".mp4")
        jobs = [(job, str(temps[job.key])) for job, *_ in waiting]
        with closing(renderer.render(jobs, texts)) as answers:
            for key, answer in answers:
                part = job, slot, made_of = parts[key]
                if answer is None or isinstance(answer, Exception):
                    failures[key] = answer or _lost(job)
                    progress.note_line(key, "failed", error_text(failures[key]).splitlines()[0])
                    continue
                state = now(job)
                reason = cache.explain_traced("picture", slot, made_of, ".mp4", state)
                if isinstance(answer, BeginsAlike):
                    known = cache.inputs_by_start("picture", slot, made_of, ".mp4", state)
                    if answer.start not in known:
                        # what it reads has changed since it was asked for
                        again.append((replace(job, starts=()), slot, made_of))
                        continue
                    made[key] = _taken_over(part, answer.start, cache, temps[key])
                    text = f"kept {key} ({reason}, but not how the line begins)"
                    progress.advance(text, made[key].frames, job.shot.id, from_cache=True)
                    progress.note_line(key, "drawn", "it begins as before")
                    continue
                inputs, anew = answer.inputs, answer.anew
                if changed := state.changed(inputs):
                    again.append((replace(job, reads=(*job.reads, *inputs)), slot, made_of))
                    anew = f"{', '.join(map(said, changed))} changed while it was drawn"
                if anew:
                    inputs = never_reused(inputs, anew)
                full = with_inputs(made_of, inputs)
                entry = cache.put("picture", slot, full, ".mp4", temps[key], answer.facts)
                if key not in made:
                    progress.advance(
                        f"drew {key} ({reason})", entry.metadata["frames"], job.shot.id
                    )
                if anew:
                    progress.log(f"{key}: {anew}")
                made[key] = _clip(key, entry)
                progress.note_line(key, "drawn", reason)
    finally:
        for temp in temps.values():
            # with the picture that was shown while it was drawn
            for ending in ("", ".jpg", ".new"):
                temp.with_name(temp.name + ending).unlink(missing_ok=True)
        shutil.rmtree(texts, ignore_errors=True)
    if failures:
        key, failure = next(iter(failures.items()))
        with with_filename(temps[key]):
            raise failure
    return again


def _taken_over(part: Part, start: str, cache: Cache, temp: Path) -> Clip:
    """The clip of a line that begins as it did before, though the lines before it changed."""
    job, slot, made_of = part
    state = now(job)
    inputs = cache.inputs_by_start("picture", slot, made_of, ".mp4", state)[start]
    old = cache.get("picture", slot, with_inputs(made_of, inputs), ".mp4")
    if old is None:
        what = f"the kept clip of {job.key} went away while the film was rendered"
        raise CheckFailed.of(what, "render again")
    shutil.copyfile(old.path, temp)
    inputs = {**state.states(inputs), START: start}
    entry = cache.put("picture", slot, with_inputs(made_of, inputs), ".mp4", temp, old.metadata)
    return _clip(job.key, replace(entry, reused=True))


def _lost(job: Job) -> SceneError:
    what = f"line {job.key}: each worker that drew it was lost"
    return SceneError(Problem(what, None, f"draw it here: {command('still', job.key)}"))
