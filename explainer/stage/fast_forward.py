"""Whether a play call may be run in one step: a scene's animations and updaters in, yes or no out.

Lines that are not drawn are passed over. Only what is known to end in the same state, whichever
frames are left out, may be run in one step; whatever is not known runs frame by frame.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import manim
from manim import Animation, AnimationGroup, Succession
from manim.animation.transform import _MethodAnimation

from explainer.stage.value_animation import ChangeValue
from explainer.stage.video_clip import PlayClip

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
_OURS = {ChangeValue, PlayClip}
PURE_ANIMATIONS = frozenset(
    {getattr(manim, name) for name in _NAMES.split()} | {_MethodAnimation} | _OURS
)
"""Animations whose picture is a function of their progress and of where they began."""
GROUPS = frozenset({AnimationGroup, Succession, manim.LaggedStart, manim.LaggedStartMap})
"""Animations that only run others."""


def needs_every_frame(scene: Any) -> bool:
    """Whether the play call that has begun may end in another state if it is run in one step."""
    if scene.always_update_mobjects or scene.updaters or scene.meshes:
        return True
    animations = scene.animations or []
    roots = [*scene.mobjects, *(animation.mobject for animation in animations)]
    if any(_has_updaters(root) for root in roots if root is not None):
        return True
    return not all(map(_is_pure, animations))


def _has_updaters(mobject: Any) -> bool:
    own = bool(getattr(mobject, "updaters", ()))
    return own or any(map(_has_updaters, mobject.submobjects))


def _is_pure(animation: Animation) -> bool:
    path = getattr(animation, "path_func", None)
    if not _is_manims(animation.rate_func) or not (path is None or _is_manims(path)):
        return False
    if type(animation) in GROUPS:
        return all(map(_is_pure, animation.animations))
    return type(animation) in PURE_ANIMATIONS


def _is_manims(function: Callable[..., Any]) -> bool:
    """Whether a function is Manim's own."""
    return (getattr(function, "__module__", "") or "").startswith("manim.")
