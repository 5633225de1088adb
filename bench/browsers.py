"""A film's page in Chromium and Firefox: a film in, a table of what was held of each view out.

In every window and look each view is held to what the tests hold some of: the whole player is in
the window, nothing is wider than it, axe-core finds nothing, a link to a line shows that line's
last picture, from the disk, from a server, and from one that sends no parts of files. With
`--pictures` what was seen is kept, to be looked at.

    python bench/browsers.py build/her2.mp4 --pictures /tmp/pictures --write
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import axe_playwright_python
import numpy as np
from playwright.sync_api import sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))

import viewing  # noqa: E402
from explainer.export.page.sprite_sheet import last_frames  # noqa: E402
from explainer.media.frames import decode_frames  # noqa: E402
from explainer.timeline.json import load_for_film  # noqa: E402
from explainer.timeline.model import Timeline  # noqa: E402
from film_server import film_server  # noqa: E402
from firefox import Firefox, FirefoxReader  # noqa: E402
from viewing import PLAYER_IS_SEEN, SIZES, AnyReader, Reader  # noqa: E402

VIEWS = ("play", "step", "read", "explore")
LOOKS = ("light", "dark", "forced colours")
PLACES = ("disk", "server", "server without parts")
FIREFOX_LOOKS = {
    "light": {"layout.css.prefers-color-scheme.content-override": 1},
    "dark": {"layout.css.prefers-color-scheme.content-override": 0},
    "forced colours": {"browser.display.document_color_use": 2, "ui.useAccessibilityTheme": 1},
}
CHROMIUM_LOOKS = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
}
WIDE = "document.documentElement.scrollWidth > innerWidth"
WHOLE = "((b) => b.top >= 0 && b.bottom < innerHeight + 1)(one('#player').getBoundingClientRect())"
AXE = "axe.run(document, given).then((result) => result.violations.map(({ id }) => id))"
AXE_OPTIONS = {"resultTypes": ["violations"]}
# in colours of the reader's own axe takes the page's for those that are seen
FORCED_OPTIONS = {**AXE_OPTIONS, "rules": {"color-contrast": {"enabled": False}}}

Size = tuple[int, int]
Open = Callable[..., AnyReader]


@contextmanager
def chromium(look: str) -> Iterator[tuple[str, Open]]:
    """Chromium in a look, with its version and a way to open a page in it."""
    with sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=viewing.executable(), args=viewing.FLAGS)

        def visit(path: Path | str, size: Size, hash_: str = "", awaits: str = "true") -> Reader:
            viewport = dict(zip(("width", "height"), size, strict=True))
            setting = {"offline": False, "viewport": viewport, **CHROMIUM_LOOKS[look]}
            return Reader(browser, path, hash_, awaits, **setting)

        yield f"Chromium {browser.version.partition('.')[0]}", visit
        browser.close()


@contextmanager
def firefox(look: str) -> Iterator[tuple[str, Open]]:
    """Firefox in a look, likewise."""
    browser = Firefox(FIREFOX_LOOKS[look])

    def visit(path: Path | str, size: Size, hash_: str = "", awaits: str = "true") -> FirefoxReader:
        return FirefoxReader(browser, path, hash_, awaits, size)

    yield f"Firefox {browser.version.partition('.')[0]}", visit
    browser.close()


def faults_of_views(
    reader: AnyReader, views: list[str], look: str, size: Size, pictures: Path | None
) -> Iterator[str]:
    """What is wrong in each view of the page in a look and at a size, in words."""
    options = FORCED_OPTIONS if look == "forced colours" else AXE_OPTIONS
    reader.resize(*size)
    for view in views:
        reader.run("location.hash = given", view)
        reader.wait(f"document.documentElement.dataset.view === '{view}'")
        reader.run("scrollTo(0, 0)")
        reader.settled()
        if reader.run(WIDE):
            yield f"{view}: wider than the window"
        if view in ("play", "step") and not reader.run(WHOLE):
            yield f"{view}: not the whole player"
        yield from (f"{view}: {name}" for name in reader.run(AXE, options))
        if pictures:
            name = f"{size[0]}x{size[1]}-{view}.png"
            (pictures / name).write_bytes(reader.screenshot())


def faults_of_links(
    visit: Open, address: Path | str, film: Path, clock: Timeline, size: Size
) -> Iterator[str]:
    """What is wrong where a link to each of some lines is opened, in words."""
    ends = last_frames(clock)
    for number in {0, len(ends) // 2, len(ends) - 1}:
        line = clock.lines[number]
        reader = visit(address, size, f"#{line.key}", "video.readyState >= 2")
        reader.fps = clock.fps
        reader.wait("video.currentTime > 0")
        reader.settled()
        if reader.frame() != ends[number]:
            yield f"{line.key}: frame {reader.frame()} for {ends[number]}"
        if not reader.run(PLAYER_IS_SEEN):
            yield f"{line.key}: the player is not seen"
        if isinstance(address, str):
            (wanted,) = decode_frames(film, [ends[number]], clock.fps)
            off = np.abs(reader.picture() - np.asarray(wanted, np.int16)).mean()
            if off > 3:
                yield f"{line.key}: another picture"
        reader.close()


def table(film: Path, pictures: Path | None) -> Iterator[str]:
    """The table's rows, one for each engine, look or place, and size."""
    clock = load_for_film(film)[0]
    page = film.with_suffix(".html")
    views = [view for view in VIEWS if view != "explore" or clock.page_info.explore]
    axe = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
    yield "| engine | where | " + " | ".join(f"{w}×{h}" for w, h in SIZES) + " |"
    yield "| --- | --- |" + " --- |" * len(SIZES)
    for engine in (chromium, firefox):
        for look in LOOKS:
            with engine(look) as (name, visit):
                reader = visit(page, SIZES[0])
                reader.run(f"(() => {{ {axe} }})()")
                folder = pictures and pictures / f"{name} {look}".replace(" ", "-")
                if folder:
                    folder.mkdir(parents=True, exist_ok=True)
                cells = []
                for size in SIZES:
                    found = list(faults_of_views(reader, views, look, size, folder))
                    cells.append("; ".join(found) or "✓")
                reader.close()
                yield f"| {name} | {look} | {' | '.join(cells)} |"
                if look == "light":
                    yield from rows_of_links(name, visit, film, clock)


