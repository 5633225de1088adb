"""The straight line from a script to its film; `render` is the architecture, and is read first."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from shutil import disk_usage
from threading import Event
from typing import Any

from explainer import draw, film, narration, outputs, page, sound
from explainer.cache import Cache, leftovers, limit, write_atomically
from explainer.captions.formats import FORMATS
from explainer.captions.model import Caption
from explainer.captions.segment import segment
from explainer.clock import seconds
from explainer.draw import burn
from explainer.draw.burn import Row
from explainer.draw.crew import Cores, Crew
from explainer.film import Telling
from explainer.narration import fit
from explainer.narration.fit import Narration
from explainer.page import Edition, thumbnails, upload
from explainer.progress import Report
from explainer.quality import Quality
from explainer.script import Script
from explainer.script.translation import load
from explainer.timeline import multilingual
from explainer.timeline.model import Known, Timeline
from explainer.timeline.scene_timing import scene_timings
from explainer.timeline.selection import select

MIX_BYTES_PER_TICK = 8
"""Bytes of disk for each tick of sound that is mixed: two channels of 32 bits."""


@dataclass(frozen=True, slots=True)
class RenderOptions:
    """What to render: `selection` is a scene or `scene.line`, or empty for the whole film.

    Without `languages` the film is in the script's own; several of them share one picture, for
    which `labels` must not be drawn. A `draft` is kept apart from the film.
    """

    script: Path
    quality: Quality
    selection: str = ""
    voices: tuple[str, ...] = ()
    burn_in: bool = False
    fit: bool = False
    min_timing: Known = "estimated"
    languages: tuple[str, ...] = ()
    labels: bool = True
    draft: bool = False
    single_file: bool = False
    youtube: bool = False


@dataclass(frozen=True, slots=True)
class RenderResult:
    """A finished film and how it came about; `seconds` is what making it took.

    `tellings` are what it has in each language, the first the one that players take by themselves;
    `read` is what scenes read, listed and looked for while they were drawn, as `cache.inputs` says;
    `apart` says how far, in ticks, a language's words are from the picture's moments, and where.
    """

    path: Path
    files: tuple[Path, ...]
    tellings: tuple[Telling, ...]
    apart: dict[str, tuple[int, str]]
    size: int
    drawn: int
    spoken: int
    seconds: float
    read: Mapping[str, str] = field(default_factory=dict)

    @property
    def timeline(self) -> Timeline:
        """The film's timeline, in its first language."""
        return self.tellings[0].timeline

    @property
    def editions(self) -> list[Edition]:
        """What a page shows of the film, in each of its languages."""
        return editions_of(self.tellings, self.path)


def render(order: RenderOptions, report: Report, crew: Crew | None = None) -> RenderResult:
    """Render a film, or the selected part of it, with all that goes beside it.

    Without a `crew`, this machine's cores draw.

    Raises:
        ExplainerError: of the kind that says what failed; an older film is then left as it was.
    """
    begun, max_cache_bytes = time.monotonic(), limit()
    part = order.selection
    scripts = [load(order.script, language, part) for language in order.languages or ("",)]
    script, cache = scripts[0], Cache.of(scripts[0].folder, report.say)
    out, crew = film_path(scripts, order.quality, part, order.draft), crew or Cores(order.quality)
    narration.chosen(script, part)  # what is no part of the script names no file
    outputs.claim(script, out, *order.languages)
    if _needs_drawing(out, script.folder):
        crew.prepare()  # in the meantime lines are spoken

    told = _narrate(scripts, order, cache, report)
    picture, clocks = told.picture, told.clocks
    if doubt := _disk_space_warning(script.folder, picture):
        report.say(doubt)
    shots = scene_timings(picture, order.labels)
    if part:
        clocks = tuple(select(clock, part) for clock in clocks)
        picture = select(picture, part)
    keys = [line.key for line in picture.lines]

    stop = Event()
    # the sound is mixed while workers draw, and waited for where an interruption still reaches it
    with ThreadPoolExecutor(1) as background, _cancel_on_interrupt(stop):
        assets = script.folder / "assets"
        mix = partial(sound.mix, cache=cache, assets=assets, stop=stop, report=report.beside())
        mixed = background.map(mix, clocks, told.speeches)
        texts = [segment(clock) for clock in clocks]
        rows = burn_in_captions(texts[0], clocks[0], script) if order.burn_in else {}
        clips = draw.clips(script, shots, keys, order.quality, cache, report, rows, crew)
        tracks = [*mixed]
    tellings = tuple(
        Telling(draw.labelled(clock, clips), track, said)
        for clock, track, said in zip(clocks, tracks, texts, strict=True)
    )
    with cache.alone():  # of two renders at once, each writes all of its files
        outputs.claim(
            script, out, *order.languages
        )  # another script's film may have come in the meantime
        made = film.assemble(tellings, order.quality, clips, out, report)
        signs = made.path.with_suffix(film.SIGNATURES)
        files = [
            made.path,
            signs,
            *(file for one in tellings for file in _write_sidecars(one, out, scripts)),
        ]
        if not part:
            moment, png = script.poster or clocks[0].lines[0].key, out.with_suffix(".png")
            files.append(thumbnails.poster(clips, clocks[0], moment, png, cache))
        editions = editions_of(tellings, made.path)
        files += write_page(editions, script, cache, order.single_file, order.youtube, report)
    leftovers.sweep(outputs.folder(script))
    cache.trim(max_cache_bytes)

    return RenderResult(
        path=made.path,
        files=tuple(files),
        tellings=tellings,
        apart={clock.language: multilingual.worst_cue_offset(picture, clock) for clock in clocks},
        size=made.size,
        drawn=sum(not clip.reused for clip in clips),
        spoken=sum(
            not one.lines[key].reused for one in told.speeches for key in keys if key in one.lines
        ),
        seconds=time.monotonic() - begun,
        read=draw.read_by(script, keys, order.quality, cache),
    )


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


