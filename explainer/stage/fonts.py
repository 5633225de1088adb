"""Fonts of the texts in scenes: traced as inputs of a line, and checked for every letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explainer.cache import tracing
from explainer.cache.inputs import fonts_state
from explainer.media import pango
from explainer.stage.errors import StageError


def require_glyphs(mobject: Any, text: str) -> None:
    """Check that some font has each letter of a text, and trace the fonts that it is set with.

    Raises:
        StageError: naming the letters that no font has; Pango would draw boxes for them.
    """
    families = {mobject.font, *getattr(mobject, "t2f", {}).values()}
    for family in sorted(families):
        for line in text.splitlines():
            found = pango.manims(line, family)
            for file in found.files:
                tracing.note_file(Path(file))
            if not tracing.noted("fonts") and not all(map(_is_films_own, found.files)):
                # a font that is installed later may take precedence over it
                with tracing.unnoticed():
                    state = fonts_state()
                tracing.note("fonts", "", state)
            if found.missing:
                letters, remedy = pango.lacking(found.missing)
                raise StageError(f"no font has these letters of “{line}”: {letters}; {remedy}")


def _is_films_own(file: str) -> bool:
    """Whether a font lies in a film's assets, which take precedence."""
    return Path(file).parent.parts[-2:] == ("assets", "fonts")
