"""Lines drawn by the workers of a real scheduler, one of which is killed on the way."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from ended import HANG
from explainer.cli import main
from explainer.draw import dask_cluster
from explainer.draw.clip import BeginsAlike, DrawnLine
from explainer.draw.dask_cluster import RemoteResult, pack_job, run_remote, unpack_result
from explainer.draw.line_runner import Job, job_for
from explainer.errors import CheckFailed, EnvironmentProblem
from explainer.frame_format import find_format
from explainer.media.encoder import ClipEncoder
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = [pytest.mark.render, pytest.mark.signals]

pytest.importorskip("distributed")


class Dask:
    """A scheduler and its workers, each a process of its own on this machine."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.running = folder, []
        self.file = folder / "scheduler.json"
        self.start("scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file))
        self.workers: list[subprocess.Popen[bytes]] = []

    def start(self, kind: str, *args: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "distributed.cli.dask_" + kind, "--host", "127.0.0.1"]
        log = (self.folder / f"{kind}-{len(self.running)}.log").open("wb")
        env = {**os.environ, "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": f"{HANG:g}s"}
        with log:
            made = subprocess.Popen([*command, *args], stdout=log, stderr=log, env=env)
        self.running.append(made)
        return made

    def hire(self) -> subprocess.Popen[bytes]:
        known = ["--scheduler-file", str(self.file), "--nthreads", "1", "--no-nanny"]
        space = str(self.folder / f"space-{len(self.running)}")
        made = self.start("worker", *known, "--no-dashboard", "--local-directory", space)
        self.workers.append(made)
        return made

    @property
    def address(self) -> str:
        end = time.monotonic() + HANG
        while not self.file.is_file() or not self.file.read_bytes():
            assert time.monotonic() < end, "the scheduler did not start"
            time.sleep(0.05)
        return str(json.loads(self.file.read_text())["address"])

    def stop(self) -> None:
        for process in self.running:
            process.kill()
            process.wait()


@pytest.fixture(scope="module")
def dask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dask]:
    made = Dask(tmp_path_factory.mktemp("dask"))
    made.hire()
    made.hire()
    yield made
    made.stop()


@pytest.fixture(autouse=True)
def _patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """A busy machine may need longer to answer itself than another one far away."""
    monkeypatch.setattr(dask_cluster, "CONNECT_TIMEOUT", f"{HANG:g}s")


def job(project: Project, key: str = "dots.one") -> Job:
    script = load(project.script)
    shots = scene_timings(estimate_timeline(script, 10))
    return job_for(script, shots, key, find_format(TINY))


def test_a_film_drawn_by_workers_is_the_same_to_the_byte(project: Project, dask: Dask) -> None:
    film = project.folder / "build" / "dots.mp4"
    assert main(["film", "--burn-in", "--quality", TINY]) == 0
    here = film.read_bytes()
    assert main(["clean", "--all"]) == 0
    assert main(["film", "--burn-in", "--quality", TINY, "--cluster", dask.address]) == 0
    assert film.read_bytes() == here


def test_the_lines_of_a_worker_that_is_lost_are_drawn_by_another(
    project: Project, tmp_path: Path, dask: Dask
) -> None:
    film, held = project.folder / "build" / "dots.mp4", tmp_path / "held"
    waits = f"while pathlib.Path({str(held)!r}).exists():\n            time.sleep(0.05)"
    project.edit_scene("def one(self):\n", f"def one(self):\n        {waits}\n")
    project.edit_scene("from manim", "import pathlib\nimport time\n\nfrom manim")
    assert main(["film", "--quality", TINY]) == 0
    here = film.read_bytes()
    assert main(["clean", "--all"]) == 0
    held.touch()
    lost: list[subprocess.Popen[bytes]] = []

    def strike() -> None:
        # as soon as one has begun a line, which cannot be finished before, it is gone
        end = time.monotonic() + HANG
        while not lost and time.monotonic() < end:
            lost.extend([worker for worker in dask.workers if at_work(worker)][:1])
            time.sleep(0.02)
        for worker in lost:
            worker.kill()
            worker.wait()
        held.unlink()

    killer = threading.Thread(target=strike)
    killer.start()
    try:
        assert main(["film", "--quality", TINY, "--cluster", dask.address]) == 0
    finally:
        killer.join()
        for worker in lost:
            dask.workers.remove(worker)
            dask.hire()
    assert lost
    assert film.read_bytes() == here


def at_work(worker: subprocess.Popen[bytes]) -> bool:
    """Whether a worker has a child, which is what draws."""
    children = ["pgrep", "-P", str(worker.pid)]
    return bool(subprocess.run(children, capture_output=True, check=False).stdout.strip())


def test_a_worker_is_sent_what_a_scene_reads_wherever_it_lies(project: Project, dask: Dask) -> None:
    film, data = project.folder / "build" / "dots_dots.one.mp4", project.folder / "data" / "size"
    order = ["preview", "dots.one", "--quality", TINY]
    data.parent.mkdir()
    data.write_text("1.5")
    project.edit_scene("Circle(1.5", "Circle(float(open(HERE + '/data/size').read())")
    project.edit_scene("\n\nclass", "\n\nHERE = __file__.rpartition('/scenes')[0]\n\n\nclass")
    assert main([*order, "--cluster", dask.address]) == 0
    there = film.read_bytes()
    # what is known from then on is not all that it reads after an edit
    project.scene.with_name("helper.py").write_text("SIZE = 1\n")
    project.edit_scene("from manim", "from helper import SIZE  # noqa\nfrom manim")
    data.write_text("1.4")
    assert main([*order, "--cluster", dask.address]) == 0
    second = film.read_bytes()
    assert second != there
    assert main(["clean", "--all"]) == 0
    assert main(order) == 0
    assert film.read_bytes() == second


