"""What a page tells other sites of its film: a film in, markup and an oEmbed file out."""

from __future__ import annotations

import json
from html import escape
from typing import Any
from urllib.parse import quote

from explainer.clock import seconds
from explainer.export.page.markup import link_time
from explainer.export.page.template import script_json
from explainer.language_version import LanguageVersion
from explainer.timeline.model import Timeline

ICON = (
    "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>"
    "<rect width='32' height='32' rx='8' fill='#bf1e56'/>"
    "<path d='M12 9l11 7-11 7z' fill='#fff'/></svg>"
)
"""The picture of a page in tabs and bookmarks."""
EMBED_WIDTH = 1280
"""How wide a site is told to show the player, where it has the room."""


def icon_url() -> str:
    """The address of the page's picture, which holds it."""
    return f"data:image/svg+xml,{quote(ICON, safe='')}"


def page_address(version: LanguageVersion) -> str:
    """Where the page of a film will be found; "" if its script does not say it."""
    folder = version.timeline.page_info.url
    return f"{folder}{quote(version.film.stem)}.html" if folder else ""


def head(version: LanguageVersion, shape: float, film_beside: bool = True) -> str:
    """The elements for search engines and for sites that show links; `shape` is width to height.

    They name addresses only if the script says where its pages are published, that of the film
    only if it lies beside its page.
    """
    timeline = version.timeline
    address = page_address(version)
    facts = {
        "og:type": "video.other",
        "og:title": timeline.title,
        "og:description": timeline.page_info.about,
        "og:locale": timeline.language.replace("-", "_"),
        "twitter:card": "summary_large_image",
    }
    links = ""
    if address:
        folder = timeline.page_info.url
        film = f"{folder}{quote(version.film.name)}" if film_beside else ""
        poster = f"{folder}{quote(version.film.stem)}.png"
        width, height = (str(pixels) for pixels in _embed_size(shape))
        facts |= {
            "og:url": address,
            "og:image": poster,
            "og:video": film,
            "og:video:type": "video/mp4" if film else "",
            "og:video:width": width if film else "",
            "og:video:height": height if film else "",
            "twitter:card": "player",
            "twitter:image": poster,
            "twitter:player": f"{address}?embed",
            "twitter:player:width": width,
            "twitter:player:height": height,
        }
        file = f"{folder}{quote(version.film.stem)}.oembed.json"
        links = (
            f'<link rel="canonical" href="{escape(address)}">\n'
            f'<link rel="alternate" type="application/json+oembed" href="{escape(file)}" '
            f'title="{escape(timeline.title)}">\n'
        )
    metas = "".join(
        f'<meta {"name" if name.startswith("twitter:") else "property"}="{name}" '
        f'content="{escape(value)}">\n'
        for name, value in facts.items()
        if value
    )
    record = script_json(_video_object(version, film_beside))
    return f'{metas}{links}<script type="application/ld+json">{record}</script>\n'


def _embed_size(shape: float) -> tuple[int, int]:
    return EMBED_WIDTH, round(EMBED_WIDTH / shape)


def _video_object(version: LanguageVersion, film_beside: bool) -> dict[str, Any]:
    """The film as schema.org knows it, with its chapters and what is said in it."""
    timeline = version.timeline
    address = page_address(version)
    chapters = [
        {
            "@type": "Clip",
            "name": scene.title,
            "startOffset": round(seconds(scene.start), 2),
            "endOffset": round(seconds(scene.end), 2),
            **({"url": f"{address}#t={link_time(scene.start, timeline.fps)}"} if address else {}),
        }
        for scene in timeline.scenes
    ]
    found: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "VideoObject",
        "name": timeline.title,
        "description": timeline.page_info.about or timeline.title,
        "inLanguage": timeline.language,
        "duration": f"PT{seconds(timeline.length):.2f}S",
        "transcript": transcript_text(timeline),
        "hasPart": chapters,
    }
    if timeline.page_info.date:
        found["uploadDate"] = timeline.page_info.date
    if timeline.page_info.tags:
        found["keywords"] = list(timeline.page_info.tags)
    if address:
        folder = timeline.page_info.url
        found["url"] = address
        found["embedUrl"] = f"{address}?embed"
        if film_beside:
            found["contentUrl"] = f"{folder}{quote(version.film.name)}"
        found["thumbnailUrl"] = f"{folder}{quote(version.film.stem)}.png"
    return found


def transcript_text(timeline: Timeline) -> str:
    """All that is said, with who says it where that changes."""
    said = (f"{line.speaker_label} {line.text}".strip() for line in timeline.lines)
    return " ".join(text for text in said if text)


def oembed(version: LanguageVersion, poster_size: tuple[int, int]) -> bytes:
    """The oEmbed 1.0 answer for a page whose address is known, of type video.

    `poster_size` is that of the poster beside it in pixels, which has the film's shape.
    """
    width, height = _embed_size(poster_size[0] / poster_size[1])
    title = version.timeline.title
    frame = (
        f'<iframe src="{escape(page_address(version))}?embed" width="{width}" '
        f'height="{height}" title="{escape(title)}" allow="fullscreen; picture-in-picture" '
        'style="border:0"></iframe>'
    )
    answer = {
        "version": "1.0",
        "type": "video",
        "title": title,
        "html": frame,
        "width": width,
        "height": height,
        "thumbnail_url": f"{version.timeline.page_info.url}{quote(version.film.stem)}.png",
        "thumbnail_width": poster_size[0],
        "thumbnail_height": poster_size[1],
    }
    return json.dumps(answer, ensure_ascii=False, indent=1).encode() + b"\n"
