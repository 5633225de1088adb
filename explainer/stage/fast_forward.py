"""Whether the way through a play call decides where it ends; if not, a line is passed over at once.

A scene's animations and updaters in, yes or no out. Only what is known to end in the same place
whichever way is left out: whatever is not known is taken to depend on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import manim
from manim import Animation, AnimationGroup, Succession
from manim.animation.transform import _MethodAnimation

_NAMES = """
    ApplyComplexFunction ApplyFunction ApplyMatrix ApplyMethod ApplyPointwiseFunction
    ApplyPointwiseFunctionToCenter ApplyWave Circumscribe ClockwiseTransform
    CounterclockwiseTransform Create CyclicReplace DrawBorderThenFill FadeIn FadeOut
    FadeToColor FadeTransform FadeTransformPieces FocusOn GrowArrow GrowFromCenter
    GrowFromEdge GrowFromPoint Homotopy
    Indicate MoveAlongPath MoveToTarget ReplacementTransform Restore Rotate ScaleInPlace
    ShowPassingFlash ShrinkToCenter SpinInFromNothing SpiralIn Swap Transform TransformFromCopy
    Uncreate Unwrite Wait Wiggle Write
"""
PURE = frozenset({getattr(manim, name) for name in _NAMES.split()} | {_MethodAnimation})
"""Animations of Manim whose picture is a function of how far they are, and of where they began."""
GROUPS = frozenset({AnimationGroup, Succession, manim.LaggedStart, manim.LaggedStartMap})
"""Animations that only run others."""


def depends_on_way(scene: Any) -> bool:
    """Whether the play call that has begun may end elsewhere if it is run in one step."""
    if scene.always_update_mobjects or scene.updaters or scene.meshes:
        return True
    animations = scene.animations or []
    roots = [*scene.mobjects, *(animation.mobject for animation in animations)]
    if any(_updated(root) for root in roots if root is not None):
        return True
    return not all(map(_pure, animations))


def _updated(mobject: Any) -> bool:
    return bool(getattr(mobject, "updaters", ())) or any(map(_updated, mobject.submobjects))


def _pure(animation: Animation) -> bool:
    path = getattr(animation, "path_func", None)
    if not _known(animation.rate_func) or not (path is None or _known(path)):
        return False
    if type(animation) in GROUPS:
        return all(map(_pure, animation.animations))
    return type(animation) in PURE


def _known(function: Callable[..., Any]) -> bool:
    """Whether a function is Manim's own."""
    return (getattr(function, "__module__", "") or "").startswith("manim.")
