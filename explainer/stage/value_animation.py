"""What shows a value: a mobject that is drawn for any number, and the animation that changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

from manim import Animation, smooth


class ShowsValue(Protocol):
    """A mobject whose look follows from one number alone."""

    value: float

    def show_value(self, value: float) -> None:
        """Draw it as it is for this value."""


class ChangeValue(Animation):  # type: ignore[misc]
    """Takes a mobject from the value that it shows to another, by way of all between them."""

    def __init__(
        self,
        mobject: Any,
        value: float,
        rate_func: Callable[[float], float] = smooth,
        introducer: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(mobject, rate_func=rate_func, introducer=introducer, **kwargs)
        self.first = mobject.value
        self.last = value

    def create_starting_mobject(self) -> Any:
        """The mobject itself: where it starts is a number, so no copy is needed."""
        return self.mobject

    def begin(self) -> None:
        """Start from the value that is shown by now."""
        self.first = self.mobject.value
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the value that belongs to a progress of 0 to 1."""
        share = self.rate_func(alpha)
        # rounding must not miss the last value
        is_there = share == 1
        between = self.first + share * (self.last - self.first)
        self.mobject.show_value(self.last if is_there else between)
