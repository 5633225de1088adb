"""The page of a film: the film in one or more languages in, one self-contained HTML file out.

All that a script says is written as text, never as markup. The page may run and load nothing but
what stands in it and the film beside it.
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from PIL import Image

from explainer.cache.files import write_atomically
from explainer.cache.store import Cache
from explainer.export.base import ExportJob
from explainer.export.page import head, markup, player_record, sprite_sheet
from explainer.export.page.bundle import bundle_modules, minify, minify_style
from explainer.export.page.template import (
    PLAYER,
    data_url,
    fill_template,
    player_file,
    script_json,
    ui_strings,
)
from explainer.language_version import LanguageVersion
from explainer.languages import text_direction
from explainer.media.frames import decode_frames
from explainer.media.images import encode_image
from explainer.progress import Progress
from explainer.script import page_info

MAX_POSTER_SIZE = (1280, 1280)
"""The most pixels across and down of a poster that stands in the page."""
EARLY_SCRIPT = """if ("noModule" in HTMLScriptElement.prototype) \
document.documentElement.classList.add("js")"""
"""Has the page laid out with its controls from the first, where its player can run."""
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src '{style}'; img-src 'self' data: blob:; "
    "media-src 'self' data: blob:; connect-src {connect}; base-uri 'none'; form-action 'none'"
)
"""What a page may run and load; it connects to where the film beside it is served, or nowhere."""


@dataclass(frozen=True, slots=True)
class Platform:
    """A learning platform that a page reports to, by a version of SCORM, "1.2" or "2004".

    `xapi` is the address of a store of statements, or ""; `activity` is what they are about.
    """

    version: str
    xapi: str
    activity: str


def export(job: ExportJob) -> list[Path]:
    """Write a film's page beside it; without scripts it shows the first version.

    If the script says where its pages are published, the page's oEmbed file is written too.

    Raises:
        CheckFailed: if a film does not hold the frames that its timeline says.
        ValueError: if the interactive part is not as it was when the script was loaded.
    """
    out = job.film.with_suffix(".html")
    assets = job.script.folder / "assets"
    page = write_page(
        job.versions,
        out,
        assets,
        job.cache,
        job.single_file,
        job.progress,
        is_draft=job.is_draft,
    )
    written = [page]
    first = job.versions[0]
    poster = job.film.with_suffix(".png")
    if head.page_address(first) and poster.is_file():
        with Image.open(poster) as picture:
            answer = head.oembed(first, picture.size)
        written.append(job.film.with_suffix(".oembed.json"))
        write_atomically(written[-1], answer)
    return written


def write_page(
    versions: Sequence[LanguageVersion],
    out: Path,
    assets: Path,
    cache: Cache,
    embed: bool = False,
    progress: Progress | None = None,
    platform: Platform | None = None,
    is_draft: bool = False,
) -> Path:
    """Write a page as `out`; `embed` puts the films into it, `platform` has it report.

    The pictures of one that `is_draft` are made in the quickest way.

    Raises:
        CheckFailed: if a film does not hold the frames that its timeline says.
        ValueError: if the interactive part is not as it was when the script was loaded.
    """
    first = versions[0]
    timeline = first.timeline
    strings = {version.language: ui_strings(version.language) for version in versions}
    progress = progress or Progress(quiet=True)
    sprites = player_record.sprites_record(first, cache, progress, is_draft)
    described = [player_record.described_version(version) for version in versions]
    record: dict[str, Any] = {
        "versions": [
            player_record.version_record(version, first.film, embed) for version in versions
        ],
        "described": [
            player_record.version_record(version, first.film, embed)
            for version in described
            if version
        ],
        "strings": strings,
        "sprites": sprites,
    }
    if platform:
        record["platform"] = asdict(platform)
    explore = timeline.page_info.explore
    interactive = page_info.find_interactive_part(assets, explore) if explore else None
    script = _script(interactive, platform)
    shape = sprites["width"] / sprites["height"]
    style = _style(shape, interactive)
    first_strings = strings[timeline.language]
    connect = "'none'" if embed else "'self'"
    if platform and platform.xapi:
        connect += f" {platform.xapi}"
    policy = CONTENT_SECURITY_POLICY.format(
        scripts=f"'{_digest(EARLY_SCRIPT)}' '{_digest(script)}'",
        style=_digest(style),
        connect=connect,
    )
    asked = any(not question.after for question in timeline.page_info.questions)
    parts = ["explorable" if interactive else "plain", *(["asked"] if asked else [])]
    content = {
        "policy": policy,
        "language": escape(timeline.language),
        "direction": text_direction(timeline.language),
        "title": escape(timeline.title),
        "about": escape(timeline.page_info.about),
        "head": head.head(first, shape, not embed),
        "icon": head.icon_url(),
        "notice": escape(timeline.page_info.notice),
        "style": style,
        "early_script": EARLY_SCRIPT,
        "script": script,
        "record": script_json(record),
        "icons": player_file("icons.svg"),
        "source": escape(player_record.film_url(first.film, embed)),
        "poster": escape(_poster_url(first, embed)),
        "track": escape(record["versions"][0]["track"]),
        "language_name": escape(first_strings["language"]),
        "transcript": markup.transcript(timeline, "" if embed else quote(first.film.name)),
        "sources": markup.sources(timeline, first_strings),
        "downloads": markup.downloads(versions, embed, other_films(versions)),
        "parts": " ".join(parts),
        "width": str(sprites["width"]),
        "height": str(sprites["height"]),
    }
    page = fill_template(player_file("page.html"), first_strings, content)
    write_atomically(out, page.encode())
    return out


def other_films(versions: Sequence[LanguageVersion]) -> list[Path]:
    """The films beside those of a page that it may play: smaller ones, and described ones."""
    small = [player_record.small_copy(version) for version in versions]
    described = [player_record.described_version(version) for version in versions]
    told = [version.film for version in described if version]
    return list(dict.fromkeys([*filter(None, small), *told]))


def _script(interactive: Path | None, platform: Platform | None) -> str:
    """The player's modules as one script, with the interactive part in its place."""
    overrides = {"interactive": interactive.read_text(encoding="utf-8")} if interactive else {}
    if platform:
        overrides["report"] = player_file("scorm.js")
    return minify(bundle_modules(PLAYER, "main", overrides))


def _style(aspect_ratio: float, interactive: Path | None) -> str:
    """The style sheet of a page for pictures of that width to height."""
    style = f":root {{ --shape: {aspect_ratio:.4f}; }}\n{player_file('style.css')}"
    return minify_style(style + (page_info.style_sheet(interactive) if interactive else ""))


def _poster_url(version: LanguageVersion, embed: bool) -> str:
    """Where the page finds the picture shown before the film: beside the film, or in itself."""
    path = version.film.with_suffix(".png")
    if path.is_file() and not embed:
        return quote(path.name)
    number = sprite_sheet.last_frames(version.timeline)[0]
    (frame,) = decode_frames(version.film, [number], version.timeline.fps)
    frame.thumbnail(MAX_POSTER_SIZE)
    return data_url("image/jpeg", encode_image(frame, "JPEG", quality=70))


def _digest(text: str) -> str:
    return f"sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
