"""The straight line from a script to its film; `render` is the architecture, and is read first."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import disk_usage
from threading import Event
from typing import Any

from explainer import draw, mux, outputs
from explainer.audio import mix
from explainer.cache import tempfiles
from explainer.cache.files import write_atomically
from explainer.cache.store import Cache, size_limit
from explainer.captions.formats.registry import FORMATS
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.clock import seconds
from explainer.draw import burn_in, held_clips
from explainer.draw.burn_in import CaptionState
from explainer.draw.clip import SMALL_TRACK, Clip
from explainer.draw.local import LocalRenderer
from explainer.draw.renderer import Renderer
from explainer.export.base import ExportJob
from explainer.export.registry import check_names, write_exports
from explainer.frame_format import FRAME_FORMATS, FrameFormat
from explainer.interrupts import cancel_on_error
from explainer.language_version import LanguageVersion
from explainer.narration import fit
from explainer.narration.descriptions import description_script, speak_descriptions
from explainer.narration.fit import Narration
from explainer.narration.synthesize import require_timing
from explainer.progress import Progress
from explainer.script import old_names
from explainer.script.loader import load
from explainer.script.model import Script
from explainer.script.selection import select_lines
from explainer.timeline import multilingual
from explainer.timeline.described import ID_MARK, describe, held_frames
from explainer.timeline.model import Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select
from explainer.timeline.speech import Speech, TimingSource

MIX_BYTES_PER_TICK = 8
"""Bytes of disk for each tick of sound that is mixed: two channels of 32 bits."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What to render: `selection` is a scene or `scene.line`, or empty for the whole film.

    Without `languages` the film is in the script's own; several of them share one picture, for
    which `labels` must not be drawn. A `draft` is kept apart from the film. `exports` are names of
    `export.registry`; the `page` is made too, and of a whole film the poster. Of a whole film that
    is `described`, a second voice says in a film of its own what is to be seen.
    """

    script: Path
    quality: FrameFormat = FRAME_FORMATS["1080p30"]
    selection: str = ""
    voices: tuple[str, ...] = ()
    burn_in: bool = False
    fit: bool = False
    min_timing: TimingSource = "estimated"
    languages: tuple[str, ...] = ()
    labels: bool = True
    draft: bool = False
    single_file: bool = False
    exports: tuple[str, ...] = ()
    page: bool = True
    described: bool = False


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A finished film and how it came about; `seconds` is what making it took.

    `versions` are what it has in each language, the first the one that players take by themselves;
    `inputs` are what each line read, listed and looked for when drawn, as `cache.inputs` says;
    `cue_offsets` says, by language, how far in ticks its words are from the picture's moments at
    worst, and at which line and cue; `whole` is the timeline that scenes were drawn to, of all
    scenes even where only a part is made.
    """

    path: Path
    files: tuple[Path, ...]
    versions: tuple[LanguageVersion, ...]
    cue_offsets: dict[str, tuple[int, str]]
    size: int
    drawn: int
    spoken: int
    seconds: float
    whole: Timeline
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def timeline(self) -> Timeline:
        """The film's timeline, in its first language."""
        return self.versions[0].timeline

    @property
    def read(self) -> dict[str, str]:
        """What any of the lines read, as in `inputs`."""
        return {name: state for read in self.inputs.values() for name, state in read.items()}


