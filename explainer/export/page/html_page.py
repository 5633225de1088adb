"""The page of a film: the film in one or more languages in, one self-contained HTML file out.

Everything a script says is written as text, never as markup; the page may run and load nothing but
what stands in it and the film beside it.
"""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Any
from urllib.parse import quote

from explainer.cache import Cache, write_atomically
from explainer.captions.formats import webvtt
from explainer.captions.formats.registry import FORMATS
from explainer.captions.rows import line_words
from explainer.clock import MILLISECOND, frame_ticks, mmss, seconds
from explainer.export.base import ExportJob
from explainer.export.page import bundle, thumbnails
from explainer.language_version import LanguageVersion
from explainer.languages import text_direction
from explainer.media.frames import decode_frames, encode_image
from explainer.progress import Progress
from explainer.script import page_info
from explainer.timeline.model import TimedLine, TimedWord, Timeline

PLAYER = Path(__file__).with_name("player")
_POLICY = (
    "default-src 'none'; script-src '{script}'; style-src '{style}'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; base-uri 'none'; form-action 'none'"
)


def export(job: ExportJob) -> list[Path]:
    """Write a film's page beside it; without scripts it shows the first version.

    Raises:
        CheckFailed: if a film does not hold the frames that its timeline says.
        ValueError: if the interactive part is not as the script's loading found it.
    """
    out = job.film.with_suffix(".html")
    assets = job.script.folder / "assets"
    return [write_page(job.versions, out, assets, job.cache, job.single_file, job.progress)]


def write_page(
    versions: Sequence[LanguageVersion],
    out: Path,
    assets: Path,
    cache: Cache,
    embed: bool = False,
    progress: Progress | None = None,
) -> Path:
    """Write a page as `out`; `embed` puts the films into it.

    Raises:
        CheckFailed: if a film does not hold the frames that its timeline says.
        ValueError: if the interactive part is not as the script's loading found it.
    """
    first = versions[0]
    clock = first.timeline
    words = {v.language: strings(v.language) for v in versions}
    record: dict[str, Any] = {
        "editions": [_version(version, first.film, embed) for version in versions],
        "strings": words,
        "sheet": _sheet(first, cache, progress or Progress(quiet=True)),
    }
    part = (
        page_info.find_interactive_part(assets, clock.extras.explore)
        if clock.extras.explore
        else None
    )
    given = {"part": part.read_text(encoding="utf-8")} if part else {}
    script = bundle.squeezed(bundle.joined(PLAYER, "main", given))
    sheet = record["sheet"]
    shape = f":root {{ --shape: {sheet['width'] / sheet['height']:.4f}; }}\n"
    style = bundle.squeezed_style(
        shape + _file("style.css") + (page_info.style_sheet(part) if part else "")
    )
    first_words = words[clock.language]
    content = {
        "policy": _POLICY.format(script=_digest(script), style=_digest(style)),
        "language": escape(clock.language),
        "direction": text_direction(clock.language),
        "title": escape(clock.title),
        "about": escape(clock.extras.about),
        "notice": escape(clock.extras.notice),
        "style": style,
        "script": script,
        "record": data(record),
        "icons": _file("icons.svg"),
        "source": escape(address(first.film, embed)),
        "poster": escape(poster(first, embed)),
        "track": escape(record["editions"][0]["track"]),
        "language_name": escape(first_words["language"]),
        "transcript": _transcript(clock),
        "sources": _sources(clock, first_words),
        "downloads": _downloads(versions, embed),
        "parts": "explorable" if part else "plain",
        "width": str(sheet["width"]),
        "height": str(sheet["height"]),
    }
    write_atomically(out, worded(_file("page.html"), first_words, content).encode())
    return out


def strings(language: str) -> dict[str, str]:
    """The page's own words in that language; English where it has none, with the tag's name."""
    main = language.split("-")[0].lower()
    path = PLAYER / "words" / f"{main}.json"
    found: dict[str, str] = json.loads(_file("words/en.json"))
    if path.is_file():
        return {**found, **json.loads(path.read_text(encoding="utf-8"))}
    return {**found, "language": language}


def data(record: Any) -> str:
    """JSON that may stand in a script element: no markup can begin or end in it."""
    text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
    for char in "<>&\u2028\u2029":
        text = text.replace(char, f"\\u{ord(char):04x}")
    return text


def worded(template: str, words: dict[str, str], content: dict[str, str]) -> str:
    """The template with its `$names` filled, and the words that its `data-t…` attributes name."""
    filled = re.sub(r'data-t="(\w+)">', lambda m: f"{m[0]}{escape(words[m[1]])}", template)
    filled = re.sub(
        r'data-(?:label|name)="(\w+)"',
        lambda m: f'{m[0]} aria-label="{escape(words[m[1]])}"',
        filled,
    )
    # what is put in is never looked through, so it may hold dollars and attributes of its own
    return Template(filled).substitute(content)


