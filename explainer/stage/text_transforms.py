"""What texts say after they became others: patches of Manim's `become` and `Transform`.

A text that is transformed into another says nothing on the way, and then what the other says.
"""

from __future__ import annotations

from functools import wraps
from typing import Any

import numpy as np
from manim import Mobject, Transform

from explainer.stage.text_content import NOT_READ, copy_em, reading_of, set_reading


def _copy_readings(mobject: Any, other: Any) -> None:
    """Let a mobject, and all its parts, say what another says that it has become."""
    for mine, theirs in zip(mobject.get_family(), other.get_family(), strict=False):
        copy_em(mine, theirs)
        if reading_of(mine) != reading_of(theirs):
            set_reading(mine, reading_of(theirs))


def _is_between_mobjects(transform: Any) -> bool:
    """Whether an animation has both ends; those that fade from one to the other have not."""
    names = ("mobject", "starting_mobject", "target_copy")
    return all(isinstance(getattr(transform, name, None), Mobject) for name in names)


def _arrived(transform: Any) -> bool:
    """Whether a mobject ends as its target; a rate function may also lead there and back."""
    mobjects = (transform.mobject, transform.starting_mobject, transform.target_copy)
    families = [*zip(*(mobject.get_family() for mobject in mobjects), strict=False)]
    if all(reading_of(start) == reading_of(end) for _, start, end in families):
        return True
    nearer = 0.0
    for part, start, end in families:
        if part.points.shape == start.points.shape == end.points.shape:
            nearer += float(np.abs(part.points - start.points).sum())
            nearer -= float(np.abs(part.points - end.points).sum())
    return nearer >= 0


def follow_transforms() -> None:
    """Patch Manim so that a mobject that becomes or is transformed takes over the other's text."""
    become = Mobject.become
    begin = Transform.begin
    finish = Transform.finish

    @wraps(become)
    def become_read(self: Any, mobject: Any, *args: Any, **kwargs: Any) -> Any:
        made = become(self, mobject, *args, **kwargs)
        _copy_readings(self, mobject)
        return made

    @wraps(begin)
    def begin_read(self: Any) -> None:
        begin(self)
        if _is_between_mobjects(self):
            parts = self.mobject.get_family()
            for mine, theirs in zip(parts, self.target_copy.get_family(), strict=False):
                if reading_of(mine) != reading_of(theirs):
                    set_reading(mine, NOT_READ)

    @wraps(finish)
    def finish_read(self: Any) -> None:
        finish(self)
        if _is_between_mobjects(self):
            end = self.target_copy if _arrived(self) else self.starting_mobject
            _copy_readings(self.mobject, end)

    Mobject.become = become_read
    Transform.begin = begin_read
    Transform.finish = finish_read
