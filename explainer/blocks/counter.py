"""A number that counts."""

from __future__ import annotations

from typing import Any

from explainer.blocks import requirements
from explainer.blocks.lettering import NumberSetter, moved, shape, width_of
from explainer.blocks.palette import ON_DARK, Palette
from explainer.blocks.value_block import ValueBlock
from explainer.stage.frame import pixel
from explainer.stage.label_texts import labels_enabled
from explainer.stage.text_content import mark_as_text
from explainer.stage.value_animation import ChangeValue

CHANGES_PER_SECOND = 5
"""Two make a flash, of which WCAG 2.3.2 allows three in any second."""


class Counter(ValueBlock):
    """A number in the middle of the frame that counts to others.

    `template` is what stands around it, as in “{} %”; `label_size` is its em in pixels of a picture
    whose short side has 1080; `separators` stand between thousands and before decimals.

    Raises:
        StageError: for a value that is no number, or a size that cannot be read.
    """

    def __init__(
        self,
        value: float = 0,
        *,
        template: str = "{}",
        decimals: int = 0,
        separators: tuple[str, str] = ("\u202f", "."),
        label_size: float = 160,
        colour: str | None = None,
        palette: Palette = ON_DARK,
    ) -> None:
        requirements.palette(palette)
        super().__init__(requirements.number(value, "the counter's value"))
        self._setter = NumberSetter(label_size, template, decimals, separators)
        self.digits = shape(self._setter.points("0"), colour or palette.text)
        if not labels_enabled():
            self.digits.set_opacity(0)
        self.add(self.digits)
        self.show_value(self.value)

    def count_to(self, value: float, **kwargs: Any) -> ChangeValue:
        """The animation in which it counts from where it is to another number.

        Large figures that change with each frame would flash, so it counts in leaps.
        """
        found = requirements.number(value, "the number to count to")
        return self._change(found, **{"changes_per_second": CHANGES_PER_SECOND, **kwargs})

    def show_value(self, value: float) -> None:
        """Show a number, rounded to the counter's decimals."""
        self.value = value
        text = self._setter.text(value)
        points = self._setter.points(text)
        self.draw(self.digits, moved(points, -width_of(points) / 2))
        mark_as_text(self.digits, text, self._setter.size * pixel() * self.scale_now())
