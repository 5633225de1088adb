"""Draws the pictures of docs/blocks.md anew, each from the example below it.

python bench/block_stills.py
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

from PIL import Image

from explainer.draw.stills import isolated_stills
from explainer.frame_format import find_format
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings

ROOT = Path(__file__).parent.parent
PAPER = ROOT / "docs" / "blocks.md"
PLACES = {"yaml": "script.yaml", "csv": "assets/crops.csv", "python": "scenes/blocks.py"}
QUALITY = "1280x720@30"
WIDTH = 640
"""Pixels of a picture in the manual."""


def write_film(folder: Path) -> Path:
    """Write the film of the manual's page into a folder; gives its script."""
    (folder / "scenes").mkdir(parents=True)
    (folder / "assets").mkdir()
    (folder / "assets" / "fonts").symlink_to(ROOT / "assets" / "fonts")
    fences = re.findall(r"^```(\w+)\n(.*?)^```$", PAPER.read_text(encoding="utf-8"), re.M | re.S)
    for kind, place in PLACES.items():
        texts = [text for language, text in fences if language == kind]
        (folder / place).write_text("\n".join(texts), encoding="utf-8")
    return folder / "script.yaml"


def main() -> None:
    """Draw the last frame of each line."""
    quality = find_format(QUALITY)
    (PAPER.parent / "blocks").mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        script = load(write_film(Path(folder) / "film"))
        shots = scene_timings(estimate_timeline(script, quality.fps))
        for line in shots["blocks"].lines:
            key = f"blocks.{line.id}"
            cue = [frames for _, frames in line.cues.values()][-1]
            number = min(cue + 3, line.frames - 1)
            (frame,) = isolated_stills(script, shots, key, [number], quality)
            picture = Image.fromarray(frame[:, :, :3]).resize((WIDTH, WIDTH * 9 // 16))
            picture.save(PAPER.parent / "blocks" / f"{line.id}.jpg", quality=85)
            print(f"docs/blocks/{line.id}.jpg")


if __name__ == "__main__":
    main()
