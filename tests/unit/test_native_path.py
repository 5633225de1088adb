"""Long paths handed to Cairo in one call: where that is known to work, and to the same path."""

from __future__ import annotations

import cairo
import numpy as np
import pytest
from manim import LEFT, RIGHT, Square, Star, Text, VMobject

from explainer.stage import native_path, paths
from explainer.stage.paths import MobjectPath


def two_runs() -> VMobject:
    """An open curve of 70 pieces and a closed one of 80, apart from each other."""
    mobject = VMobject()
    angles = np.linspace(0, 5, 71)
    mobject.set_points_smoothly([(np.cos(a), np.sin(a), 0) for a in angles])
    mobject.append_points(Star(40).shift(3 * RIGHT).points)
    return mobject


SHAPES = {
    "two runs": two_runs,
    "a star": lambda: Star(40),
    "a square, which is short": lambda: Square().shift(LEFT),
    "letters": lambda: max(Text("mm&@").family_members_with_points(), key=lambda m: len(m.points)),
}


def path_of(mobject: VMobject) -> list[tuple[int, tuple[float, ...]]]:
    """What Cairo holds once the mobject's points are a context's path."""
    context = cairo.Context(cairo.ImageSurface(cairo.FORMAT_A8, 8, 8))
    MobjectPath(np.asarray(mobject.points, float).tobytes()).add_to(context)
    return [*context.copy_path()]


def test_it_is_used_where_these_tests_run() -> None:
    assert native_path.IS_USABLE


@pytest.mark.parametrize("shape", SHAPES)
def test_the_path_is_the_same_without_it(shape: str, monkeypatch: pytest.MonkeyPatch) -> None:
    mobject = SHAPES[shape]()
    native = path_of(mobject)
    monkeypatch.setattr(native_path, "IS_USABLE", False)
    assert len(native) > 4
    assert path_of(mobject) == native


def test_long_paths_alone_are_native(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    append_to = native_path.NativePath.append_to
    monkeypatch.setattr(
        paths.NativePath, "append_to", lambda path, c: (made.append(path), append_to(path, c))
    )
    path_of(Square())
    assert not made
    path_of(Star(40))
    assert len(made) == 1
    monkeypatch.setattr(native_path, "IS_USABLE", False)
    path_of(Star(40))
    assert len(made) == 1


@pytest.mark.parametrize("offset", [0, 8, 24, 32])
def test_a_pycairo_that_is_laid_out_otherwise_is_found_out(
    offset: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # nothing follows the wrong pointer: it is compared with a known one first
    monkeypatch.setattr(native_path, "_POINTER_OFFSET", offset)
    assert not native_path._works()


def test_a_path_of_another_form_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    native_path._template.cache_clear()
    monkeypatch.setattr(native_path, "_CLOSE_PATH", native_path._MOVE_TO)
    assert not native_path._works()
    native_path._template.cache_clear()


def test_a_cairo_that_lacks_the_functions_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise AttributeError("cairo_append_path")

    monkeypatch.setattr(native_path, "_load", missing)
    assert not native_path._works()
    assert native_path._append_function() is None
