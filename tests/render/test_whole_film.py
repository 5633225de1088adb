"""The film that comes with the project: rendered once, small, then measured."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import drift
from explainer.cli import main
from explainer.timeline.json import from_json
from explainer.verify.label_times import text_spans
from measured import picture_results
from project import ROOT

pytestmark = pytest.mark.render


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The finished film, in a folder of its own that shares the scenes."""
    folder = tmp_path_factory.mktemp("film")
    shutil.copy(ROOT / "script.yaml", folder)
    (folder / "scenes").symlink_to(ROOT / "scenes")
    shutil.copytree(ROOT / "assets", folder / "assets")
    order = ["film", "--quality", drift.QUALITY, "--script", str(folder / "script.yaml")]
    assert main(order) == 0
    return folder / "build" / "her2.mp4"


def test_the_whole_film_measures_what_it_must(
    film: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    script = str(film.parents[1] / "script.yaml")
    code = main(["verify", str(film), "--script", script, "--json"])
    found = json.loads(capsys.readouterr().out)
    assert found["failed"] == [], [row for row in found["rows"] if row["ok"] is False]
    assert code == 0


def test_the_film_has_its_four_chapters_and_every_line_its_labels(film: Path) -> None:
    clock = from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    titles = ["Too many copies", "Locked in pairs", "The antibody", "The kill"]
    assert [scene.title for scene in clock.scenes] == titles
    assert all(line.labels for line in clock.lines)
    assert clock.word_times() == {"engine": sum(len(line.words) for line in clock.lines)}


def test_there_are_never_more_than_two_labels_of_the_script_at_once(film: Path) -> None:
    clock = from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    names = {
        (line.key, text): name
        for line in clock.lines
        for name, texts in line.texts.items()
        for text in texts
    }
    spans = [span for span in text_spans(clock) if (span.line, span.text) in names]
    assert len({names[span.line, span.text] for span in spans}) == len(set(names.values()))
    for now in spans:
        seen = [span for span in spans if span.start <= now.start < span.end]
        assert len({names[span.line, span.text] for span in seen}) <= 2, now


def test_no_part_of_the_film_flashes_more_than_twice_in_a_second(film: Path) -> None:
    row = picture_results(film, None)["flashes"]
    assert float(row.measured.partition(" ")[0]) <= 2


def test_hardly_a_frame_stands_still(film: Path) -> None:
    row = picture_results(film, None)["motion"]
    share = float(row.measured.partition("%")[0])
    assert share <= 5


def test_each_scene_ends_in_the_picture_that_is_on_record(film: Path) -> None:
    clock = from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    seen = drift.last_pictures(film, clock)
    assert [*seen] == [*drift.recorded()["scenes"]]
    assert not [*filter(None, (drift.drifted(*each) for each in seen.items()))]


@pytest.mark.parametrize("change", ["shifted", "dimmed", "covered"])
def test_a_change_of_two_percent_of_a_picture_is_found(film: Path, change: str) -> None:
    clock = from_json(film.with_suffix(".timeline.json").read_text(encoding="utf-8"))
    for scene, seen in drift.last_pictures(film, clock).items():
        height, width, _ = seen.shape
        picture = seen.copy()
        if change == "shifted":
            picture = np.roll(picture, round(0.02 * width), 1)
        elif change == "dimmed":
            picture = (0.98 * picture).astype(np.uint8)
        else:  # two percent of its area, by a veil that is hardly seen
            side = round((0.02 * width * height) ** 0.5)
            part = picture[height // 2 :, width // 2 :][:side, :side]
            part[:] = np.clip(part.astype(int) + 12, 0, 255)
        assert drift.drifted(scene, picture)


def test_the_page_without_the_film_is_small(film: Path) -> None:
    assert film.with_suffix(".html").stat().st_size <= 220_000
