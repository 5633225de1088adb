"""Colours by role: a palette for dark grounds and one for light ones.

Texts reach a contrast of 4.5:1 on both ground and surface, lines 3:1 (WCAG 2.2, 1.4.3 and 1.4.11).
The colours of a series do so, too, and can be told apart by the colour-blind: as those see them
after Machado, Oliveira and Fernandes 2009, any two are 20 or more apart in CIELAB.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb.

    `ground` is what everything stands on, `surface` of plates that carry a text, `text` and `muted`
    of texts, `line` of axes, frames and arrows, `series` of kinds of things, in their order.
    """

    ground: str
    surface: str
    text: str
    muted: str
    line: str
    series: tuple[str, ...]

    @property
    def accent(self) -> str:
        """The colour of what is spoken of now."""
        return self.series[0]


ON_DARK = Palette(
    ground="#0D1230",
    surface="#1C2450",
    text="#F4F6FF",
    muted="#AEB8DE",
    line="#7480B4",
    series=("#4E8BFF", "#EB9600", "#6DFFC3", "#FFB0F6", "#FFFF8C", "#FF5A60"),
)
"""For Manim's black ground, and any that is as dark as this one's."""
ON_LIGHT = Palette(
    ground="#FFFFFF",
    surface="#EEF1F8",
    text="#14182E",
    muted="#4E5674",
    line="#7D86A6",
    series=("#0021C2", "#B54F00", "#0F7C5E", "#A844A5", "#00023F", "#311400"),
)
"""For white grounds, and any that is as light as this one's surface."""
