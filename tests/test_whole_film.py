"""The film that comes with the project: rendered once as a draft, then measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from explainer.cli import main
from explainer.clock import seconds
from explainer.record import from_json
from project import ROOT


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished draft, in a folder of its own that shares the scenes."""
    folder = tmp_path_factory.mktemp("film")
    shutil.copy(ROOT / "script.yaml", folder)
    (folder / "scenes").symlink_to(ROOT / "scenes")
    shutil.copytree(ROOT / "assets", folder / "assets")
    assert main(["film", "--quality", "draft", "--script", str(folder / "script.yaml")]) == 0
    return folder / "build" / "her2.mp4"


def test_the_whole_film_measures_what_it_must(
    film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = str(film.parent.parent / "script.yaml")
    code = main(["verify", str(film), "--script", script, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == [], [row for row in found["rows"] if row["ok"] is False]
    assert code == 0


def test_the_film_has_its_four_chapters_and_every_line_its_labels(film: Path) -> None:
    clock = from_json((film.parent / "timeline.json").read_text(encoding="utf-8"))
    titles = ["Amplification", "Dimerization", "Trastuzumab", "ADCC"]
    assert [scene.title for scene in clock.scenes] == titles
    assert all(line.labels for line in clock.lines)
    assert clock.word_times() == {"engine": sum(len(line.words) for line in clock.lines)}


def words(text: str) -> int:
    return sum(any(char.isalnum() for char in word) for word in text.split())


def test_every_label_stays_long_enough_to_be_read(film: Path) -> None:
    clock = from_json((film.parent / "timeline.json").read_text(encoding="utf-8"))
    seen: dict[str, list[float]] = {}
    for line in clock.lines:
        for label in line.labels:
            if not label.header and any(char.isalpha() for char in label.text):
                at = seen.setdefault(label.text, [])
                at += [seconds(line.start) + frame / clock.fps for frame in label.frames]
    # labels are looked at every half second, so up to that much of their time is not seen
    stay = {text: round(max(at) - min(at) + 0.5, 3) for text, at in seen.items()}
    assert {text for text in stay if words(text) > 5} == set()
    assert {t: s for t, s in stay.items() if s < 1 + 0.3 * words(t)} == {}
