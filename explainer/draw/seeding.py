"""Chance that comes out alike in every process: seeds for a scene and for each of its lines.

A scene that seeds Python's or NumPy's chance itself keeps what it has chosen.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from zlib import crc32

import numpy as np
from numpy.random import bit_generator


class SceneSeeds:
    """The seeds of one run of a scene; `chosen` is whether the scene has set a seed of its own."""

    def __init__(self, scene: str) -> None:
        self.scene, self.chosen = scene, False
        self._place, self._made = scene, 0
        self._seed, self._np_seed = random.seed, np.random.seed

    def begin_line(self, line: str) -> None:
        """Seed for a line, unless the scene has chosen its own seed."""
        self._place, self._made = f"{self.scene}.{line}", 0
        if not self.chosen:
            self._set(self._place)

    def number(self) -> int:
        """A seed for what a scene makes without one, another each time."""
        number = crc32(f"{self._place}/{self._made}".encode())
        self._made += 1
        return number

    def _set(self, text: str) -> None:
        number = crc32(text.encode())
        self._seed(number)
        self._np_seed(number)


@contextmanager
def seeded(scene: str) -> Iterator[SceneSeeds]:
    """Chance for the run of a scene; what is replaced in `random` and NumPy is put back."""
    chance = SceneSeeds(scene)
    chance._set(scene)
    default, plain = np.random.default_rng, random.Random

    class Random(plain):  # type: ignore[misc,valid-type]
        """Python's own, with a seed of the scene where it is given none."""

        def seed(self, a: Any = None, version: int = 2) -> None:
            super().seed(chance.number() if a is None else a, version)

    def choosing(seed: Callable[..., Any]) -> Callable[..., Any]:
        def choose(*args: Any, **more: Any) -> Any:
            if any(value is not None for value in (*args, *more.values())):
                chance.chosen = True
                return seed(*args, **more)
            # Manim does this as a scene begins, unless its configuration has a seed
            return None if chance.chosen else seed(chance.number())

        return choose

    def default_rng(seed: Any = None) -> Any:
        return default(chance.number() if seed is None else seed)

    def randbits(_count: int) -> int:
        # of as many bits as NumPy asks for, these are some
        return chance.number()

    replaced: list[tuple[Any, str, Any]] = [
        (random, "seed", choosing(random.seed)),
        (random, "Random", Random),
        (np.random, "seed", choosing(np.random.seed)),
        (np.random, "default_rng", default_rng),
        (bit_generator, "randbits", randbits),
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in replaced]
    try:
        for module, name, other in replaced:
            setattr(module, name, other)
        yield chance
    finally:
        for module, name, usual in before:
            setattr(module, name, usual)