@contextmanager
def _cancel_on_interrupt(stop: Event) -> Iterator[None]:
    """Tell background threads to stop when the block fails: signals reach the main thread alone."""
    try:
        yield
    except BaseException:
        stop.set()
        raise


def _narrate(
    scripts: Sequence[Script], order: RenderOptions, cache: Cache, report: Report
) -> Narration:
    """The scripts spoken and laid out; of a part's, the other lines' times are estimated."""
    fps, part = order.quality.fps, order.selection
    if part:
        each = [order.voices for _ in scripts]
        told = fit.speak_and_lay_out(scripts, each, cache, report, fps, part)
    else:
        told = fit.narrate(scripts, order.voices, cache, report, fps, order.fit)
    for script, speech in zip(scripts, told.speeches, strict=True):
        narration.demand(script, speech, order.min_timing)
    return told


def film_path(
    scripts: Sequence[Script], quality: Quality, part: str = "", draft: bool = False
) -> Path:
    """Where a film lies: called by its name, its part, and what it is in if not its own tongue.

    Drafts lie in a folder of their own, so that none takes the place of a finished film.
    """
    script = scripts[0]
    several = f".{'+'.join(one.language for one in scripts)}"
    tongue = script.tongue if len(scripts) == 1 else several
    name = f"{script.name}{part and f'_{part}'}{tongue}{quality.suffix}.mp4"
    return outputs.folder(script, draft or quality.name.startswith("draft")) / name


def _write_sidecars(telling: Telling, film: Path, scripts: Sequence[Script]) -> list[Path]:
    """Write a language's caption files and timeline; of several, each name says its language."""
    clock, language = telling.timeline, telling.timeline.language
    base = film.with_suffix("")
    mark = f".{language}" if len(scripts) > 1 else ""
    record = f"{mark}.timeline.json"
    made = {mark + form: make(telling.captions, language) for form, make in FORMATS.items()}
    beside = {**made, record: clock.to_json()}
    return write_outputs(base, {name: text.encode() for name, text in beside.items()})


def write_outputs(base: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files beside a film, each called by its name and a suffix."""
    paths = []
    for suffix, content in contents.items():
        paths.append(base.with_name(base.name + suffix))
        write_atomically(paths[-1], content)
    return paths


def editions_of(tellings: Iterable[Telling], film: Path) -> list[Edition]:
    """What a page shows of a film, in each of its languages."""
    return [Edition(one.timeline, one.captions, film) for one in tellings]


def write_page(
    editions: Sequence[Edition],
    script: Script,
    cache: Cache,
    single_file: bool,
    youtube: bool,
    report: Report,
) -> list[Path]:
    """Write a film's page beside it, and with `youtube` what an upload of it needs."""
    film = editions[0].film
    out, assets = film.with_suffix(".html"), script.folder / "assets"
    made = [page.publish(editions, out, assets, cache, single_file, report)]
    if youtube:
        folder = film.with_name(f"{film.stem}.youtube")
        made += upload.prepare(editions, folder, script.poster, report.say)
    return made


def burn_in_captions(
    texts: Sequence[Caption], clock: Timeline, script: Script
) -> dict[str, tuple[Row, ...]]:
    """Captions as rows to draw into each line's picture, in frames from the line's own start."""
    return burn.rows(texts, clock, script.folder / "assets" / "fonts")


def result_to_dict(result: RenderResult) -> dict[str, Any]:
    """A result in the form that `--json` prints; what is of one language is the first one's."""
    told = [
        {
            "language": telling.timeline.language,
            "voice": telling.timeline.voice,
            "passed": dict(telling.timeline.passed),
            "words": telling.timeline.word_times(),
            "loudness": round(telling.track.loudness, 2),
            "peak": round(telling.track.peak, 2),
        }
        for telling in result.tellings
    ]
    for one in told if len(told) > 1 else []:
        ticks, where = result.apart[str(one["language"])]
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
