"""What authors attach to mobjects: read without running their code, set under names of our own."""

from __future__ import annotations

from typing import Any

_PINNED = "_keeps_its_place_on_the_screen"
"""An attribute; a shorter name may be an author's own."""


def own_attribute(mobject: Any, name: str) -> Any:
    """An attribute of an object or its class, or None; a property of an author's is not run."""
    return vars(mobject).get(name, getattr(type(mobject), name, None))


def identity(mobject: Any) -> Any:
    """A key that only this very mobject has: itself, or its `id()` if its class compares otherwise.

    Python tells all who listen of each `id()`, as `cache.tracing` does, which takes a microsecond.
    """
    kind: Any = type(mobject)
    return mobject if kind.__hash__ is object.__hash__ else id(mobject)


def pin(mobject: Any) -> None:
    """Keep a mobject and all its parts where they are on the screen."""
    for part in mobject.get_family():
        setattr(part, _PINNED, True)


def is_pinned(mobject: Any) -> bool:
    """Whether a mobject keeps its place on the screen while the camera's frame moves."""
    return _PINNED in vars(mobject)
