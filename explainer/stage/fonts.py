"""The fonts that texts in scenes are set with: noted, and held to have every letter."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from explainer.cache import tracing
from explainer.cache.inputs import fonts_state
from explainer.media import pango
from explainer.stage.errors import StageError


def hold_letters(mobject: Any, text: str) -> None:
    """See that there is a font for each letter, and note which fonts a text is set with.

    Raises:
        StageError: naming the letters that no font has; Pango would draw boxes for them.
    """
    families = {mobject.font, *getattr(mobject, "t2f", {}).values()}
    for family in sorted(families):
        for line in text.splitlines():
            found = pango.manims(line, family)
            for file in found.files:
                tracing.note_file(Path(file))
            if not tracing.noted("fonts") and not all(map(_films_own, found.files)):
                # another one that is installed may come before it
                with tracing.unnoticed():
                    state = fonts_state()
                tracing.note("fonts", "", state)
            if found.missing:
                letters, remedy = pango.lacking(found.missing)
                raise StageError(f"no font has these letters of “{line}”: {letters}; {remedy}")


def _films_own(file: str) -> bool:
    """Whether a font lies in a film's assets, which were registered first."""
    return Path(file).parent.parts[-2:] == ("assets", "fonts")
