"""Draws the pictures of docs/examples.md anew, one of each film in examples/.

python bench/example_stills.py
"""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from explainer.draw.stills import isolated_stills
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

ROOT = Path(__file__).parent.parent
PLACE = ROOT / "docs" / "examples"
STILLS = {"waves": ("waves.corners", "1920x1080@30")}
"""The line of each film whose last frame is shown, and the size that it is drawn at."""
SIDE = 640
"""Pixels of the long side of a picture in the manual."""
COLOURS = 96


def main() -> None:
    """Draw the last frame of one line of each film."""
    PLACE.mkdir(exist_ok=True)
    for name, (key, size) in STILLS.items():
        quality = find_format(size)
        script = load(ROOT / "examples" / name / "script.yaml")
        shots = scene_timings(estimate_timeline(script, quality.fps))
        scene, _, line = key.partition(".")
        (shot,) = (each for each in shots[scene].lines if each.id == line)
        (frame,) = isolated_stills(script, shots, key, [shot.frames - 1], quality)
        picture = Image.fromarray(frame[:, :, :3])
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        picture.quantize(COLOURS).save(PLACE / f"{name}.png", optimize=True)
        print(f"docs/examples/{name}.png")


if __name__ == "__main__":
    main()
