"""What a film's page and an upload say besides its lines: the script's `page` in, `PageInfo` out.

The interactive part of a page is one JavaScript module in assets/. It is checked here, before any
page is made of it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

from explainer.errors import error_text
from explainer.script.assets import find_asset
from explainer.script.fields import PAGE, names
from explainer.script.questions import Question, read_questions
from explainer.script.yaml_document import Document

MAX_PART_BYTES = 50_000
"""Size that an interactive part, and its style sheet, may have."""
_FOLDER_URL = re.compile(r"https?://[\w.-]+(:\d{1,5})?/([\w.~%-]+/)*\Z", re.ASCII)
_TAG = re.compile(r"\w{1,60}\Z")
_FOREIGN = re.compile(r"^\s*import\b|\bimport\s*\(|^\s*export\s+default\b|</script", re.M | re.I)
_MOUNT = re.compile(r"^export function mount\(", re.M)


@dataclass(frozen=True, slots=True)
class Citation:
    """A source that lines cite."""

    id: str
    title: str
    where: str
    doi: str


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Texts of the page; `explore` is the interactive part, a file in assets/, `url` the folder
    of published pages, `date` the day of publishing as in 2026-11-28, or "", `xapi` the store that
    packages for learning platforms may report to.

    `sources` are in the order in which lines, and then questions, cite them.
    """

    about: str = ""
    notice: str = ""
    tags: tuple[str, ...] = ()
    explore: str = ""
    sources: tuple[Citation, ...] = ()
    questions: tuple[Question, ...] = ()
    url: str = ""
    xapi: str = ""
    date: str = ""

    @classmethod
    def of(cls, record: dict[str, Any]) -> PageInfo:
        """The page info of a record that `dataclasses.asdict` made, read from JSON or not."""
        sources = tuple(Citation(**source) for source in record["sources"])
        questions = tuple(map(Question.of, record.get("questions", ())))
        tags = tuple(record["tags"])
        return cls(**{**record, "tags": tags, "sources": sources, "questions": questions})


def read_page_info(
    doc: Document,
    node: yaml.Node | None,
    folder: Path,
    sources: Mapping[str, Citation],
    cited: Iterable[str],
    lines: Collection[str],
) -> PageInfo:
    """The page info in the node of the key `page`; problems go to the document.

    `folder` is that of the assets, `cited` what the film's lines cite of its `sources`, `lines`
    are their keys.
    """
    entries = doc.mapping(node, "page", names(PAGE)) if node else {}
    explore = entries.get("explore")
    name = doc.text(explore, "explore", 200, exact=True)
    if explore and name:
        try:
            find_interactive_part(folder, name)
        except ValueError as error:
            remedy = "see CONTRIBUTING.md on what an interactive part must be"
            doc.fail(doc.at(explore), f"explore: {error_text(error)}", remedy)
    about = doc.text(entries.get("about"), "about", 500)
    notice = doc.text(entries.get("notice"), "notice", 500)
    tags = read_tags(doc, entries.get("tags"))
    asked = entries.get("questions")
    questions = read_questions(doc, asked, sources.keys(), lines, "explore" in entries)
    all_cited = dict.fromkeys([*cited, *(each for one in questions for each in one.cite)])
    url, xapi = (_read_url(doc, entries.get(key), key) for key in ("url", "xapi"))
    found = tuple(sources[each] for each in all_cited if each in sources)
    published = _read_day(doc, entries.get("date"))
    return PageInfo(about, notice, tags, name, found, questions, url, xapi, published)


def _read_day(doc: Document, node: yaml.Node | None) -> str:
    """A day as in 2026-11-28; problems go to the document."""
    day = doc.text(node, "date", 40, exact=True)
    if not node or not day:
        return ""
    try:
        is_day = date.fromisoformat(day).isoformat() == day
    except ValueError:
        is_day = False
    if not is_day:
        doc.fail(doc.at(node), f"date “{day}” is not a day", "write it as in 2026-11-28")
        return ""
    return day


def _read_url(doc: Document, node: yaml.Node | None, key: str) -> str:
    """The address of a folder on a server; problems go to the document."""
    url = doc.text(node, key, 200, exact=True)
    if node and url and not _FOLDER_URL.match(url):
        remedy = "write the folder's address, as in https://example.org/films/"
        doc.fail(doc.at(node), f"{key} “{url}” is not the address of a folder", remedy)
        return ""
    return url


def read_tags(doc: Document, node: yaml.Node | None) -> tuple[str, ...]:
    """The tags in a list; problems go to the document."""
    found = []
    for item in doc.sequence(node, "tags"):
        found.append(doc.text(item, "a tag", 60))
        if found[-1] and not _TAG.match(found[-1]):
            what = f"tag “{found[-1]}” is not one word of letters and digits"
            doc.fail(doc.at(item), what, "write it without # and blanks")
    return tuple(found)


def find_interactive_part(folder: Path, name: str) -> Path:
    """The interactive part `name` of the assets folder.

    Raises:
        ValueError: if it lies elsewhere, also by way of a link, is not there, is too large, or is
            not one ES module that exports `mount` and imports nothing.
    """
    path = find_asset(folder, name, MAX_PART_BYTES)
    if path.suffix != ".js":
        raise ValueError(f"assets/{name} is not a JavaScript module")
    if path.with_suffix(".css").exists():
        find_asset(folder, str(PurePosixPath(name).with_suffix(".css")), MAX_PART_BYTES)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise ValueError(f"assets/{name} is not UTF-8 text") from None
    if wrong := _FOREIGN.search(text):
        raise ValueError(f"assets/{name} must not contain “{wrong.group().strip()}”")
    if not _MOUNT.search(text):
        raise ValueError(f"assets/{name} does not contain “export function mount(”")
    if "</style" in style_sheet(path).lower():
        raise ValueError(f"the style sheet of assets/{name} must not contain “</style”")
    return path


def style_sheet(part: Path) -> str:
    """The style sheet of an interactive part: the .css file beside it, if there is one."""
    path = part.with_suffix(".css")
    return path.read_text(encoding="utf-8") if path.is_file() else ""
