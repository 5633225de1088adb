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
STILLS = {
    "waves": ("waves.corners", "1920x1080@30"),
    "leap": ("leap.height@three", "1080x1920@30"),
    "slices": ("slices.hexagon@hexagon", "1920x1080@30"),
}
"""What is shown of each film, a line's end or half a second after a cue, and how it is drawn."""
SIDE = 640
"""Pixels of the long side of a picture in the manual."""
COLOURS = 96


def main() -> None:
    """Draw one frame of each film."""
    PLACE.mkdir(exist_ok=True)
    for name, (moment, size) in STILLS.items():
        quality = find_format(size)
        script = load(ROOT / "examples" / name / "script.yaml")
        shots = scene_timings(estimate_timeline(script, quality.fps))
        key, _, cue = moment.partition("@")
        scene, _, line = key.partition(".")
        (shot,) = (each for each in shots[scene].lines if each.id == line)
        number = shot.cues[cue][0] + quality.fps // 2 if cue else shot.frames - 1
        (frame,) = isolated_stills(script, shots, key, [number], quality)
        picture = Image.fromarray(frame[:, :, :3])
        picture.thumbnail((SIDE, SIDE), Image.Resampling.LANCZOS)
        picture.quantize(COLOURS).save(PLACE / f"{name}.png", optimize=True)
        print(f"docs/examples/{name}.png")


if __name__ == "__main__":
    main()
