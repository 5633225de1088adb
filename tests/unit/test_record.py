"""A film's record comes back as it was, or is refused with what is wrong in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from explainer.clock import TICKS
from explainer.errors import ScriptError
from explainer.script.loader import load
from explainer.timeline.json import LONGEST, from_json
from explainer.timeline.layout import estimate_timeline
from project import Project

LABEL = {"text": "A", "box": [0, 0, 9, 9], "size": 9.0, "colour": "#ffffff", "frames": [0]}
Change = Callable[[dict[str, Any]], object]


@pytest.fixture
def record(project: Project) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(estimate_timeline(load(project.script), 30).to_json())
    return made


def line(record: dict[str, Any]) -> dict[str, Any]:
    first: dict[str, Any] = record["scenes"][0]["lines"][0]
    return first


def test_a_record_that_is_whole_is_read(record: dict[str, Any]) -> None:
    assert json.loads(from_json(json.dumps(record)).to_json()) == record


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r.update(ticks_per_second=1000), "1000 ticks a second, not 48000"),
        (lambda r: r.update(fps=0), "0 frames a second"),
        (lambda r: r.update(fps=241), "241 frames a second"),
        (lambda r: r.update(fps=7), "7 frames a second"),
        (lambda r: r.update(fps="30"), "not supported between instances|fps is str"),
        (lambda r: r.update(scenes=[]), "a scene without lines"),
        (lambda r: r["scenes"][0].update(lines=[]), "a scene without lines"),
        (lambda r: r["scenes"][0].pop("title"), "'title'"),
        (lambda r: line(r).update(start=TICKS), "dots.one has times out of order"),
        (lambda r: line(r).update(start=0, end=0), "dots.one has times out of order"),
        (lambda r: line(r).update(speech_end=0), "dots.one has times out of order"),
        (lambda r: line(r).update(end=LONGEST + 1), "dots.one has times out of order"),
        (lambda r: line(r)["words"][0].update(start=-1), "dots.one has words out of time"),
        (lambda r: line(r)["words"][0].update(end=0), "dots.one has words out of time"),
        (lambda r: line(r)["cues"][0].update(end=LONGEST + 1), "dots.one has words out of time"),
        (lambda r: line(r)["words"][0].update(known="guessed"), "known is 'guessed'"),
        (lambda r: line(r)["words"][0].update(text=1), "text is int"),
        (lambda r: line(r)["words"][0].update(start=0.5), "start is float"),
        (lambda r: line(r).update(texts={"name": [1]}), "texts is int"),
        (lambda r: line(r).update(labels=[{**LABEL, "frames": [-1]}]), "frames out of range"),
        (lambda r: line(r).update(labels=[{**LABEL, "colour": "red"}]), "a label of no colour"),
        (lambda r: line(r).update(labels=[{**LABEL, "size": float("nan")}]), "size is nan"),
        (lambda r: line(r).update(labels=[{**LABEL, "box": [0, 0, 1]}]), "not enough values"),
        (lambda r: line(r).update(colour="red"), "unexpected keyword argument 'colour'"),
    ],
)
def test_a_record_that_cannot_be_is_refused_with_the_reason(
    record: dict[str, Any], change: Change, said: str
) -> None:
    change(record)
    with pytest.raises(ScriptError, match=said) as caught:
        from_json(json.dumps(record))
    assert "explainer" in caught.value.problems[0].remedy
