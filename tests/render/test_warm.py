"""Lines drawn by processes that wait where they begin: as fast as can be, and never otherwise."""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Client, Pipe
from pathlib import Path

import pytest

from explainer import pipeline, running_watch
from explainer.cache.store import FOLDER
from explainer.cli import main, one_frame
from explainer.cli.arguments import Options, parse
from explainer.cli.asking import Request, this_program
from explainer.draw import isolated, lending, stall_watch, warm
from explainer.draw.clip import DrawnLine, LineResults
from explainer.draw.line_runner import Job
from explainer.draw.local import LocalRenderer
from explainer.draw.process_slots import process_slots
from explainer.draw.scene_process import SceneProcess
from explainer.draw.waiting_line import SceneOrder
from explainer.draw.warm import WarmRenderer, last_jobs
from explainer.errors import SceneError
from explainer.frame_format import find_format
from explainer.pipeline import RenderOptions, RenderResult
from explainer.running_watch import WaitingPlace
from explainer.script.loader import load
from explainer.timeline.layout import estimate_timeline
from explainer.timeline.scene_timing import scene_timings
from project import TINY, Project

pytestmark = [
    pytest.mark.render,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="no process waits where none is forked"),
]
QUALITY = find_format(TINY)
SCRIPT = """\
name: dots
title: Three dots
language: en
limit: 30
voice: [tone]
scenes:
  - id: dots
    title: Dots
    lines:
      - id: one
        say: A single [dot]{dot} appears.
        show: A pink dot.
        labels: {first: one}
      - id: two
        say: Then [another]{other} one joins it.
        show: A second dot, in teal.
        labels: {second: two}
      - id: three
        say: And at last [they]{they} leave.
        show: Both dots go.
  - id: squares
    title: Squares
    lines:
      - id: alone
        say: A square stands [here]{here}.
        show: A square.
"""
SCENE = """\
import random

from manim import LEFT, RIGHT, UP, Circle, Dot, FadeIn, FadeOut, Text

from explainer.scene import NarratedScene, label_texts

RADIUS = 1.0


class Dots(NarratedScene):
    def one(self):
        self.dot = Circle(RADIUS, fill_opacity=1)
        self.trace = []
        self.dot.add_updater(lambda dot, dt: dot.rotate(dt))
        self.play(FadeIn(self.dot), at="dot", run_time=0.4)
        self.play(self.dot.animate.shift(2 * LEFT), run_time=0.4, by="end")

    def two(self):
        self.other = Dot(2 * RIGHT + random.random() * UP)
        name = Text(label_texts("second")[0]).shift(2 * UP)
        self.play(FadeIn(self.other, name), until="other")
        self.play(self.camera.frame.animate.scale(0.8), run_time=0.4)

    def three(self):
        self.play(FadeOut(self.dot, self.other), until="they")
"""
SQUARES = """\
from manim import Create, Square

from explainer.scene import NarratedScene


class Squares(NarratedScene):
    def alone(self):
        self.play(Create(Square()), until="here")
"""


