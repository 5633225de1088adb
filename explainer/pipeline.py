"""The straight line from a script to its film; `render` is the architecture, and is read first."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from explainer import burn, captions, draw, film, fitting, narration, page, sound, timeline, upload
from explainer.burn import Row
from explainer.cache import Cache, write_atomically
from explainer.captions import Caption
from explainer.clock import seconds
from explainer.errors import MissingTool
from explainer.formats import FORMATS
from explainer.page import Edition
from explainer.progress import Report
from explainer.quality import Quality
from explainer.script import Script, load
from explainer.timeline import Known, Timeline


@dataclass(frozen=True, slots=True)
class Order:
    """What to render: `selection` is a scene or `scene.line`, or empty for the whole film."""

    script: Path
    quality: Quality
    selection: str = ""
    voices: tuple[str, ...] = ()
    burn_in: bool = False
    fit: bool = False
    min_timing: Known = "estimated"
    single_file: bool = False
    youtube: bool = False


@dataclass(frozen=True, slots=True)
class Result:
    """A finished film and how it came about; `seconds` is what making it took."""

    path: Path
    files: tuple[Path, ...]
    timeline: Timeline
    loudness: float
    peak: float
    size: int
    drawn: int
    spoken: int
    seconds: float


def render(order: Order, report: Report) -> Result:
    """Render a film, or the selected part of it, with all that goes beside it.

    Raises:
        ExplainerError: of the kind that says what failed; an older film is then left as it was.
    """
    begun = time.monotonic()
    script = load(order.script, order.selection)
    cache = Cache(script.folder / ".cache", report.say)

    fps, part = order.quality.fps, order.selection
    if part:
        speech = narration.speak(script, order.voices, cache, report, part)
        whole = timeline.lay_out(script, speech, fps)
    else:
        speech, whole = fitting.narrated(script, order.voices, cache, report, fps, order.fit)
    narration.demand(script, speech, order.min_timing)
    clock = timeline.only(whole, part) if part else whole
    texts = captions.compose(clock)

    rows = burnt(texts, clock, script) if order.burn_in else {}
    shots, keys = timeline.shots(whole), [line.key for line in clock.lines]
    clips = draw.clips(script, shots, keys, order.quality, cache, report, rows)
    clock = draw.labelled(clock, clips)
    track = sound.mix(clock, speech, cache, script.folder / "assets")

    base = out_folder(script, order.selection) / f"{clock.name}{order.quality.suffix}"
    out = base.with_name(f"{base.name}.mp4")
    made = film.assemble(clock, order.quality, clips, track, texts, out)
    beside = {
        **{form: make(texts, clock.language).encode() for form, make in FORMATS.items()},
        "timeline.json" if base.name == script.name else ".timeline.json": clock.to_json().encode(),
    }
    files = [made.path, *publish(base, beside)]
    if not order.selection:
        poster = script.poster or clock.lines[0].key
        files.append(film.poster(clips, clock, poster, base.with_name(f"{base.name}.png")))
    editions = [page.Edition(clock, texts, made.path)]
    files += present(editions, script, order.single_file, order.youtube, report)

    return Result(
        path=made.path,
        files=tuple(files),
        timeline=clock,
        loudness=track.loudness,
        peak=track.peak,
        size=made.size,
        drawn=sum(not clip.reused for clip in clips),
        spoken=sum(not speech.lines[key].reused for key in keys),
        seconds=time.monotonic() - begun,
    )


def out_folder(script: Script, selection: str = "") -> Path:
    """Where films go; parts of a film have a folder of their own."""
    return script.folder / "build" / "preview" if selection else script.folder / "build"


def publish(base: Path, contents: dict[str, bytes]) -> list[Path]:
    """Write files beside a film: a suffix goes onto its name, a full name stands alone."""
    paths = []
    for name, content in contents.items():
        paths.append(base.with_name(base.name + name if name.startswith(".") else name))
        write_atomically(paths[-1], content)
    return paths


def present(
    editions: Sequence[Edition], script: Script, single_file: bool, youtube: bool, report: Report
) -> list[Path]:
    """Write a film's page beside it, and with `youtube` what an upload of it needs."""
    film = editions[0].film
    made = [
        page.publish(editions, film.with_suffix(".html"), script.folder / "assets", single_file)
    ]
    if youtube:
        folder = film.with_name(f"{film.stem}.youtube")
        made += upload.prepare(editions, folder, script.poster, report.say)
    return made


def burnt(texts: Iterable[Caption], clock: Timeline, script: Script) -> dict[str, tuple[Row, ...]]:
    """Captions as rows to draw into each line's picture, in frames from the line's own start."""
    fonts = sorted((script.folder / "assets" / "fonts").glob("*.[ot]tf"))
    if not fonts:
        raise MissingTool.of("no font to draw captions with", "put one into assets/fonts")
    font = str(next((file for file in fonts if "Medium" in file.name), fonts[0]))
    return burn.rows(texts, clock, font)


def facts(result: Result) -> dict[str, Any]:
    """A result in the form that `--json` prints."""
    clock = result.timeline
    return {
        "film": str(result.path),
        "files": [str(path) for path in result.files],
        "length": seconds(clock.length),
        "scenes": [scene.id for scene in clock.scenes],
        "lines": len(clock.lines),
        "voice": clock.voice,
        "words": clock.word_times(),
        "loudness": round(result.loudness, 2),
        "peak": round(result.peak, 2),
        "size": result.size,
        "drawn": result.drawn,
        "spoken": result.spoken,
        "seconds": round(result.seconds, 2),
    }
