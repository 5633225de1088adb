"""The error that a scene raises when it asks for what its line cannot give."""

from __future__ import annotations


class StageError(Exception):
    """A scene asks for something its line cannot give."""