class Studio:
    """A project that is drawn again and again by processes that wait."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pictures: list[str] = []
        self.renderer = WarmRenderer(
            QUALITY,
            lambda key, _: self.pictures.append(key),
            film=project.folder,
            answer=one_frame.answer,
        )
        self.fresh = 0
        begin = self.renderer.begin

        def counted(*given: object) -> object:
            self.fresh += 1
            return begin(*given)  # type: ignore[arg-type]

        self.renderer.begin = counted  # type: ignore[method-assign,assignment]

    def render(self, part: str = "") -> RenderResult:
        self.fresh = 0
        self.pictures.clear()
        options = RenderOptions(self.project.script, QUALITY, part, draft=True, page=False)
        return pipeline.render(options, renderer=self.renderer)

    def prepare(self, made: RenderResult) -> None:
        """Let processes wait at all lines."""
        script, timings = load(self.project.script), scene_timings(made.timeline)
        self.renderer.prepare(last_jobs(script, timings, QUALITY))
        while self.renderer.step():
            time.sleep(0.02)
        until = time.monotonic() + 60
        while len(self.renderer.waiting()) < len(script.lines) and time.monotonic() < until:
            time.sleep(0.02)

    def lines(self) -> list[str]:
        return sorted(waiting.line.job.key for waiting in self.renderer.waiting())


@pytest.fixture
def studio(project: Project) -> Iterator[Studio]:
    project.script.write_text(SCRIPT, encoding="utf-8")
    project.scene.write_text(SCENE, encoding="utf-8")
    project.scene.with_name("squares.py").write_text(SQUARES, encoding="utf-8")
    made = Studio(project)
    yield made
    made.renderer.close()


def cold(project: Project, film: Path) -> bytes:
    """The same film, drawn in a copy of its folder that has no cache, by fresh processes."""
    copy = project.folder.with_name("cold")
    shutil.rmtree(copy, ignore_errors=True)
    kept = shutil.ignore_patterns(FOLDER, "build", "__pycache__")
    shutil.copytree(project.folder, copy, symlinks=True, ignore=kept)
    options = RenderOptions(copy / "script.yaml", QUALITY, draft=True, page=False)
    pipeline.render(options, renderer=LocalRenderer(QUALITY))
    return (copy / film.relative_to(project.folder)).read_bytes()


def ended(pids: set[int]) -> bool:
    """Whether processes end soon; one that is dead already, and only unreaped, has."""
    until = time.monotonic() + 60
    while living := [pid for pid in pids if alive(pid)]:
        if time.monotonic() > until:
            return False
        time.sleep(0.02)
    return not living


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
    except OSError:
        return False


EDITS: dict[str, Callable[[Project], None]] = {
    "the first sentence": lambda project: project.edit("A single", "Now a single"),
    "a sentence in between": lambda project: project.edit("Then [", "And then slowly ["),
    "a label": lambda project: project.edit("second: two", "second: number two"),
    "a hold": lambda project: project.edit(
        "show: A second dot", "hold: 0.5\n        show: A second dot"
    ),
    "the last sentence": lambda project: project.edit("And at last", "And in the end"),
}


def test_what_is_drawn_from_where_lines_begin_is_the_film_that_fresh_processes_draw(
    studio: Studio,
) -> None:
    made = studio.render()
    for name, edit in EDITS.items():
        studio.prepare(made)
        edit(studio.project)
        made = studio.render()
        assert made.drawn, name
        assert not studio.fresh, f"{name}: a fresh process drew"
    assert made.path.read_bytes() == cold(studio.project, made.path)


def test_a_line_alone_has_the_times_that_it_has_in_the_film(studio: Studio) -> None:
    made = studio.render()
    studio.prepare(made)
    studio.project.edit("Then [", "And then [")
    part = studio.render("dots.two")
    assert part.drawn == 1
    assert not studio.fresh
    assert set(studio.pictures) == {"dots.two"}
    made = studio.render()
    assert "dots.two" not in studio.pictures  # its clip is that of the line alone


def test_what_a_changed_file_was_read_for_is_drawn_by_fresh_processes_and_what_waited_ends(
    studio: Studio,
) -> None:
    studio.project.edit_scene("RADIUS = 1.0", "RADIUS = float(open('radius.txt').read())")
    radius = studio.project.folder / "radius.txt"
    radius.write_text("1.0")
    made = studio.render()
    studio.prepare(made)
    old = {each.line.pid for each in studio.renderer.waiting() if each.key[0] == "dots"}
    radius.write_text("0.5")
    made = studio.render()
    assert made.drawn == 3
    assert studio.fresh == 1
    studio.prepare(made)
    assert studio.lines() == ["dots.one", "dots.three", "dots.two", "squares.alone"]
    studio.project.edit_scene("fill_opacity=1", "fill_opacity=0.5")
    made = studio.render()
    assert made.drawn == 3
    assert studio.fresh == 1
    assert made.path.read_bytes() == cold(studio.project, made.path)
    assert ended(old)


def test_a_scene_that_looks_at_the_clock_waits_nowhere(studio: Studio) -> None:
    studio.project.edit_scene("RADIUS = 1.0", "import time\nRADIUS = 1 + time.time() % 1e-9")
    made = studio.render()
    studio.renderer.prepare([])
    assert [line for line in studio.lines() if line.startswith("dots")] == []
    assert made.drawn == 4


def test_what_waits_at_a_line_that_is_gone_ends(studio: Studio) -> None:
    studio.prepare(studio.render())
    gone = {w.line.pid for w in studio.renderer.waiting() if w.line.job.key != "dots.one"}
    assert gone
    studio.renderer.keep_only({"dots.one"})
    assert studio.lines() == ["dots.one"]
    assert ended(gone)


def test_processes_that_wait_use_no_more_memory_than_they_may(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(warm, "memory_of", lambda _pid: 400_000_000)
    made = studio.render()
    until = time.monotonic() + 60
    while len(studio.lines()) != 2 and time.monotonic() < until:
        time.sleep(0.02)
    assert len(studio.lines()) == 2
    studio.project.edit("A single", "Now a single")
    made = studio.render()
    assert made.path.read_bytes() == cold(studio.project, made.path)


def test_a_line_that_ends_its_process_is_told_of_as_ever_and_can_be_mended(
    studio: Studio,
) -> None:
    made = studio.render()
    studio.prepare(made)
    whole = studio.project.scene.read_text()
    for fault in ("import os; getattr(os, 'abort')()", "1 / 0"):
        studio.project.edit_scene("def three(self):\n", f"def three(self):\n        {fault}\n")
        with pytest.raises(SceneError) as told:
            studio.render()
        assert "dots" in str(told.value)
        studio.project.scene.write_text(whole)
    studio.project.edit("And at last", "And now")
    made = studio.render()
    assert made.path.read_bytes() == cold(studio.project, made.path)


KILLED = """
import os, signal, sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from test_warm import QUALITY, Studio
from project import Project

