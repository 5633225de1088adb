"""Before and after: two pictures side by side, or one that a line wipes over into the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from manim import Arrow, Group, ImageMobject, Mobject
from numpy.typing import NDArray
from PIL import Image

from explainer.blocks import requirements
from explainer.blocks.lettering import set_text
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import area_of
from explainer.stage.assets import asset
from explainer.stage.changing_image import ChangingImage
from explainer.stage.errors import StageError
from explainer.stage.frame import SafeArea, pixel
from explainer.stage.value_animation import ChangeValue

GAP = 150.0
"""Pixels between the two, where the arrow stands."""
TEXT_GAP = 16.0
"""Pixels between a text and what it stands above."""
DIVIDER = 0.006
"""How wide the line between two pictures is, as a share of their width."""


class BeforeAfter(Group):  # type: ignore[misc]
    """Two mobjects, each with a text above it, and an arrow from the first to the second.

    They stand side by side in a wide area, and one above the other in a tall one, as large as fits.
    Show `pair.before`, then `pair.arrow` and `pair.after`, each by a word of its own.

    Raises:
        StageError: for texts that do not fit, or a mobject without size.
    """

    def __init__(
        self,
        before: Mobject,
        after: Mobject,
        texts: Sequence[str],
        *,
        label_size: float = 48,
        area: SafeArea | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        super().__init__()
        for mobject in (before, after):
            if not isinstance(mobject, Mobject):
                raise StageError(
                    f"before and after are mobjects, as ImageMobject('a.png') is, not {mobject!r}"
                )
        if before is after:
            raise StageError("before and after are the same mobject: give a copy() for one")
        names = requirements.texts(texts, "the texts of before and after", 2)
        if len(names) != 2:
            raise StageError(f"before and after have two texts, not {len(names)}")
        room = area_of(area)
        is_row = room.width > room.height
        gap = GAP * pixel()
        width = (room.width - gap) / 2 if is_row else room.width
        height = room.height if is_row else (room.height - gap) / 2
        panels = []
        for side, (mobject, name) in enumerate(zip((before, after), names, strict=True)):
            text = set_text(name, label_size, width, 2, 0.5)
            if not (mobject.width and mobject.height):
                raise StageError(f"what “{name}” stands above has no size: draw something first")
            above = text.height + TEXT_GAP * pixel()
            low = height - above
            mobject.scale(min(width / mobject.width, low / mobject.height))
            sign = 2 * side - 1
            shift = (sign * (width + gap) / 2, 0) if is_row else (0, -sign * (height + gap) / 2)
            x, y = room.center[:2] + shift
            mobject.move_to((x, y - above / 2, 0))
            top = y + height / 2
            if not is_row or mobject.height < low:
                top = float(mobject.get_top()[1]) + above
            label = text.label(palette.text).shift((x - text.width / 2, top - text.height / 2, 0))
            panels.append(Group(mobject, label))
        self.before, self.after = panels
        x, y, _ = room.center
        reach = gap * 0.36
        ends = (
            ((x - reach, y, 0), (x + reach, y, 0))
            if is_row
            else ((x, y + reach, 0), (x, y - reach, 0))
        )
        self.arrow = Arrow(*ends, buff=0, stroke_width=8, color=palette.line)
        self.add(self.before, self.arrow, self.after)


class PictureWipe(ChangingImage):
    """One picture that a line wipes over into another of the same size, from left to right.

    The pictures lie in `assets`; they are drawn as large as fits into the frame.

    Raises:
        StageError: if there is no such picture, or the two have other shapes.
    """

    def __init__(
        self, before: str | Path, after: str | Path, *, palette: Palette = ON_DARK, **kwargs: Any
    ) -> None:
        requirements.palette(palette)
        self._before, self._after = (_pixels(name) for name in (before, after))
        if self._before.shape != self._after.shape:
            sizes = [f"{one.shape[1]}x{one.shape[0]}" for one in (self._before, self._after)]
            raise StageError(
                f"“{before}” and “{after}” are {sizes[0]} and {sizes[1]} pixels large: cut them to "
                "the same size, so that one lies on the other"
            )
        self._divider = tuple(int(palette.text[at : at + 2], 16) for at in (1, 3, 5))
        super().__init__(**kwargs)

    def wipe_to(self, share: float, **kwargs: Any) -> ChangeValue:
        """The animation in which the line runs to a share of the width: 0 is before, 1 is after.

        Raises:
            StageError: if it is less than 0 or more than 1.
        """
        found = requirements.number(share, "the share to wipe to")
        if not 0 <= found <= 1:
            raise StageError(f"the share to wipe to is {found:g}, but must be from 0 to 1")
        return ChangeValue(self, found, **kwargs)

    def natural_size(self) -> tuple[int, int]:
        """That of the pictures, in pixels."""
        height, width = self._before.shape[:2]
        return width, height

    def current_pixels(self) -> NDArray[np.uint8]:
        """The second picture on the left of the line, at a share of the width, and the first."""
        pixels = self._before.copy()
        width = pixels.shape[1]
        edge = round(width * self.value)
        pixels[:, :edge] = self._after[:, :edge]
        if 0 < self.value < 1:
            half = max(1, round(width * DIVIDER / 2))
            pixels[:, max(0, edge - half) : edge + half] = (*self._divider, 255)
        return pixels


def _pixels(name: str | Path) -> NDArray[np.uint8]:
    """A picture's pixels, RGBA, upright, as Manim reads them."""
    path = Path(name) if Path(name).is_absolute() else asset(str(name))
    try:
        picture = ImageMobject(str(path))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise StageError(f"“{path.name}” cannot be read as a picture: {error}") from None
    found: NDArray[np.uint8] = picture.get_pixel_array()
    return found