def rows_of_links(name: str, visit: Open, film: Path, clock: Timeline) -> Iterator[str]:
    """A row for each place that a page may come from."""
    page = film.with_suffix(".html")
    for place in PLACES:
        with film_server(film.parent) as server:
            server.ranges = place != "server without parts"
            address = page if place == "disk" else server.address(page.name)
            cells = [
                "; ".join(faults_of_links(visit, address, film, clock, size)) or "✓"
                for size in SIZES
            ]
        yield f"| {name} | links, {place} | {' | '.join(cells)} |"


def film_size(film: Path) -> str:
    """The width and height of a film's pictures."""
    (picture,) = decode_frames(film, [0], load_for_film(film)[0].fps)
    return f"{picture.width}×{picture.height}"


def main() -> None:
    """Measure the page beside a film."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("film", type=Path)
    parser.add_argument("--pictures", type=Path, help="keep what was seen in this folder")
    parser.add_argument("--write", action="store_true", help="renew bench/BROWSERS.md")
    args = parser.parse_args()
    rows = []
    for row in table(args.film.resolve(), args.pictures):
        print(row, flush=True)
        rows.append(row)
    head = [
        "# The page in two browsers",
        "",
        f"`python bench/browsers.py`, {date.today()}, the page of {args.film.name} (pictures of",
        f"{film_size(args.film)}). ✓: the whole player is in the window (Play, Step), nothing is",
        "wider than it, axe-core finds nothing (in the reader's own colours all but contrast); a",
        "link to a line shows the player and that line's last picture, and no other.",
        "",
    ]
    if args.write:
        text = "\n".join([*head, *rows, ""])
        Path(__file__).with_name("BROWSERS.md").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
