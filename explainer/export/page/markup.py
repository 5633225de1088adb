"""What of a film the page says in HTML, for readers without scripts: a timeline in, markup out."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from urllib.parse import quote

from explainer.captions.formats.registry import FORMATS
from explainer.clock import frame_ticks, mmss, seconds
from explainer.export.page.template import data_url
from explainer.language_version import LanguageVersion
from explainer.timeline.model import TimedLine, Timeline


def transcript(timeline: Timeline, film: str) -> str:
    """What is said and shown, by scene, each line with its time and the numbers of its sources.

    A time leads to its place in `film`, the address of the one beside the page.
    """
    numbers = {source.id: n for n, source in enumerate(timeline.page_info.sources, 1)}
    sections = []
    for scene in timeline.scenes:
        lines = "".join(
            _transcript_line(
                line,
                f"{film}#t={link_time(line.start, timeline.fps)}",
                sorted(numbers[name] for name in line.cite),
            )
            for line in scene.lines
        )
        sections.append(f"<section><h3>{escape(scene.title)}</h3>{lines}</section>\n")
    return "".join(sections)


def _transcript_line(line: TimedLine, address: str, numbers: Sequence[int]) -> str:
    cites = "".join(f'<a class="cite" href="#source-{n}">{n}</a>' for n in numbers)
    if cites:
        cites = f'<span class="cites">{cites}</span>'
    time = f'<a class="stamp" href="{escape(address)}">{mmss(line.start)}</a>'
    text = f"{line.speaker_label} {line.text}".strip()
    return (
        f'<div class="line" id="{line_id(line)}">{time}'
        f'<div><p class="say"><span>{escape(text)}</span>{cites}</p>'
        f'<p class="show">{escape(line.show)}</p></div></div>\n'
    )


def link_time(start: int, fps: int) -> str:
    """The seconds by which a link leads to the frame that begins at `start`, in ticks.

    It is the frame's middle: its beginning, rounded, may lie in the frame before.
    """
    return f"{seconds(start + frame_ticks(fps) // 2):.3f}"


def line_id(line: TimedLine) -> str:
    """The id of a line's element. Ids hold no dots: style sheets take these for class names."""
    return line.key.replace(".", "_")


def sources(timeline: Timeline, strings: dict[str, str]) -> str:
    """The numbered sources as list items, each with the times at which it is cited."""
    items = []
    for number, source in enumerate(timeline.page_info.sources, 1):
        lines = [line for line in timeline.lines if source.id in line.cite]
        times = " ".join(f'<a href="#{line_id(line)}">{mmss(line.start)}</a>' for line in lines)
        used = escape(strings["used_at"]).format(time=times) if times else ""
        doi = f"https://doi.org/{quote(source.doi, safe='/()<>;:')}"
        link = f'<a rel="noopener" href="{escape(doi)}">doi:{escape(source.doi)}</a>'
        items.append(
            f'<li id="source-{number}"><cite>{escape(source.title)}.</cite> {escape(source.where)}'
            f'{". " + link if source.doi else ""} <span class="used">{used}</span></li>\n'
        )
    return "".join(items)


def downloads(versions: Sequence[LanguageVersion], embed: bool, others: Sequence[Path] = ()) -> str:
    """Links to the film and its caption files as list items; with `embed` they hold the files.

    `others` are more films beside it, which are not held.
    """
    items = []
    for version in versions:
        name = version.film.stem
        links = {} if embed else {f"{name}.mp4": quote(f"{name}.mp4")}
        for form in FORMATS.values():
            if not form.on_page:
                continue
            file = name + form.suffix
            if embed:
                content = form.write(version.captions, version.language).encode()
                links[file] = data_url(form.media_type, content)
            else:
                links[file] = quote(file)
        items += [
            f'<li><a download="{escape(file)}" href="{escape(link)}">{escape(file)}</a></li>'
            for file, link in links.items()
        ]
    for film in [] if embed else others:
        name, link = escape(film.name), escape(quote(film.name))
        items.append(f'<li><a download="{name}" href="{link}">{name}</a></li>')
    return "".join(items)
