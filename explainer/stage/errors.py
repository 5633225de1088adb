"""What a scene may do wrong on the stage."""

from __future__ import annotations


class StageError(Exception):
    """A scene asks for something its line cannot give."""
