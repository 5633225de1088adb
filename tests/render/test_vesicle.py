"""A dent of the membrane that closes to a vesicle: its lipids, and what it takes in."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from explainer.draw.line_runner import configure
from explainer.frame_format import find_format
from project import ROOT

MOMENTS = np.linspace(0, 0.999, 41)


@pytest.fixture
def made(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A membrane with a receptor on it, the pit below that, and the move that swallows it."""
    configure(find_format("320x180@10"), str(tmp_path))
    monkeypatch.syspath_prepend(str(ROOT / "scenes"))
    from manim import VGroup

    membrane = import_module("parts.membrane").Membrane(width=20).place((0, 0.4, 0))
    receptor = import_module("parts.receptor").HER2Receptor().place(membrane.spot(1.2))
    before = heads(membrane)
    pit = import_module("parts.vesicle").Pit(membrane, 1.2, VGroup(receptor), 0.92, 0.2)
    swallow = pit.swallow()
    swallow.begin()
    return SimpleNamespace(
        membrane=membrane, receptor=receptor, before=before, pit=pit, swallow=swallow
    )


def heads(part: Any) -> np.ndarray:
    """The middles of the heads of a membrane or a bilayer, shape (n, 2), from left to right."""
    balls = part.heads[0].points.reshape(-1, 16, 3)[:, :, :2]
    middles = balls.mean(axis=1)
    return middles[np.lexsort(middles.T)]


def test_a_pit_that_has_yet_to_form_is_the_membrane_as_it_was(made: SimpleNamespace) -> None:
    outside, inside = heads(made.membrane), heads(made.pit.dent)
    assert len(outside) + len(inside) == len(made.before)
    together = np.concatenate([outside, inside])
    away = np.linalg.norm(together[:, None] - made.before[None], axis=2).min(axis=0)
    assert len(inside) > 20
    assert away.max() < 0.02


def test_the_membrane_is_whole_once_the_vesicle_is_loose(made: SimpleNamespace) -> None:
    made.swallow.finish()
    assert np.allclose(heads(made.membrane), made.before)
    assert len(made.pit.dent.heads[0].points) == 0


def test_what_was_outside_the_cell_ends_inside_the_vesicle(made: SimpleNamespace) -> None:
    made.swallow.finish()
    ring = heads(made.pit.vesicle)
    middle = ring.mean(axis=0)
    radius = np.linalg.norm(ring - middle, axis=1)
    assert ring[:, 1].max() < made.membrane.level(1.2) - 0.42, "it still touches the membrane"
    for domain in ("one", "two", "three", "four", "arm"):
        points = getattr(made.receptor, domain).points[:, :2]
        assert np.linalg.norm(points - middle, axis=1).max() < radius.max()
    assert np.linalg.norm(made.receptor.kinase.get_center()[:2] - middle) > radius.max()


def test_lipids_stand_neither_on_each_other_nor_far_apart_while_it_forms(
    made: SimpleNamespace,
) -> None:
    curves = import_module("parts.vesicle")
    for u in MOMENTS:
        middle, _, size = made.pit._dented(u).lipids()
        steps = np.linalg.norm(np.diff(middle, axis=0), axis=1) / (size[1:] + size[:-1]) * 2
        assert steps.min() > 0.7 * curves.PITCH
        assert steps.max() < 2.1 * curves.PITCH


def test_lipids_move_on_and_do_not_jump(made: SimpleNamespace) -> None:
    before = made.pit._dented(0).lipids()[0]
    for u in np.linspace(0, 1, 200)[1:]:
        now = made.pit._dented(u).lipids()[0]
        # counted from either end; between those a new one may have come
        n = (min(len(now), len(before)) - 1) // 2
        for end in (slice(0, n), slice(-n, None)):
            assert np.linalg.norm(now[end] - before[end], axis=1).max() < 0.1
        before = now