def render(
    options: RenderOptions,
    progress: Progress | None = None,
    renderer: Renderer | None = None,
    scripts: Sequence[Script] = (),
) -> RenderResult:
    """Render a film, or the selected part of it, with all that goes beside it.

    Without `progress` nothing is said of it; without a `renderer`, this machine's cores draw.
    `scripts` are what `load_scripts` gave, where they have just been loaded.

    Raises:
        ExplainerError: of the kind that says what failed; an older film is then left as it was.
    """
    started = time.monotonic()
    progress = progress or Progress(quiet=True)
    max_cache_bytes = size_limit()
    part = options.selection
    renderer = renderer or LocalRenderer(options.quality)
    if _was_edited(options):
        renderer.warm_up()  # those who draw start while the script is read
    scripts = scripts or load_scripts(options)
    script = scripts[0]
    check_names(options.exports)
    select_lines(script.lines, part)  # a part that is not in the script must name no file
    cache = Cache.of(script.folder, progress.log)
    out = film_path(scripts, options.quality, part, options.draft)
    outputs.claim(script, out, *options.languages)
    if options.described:
        outputs.claim(script, outputs.described_film(out), *options.languages)
    if _needs_drawing(out, script.folder):
        renderer.warm_up()  # or while lines are spoken

    for old_name in old_names.warnings(script.folder):
        progress.log(f"warning: {old_name}")

    # when everything is said and seen
    narrated = _narrate(scripts, options, cache, progress)
    told = _narrate_pictures(scripts, narrated, options, cache, progress)
    timings = scene_timings(narrated.picture, options.labels)
    picture = select(narrated.picture, part)
    timelines = tuple(select(timeline, part) for timeline in narrated.timelines)
    keys = [line.key for line in picture.lines]
    if warning := _disk_space_warning(script.folder, narrated.picture):
        progress.log(warning)

    # sound, captions and pictures: the sound is mixed while workers draw, and waited for where an
    # interruption still reaches it
    stop = Event()
    with ThreadPoolExecutor(1) as background, cancel_on_error(stop):
        mix_audio = partial(
            mix.mix_audio,
            cache=cache,
            assets=script.folder / "assets",
            stop=stop,
            progress=progress.with_own_bar(),
            lossless=options.quality.is_draft,
        )
        mixes = background.map(mix_audio, timelines, narrated.speeches)
        texts = [segment(timeline) for timeline in timelines]
        burnt = burn_in_captions(texts[0], timelines[0], script) if options.burn_in else {}
        clips = draw.clips(script, timings, keys, options.quality, cache, progress, burnt, renderer)
        mixdowns = list(mixes)
    versions = tuple(
        LanguageVersion(draw.with_picture_facts(timeline, clips), speech, captions, mixdown, out)
        for timeline, speech, captions, mixdown in zip(
            timelines, narrated.speeches, texts, mixdowns, strict=True
        )
    )

    # the same picture, held while it is described
    described, held = _described_film(versions, told, options.quality, clips, out, cache, progress)

    # the film and what goes beside it; of two renders of one film, each writes all of its files
    with cache.lock(out):
        outputs.claim(script, out, *options.languages)  # another script may have made it meanwhile
        files = _write_film(versions, options.quality, clips, out, scripts, progress)
        has_small = options.page and not options.single_file and not part
        small = options.quality.small if has_small else None
        files += _write_small_film(versions, small, clips, out, progress)
        if described:
            film = outputs.described_film(out)
            files += _write_film(described, options.quality, held, film, scripts, progress)
        is_draft = options.quality.is_draft
        job = ExportJob(versions, script, cache, progress, options.single_file, is_draft)
        poster = [] if part else ["poster"]
        beside = [*poster, "page"] if options.page else []
        files += write_exports([*beside, *options.exports], job)
    tempfiles.remove_stale(outputs.output_dir(script))
    cache.evict(max_cache_bytes)

    spoken = [
        speech.lines[key] for speech in narrated.speeches for key in keys if key in speech.lines
    ]
    return RenderResult(
        path=out,
        files=tuple(files),
        versions=versions,
        cue_offsets={
            timeline.language: multilingual.worst_cue_offset(picture, timeline)
            for timeline in timelines
        },
        size=out.stat().st_size,
        drawn=sum(not clip.reused for clip in clips),
        spoken=sum(not line.reused for line in spoken),
        seconds=time.monotonic() - started,
        whole=narrated.picture,
        inputs=draw.read_by(script, keys, options.quality, cache),
    )


