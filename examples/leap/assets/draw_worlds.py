"""Draws earth.png, mars.png and moon.png: worlds lit from the upper left, all of it made up.

python draw_worlds.py
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIDE = 480
"""Pixels of a picture."""
FINER = 2
"""How many times as fine it is drawn, for a smooth rim."""
LIGHT = np.array((-0.5, 0.55, 0.67))
COLOURS = 160

Grid = NDArray[np.float64]


def noise(points: Grid, scale: float, seed: int) -> Grid:
    """Smooth chance from 0 to 1 at points in space, shape (..., 3) to (...)."""
    table = np.random.default_rng(seed).random((32, 32, 32))
    at = points * scale + 100
    corner = np.floor(at).astype(int)
    share = at - corner
    share = share * share * (3 - 2 * share)
    found = np.zeros(points.shape[:-1])
    for step in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(step, share, 1 - share), axis=-1)
        x, y, z = np.moveaxis((corner + step) % 32, -1, 0)
        found += weight * table[x, y, z]
    return found


def cloudy(points: Grid, scale: float, seed: int) -> Grid:
    """Noise of five sizes, from 0 to 1."""
    parts = [noise(points, scale * 2**size, seed + size) / 2**size for size in range(5)]
    return sum(parts) / sum(0.5**size for size in range(5))


def mixed(share: Grid, *colours: str) -> Grid:
    """Colours from the first (share 0) to the last (share 1), as sRGB from 0 to 1."""
    rgb = [[int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)] for colour in colours]
    places = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(share, places, part) for part in zip(*rgb, strict=True)], axis=-1)


def step(values: Grid, middle: float, width: float) -> Grid:
    """0 below the middle, 1 above it, and smooth between."""
    return np.clip((values - middle) / width + 0.5, 0, 1)


def moon(points: Grid) -> Grid:
    """Grey, with dark plains and craters that have a bright rim."""
    light = 0.75 - 0.4 * step(cloudy(points, 1.6, 3), 0.52, 0.16)
    chance = np.random.default_rng(8)
    for _ in range(90):
        middle = chance.normal(size=3)
        middle /= np.linalg.norm(middle)
        size = 0.025 + 0.13 * chance.random() ** 3
        away = np.linalg.norm(points - middle, axis=-1) / size
        light += 0.16 * np.exp(-(((away - 1) / 0.18) ** 2)) - 0.13 * (away < 0.95)
    return mixed(np.clip(light + 0.1 * (cloudy(points, 9, 5) - 0.5), 0, 1), "#3E4250", "#F2F1EC")


def mars(points: Grid) -> Grid:
    """Rust, with dark lowlands and white caps."""
    ground = mixed(step(cloudy(points, 1.9, 21), 0.5, 0.5), "#8A3B22", "#C9602F", "#EBA168")
    cap = step(np.abs(points[..., 1]) + 0.2 * (cloudy(points, 5, 4) - 0.5), 0.93, 0.05)
    return ground + cap[..., None] * (0.95 - ground)


def earth(points: Grid) -> Grid:
    """Seas, lands that are nowhere on the Earth, and clouds."""
    sea = mixed(cloudy(points, 3, 30), "#123C86", "#2E7FD0")
    land = mixed(step(cloudy(points, 5, 40), 0.5, 0.5), "#2F7A43", "#8FA45A", "#C2A36B")
    shore = step(cloudy(points, 1.7, 53), 0.53, 0.03)[..., None]
    ground = sea + shore * (land - sea)
    wide = points * (1, 2.6, 1)
    cloud = step(cloudy(wide, 2.4, 60), 0.58, 0.2)
    cap = step(np.abs(points[..., 1]) + 0.2 * (cloudy(points, 5, 4) - 0.5), 0.93, 0.05)
    white = np.maximum(0.85 * cloud, cap)[..., None]
    return ground + white * (1 - ground)


def draw(surface: Callable[[Grid], Grid], name: str) -> None:
    """Draw a ball with this surface, and a dark side."""
    across = np.linspace(-1, 1, SIDE * FINER)
    x, y = np.meshgrid(across, -across)
    inside = x**2 + y**2 <= 1
    z = np.sqrt(np.clip(1 - x**2 - y**2, 0, 1))
    points = np.stack([x, y, z], axis=-1)
    lit = np.clip(points @ (LIGHT / np.linalg.norm(LIGHT)), 0, 1) ** 0.7
    colours = surface(points) * (0.22 + 0.86 * lit)[..., None]
    rgba = np.concatenate([np.clip(colours, 0, 1), inside[..., None]], axis=-1)
    picture = Image.fromarray(np.rint(rgba * 255).astype(np.uint8), "RGBA")
    picture = picture.resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    picture = picture.quantize(COLOURS, Image.Quantize.FASTOCTREE)
    picture.save(Path(__file__).with_name(f"{name}.png"), optimize=True)


if __name__ == "__main__":
    for surface in (earth, mars, moon):
        draw(surface, surface.__name__)
