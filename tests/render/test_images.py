"""Pictures in scenes: drawn as Manim draws them, and found in the film's assets by their names."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree.ElementTree import ElementTree

import numpy as np
import pytest
from PIL import Image

from explainer.draw.stills import stills
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.stage.svg_support import unsupported_features
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

Q = find_format("160x90@10")
RED, CLEAR = (255, 0, 0, 255), (0, 0, 0, 0)


def drawn(project: Project, code: str) -> np.ndarray:
    """The last frame of line one, whose method does this."""
    text = "from manim import *\n\nfrom explainer.scene import NarratedScene, asset\n\n\n"
    text += "class Dots(NarratedScene):\n    def one(self):\n"
    text += f"        {code}\n        self.wait(until='dot')\n\n"
    text += "    def two(self):\n        self.wait(until='other')\n"
    project.scene.write_text(text, encoding="utf-8")
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, Q.fps))
    last = shots["dots"].lines[0].frames - 1
    return stills(script, shots, "dots.one", [last], Q)[0][:, :, :3]


def picture(mode: str = "RGBA") -> Image.Image:
    """A picture of 40 by 20, red on its left and clear, or else black, on its right."""
    made = Image.new("RGBA", (40, 20), CLEAR)
    made.paste(RED, (0, 0, 20, 20))
    return made.convert(mode)


def middle(frame: np.ndarray) -> tuple[list[int], list[int]]:
    """The colours left and right of the middle."""
    return frame[45, 75].tolist(), frame[45, 85].tolist()


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "P", "PA"])
def test_a_picture_is_drawn_whatever_its_mode(project: Project, mode: str) -> None:
    picture(mode.replace("PA", "P")).save(
        project.folder / "assets" / "ring.png", **({"transparency": 0} if mode == "PA" else {})
    )
    left, right = middle(drawn(project, "self.add(ImageMobject(asset('ring.png')).scale(5))"))
    assert left[0] > 240
    assert max(left[1:]) < 15
    assert max(right) < 15


def test_what_is_clear_in_a_picture_lets_what_is_behind_it_through(project: Project) -> None:
    picture().save(project.folder / "assets" / "ring.png")
    code = "self.add(Square(9, fill_opacity=1, color=BLUE), ImageMobject('ring.png').scale(5))"
    left, right = middle(drawn(project, code))
    assert left[0] > 240
    assert right[2] > 150
    assert right[0] < 120


def test_an_array_is_drawn(project: Project) -> None:
    code = "self.add(ImageMobject(np.full((4, 4, 3), 255, np.uint8)).scale(30))"
    assert middle(drawn(project, code))[0] == [255, 255, 255]


@pytest.mark.parametrize("name", ["ring.png", "assets/ring.png", "ring"])
def test_a_name_is_found_in_the_assets_wherever_the_command_is_given(
    project: Project,
    name: str,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    picture().save(project.folder / "assets" / "ring.png")
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    left, _ = middle(drawn(project, f"self.add(ImageMobject({name!r}).scale(5))"))
    assert left[0] > 240


def test_a_photograph_that_its_camera_turned_is_drawn_upright(project: Project) -> None:
    turned = picture("RGB")
    exif = turned.getexif()
    exif[0x0112] = 3  # upside down
    turned.save(project.folder / "assets" / "photo.jpg", exif=exif, quality=95)
    left, right = middle(drawn(project, "self.add(ImageMobject('photo.jpg').scale(5))"))
    assert right[0] > 240
    assert left[0] < 30


def test_sixteen_bits_of_grey_are_drawn_as_grey(project: Project) -> None:
    grey = np.full((20, 40), 0x8000, np.uint16)
    Image.fromarray(grey).save(project.folder / "assets" / "grey.png")
    left, _ = middle(drawn(project, "self.add(ImageMobject('grey.png').scale(5))"))
    assert all(abs(value - 128) <= 2 for value in left)


def test_an_asset_that_is_missing_is_said_with_names_that_are_near(project: Project) -> None:
    picture().save(project.folder / "assets" / "ring.png")
    with pytest.raises(SceneError, match=r"scenes/dots\.py:8.*rng\.png.*ring\.png"):
        drawn(project, "self.add(ImageMobject(asset('rng.png')))")


def test_an_asset_outside_of_the_assets_is_refused(project: Project, tmp_path: Path) -> None:
    with pytest.raises(SceneError, match="outside"):
        drawn(project, "asset('../script.yaml')")


def test_a_drawing_is_read_without_a_trace_in_the_film_s_folder(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg"><path fill="#f00" d="M0 0H9V9H0Z"/></svg>'
    (project.folder / "assets" / "ring.svg").write_text(svg)
    written: list[Path] = []
    write = ElementTree.write

    def noted(tree: ElementTree, path: Path) -> None:
        written.append(Path(path).absolute())
        write(tree, path)

    monkeypatch.setattr(ElementTree, "write", noted)
    frame = drawn(project, "self.add(SVGMobject('ring.svg'), SVGMobject('ring'))")
    assert middle(frame)[0][0] > 240
    assert written
    assert not [path for path in written if path.is_relative_to(project.folder)]


DRAWINGS = {
    '<defs><linearGradient id="g"/></defs><rect width="9" height="9" fill="url(#g)"/>': "gradient",
    '<path d="M1 9 L5 1 L9 9 Z"/><text x="2" y="6">Hi</text>': "<text>: its letters",
    '<image href="a.png" width="9" height="9"/><rect width="9" height="9"/>': "use ImageMobject",
    '<clipPath id="c"/><rect width="9" height="9" clip-path="url(#c)"/>': "<clipPath>: a clip",
    '<rect width="9" height="9" stroke-dasharray="2 1"/>': "dashes, as a whole line",
    '<style>@import url(a.css)</style><rect width="9" height="9"/>': "@import",
    '<rect width="9" height="9" fill="#3c9"/>': "",
    '<defs><linearGradient id="g"/></defs><rect width="9" height="9"/>': "",
}


def drawing(shapes: str) -> str:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">{shapes}</svg>'


@pytest.mark.parametrize("shapes", DRAWINGS)
def test_what_manim_cannot_draw_of_a_drawing_is_known(shapes: str) -> None:
    found = "; ".join(unsupported_features(drawing(shapes).encode()))
    assert DRAWINGS[shapes] in found
    assert bool(found) == bool(DRAWINGS[shapes])


def test_what_manim_cannot_draw_of_a_drawing_is_said(project: Project) -> None:
    """In a process of its own, whose streams are its own."""
    (project.folder / "assets" / "d.svg").write_text(drawing([*DRAWINGS][1]))
    project.edit_scene("from manim import", "from manim import SVGMobject,")
    project.edit_scene("def one(self):\n", "def one(self):\n        self.add(SVGMobject('d'))\n")
    command = [sys.executable, str(ROOT / "render.py"), "still", "dots.one", "--quality", TINY]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stderr.count("warning: d.svg: Manim cannot draw <text>: its letters") == 1
