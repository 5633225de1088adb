"""Whatever fails beneath a render or ends it: no wrong film, nothing left, the next is right."""

from __future__ import annotations

import errno
import gc
import os
import re
import signal
import sys
import threading
import time
from pathlib import Path
from threading import Event
from typing import Any

import pytest

import ended
from damage import FILM
from disturbed import KINDS, Standard, lettered, no_disks, no_writes, rows, strays
from explainer import draw
from explainer.audio import mix
from explainer.audio.mixdown import Mixdown
from explainer.cache.files import write_atomically
from explainer.cache.ledger import Ledger
from explainer.cache.store import Cache
from explainer.cache.tempfiles import DAY, remove_stale
from explainer.cli import main
from project import Project

pytestmark = [pytest.mark.render, pytest.mark.signals]


WHOLE = pytest.mark.whole


@pytest.mark.parametrize("each", [1, pytest.param(2, marks=WHOLE)])
def test_what_cannot_be_written_is_said_and_the_next_render_is_right(
    tmp_path: Path, each: int
) -> None:
    if reason := no_writes():
        pytest.skip(reason)
    tried = [*rows("kinds", tmp_path, each)]
    assert not [row for row in tried if row["wrong"]]
    assert {row["what"].split(" ")[0] for row in tried} >= {*KINDS}
    assert 3 in {row["code"] for row in tried}


def test_a_disk_that_is_too_small_leaves_no_film_and_needs_no_cleaning(tmp_path: Path) -> None:
    if reason := no_disks():
        pytest.skip(reason)
    tried = [*rows("disks", tmp_path, 3)]
    assert not [row for row in tried if row["wrong"]]
    assert [row["code"] for row in tried][::2] == [3, 0]


