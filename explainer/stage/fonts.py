"""Fonts of the texts in scenes: traced as inputs of a line, and checked for every letter."""

from __future__ import annotations

import logging
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import manimpango

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
            found = pango.manim_coverage(line, family)
            for file in found.files:
                tracing.note_file(Path(file))
            if not tracing.noted("fonts") and not all(map(_is_films_own, found.files)):
                # a font that is installed later may take precedence over it
                with tracing.unnoticed():
                    state = fonts_state()
                tracing.note("fonts", "", state)
            if found.missing:
                letters, remedy = pango.describe_missing(found.missing)
                raise StageError(f"no font has these letters of “{line}”: {letters}; {remedy}")


def _is_films_own(file: str) -> bool:
    """Whether a font lies in a film's assets, which take precedence."""
    return Path(file).parent.parts[-2:] == ("assets", "fonts")


def register_fonts(folder: Path) -> None:
    """Make a film's own fonts known to Pango, and a font that is missing an error."""
    logger = logging.getLogger("manim")
    logger.setLevel(logging.WARNING)
    if _filter_log not in logger.filters:
        logger.addFilter(_filter_log)
    for file in sorted(folder.glob("*.[ot]tf")):
        tracing.note_file(file)
        manimpango.register_font(str(file))


def _filter_log(record: logging.LogRecord) -> bool:
    """Whether Manim's message is logged: errors are.

    Raises:
        StageError: where Manim only warns that there is no such font, and would take another.
    """
    message = record.getMessage()
    if message.startswith("Font ") and " not in [" in message:
        name = message[len("Font ") : message.index(" not in [")]
        there = sorted(set(manimpango.list_fonts()))
        near = ", ".join(get_close_matches(name, there)) or ", ".join(there[:6])
        raise StageError(
            f"there is no font “{name}”; near it are: {near}. "
            "Put its file into assets/fonts, or take another"
        )
    return record.levelno >= logging.ERROR
