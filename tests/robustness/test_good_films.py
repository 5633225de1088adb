"""Good films of all kinds are found no fault with, and small faults in full size are found."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

import delivered
import varieties
from explainer.timeline.json import load_for_film
from explainer.timeline.model import Timeline
from explainer.verify.measure import verify
from varieties import FULL_SIZE, VARIETIES, Variety

pytestmark = [pytest.mark.render, pytest.mark.slow]

QUICK = {
    "Arabic",
    "Chinese",
    "four to three",
    "music and effects",
    "two seconds of beeps",
    "a letter gone for one frame",
}
"""What is tried each time; the rest in the long form of the tests."""
FAULTS = (
    "a letter gone",
    "a letter gone for one frame",
    "a label gone",
    "a label 8 pixels to the right",
    "a label 8 pixels lower",
    "a label in another colour",
    "a label dimmer",
    "a label blurred",
    "the dot in another colour",
    "one frame doubled in place of the next",
    "one frame missing",
    "two frames swapped",
    "one frame blurred",
    "a block of 64 pixels black for one frame",
    "a block of 16 pixels black for one frame",
    "a block of 8 pixels white for one frame",
    "a white line of one pixel for one frame",
    "the picture two pixels to the right",
    "drawn at half its size",
)


def some(names: Sequence[str]) -> list[Any]:
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.whole) for name in names]


@pytest.mark.parametrize("name", some([kind.name for kind in VARIETIES]))
def test_a_film_that_is_good_in_its_own_way_has_no_fault(tmp_path: Path, name: str) -> None:
    kind: Variety = next(kind for kind in VARIETIES if kind.name == name)
    assert varieties.wrong(kind, tmp_path / "film") == []


@pytest.fixture(scope="module")
def full_size(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Timeline]]:
    film = varieties.made(FULL_SIZE, tmp_path_factory.mktemp("full") / "film")
    return film, load_for_film(film)


@pytest.mark.parametrize("name", some(FAULTS))
def test_a_small_fault_of_a_picture_in_full_size_is_found(
    full_size: tuple[Path, list[Timeline]], tmp_path: Path, name: str
) -> None:
    film, clocks = full_size
    faults = varieties.full_size_faults(clocks[0])
    assert tuple(faults) == FAULTS
    copy = delivered.copied(film, tmp_path)
    faults[name](copy)
    failed = {row.name for row in verify(copy, clocks).results if row.ok is False}
    assert failed & {"frames", "order of frames", "sharpness"}
