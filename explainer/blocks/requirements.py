"""What blocks ask of their arguments: values in; the same, or an error in words, out."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np

from explainer.blocks.palette import Palette
from explainer.spec import MIN_LABEL_SIZE
from explainer.stage.errors import StageError


def number(value: Any, what: str) -> float:
    """A finite number.

    Raises:
        StageError: if it is none.
    """
    is_number = isinstance(value, int | float | np.integer | np.floating)
    if not is_number or isinstance(value, bool) or not math.isfinite(value):
        raise StageError(f"{what} is {value!r}, which is no number")
    return float(value)


def count(value: Any, what: str, least: int = 0) -> int:
    """A whole number that is at least `least`.

    Raises:
        StageError: if it is none, or less.
    """
    found = number(value, what)
    if found != round(found):
        raise StageError(f"{what} is {value!r}, but must be a whole number")
    if found < least:
        raise StageError(f"{what} is {value!r}, but must be at least {least}")
    return round(found)


def numbers(values: Iterable[Any], what: str) -> list[float]:
    """Finite numbers, at least one.

    Raises:
        StageError: if there is none, or one that is no number.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise StageError(f"{what} must be a list of numbers, not {values!r}")
    found = [number(value, f"{what}, number {place}") for place, value in enumerate(values, 1)]
    if not found:
        raise StageError(f"{what} has no numbers in it")
    return found


def texts(values: Any, what: str, least: int = 1) -> list[str]:
    """Texts that say something, at least `least` of them.

    Raises:
        StageError: if there are fewer, or one is empty or no text.
    """
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise StageError(f"{what} must be a list of texts, not {values!r}")
    found = list(values)
    if len(found) < least:
        raise StageError(f"{what} has {len(found)} texts, but needs at least {least}")
    for place, value in enumerate(found, 1):
        if not isinstance(value, str) or not value.strip():
            raise StageError(f"{what}, text {place} is {value!r}: give a text that says something")
    return found


def same_length(one: Sequence[Any], other: Sequence[Any], what: str, others: str) -> None:
    """Refuse lists of which each item needs one of the other list.

    Raises:
        StageError: if their lengths differ.
    """
    if len(one) != len(other):
        raise StageError(
            f"{what} and {others} do not match: there are {len(one)} of the first and "
            f"{len(other)} of the second"
        )


def label_size(value: Any) -> float:
    """The em of labels in pixels of a picture whose short side has 1080.

    Raises:
        StageError: if it is too small to be read.
    """
    found = number(value, "the label size")
    if found < MIN_LABEL_SIZE:
        raise StageError(
            f"a label size of {found:g} is too small to be read: give {MIN_LABEL_SIZE:g} or more "
            "(pixels of a picture whose short side has 1080)"
        )
    return found


def palette(value: Any) -> Palette:
    """A palette.

    Raises:
        StageError: if it is none.
    """
    if not isinstance(value, Palette):
        raise StageError(f"palette={value!r} is no palette: give ON_DARK, ON_LIGHT or a Palette(…)")
    return value