if __name__ == "__main__":
    project = object.__new__(Project)
    project.folder, project.script = Path("."), Path("script.yaml")
    studio = Studio(project)
    studio.prepare(studio.render())
    print(*(waiting.line.pid for waiting in studio.renderer.waiting()), flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_waits_ends_with_the_program_even_if_that_is_killed(studio: Studio) -> None:
    script = studio.project.folder.with_name("killed.py")
    script.write_text(KILLED)
    told = subprocess.run(
        [sys.executable, str(script), str(Path(__file__).parent)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    pids = {int(pid) for pid in told.stdout.split()}
    assert len(pids) == 4, told.stderr
    assert ended(pids)


def test_other_commands_borrow_what_waits_and_draw_the_same(
    studio: Studio, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    project = studio.project
    order = ["--quality", TINY, "--voice", "tone"]
    studio.prepare(studio.render())

    def made(*command: str) -> bytes:
        assert main([*command, *order]) == 0
        told = capsys.readouterr()
        assert ("watch keeps waiting" in told.err) == bool(running_watch.find_offer(project.folder))
        file = next(file for file in told.out.split() if file.endswith((".png", ".mp4")))
        return Path(file).read_bytes()

    def refuse(*_: object) -> None:
        raise AssertionError("a process of its own draws")

    with monkeypatch.context() as borrowed:
        borrowed.setattr(isolated.LocalRenderer, "begin", refuse)
        borrowed.setattr(one_frame, "draw_frame", refuse)
        lent = [made("still", "dots.two@other"), made("sheet", "dots"), made("preview", "dots.two")]
    studio.renderer.close()
    assert running_watch.find_offer(project.folder) is None
    shutil.rmtree(project.folder / FOLDER)
    assert lent == [
        made("still", "dots.two@other"),
        made("sheet", "dots"),
        made("preview", "dots.two"),
    ]


def test_watch_answers_only_what_a_command_elsewhere_would_draw_as_well(studio: Studio) -> None:
    project = studio.project
    project.edit_scene("RADIUS = 1.0", "import os\nRADIUS = float(os.getenv('SIZE', '1'))")
    studio.render()
    place = running_watch.find_offer(project.folder)
    assert place
    options = parse(["still", "dots.one", "--quality", TINY, "--voice", "tone"])
    program, variables = this_program(), dict(os.environ)

    def answered(options: Options, program: tuple[str, ...], variables: dict[str, str]) -> bool:
        with closing(running_watch.connect(place)) as connection:
            connection.send(Request(options, program, variables))
            return connection.recv() is not None

    options.script = project.script
    assert answered(options, program, variables)
    assert not answered(options, program, {**variables, "SIZE": "2"})
    assert not answered(options, program, {**variables, "PYTHONPATH": "elsewhere"})
    assert not answered(options, ("another", *program[1:]), variables)
    assert not answered(replace(options, moment="dots.four"), program, variables)
    project.edit_scene("def one(self):", "def one(self):\n        print(lost)")
    assert not answered(options, program, variables)


def last_job(studio: Studio, made: RenderResult) -> Job:
    """The job of the last line of the first scene."""
    timings = scene_timings(made.timeline)
    return last_jobs(load(studio.project.script), timings, QUALITY)[0]


def test_what_another_environment_would_draw_otherwise_is_not_borrowed(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[str] = []

    class Own(LocalRenderer):
        def render(self, jobs: Sequence[tuple[Job, str]], texts: str) -> LineResults:
            begun.extend(job.key for job, _ in jobs)
            yield from super().render(jobs, texts)

    studio.project.edit_scene("RADIUS = 1.0", "import os\nRADIUS = float(os.getenv('SIZE', '1'))")
    job = last_job(studio, studio.render())
    place = running_watch.find_offer(studio.project.folder)
    assert place
    monkeypatch.setattr(lending, "LocalRenderer", Own)
    renderer, out = lending.BorrowingRenderer(QUALITY, place), tmp_path / "out"
    out.mkdir()

    def drawn() -> int:
        begun.clear()
        answers = list(renderer.render([(job, str(out / "clip.mp4"))], str(out)))
        return sum(isinstance(answer, DrawnLine) for _, answer in answers)

    assert lending.borrowed_frames(place, job, [0], labels=False)
    assert drawn() == 1
    assert not begun
    monkeypatch.setenv("SIZE", "2")
    assert not lending.borrowed_frames(place, job, [0], labels=False)
    assert drawn() == 1
    assert begun == ["dots.three"]


def test_who_borrows_and_is_killed_keeps_nobody_waiting(studio: Studio, tmp_path: Path) -> None:
    note = tmp_path / "pids"
    loop = f"""
        import os
        while self.fps == 12:
            open({str(note)!r}, "a").write(f"{{os.getpid()}}\\n")
"""
    studio.project.edit_scene("def three(self):\n", f"def three(self):{loop}")
    job = replace(last_job(studio, studio.render()), quality=find_format("160x90@12"))
    job = replace(job, shot=replace(job.shot, fps=12))
    place = running_watch.find_offer(studio.project.folder)
    assert place
    for number in range(studio.renderer.count):
        here, there = Pipe(duplex=False)
        lending.borrow(place, SceneOrder(((job, ""),), job, str(tmp_path), frames=(0,)), there)
        there.close()
        until = time.monotonic() + 60
        while len({*read(note)}) <= number and time.monotonic() < until:
            time.sleep(0.02)
        here.close()
    assert len({*read(note)}) == studio.renderer.count
    assert ended({*map(int, read(note))})
    studio.project.edit("A single", "Now a single")
    assert studio.render().drawn


def read(note: Path) -> list[str]:
    """The lines that a file has by now."""
    return note.read_text().split() if note.exists() else []


def test_what_another_version_says_is_not_heeded(studio: Studio) -> None:
    place = running_watch.find_offer(studio.project.folder)
    assert place
    for said in (b"no pickle", pickle.dumps("no order")):
        with closing(Client(place.address, authkey=place.key)) as line:
            line.send_bytes(said)
        assert running_watch.find_offer(studio.project.folder)


def test_what_a_killed_watch_has_left_goes_with_the_next_and_a_closed_one_leaves_nothing(
    studio: Studio,
) -> None:
    film = studio.project.folder
    place = running_watch.find_offer(film)
    studio.renderer.close()
    assert place
    assert not running_watch.runtime_folder(film).exists()
    # one that other commands found, and one that found another watch running
    dead = [
        WaitingPlace(str(Path(tempfile.mkdtemp(prefix=lending.PREFIX)) / "socket"), b"key")
        for _ in range(2)
    ]
    for each in dead:
        with closing(socket.socket(socket.AF_UNIX)) as bound:
            bound.bind(each.address)
    lending.offer(film, dead[0])
    again = WarmRenderer(QUALITY, film=film)
    assert not any(Path(each.address).parent.exists() for each in dead)
    lending.withdraw(film, dead[0])
    assert running_watch.find_offer(film)
    again.close()
    assert not running_watch.runtime_folder(film).exists()


def test_a_second_watch_of_a_film_says_that_it_lends_nothing(studio: Studio) -> None:
    film = studio.project.folder
    place = running_watch.find_offer(film)
    assert place
    with closing(WarmRenderer(QUALITY, film=film)) as second:
        assert "another watch of this film runs" in second.why_not_lent
    assert not studio.renderer.why_not_lent
    assert running_watch.find_offer(film) == place


def test_a_process_that_waits_and_was_stopped_keeps_nobody_waiting(studio: Studio) -> None:
    made = studio.render()
    studio.prepare(made)
    pids = [waiting.line.pid for waiting in studio.renderer.waiting()]
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        place = running_watch.find_offer(studio.project.folder)
        assert place
        assert lending.borrowed_frames(place, last_job(studio, made), [0], labels=False)
    finally:
        for pid in pids:
            os.kill(pid, signal.SIGCONT)


def test_waiting_for_ones_turn_is_told_of_as_no_stall(
    project: Project,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(stall_watch, "EVERY", 0.05)
    monkeypatch.setattr(stall_watch, "STALL_SECONDS", 0.2)
    script = load(project.script)
    timings = scene_timings(estimate_timeline(script, QUALITY.fps))
    job, slots = last_jobs(script, timings, QUALITY)[0], process_slots(1)
    order = SceneOrder(((job, str(tmp_path / "clip.mp4")),), job, str(tmp_path))
    walker = SceneProcess(order, str(tmp_path), slots, Pipe()[1])
    slots.acquire()

    def look_and_release() -> None:
        # as a timer does, which these tests use for their own limit
        stall_watch.look(None)
        slots.release()

    free = threading.Timer(0.6, look_and_release)
    free.start()
    with stall_watch.watched(job.folder, "scene dots", lambda: 0.0):
        walker._begin()
    free.join()
    assert "no frame" not in capfd.readouterr().err


def test_what_is_lost_while_it_is_borrowed_is_drawn_all_the_same(
    studio: Studio, tmp_path: Path
) -> None:
    project = studio.project
    studio.prepare(studio.render())
    project.edit_scene("def two(self):\n", "def two(self):\n        import end_once\n")
    (project.folder / "scenes" / "end_once.py").write_text(
        "import os, pathlib, signal\n"
        f"once = pathlib.Path({str(tmp_path / 'once')!r})\n"
        "if not once.exists():\n"
        "    once.touch()\n"
        "    os.kill(os.getppid(), signal.SIGKILL)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert main(["preview", "dots.two", "--quality", TINY, "--voice", "tone"]) == 0
    assert (tmp_path / "once").exists()


def test_a_place_that_another_user_could_have_written_is_not_used(studio: Studio) -> None:
    place = running_watch.runtime_folder(studio.project.folder)
    assert running_watch.find_offer(studio.project.folder)
    place.chmod(0o777)
    assert running_watch.find_offer(studio.project.folder) is None
    place.chmod(0o700)
    for content in ("", "{}", "[]", '{"address": 3, "key": "zz"}', "x" * 2000):
        (place / "place").write_text(content)
        assert running_watch.find_offer(studio.project.folder) is None


def test_a_render_that_is_broken_off_again_and_again_holds_nothing_that_the_next_needs(
    studio: Studio,
) -> None:
    class Enough(Exception):
        pass

    def break_off() -> None:
        if studio.pictures:
            raise Enough

    for number in range(2 * studio.renderer.count + 1):
        studio.project.edit("A single", f"A {'very ' * (number + 1)}single")
        studio.renderer.break_off = break_off
        with pytest.raises(Enough):
            studio.render()
        studio.project.edit(f"A {'very ' * (number + 1)}single", "A single")
    studio.renderer.break_off = lambda: None
    made = studio.render()
    assert made.path.read_bytes() == cold(studio.project, made.path)


def test_where_no_socket_can_be_made_fresh_processes_draw(
    studio: Studio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    studio.renderer.close()
    deep = tmp_path / ("deep" * 30)
    deep.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(deep))
    renderer = WarmRenderer(QUALITY, film=studio.project.folder)
    assert "no socket can be made" in renderer.why_cold
    options = RenderOptions(studio.project.script, QUALITY, "squares", page=False)
    assert pipeline.render(options, renderer=renderer).drawn == 1
    renderer.close()
