"""Manim's moving Cairo camera, with radial gradients and mobjects pinned to the screen.

It draws every mobject of every frame as Manim does; `cached_camera` gives the same pixels faster.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Any

import cairo
from manim import Mobject, MovingCamera, Rectangle, VMobject, config

from explainer.stage.gradients import gradient_of, radial_pattern
from explainer.stage.mobject_attributes import is_pinned


class StageCamera(MovingCamera):  # type: ignore[misc]
    """A moving camera that fills with radial gradients and leaves pinned mobjects in place.

    `home` is its frame before anything moved it, in which pinned mobjects are drawn.
    """

    def __init__(self, **kwargs: Any) -> None:
        home = {"width": config.frame_width, "height": config.frame_height, "stroke_width": 0}
        self.home = Rectangle(**home)
        super().__init__(frame=Rectangle(**home), **kwargs)

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw `mobjects` in order, the pinned ones as if the camera had never moved."""
        flat = self.get_mobjects_to_display(mobjects, **kwargs)
        travelling = self.frame  # type: ignore[has-type]
        for stays, group in groupby(flat, is_pinned):
            self.frame = self.home if stays else travelling
            try:
                super().capture_mobjects(list(group), include_submobjects=False)
            finally:
                self.frame = travelling

    def display_vectorized(self, vmobject: VMobject, ctx: cairo.Context[Any]) -> StageCamera:
        """Draw one mobject, unless nothing of it can be seen."""
        if self._is_visible(vmobject):
            super().display_vectorized(vmobject, ctx)
        return self

    def apply_fill(self, ctx: cairo.Context[Any], vmobject: VMobject) -> StageCamera:
        """Fill the path that is set, with the mobject's radial gradient if it has one."""
        gradient = gradient_of(vmobject)
        if gradient is None:
            super().apply_fill(ctx, vmobject)
        elif len(vmobject.points):
            box = (*vmobject.points[:, :2].min(axis=0), *vmobject.points[:, :2].max(axis=0))
            ctx.set_source(radial_pattern(gradient, self.get_fill_rgbas(vmobject), box))
            ctx.fill_preserve()
        return self

    def _is_visible(self, vmobject: VMobject) -> bool:
        if self.get_fill_rgbas(vmobject)[:, 3].any():
            return True
        return any(
            vmobject.get_stroke_width(background)
            and self.get_stroke_rgbas(vmobject, background)[:, 3].any()
            for background in (False, True)
        )