def load_scripts(options: RenderOptions) -> list[Script]:
    """The script in each language of a film.

    Raises:
        ScriptError: with every problem of a script.
    """
    tags = options.languages or ("",)
    return [load(options.script, language, options.selection) for language in tags]


def _was_edited(options: RenderOptions) -> bool:
    """Whether all films there are older than a script or scene: some of one will be drawn."""
    if not options.script.is_file():
        return False
    folder = options.script.resolve().parent
    films = outputs.films_folder(folder, options.draft or options.quality.is_draft).glob("*.mp4")
    return all(_needs_drawing(film, folder) for film in films)


def _needs_drawing(film: Path, folder: Path) -> bool:
    """Whether a film is not there or older than a script or scene: some of it will be drawn."""
    sources = [*folder.glob("*.yaml"), *(folder / "scenes").glob("*.py")]
    # an editor's lock may be a link to nothing
    newest = max((file.stat().st_mtime for file in sources if file.exists()), default=0.0)
    return not film.exists() or film.stat().st_mtime < newest


def _disk_space_warning(folder: Path, clock: Timeline) -> str:
    """What is said where a disk has less room than a film's mix takes for a while; else nothing."""
    need, free = clock.length * MIX_BYTES_PER_TICK, disk_usage(folder).free
    if free >= need:
        return ""
    takes = f"mixing {seconds(clock.length) / 60:.0f} minutes takes {need / 1e6:.0f} MB of disk"
    return f"warning: {takes} for a while, and where {folder} lies are {free / 1e6:.0f} MB left"


def _narrate(
    scripts: Sequence[Script], options: RenderOptions, cache: Cache, progress: Progress
) -> Narration:
    """The scripts spoken and laid out, with every word's time known as well as was asked for."""
    made = fit.narrate(
        scripts,
        options.voices,
        cache,
        progress,
        options.quality.fps,
        fit=options.fit,
        part=options.selection,
    )
    for script, speech in zip(scripts, made.speeches, strict=True):
        require_timing(script, speech, options.min_timing)
    return made


def _narrate_pictures(
    scripts: Sequence[Script],
    narrated: Narration,
    options: RenderOptions,
    cache: Cache,
    progress: Progress,
) -> list[tuple[Script, Speech]]:
    """What is to be seen, spoken in each language by a second voice, where that is asked for."""
    if not options.described:
        return []
    described = [description_script(script) for script in scripts]
    return [
        (script, speak_descriptions(script, speech, options.voices, cache, progress))
        for script, speech in zip(described, narrated.speeches, strict=True)
    ]


def _described_film(
    versions: Sequence[LanguageVersion],
    told: Sequence[tuple[Script, Speech]],
    quality: FrameFormat,
    clips: Sequence[Clip],
    film: Path,
    cache: Cache,
    progress: Progress,
) -> tuple[list[LanguageVersion], list[Clip]]:
    """The parts of the film that stands still after each line while a voice describes it.

    Nothing, where `told` is: each language's descriptions as lines, and how they are spoken.
    """
    if not told:
        return [], []
    out = outputs.described_film(film)
    keys = [line.key for line in versions[0].timeline.lines]
    frames = held_frames([speech for _, speech in told], keys, quality.fps)
    made: list[LanguageVersion] = []
    for version, (script, spoken) in zip(versions, told, strict=True):
        lines = {line.key: line for line in script.lines}
        timeline = describe(version.timeline, lines, spoken, frames)
        narration = version.speech.lines if version.speech else {}
        speech = Speech(spoken.voice, {**narration, **spoken.lines})
        assets = script.folder / "assets"
        mixdown = mix.mix_audio(
            timeline, speech, cache, assets, progress=progress, lossless=quality.is_draft
        )
        made.append(LanguageVersion(timeline, speech, segment(timeline), mixdown, out))
    shown: list[Clip] = []
    for clip in clips:
        shown.append(clip)
        key = clip.key + ID_MARK
        if key in frames:
            shown.append(held_clips.held_clip(clip, key, frames[key], quality, out.stem, cache))
    return made, shown


