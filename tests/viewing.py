"""A real browser, and a short film with its page for it to open."""

from __future__ import annotations

import json
import shutil
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from axe_playwright_python.sync_playwright import Axe
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from explainer.cache.store import Cache
from explainer.captions.segment import segment
from explainer.export.page import html_page, sprite_sheet
from explainer.language_version import LanguageVersion
from explainer.media.frames import decode_frames
from explainer.timeline.json import from_json
from explainer.timeline.model import Timeline

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
FLAGS += ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
NAMES = ("chromium", "chromium-browser", "google-chrome", "chrome")

TOOLS = "const video = document.querySelector('video');"
TOOLS += "const one = (s) => document.querySelector(s);"
TOOLS += "const all = (s) => [...document.querySelectorAll(s)];"

PLAYER_IS_SEEN = """(() => { const { top, bottom } = one('#player').getBoundingClientRect();
    return top > -1 && bottom < innerHeight + 1 && one('#player:focus') !== null; })()"""
WINDOW: ViewportSize = {"width": 1000, "height": 800}
MEDIA = ("color_scheme", "forced_colors", "reduced_motion")
"""What a reader prefers, which a tab that is open can be given."""
SIZES = [(1440, 900), (1366, 768), (1280, 720), (1024, 768)]
SIZES += [(844, 390), (667, 375), (390, 844), (320, 640)]
"""Windows, width and height, in which the whole player must be seen."""

SCRIPT = """\
name: dots
title: Dots that move
language: en
limit: 30
voice: [tone]
page:
  about: Two dots and a square, for tests.
  notice: Not geometry advice.
  tags: [dots, geometry]
  explore: explore/her2.js
  questions:
    - id: pushed
      after: dots.two
      ask: What will the second dot do?
      try: Move the slider, and look.
      state: 2~copies
      answers:
        - {right: It follows the first., why: That is what is said of it.}
        - {wrong: It stays., why: "Nothing here stays, but the square."}
    - id: first
      ask: Which dot moves first?
      answers:
        - {wrong: The teal one., why: It follows.}
        - {right: The pink one., why: It is shown alone at first.}
        - {wrong: Both at once., why: One comes after the other.}
      cite: [euclid]
    - id: square
      ask: Where does the square come from?
      answers:
        - {right: From above., why: It comes down.}
        - {wrong: From below., why: It would then rise.}
sources:
  euclid: {title: Elements, where: Book I, doi: 10.1000/1}
  hilbert: {title: Foundations of Geometry, where: Chapter 1}
scenes:
  - id: dots
    title: Dots
    lines:
      - id: one
        say: A [dot]{dot} moves along, from the left to the right.
        show: A pink dot moves.
        cite: [euclid]
      - id: two
        say: Then [another]{other} one follows it.
        show: A teal dot follows.
        cite: [hilbert, euclid]
  - id: squares
    title: Squares
    lines:
      - {id: three, say: "A [square]{square} comes down, and stays.", show: A square falls.}
"""

DOTS = """\
from manim import LEFT, RIGHT, Circle, linear

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def go(self, colour, cue):
        dot = Circle(1, stroke_width=0, fill_color=colour, fill_opacity=1).shift(5 * LEFT)
        self.add(dot)
        self.play(dot.animate(rate_func=linear).shift(5 * RIGHT), until=cue)
        self.play(dot.animate(rate_func=linear).shift(5 * RIGHT), until="end")

    def one(self):
        self.go("#FF5C8A", "dot")

    def two(self):
        self.go("#35DCCB", "other")
"""

SQUARES = """\
from manim import DOWN, UP, Square, linear

from explainer.scene import NarratedScene


class Squares(NarratedScene):
    def three(self):
        square = Square(2, stroke_width=0, fill_color="#FFB547", fill_opacity=1).shift(3 * UP)
        self.play(square.animate(rate_func=linear).shift(2 * DOWN), until="square")
        self.play(square.animate(rate_func=linear).shift(4 * DOWN), until="end")
"""


