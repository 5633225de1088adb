"""What texts turn into: from then on they are read as that, and not at all on their way."""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np
from manim import Mobject, Transform

from explainer.stage.text_content import UNREAD, of, read_as, take_size


def _take_over(mobject: Any, other: Any) -> None:
    """Read a mobject, and all its parts, as what it has turned into."""
    for mine, theirs in zip(mobject.get_family(), other.get_family(), strict=False):
        take_size(mine, theirs)
        if of(mine) != of(theirs):
            read_as(mine, of(theirs))


def _is_between_mobjects(change: Any) -> bool:
    """Whether an animation has both ends; those that fade from one to the other have not."""
    ends = (getattr(change, name, None) for name in ("mobject", "starting_mobject", "target_copy"))
    return all(isinstance(end, Mobject) for end in ends)


def _arrived(change: Any) -> bool:
    """Whether a mobject ends as what it was to become; it may also go there and back."""
    ways = (change.mobject, change.starting_mobject, change.target_copy)
    families = [*zip(*(mobject.get_family() for mobject in ways), strict=False)]
    if all(of(start) == of(end) for _, start, end in families):
        return True
    nearer = 0.0
    for part, start, end in families:
        if part.points.shape == start.points.shape == end.points.shape:
            nearer += float(np.abs(part.points - start.points).sum())
            nearer -= float(np.abs(part.points - end.points).sum())
    return nearer >= 0


def follow_changes() -> None:
    """Let a mobject that becomes another, at once or on the way, be read as that."""
    become, begin, finish = Mobject.become, Transform.begin, Transform.finish

    @wraps(become)
    def become_read(self: Any, mobject: Any, *args: Any, **kwargs: Any) -> Any:
        made = become(self, mobject, *args, **kwargs)
        _take_over(self, mobject)
        return made

    @wraps(begin)
    def begin_read(self: Any) -> None:
        begin(self)
        if _is_between_mobjects(self):
            families = self.mobject.get_family(), self.target_copy.get_family()
            for mine, theirs in zip(*families, strict=False):
                if of(mine) != of(theirs):
                    read_as(mine, UNREAD)

    @wraps(finish)
    def finish_read(self: Any) -> None:
        finish(self)
        if _is_between_mobjects(self):
            _take_over(self.mobject, self.target_copy if _arrived(self) else self.starting_mobject)

    Mobject.become, Transform.begin, Transform.finish = become_read, begin_read, finish_read