def test_an_error_in_a_scene_is_told_as_if_it_were_drawn_here(
    project: Project, dask: Dask, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit_scene("Circle(1.5", "Circle(1 / 0")
    assert main(["film", "--quality", TINY, "--cluster", dask.address]) == 5
    assert "scenes/dots.py:8" in capsys.readouterr().err


def test_a_scheduler_that_does_not_answer_is_an_error_that_says_so(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_cluster, "CONNECT_TIMEOUT", "1s")
    assert main(["film", "--quality", TINY, "--cluster", "tcp://127.0.0.1:9"]) == 3
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in capsys.readouterr().err


def test_a_worker_with_other_versions_does_not_draw(project: Project) -> None:
    sent = pack_job(job(project))
    given = run_remote(replace(sent, toolchain={**sent.toolchain, "manim": "0.1"}))
    assert isinstance(given.answer, EnvironmentProblem)
    assert "another manim than this machine" in str(given.answer)


def test_a_parcel_holds_all_that_its_line_needs(project: Project, tmp_path: Path) -> None:
    sent = pack_job(job(project))
    assert "scenes/dots.py" in sent.files
    assert any(name.startswith("assets/fonts/") for name in sent.files)
    project.script.unlink()
    project.scene.unlink()
    given = run_remote(sent)
    assert isinstance(given.answer, DrawnLine)
    assert given.answer.frames == sent.job.timing.frames


def drawn(one: Job, folder: Path) -> RemoteResult:
    """What a worker gives back of a line, drawn here in one colour."""
    made = folder / "made.mp4"
    with ClipEncoder(made, one.quality) as encoder:
        picture = np.zeros((one.quality.height, one.quality.width, 4), np.uint8)
        encoder.show(picture, one.timing.frames)
    clip = made.read_bytes()
    facts: dict[str, Any] = {"labels": (), "swatches": (), "low_texts": (), "stays": ()}
    answer = DrawnLine(frames=one.timing.frames, inputs={}, anew="", **facts)
    return RemoteResult(answer, clip, hashlib.sha256(clip).hexdigest(), {})


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"digest": "another"}, "damaged"),
        ({"clip": b"no film"}, "decoded"),
        ({"clip": b"#EXTM3U\nfile:///etc/passwd"}, "decoded"),
        ({"answer": {"frames": 1}}, "frames, not"),
        ({"answer": {"frames": "1"}}, "int"),
        ({"answer": {"labels": [{"text": "no box"}]}}, "box"),
        ({"answer": {"labels": 3}}, "array"),
        ({"answer": {"inputs": {"file:a": 3}}}, "str"),
        ({"answer": {"frames": 1}, "of": dict}, "no answer"),
        ({"inputs": {"file:a": 3}}, "str"),
        ({"inputs": None}, "object"),
        ({"answer": BeginsAlike("elsewhere")}, "no state"),
    ],
)
def test_what_a_worker_gives_back_is_checked_whole(
    project: Project, tmp_path: Path, change: dict[str, Any], what: str
) -> None:
    one, out = job(project), tmp_path / "clip.mp4"
    good = drawn(one, tmp_path)
    assert isinstance(good.answer, DrawnLine)
    if isinstance(change.get("answer"), dict):
        answer = {**msgspec.structs.asdict(good.answer), **change["answer"]}
        change = {"answer": answer if "of" in change else DrawnLine(**answer)}
    if "clip" in change:
        change = {**change, "digest": hashlib.sha256(change["clip"]).hexdigest()}
    answer = unpack_result(done(replace(good, **change)), one, str(out))
    assert isinstance(answer, CheckFailed)
    assert what in str(answer)
    assert not out.exists()


def test_a_clip_of_another_length_or_size_is_refused(project: Project, tmp_path: Path) -> None:
    one, out = job(project), tmp_path / "clip.mp4"
    good = drawn(one, tmp_path)
    small = replace(one, quality=find_format("80x44@10"))
    for other in (small, job(project, "dots.two")):
        clip = drawn(other, tmp_path).clip
        sent = replace(good, clip=clip, digest=hashlib.sha256(clip).hexdigest())
        answer = unpack_result(done(sent), one, str(out))
        assert isinstance(answer, CheckFailed)
        assert "its clip has" in str(answer)
    assert unpack_result(done(good), one, str(out)) == good.answer


def test_a_clip_without_its_smaller_frames_is_refused(project: Project, tmp_path: Path) -> None:
    one = replace(job(project), quality=find_format("1280x720@10"))
    answer = unpack_result(done(drawn(one, tmp_path)), one, str(tmp_path / "clip.mp4"))
    assert isinstance(answer, CheckFailed)
    assert "decoded" in str(answer)


@pytest.mark.parametrize("given", [None, 3, "text", {"answer": {}}])
def test_what_is_no_answer_is_refused(project: Project, tmp_path: Path, given: object) -> None:
    answer = unpack_result(done(given), job(project), str(tmp_path / "clip.mp4"))
    assert isinstance(answer, CheckFailed)


def done(given: Any) -> Future[Any]:
    """A task that has ended."""
    future: Future[Any] = Future()
    future.set_result(given)
    return future