def executable() -> str:
    """The browser that `make test` installs."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, "no browser; install one with: sudo apt-get install chromium"
    return found


@dataclass(frozen=True)
class Shown:
    """A finished short film and where its pages lie: beside it, and with the film inside."""

    clock: Timeline
    film: Path
    assets: Path
    beside: Path
    single: Path

    @classmethod
    def at(cls, folder: Path) -> Shown:
        build = folder / "build"
        clock = from_json(next(build.glob("*.timeline.json")).read_text(encoding="utf-8"))
        made = cls(
            clock, build / "dots.mp4", folder / "assets", build / "dots.html", build / "single.html"
        )
        made.publish([clock], made.single, embed=True)
        return made

    def publish(self, clocks: Sequence[Timeline], out: Path, embed: bool = False) -> Path:
        versions = [
            LanguageVersion(clock, captions=segment(clock), path=self.film) for clock in clocks
        ]
        return html_page.write_page(
            versions, out, self.assets, Cache(self.film.parent / ".explainer-cache"), embed
        )

    def frame(self, number: int) -> NDArray[np.int16]:
        """A frame as a decoder of its own sees it: rows, columns, RGB."""
        (picture,) = decode_frames(self.film, [number], self.clock.fps)
        return np.asarray(picture, np.int16)

    def ends(self) -> list[int]:
        return sprite_sheet.last_frames(self.clock)


class AnyReader:
    """What is done with a page alike in every browser, by JavaScript alone."""

    fps = 10

    def run(self, code: str, argument: Any = None) -> Any:
        """Runs JavaScript with `video`, `one` and `all` at hand."""
        raise NotImplementedError

    def wait(self, code: str) -> None:
        """Waits until JavaScript gives something true."""
        raise NotImplementedError

    def resize(self, width: int, height: int) -> None:
        """Gives the window a size in CSS pixels."""
        raise NotImplementedError

    def screenshot(self) -> bytes:
        """The window as PNG."""
        raise NotImplementedError

    def close(self) -> None:
        """Ends the visit."""
        raise NotImplementedError

    def settled(self) -> None:
        """Waits until the player rests where it was last sent to, and has said so to the page."""
        self.wait("video.paused && !video.seeking")
        twice = "requestAnimationFrame(() => requestAnimationFrame(() => done(true)))"
        self.run(f"new Promise((done) => {twice})")

    def frame(self) -> int:
        """The number of the frame shown, by the player's own clock."""
        return int(self.run("Math.floor(video.currentTime * given + 1e-4)", self.fps))

    def picture(self) -> NDArray[np.int16]:
        """What the video shows, at its own size: rows, columns, RGB. Only where it is embedded."""
        code = """(() => { const c = document.createElement('canvas');
            c.width = video.videoWidth; c.height = video.videoHeight;
            c.getContext('2d').drawImage(video, 0, 0); return c.toDataURL('image/png'); })()"""
        image = b64decode(self.run(code).partition(",")[2])
        return np.asarray(Image.open(BytesIO(image)).convert("RGB"), np.int16)


class Reader(AnyReader):
    """One visit to a page, in a profile of its own; what goes wrong in it is gathered.

    A tab that an earlier visit has left, with no settings but those that a tab may change, is taken
    from `tabs`, and given back there with nothing remembered: a new one costs more than all that is
    done in it.
    """

    def __init__(
        self,
        browser: Browser,
        path: Path | str,
        hash_: str = "",
        awaits: str = "video.readyState >= 2",
        tabs: list[Page] | None = None,
        **setting: Any,
    ) -> None:
        setting = {"viewport": WINDOW, "offline": True, **setting}
        media = {name: setting.pop(name) for name in MEDIA if name in setting}
        self.awaits = awaits
        self.tabs = tabs
        self.page: Page = tabs.pop() if tabs else browser.new_context(**setting).new_page()
        self.page.set_viewport_size(setting["viewport"])
        self.page.emulate_media(**media)
        self.context = self.page.context
        self.page.set_default_timeout(120_000)
        self.wrong: list[str] = []
        self.asked: list[str] = []
        self.heard: dict[str, Any] = {
            "pageerror": lambda error: self.wrong.append(str(error)),
            "console": lambda said: self.wrong.append(said.text),
            "dialog": lambda dialog: (self.wrong.append("dialog"), dialog.dismiss()),
            "request": lambda request: self.asked.append(request.url),
        }
        for event, hear in self.heard.items():
            self.page.on(event, hear)  # type: ignore[call-overload]
        self.open(path, hash_)

    def open(self, path: Path | str, hash_: str = "") -> None:
        """Opens a page from the disk, or from a server by its address."""
        address = path if isinstance(path, str) else f"file://{path}"
        if self.page.url != "about:blank":
            # or another address of the page that is open would only scroll in it
            self.page.goto("about:blank")
        self.page.goto(f"{address}{hash_}")
        if self.page.locator("html.js").count():
            self.wait(self.awaits)

    def run(self, code: str, argument: Any = None) -> Any:
        return self.page.evaluate(f"(given) => {{ {TOOLS} return {code}; }}", argument)

    def wait(self, code: str) -> None:
        self.page.wait_for_function(f"() => {{ {TOOLS} return {code}; }}")

    def resize(self, width: int, height: int) -> None:
        self.page.set_viewport_size({"width": width, "height": height})

    def screenshot(self) -> bytes:
        return self.page.screenshot()

    def text(self, selector: str) -> str:
        return self.page.locator(selector).first.inner_text().strip()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def flaws(self) -> list[str]:
        """What axe-core finds, in words."""
        found = Axe().run(self.page, options={"resultTypes": ["violations"]}).response["violations"]
        return [f"{f['id']}: {json.dumps([n['html'][:160] for n in f['nodes']])}" for f in found]

    def close(self) -> None:
        if self.tabs is None or self.context.pages != [self.page]:
            self.context.close()
            return
        for event, hear in self.heard.items():
            self.page.remove_listener(event, hear)
        self.page.evaluate("localStorage.clear(); sessionStorage.clear()")
        self.page.goto("about:blank")
        self.page.unroute_all()
        self.page.emulate_media(
            media="null", color_scheme="null", reduced_motion="null", forced_colors="null"
        )
        self.page.set_viewport_size(WINDOW)
        self.tabs.append(self.page)
