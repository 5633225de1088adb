"""Copies of mobjects as Manim makes them, in half the time.

Manim copies whole families, several times an animation, by `copy.deepcopy` of each attribute. That
asks for the id of each value, of which Python tells whoever listens, as `cache.tracing` does.
"""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
from manim import CapStyleType, LineJointType, ManimColor, Mobject

UNCHANGING = frozenset({bool, int, float, str, bytes, type(None), CapStyleType, LineJointType})
"""Types whose values `copy.deepcopy` gives back as they are."""


def copy_quickly() -> None:
    """Let `Mobject.copy` take less time."""
    mobject_class: Any = Mobject
    mobject_class.__deepcopy__ = _deepcopy


def _deepcopy(self: Any, memo: dict[int, Any]) -> Any:
    """A copy of a mobject and of all that it holds, as `copy.deepcopy` makes it.

    `memo` has the copies made so far, by the ids of what they were made of.
    """
    cls: Any = type(self)
    result = cls.__new__(cls)
    memo[id(self)] = result
    for name, value in self.__dict__.items():
        kind = type(value)
        if kind in UNCHANGING:
            copied = value
        elif kind is np.ndarray and not value.dtype.hasobject:
            number = id(value)
            copied = memo.get(number)
            if copied is None:
                copied = memo[number] = value.copy("K")
        elif kind is ManimColor:
            copied = _copy_of_colour(value, memo)
        elif (kind is list or kind is dict) and not value:
            number = id(value)
            copied = memo.get(number)
            if copied is None:
                copied = memo[number] = kind()
        else:
            copied = copy.deepcopy(value, memo)
        setattr(result, name, copied)
    result.original_id = str(id(self))
    return result


def _copy_of_colour(colour: ManimColor, memo: dict[int, Any]) -> ManimColor:
    number = id(colour)
    copied: ManimColor | None = memo.get(number)
    if copied is None:
        copied = memo[number] = ManimColor.__new__(ManimColor)
        for name, value in vars(colour).items():
            vars(copied)[name] = copy.deepcopy(value, memo)
    return copied
