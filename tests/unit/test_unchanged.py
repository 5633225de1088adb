"""What bench/unchanged.py says of two records, and what it leaves out of an answer."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest

from project import ROOT


@pytest.fixture(scope="module")
def unchanged() -> Any:
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import unchanged
    finally:
        sys.path.pop(0)
    return unchanged


def recorded(unchanged: Any, **contents: str) -> dict[str, dict[str, str]]:
    record = unchanged.Record()
    for name, content in contents.items():
        record.add(name, content.encode(), text=name != "film")
    return record.items


def test_what_is_gone_new_or_other_is_named_and_a_text_is_shown(unchanged: Any) -> None:
    before = recorded(unchanged, film="a", page="one\ntwo\n", poster="p", same="s")
    now = recorded(unchanged, film="b", page="one\nthree\n", sheet="q", same="s")
    said = [line.strip() for line in unchanged.differences(before, now)]
    named = [line for line in said if line.split()[0] in ("DIFFERS", "GONE", "NEW")]
    assert named == ["DIFFERS  film", "DIFFERS  page", "GONE     poster", "NEW      sheet"]
    assert {"-two", "+three"} <= {*said}
    assert unchanged.differences(before, before) == []


def test_a_difference_deep_in_a_long_line_is_shown_by_itself(unchanged: Any) -> None:
    before = recorded(unchanged, page="x" * 5000 + "old" + "x" * 5000)
    now = recorded(unchanged, page="x" * 5000 + "new" + "x" * 5000)
    said = unchanged.differences(before, now)
    assert any("new" in line for line in said)
    assert max(map(len, said)) < 200


def test_of_an_answer_only_what_differs_from_run_to_run_is_left_out(unchanged: Any) -> None:
    film = {"length": 2.0, "drawn": 1, "spoken": 0, "seconds": 3.4, "languages": [{"peak": -1}]}
    line = {"spoken": "one two", "seconds": 1.5}
    settled = json.loads(unchanged.settled(json.dumps({"films": [film], "lines": {"a": line}})))
    kept = {"length": 2.0, "languages": [{"peak": -1}]}
    assert settled == {"films": [kept], "lines": {"a": line}}
    assert unchanged.settled("no JSON") == "no JSON"


def test_every_mistake_is_one_in_the_film_as_it_is(unchanged: Any, tmp_path: Any) -> None:
    film = unchanged.Film(tmp_path)
    film.write(("espeak", "flite", "recording"))
    assert "VOICE_OF" not in (tmp_path / "script.yaml").read_text(encoding="utf-8")
    for name, (_, file, old, _) in unchanged.MISTAKES.items():
        assert not file or old in (tmp_path / file).read_text(encoding="utf-8"), name