def _version(version: LanguageVersion, first: Path, embed: bool) -> dict[str, Any]:
    clock = version.timeline
    frame = frame_ticks(clock.fps)
    numbers = {source.id: n for n, source in enumerate(clock.extras.sources, 1)}
    text = webvtt.write(version.captions, clock.language)
    return {
        "language": clock.language,
        "direction": text_direction(clock.language),
        "name": clock.name,
        "title": clock.title,
        "about": clock.extras.about,
        "notice": clock.extras.notice,
        # what is embedded for the reader without scripts is not put in twice
        "film": "" if embed and version.film == first else address(version.film, embed),
        "track": url("text/vtt", text.encode()),
        "fps": clock.fps,
        "scenes": [
            {
                "id": scene.id,
                "title": scene.title,
                "lines": [
                    {
                        "id": line.id,
                        "end": line.end // frame,
                        "show": line.show,
                        "cite": sorted(numbers[name] for name in line.cite),
                        "words": [_word(w) for w in line_words(line, clock.language)],
                    }
                    for line in scene.lines
                ],
            }
            for scene in clock.scenes
        ],
        "captions": [
            [_ms(c.start), _ms(c.end), *(len(inside) for inside in c.spans)]
            for c in version.captions
        ],
    }


def _word(word: TimedWord) -> list[str | int]:
    """A word's text and its first and last millisecond, with a 1 if no space stands before it."""
    return [word.text, _ms(word.start), _ms(word.end), *([1] if word.glued else [])]


def _sheet(version: LanguageVersion, cache: Cache, progress: Progress) -> dict[str, Any]:
    """The last picture of each line, on as many sheets as it takes."""
    frames = thumbnails.last_frames(version.timeline)
    progress.start_stage("the page's pictures", len(frames), version.timeline.language)
    made = thumbnails.kept_sheets(version.film, frames, version.timeline.fps, cache, progress)
    return {
        "images": [b64encode(one.image).decode() for one in made],
        "most": thumbnails.MOST,
        "width": made[0].width,
        "height": made[0].height,
        "columns": made[0].columns,
    }


def address(film: Path, embed: bool) -> str:
    """Where the page finds a film: beside it, or in the page itself."""
    return url("video/mp4", film.read_bytes()) if embed else quote(film.name)


def poster(version: LanguageVersion, embed: bool) -> str:
    """Where the page finds the picture shown before the film: beside the film, or in itself."""
    path = version.film.with_suffix(".png")
    if path.is_file() and not embed:
        return quote(path.name)
    (frame,) = decode_frames(
        version.film, [thumbnails.last_frames(version.timeline)[0]], version.timeline.fps
    )
    frame.thumbnail((1280, 1280))
    return url("image/jpeg", encode_image(frame, "JPEG", quality=70))


def url(kind: str, content: bytes) -> str:
    """Content as an address of itself."""
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _transcript(clock: Timeline) -> str:
    numbers = {source.id: n for n, source in enumerate(clock.extras.sources, 1)}
    made = []
    for scene in clock.scenes:
        lines = "".join(
            _line(line, sorted(numbers[name] for name in line.cite)) for line in scene.lines
        )
        made.append(f"<section><h3>{escape(scene.title)}</h3>{lines}</section>\n")
    return "".join(made)


def _line(line: TimedLine, numbers: Sequence[int]) -> str:
    cites = "".join(f'<a class="cite" href="#source-{n}">{n}</a>' for n in numbers)
    cites = f'<span class="cites">{cites}</span>' if cites else ""
    stamp = f'<a class="stamp" href="#t={seconds(line.start):.2f}">{mmss(line.start)}</a>'
    text = f"{line.speaker_label} {line.text}".strip()
    said = f'<p class="say"><span>{escape(text)}</span>{cites}</p>'
    return (
        f'<div class="line" id="{escape(line.key)}">{stamp}<div>{said}'
        f'<p class="show">{escape(line.show)}</p></div></div>\n'
    )


def _sources(clock: Timeline, words: dict[str, str]) -> str:
    made = []
    for number, source in enumerate(clock.extras.sources, 1):
        lines = [line for line in clock.lines if source.id in line.cite]
        where = " ".join(f'<a href="#{line.key}">{mmss(line.start)}</a>' for line in lines)
        used = escape(words["used_at"]).format(time=where)
        doi = f"https://doi.org/{quote(source.doi, safe='/()<>;:')}"
        link = f'<a rel="noopener" href="{escape(doi)}">doi:{escape(source.doi)}</a>'
        made.append(
            f'<li id="source-{number}"><cite>{escape(source.title)}.</cite> {escape(source.where)}'
            f'{". " + link if source.doi else ""} <span class="used">{used}</span></li>\n'
        )
    return "".join(made)


def _downloads(versions: Sequence[LanguageVersion], embed: bool) -> str:
    made = []
    for version in versions:
        clock, name = version.timeline, version.film.stem
        files = {} if embed else {f"{name}.mp4": quote(f"{name}.mp4")}
        for form in FORMATS.values():
            if form.on_page:
                file = name + form.suffix
                text = form.write(version.captions, clock.language)
                files[file] = url(form.media_type, text.encode()) if embed else quote(file)
        made += [
            f'<li><a download="{escape(file)}" href="{escape(where)}">{escape(file)}</a></li>'
            for file, where in files.items()
        ]
    return "".join(made)


def _ms(at: int) -> int:
    return (at + MILLISECOND // 2) // MILLISECOND


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _file(name: str) -> str:
    return (PLAYER / name).read_text(encoding="utf-8")
