"""Whether pictures are still what they were: frames in, means of blocks out, held to a record.

`python tests/drift.py FILM` records those of a finished film of `QUALITY`, with what made it.
"""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from explainer.export.page.sprite_sheet import last_frame
from explainer.media.frames import decode_frames
from explainer.timeline.json import from_json
from explainer.timeline.model import Timeline

RECORD = Path(__file__).with_name("drift.json")
QUALITY = "426x240@15"
"""What the film is rendered in for this."""
ACROSS, DOWN = 32, 18
TOLERANCE = 2.5
"""The most, of 255, that a block's mean may be off: what other encoders and rasterizers differ."""

Blocks = NDArray[np.float64]
"""Mean colours of shape (DOWN, ACROSS, 3), from 0 to 255."""


def blocks(picture: NDArray[np.uint8]) -> Blocks:
    """The mean colours of a picture of shape (height, width, 3), of any size."""
    rows = np.array_split(picture.astype(np.float64), DOWN)
    cells = [[cell.mean((0, 1)) for cell in np.array_split(row, ACROSS, 1)] for row in rows]
    return np.array(cells)


def last_pictures(film: Path, clock: Timeline) -> dict[str, NDArray[np.uint8]]:
    """The last frame of each scene, where all has come to rest."""
    numbers = [last_frame(scene.end, clock.fps) for scene in clock.scenes]
    frames = decode_frames(film, numbers, clock.fps)
    return {scene.id: np.asarray(frame) for scene, frame in zip(clock.scenes, frames, strict=True)}


def drifted(scene: str, picture: NDArray[np.uint8]) -> str:
    """How far a scene's picture is from the record; empty if no further than is tolerated."""
    noted = recorded()["scenes"][scene]
    wanted = np.frombuffer(bytes.fromhex("".join(noted)), np.uint8).reshape(DOWN, ACROSS, 3)
    off = np.abs(blocks(picture) - wanted).max(2)
    row, column = np.unravel_index(off.argmax(), off.shape)
    if off.max() <= TOLERANCE:
        return ""
    where = f"block {column} of {ACROSS} across, {row} of {DOWN} down"
    return f"{scene}: {off.max():.1f} of 255 off in {where}, made with {makers()}"


def recorded() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(RECORD.read_text(encoding="utf-8"))
    return found


def makers() -> dict[str, str]:
    """The versions that decide what a picture looks like."""
    tools = {name: version(name) for name in ("manim", "pycairo", "manimpango", "av")}
    libraries = {name: ".".join(map(str, of)) for name, of in av.library_versions.items()}
    return {**tools, "libavcodec": libraries["libavcodec"]}


def main(film: Path) -> None:
    clock = from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    scenes = {
        scene: [row.round().astype(np.uint8).tobytes().hex() for row in blocks(picture)]
        for scene, picture in last_pictures(film, clock).items()
    }
    record = {"made with": makers(), "scenes": scenes}
    RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
