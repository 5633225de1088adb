"""Animates mobjects that show a value: `show_value(value)` draws one, `value` is the last."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from manim import Animation, smooth


class ChangeValue(Animation):  # type: ignore[misc]
    """Takes a mobject from the value that it shows to another, by way of all between them.

    A value is a number, or an array of some. With `changes_per_second` it changes no more often
    than that, in leaps.
    """

    def __init__(
        self,
        mobject: Any,
        value: Any,
        rate_func: Callable[[float], float] = smooth,
        introducer: bool = True,
        changes_per_second: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(mobject, rate_func=rate_func, introducer=introducer, **kwargs)
        self.first = mobject.value
        self.last = value
        self.changes_per_second = changes_per_second

    def create_starting_mobject(self) -> Any:
        """The mobject itself: where it starts is a number, so no copy is needed."""
        return self.mobject

    def begin(self) -> None:
        """Start from the value that is shown by now."""
        self.first = self.mobject.value
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the value that belongs to a progress of 0 to 1."""
        if self.changes_per_second:
            leaps = max(1, math.floor(self.run_time * self.changes_per_second))
            alpha = math.floor(alpha * leaps + 1e-9) / leaps
        share = self.rate_func(alpha)
        # rounding must not miss the last value
        is_there = share == 1
        between = self.first + share * (self.last - self.first)
        self.mobject.show_value(self.last if is_there else between)
