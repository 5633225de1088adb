"""A hash of all that a scene holds as a line begins: two runs with the same hash draw the same.

What counts is named here, and `state_pickler` reads it. State of this process: what can be changed
of Manim, Python's builtins and the places of modules, as `remember_manim` found them.
"""

from __future__ import annotations

import builtins
import decimal
import gc
import locale
import os
import random
import sys
import types
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from manim import TexTemplate, config
from manim.mobject.opengl.opengl_compatibility import ConvertToOpenGL
from manim.mobject.svg import svg_mobject
from manim.mobject.text import numbers

from explainer.cache import tracing
from explainer.stage.state_pickler import HashingFile, StatePickler, own_names

MACHINE_PATHS = {"media_dir", "assets_dir"}
"""Keys of Manim's configuration that say where things lie on this machine."""

CHANGED_IN_PLACE = (list, dict, set, np.ndarray, TexTemplate)
"""What a scene may change of Manim without putting another object in its place."""

KEPT_BY_MANIM = (
    svg_mobject.SVG_HASH_TO_MOB_MAP,
    numbers.string_to_mob_map,
    ConvertToOpenGL._converted_classes,
)
"""What Manim keeps for itself, which says nothing of a scene or is read otherwise."""

BEGINNINGS = frozenset({"_set_up", "_run_lines"})
"""The functions of ours that run a scene's own."""

_pristine_classes: dict[type, dict[str, Any]] = {}
"""State of this process: Manim's classes, and what was in each before a scene ran."""
_pristine_modules: dict[str, dict[str, Any]] = {}
"""State of this process: the same of Manim's modules and of Python's builtins, by their names."""
_pristine_places: list[str] = []
"""State of this process: the folders in which Python looked for modules before a scene ran."""


def remember_manim() -> None:
    """Remember Manim's classes and modules, and Python's builtins: what a scene changes counts."""
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] == "manim":
            _pristine_modules[name] = dict(vars(module))
            for value in list(vars(module).values()):
                if isinstance(value, type) and value.__module__.startswith("manim"):
                    _pristine_classes[value] = dict(vars(value))
    _pristine_modules["builtins"] = dict(vars(builtins))
    _pristine_places[:] = sys.path


def fingerprint(scene: Any, modules: Iterable[types.ModuleType]) -> str:
    """The hash of a scene's state: its attributes, its file's `modules`, random numbers, settings.

    32 hexadecimal digits; empty if something of it cannot be read, as an open file or a generator.
    """
    if tracing.reads_by_number():
        return ""
    running = _running()
    if running and _generators_wait():
        return ""
    hasher = HashingFile(str(config.media_dir))
    folder = scene._film_folder()
    state = (
        scene,
        [own_names(vars(module)) for module in modules],
        random.getstate(),
        np.random.get_state(),
        {name: value for name, value in config.items() if name not in MACHINE_PATHS},
        # relative, so that the film may be moved
        [os.path.relpath(place, folder) for place in (Path.cwd(), config.assets_dir)],
        [_place(name, folder) for name in sys.path],
        [_changed(held, vars(kind)) for kind, held in _pristine_classes.items()],
        [_changed(held, vars(sys.modules[name])) for name, held in _pristine_modules.items()],
        running,
        tracing.variables_set(),
        # Manim sets each digit once, as the first number that has it
        sorted(numbers.string_to_mob_map.items()),
        decimal.getcontext(),
        np.get_printoptions(),
        np.geterr(),
        locale.setlocale(locale.LC_ALL),
    )
    limit = sys.getrecursionlimit()
    try:
        # updaters refer to mobjects, those to updaters, and so on
        sys.setrecursionlimit(max(limit, 20_000))
        StatePickler(hasher, scene.renderer.camera).dump(state)
    except Exception:  # an author's class may raise anything when it is pickled
        return ""
    finally:
        sys.setrecursionlimit(limit)
    return hasher.digest.hexdigest()[:32]


def _running() -> list[tuple[str, int, dict[str, Any]]]:
    """The functions of an author's that are running as a line begins: where each is, and its
    variables."""
    found = []
    frame: types.FrameType | None = sys._getframe()
    while frame and not _begins_scene(frame):
        if tracing.is_authors(frame):
            found.append((frame.f_code.co_name, frame.f_lasti, dict(frame.f_locals)))
        frame = frame.f_back
    return found


def _begins_scene(frame: types.FrameType) -> bool:
    where = frame.f_globals.get("__name__", "")
    return frame.f_code.co_name in BEGINNINGS and where.startswith("explainer.")


def _generators_wait() -> bool:
    """Whether a generator of an author's has begun and waits, whose variables are not seen.

    One that a running function goes through is held by nothing else.
    """
    return any(
        isinstance(held, types.GeneratorType)
        and held.gi_frame is not None
        and held.gi_suspended
        and tracing.is_authors(held.gi_frame)
        for held in gc.get_objects()
    )


def _place(name: str, folder: Path) -> str | None:
    """A folder of modules as seen from the film; None if it was there before the scene.

    One that was there may lie elsewhere on another machine.
    """
    if name in _pristine_places and name != str(folder / "scenes"):
        return None
    return os.path.relpath(name, folder)


def _changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """What may have been changed: other objects than before, and those changed in place.

    What Python and Manim themselves set or keep is left out.
    """
    return {
        name: value
        for name, value in now.items()
        if (before.get(name, before) is not value or _may_be_changed(name, value))
        and name not in ("_", "__doc__", "__slotnames__", "__warningregistry__")
    }


def _may_be_changed(name: str, value: Any) -> bool:
    """Whether a value of Manim's has something in it that a scene may change."""
    if not isinstance(value, CHANGED_IN_PLACE) or name.startswith("__"):
        return False
    return not any(value is kept for kept in KEPT_BY_MANIM)