def test_a_part_that_cannot_be_begun_is_said_in_one_voice(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = project.folder / "nowhere" / "part.wav"
    monkeypatch.setattr(Cache, "temp_path", lambda *_: nowhere)
    assert main([*FILM]) == 3
    gc.collect()  # what complains when it is forgotten does so here
    assert f"{nowhere}: No such file or directory" in capsys.readouterr().err


def test_a_folder_for_drawing_that_cannot_be_listed_is_not_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Ledger.begin

    def full(self: Ledger, path: Path, folder: bool = False) -> None:
        if folder:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        begin(self, path, folder)

    monkeypatch.setattr(Ledger, "begin", full)
    assert main([*FILM]) == 3
    assert strays(project) == []


def test_of_clips_that_cannot_all_be_begun_none_is_left(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    scratch, begun = Cache.temp_path, []

    def full(cache: Cache, kind: str, suffix: str) -> Path:
        if kind == "picture" and begun:
            raise OSError(errno.ENOSPC, "No space left on device", "the second clip")
        path = scratch(cache, kind, suffix)
        begun.extend([path] if kind == "picture" else [])
        return path

    monkeypatch.setattr(Cache, "temp_path", full)
    assert main([*FILM]) == 3
    assert begun
    assert not strays(project)


def test_a_file_that_could_not_be_written_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left") as caught:
        write_atomically(tmp_path / "file", b"content")
    assert caught.value.filename == str(tmp_path / "file")
    assert not [*tmp_path.iterdir()]


def test_a_full_disk_is_not_blamed_on_the_scene(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    full = f"raise OSError({errno.ENOSPC}, 'No space left on device', 'a text')"
    project.edit_scene("def two(self):\n", f"def two(self):\n        {full}\n")
    assert main([*FILM]) == 3
    said = capsys.readouterr().err
    assert "a text: No space left on device" in said
    assert "scenes/dots.py" not in said


def test_a_disk_full_while_a_clip_is_written_is_said_with_the_clip(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    # as FFmpeg does, which names no file while it writes
    full = f"raise OSError({errno.ENOSPC}, 'No space left on device')"
    project.edit_scene("def two(self):\n", f"def two(self):\n        {full}\n")
    assert main([*FILM]) == 3
    clip = (
        rf"^\S+/{project.folder.name}/\.explainer-cache/picture/\.making-[\w-]+\.mp4: No space left"
    )
    assert re.search(clip, capsys.readouterr().err, re.MULTILINE)


def test_a_note_of_the_newest_recipe_that_was_never_finished_goes_in_a_day(
    project: Project,
) -> None:
    assert main([*FILM]) == 0
    cache = Cache.of(project.folder)
    left = cache.root / "latest" / "voice" / "dots" / ".dots.one.json-0a1b2c3d-01234567"
    cache.claim().begin(left)
    left.write_bytes(b"half")
    assert main([*FILM]) == 0
    assert left.exists()
    os.utime(left, (0, time.time() - 2 * DAY))
    assert main([*FILM]) == 0
    assert not left.exists()


@pytest.fixture(scope="module")
def standard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Standard, float]:
    """What an undisturbed render makes, and how long that takes."""
    return ended.standard(tmp_path_factory.mktemp("standard"))


@pytest.mark.parametrize(
    ("number", "share"),
    [
        (signal.SIGINT, 0.5),
        pytest.param(signal.SIGINT, 0.6515, marks=WHOLE),
        (signal.SIGTERM, 0.8),
    ],
)
def test_a_render_asked_to_end_does_so_at_once_and_says_how_to_go_on(
    tmp_path: Path, standard: tuple[Standard, float], number: int, share: float
) -> None:
    normal, lasts = standard
    how = number, share, lasts
    assert not ended.wrong_with(normal, lettered(tmp_path / "project"), tmp_path / "log", *how)


def test_an_interruption_reaches_the_sound_that_is_mixed_aside(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = []

    def slow(*_: object, stop: Event, **__: object) -> None:
        reached.append(stop.wait(ended.HANG))

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(mix, "mix_audio", slow)
        patch.setattr(draw, "clips", interrupted)
        assert main([*FILM]) == 130
    assert reached == [True]

    real = mix.mix_audio

    def ending(*given: Any, stop: Event, **how: Any) -> Mixdown:
        stop.set()
        return real(*given, stop=stop, **how)

    monkeypatch.setattr(mix, "mix_audio", ending)
    assert main([*FILM]) == 130
    assert not [*project.folder.rglob("*.m4a")]
    assert not strays(project)


@pytest.mark.parametrize("call", ["tempfile.mkdtemp", "os.open", "shutil.rmtree"])
def test_an_interruption_as_a_file_or_folder_is_made_or_removed_leaves_none(
    project: Project, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    module, _, name = call.partition(".")
    real, asked = getattr(sys.modules[module], name), []

    def interrupted(*args: Any, **how: Any) -> Any:
        made = real(*args, **how) if module != "shutil" else None
        what = str(args[0] if module != "tempfile" else made)
        first = not asked and threading.current_thread() is threading.main_thread()
        if first and ".explainer-cache" in what and (module != "os" or ".making-" in what):
            asked.append(what)
            raise KeyboardInterrupt
        return made or real(*args, **how)

    with monkeypatch.context() as patch:
        patch.setattr(call, interrupted)
        assert main([*FILM]) == 130
    assert asked
    assert not strays(project)


def test_of_films_under_way_together_all_end_at_once(tmp_path: Path) -> None:
    project, log = lettered(tmp_path / "project"), tmp_path / "log"
    project.edit_scene(
        "def two(self):\n", "def two(self):\n        import time; time.sleep(3600)\n"
    )
    script = project.script.read_text(encoding="utf-8").replace("name: dots", "name: other")
    (project.folder / "other.yaml").write_text(script, encoding="utf-8")
    order = ("batch", "script.yaml", "other.yaml", *FILM[1:])
    begun = time.monotonic()
    process = ended.begin(project, log, order=order)
    while log.read_text().count("drew dots.one") < 2 and process.poll() is None:
        time.sleep(0.1)
    asked = time.monotonic()
    process.terminate()
    assert process.wait() == 128 + signal.SIGTERM
    assert ended.gone(process.pid)
    assert time.monotonic() - asked < asked - begun
    said = log.read_text()
    assert re.search(r"Go on with: python \S*render\.py batch", said)
    assert "died" not in said
    assert not strays(project)


@pytest.mark.parametrize("share", [0.47, pytest.param(0.85, marks=WHOLE)])
def test_after_a_render_was_killed_the_next_is_right_and_what_it_left_goes_in_a_day(
    tmp_path: Path, standard: tuple[Standard, float], share: float
) -> None:
    normal, lasts = standard
    project, how = lettered(tmp_path / "project"), (signal.SIGKILL, share, lasts)
    assert not ended.wrong_with(normal, project, tmp_path / "log", *how)


def test_what_was_never_finished_is_swept_once_it_is_a_day_old(tmp_path: Path) -> None:
    build = tmp_path / "build"
    (build / "draft").mkdir(parents=True)
    ledger = Ledger.own(build)
    ours = [".dots-0a1b2c3d.part.mp4", ".dots.srt-0a1b2c3d-01234567", "dots.mp4"]
    left = [*ours[:2], "draft/.dots_one.html-0a1b2c3d-01234567"]
    others = ["dots.mp4", ".hidden", "a-abcdefgh", ".theirs-0a1b2c3d.part.mp4"]
    for name in (*left, *others):
        (build / name).write_bytes(b"half")
    for name in (*ours, *left):
        ledger.begin(build / name)
    remove_stale(build)
    assert all((build / name).exists() for name in (*left, *others))
    for name in (*left, *others):
        os.utime(build / name, (0, time.time() - 2 * DAY))
    remove_stale(build)
    assert not any((build / name).exists() for name in left)
    assert all((build / name).exists() for name in others)


@pytest.mark.parametrize("name", ["far away ü", pytest.param("at [another] place", marks=WHOLE)])
def test_a_film_is_the_same_in_any_place_zone_language_order_and_on_any_cores(
    tmp_path: Path, standard: tuple[Standard, float], name: str
) -> None:
    assert ended.made_under(tmp_path, name) == standard[0].right