def _write_film(
    versions: Sequence[LanguageVersion],
    quality: FrameFormat,
    clips: Sequence[Clip],
    out: Path,
    scripts: Sequence[Script],
    progress: Progress,
) -> list[Path]:
    """Write a film with its signatures, captions and timelines."""
    mux.assemble(versions, quality, clips, out, progress)
    files = [out, out.with_suffix(mux.SIGNATURE_SUFFIX)]
    for version in versions:
        files += _write_sidecars(version, out, scripts)
    return files


def _write_small_film(
    versions: Sequence[LanguageVersion],
    small: FrameFormat | None,
    clips: Sequence[Clip],
    film: Path,
    progress: Progress,
) -> list[Path]:
    """Write the copy of a film that its page plays on slow lines and phones, if there is one."""
    if small is None:
        outputs.remove_small_film(film)
        return []
    out = outputs.small_film(film)
    mux.assemble(versions, small, clips, out, progress, SMALL_TRACK)
    return [out, out.with_suffix(mux.SIGNATURE_SUFFIX)]


def film_path(
    scripts: Sequence[Script], quality: FrameFormat, part: str = "", draft: bool = False
) -> Path:
    """Where a film lies: called by its name, its part, and what it is in if not its own tongue.

    Drafts lie in a folder of their own, so that none takes the place of a finished film.
    """
    script = scripts[0]
    several = f".{'+'.join(one.language for one in scripts)}"
    tongue = script.language_suffix if len(scripts) == 1 else several
    name = f"{script.name}{part and f'_{part}'}{tongue}{quality.suffix}.mp4"
    return outputs.output_dir(script, draft or quality.is_draft) / name


def _write_sidecars(version: LanguageVersion, film: Path, scripts: Sequence[Script]) -> list[Path]:
    """Write a language's caption files and timeline; of several, each name says its language."""
    clock, language = version.timeline, version.language
    base = film.with_suffix("")
    mark = f".{language}" if len(scripts) > 1 else ""
    record = f"{mark}.timeline.json"
    made = {
        mark + suffix: form.write(version.captions, language) for suffix, form in FORMATS.items()
    }
    beside = {**made, record: clock.to_json()}
    return write_outputs(base, {name: text.encode() for name, text in beside.items()})


def write_outputs(base: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files beside a film, each called by its name and a suffix."""
    paths = []
    for suffix, content in contents.items():
        paths.append(base.with_name(base.name + suffix))
        write_atomically(paths[-1], content)
    return paths


def burn_in_captions(
    texts: Sequence[Caption], clock: Timeline, script: Script
) -> dict[str, tuple[CaptionState, ...]]:
    """Captions as rows to draw into each line's picture, in frames from the line's own start."""
    return burn_in.caption_states(texts, clock, script.folder / "assets" / "fonts")


def result_to_dict(result: RenderResult) -> dict[str, Any]:
    """A result in the form that `--json` prints; what is of one language is the first one's."""
    told = [
        {
            "language": version.language,
            "voice": version.timeline.voice,
            "passed": dict(version.timeline.passed),
            "words": version.timeline.word_times(),
            "loudness": round(version.audio.loudness, 2),
            "peak": round(version.audio.peak, 2),
        }
        for version in result.versions
    ]
    for one in told if len(told) > 1 else []:
        ticks, where = result.cue_offsets[str(one["language"])]
        one["apart"] = {"seconds": round(seconds(ticks), 3), "where": where}
    clock = result.timeline
    return {
        "film": str(result.path),
        "files": [str(path) for path in result.files],
        "length": seconds(clock.length),
        "scenes": [scene.id for scene in clock.scenes],
        "lines": len(clock.lines),
        **told[0],
        "languages": told,
        "size": result.size,
        "drawn": result.drawn,
        "spoken": result.spoken,
        "seconds": round(result.seconds, 2),
    }
