"""Machines that lack something, or are set up oddly: what can be done is done, the rest is said."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from explainer.cli import doctor, main
from explainer.media import ffmpeg_cli
from project import ROOT, TINY, Project

pytestmark = pytest.mark.render

NO_NETWORK = ("unshare", "-rn")
READ_ONLY = (
    *("unshare", "-rm", "sh", "-ec"),
    'mount --bind "$0" "$0"; mount -o remount,bind,ro "$0"; exec "$@"',
)
"""With a folder after it: a command then finds that folder as it is, but cannot write to it."""
WRITTEN = """\
from manim import Text

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    fonts = ("Inter",)

    def one(self):
        self.add(Text("A dot", font="Inter"))
        self.wait(until="dot")

    def two(self):
        self.wait(until="other")
"""


def run(
    *args: str, inside: Sequence[str] = (), **env: str | None
) -> subprocess.CompletedProcess[str]:
    """Run a command of ours in a process of its own; of `env`, None takes a variable away."""
    settings = {**os.environ, **env}
    return subprocess.run(
        [*inside, sys.executable, str(ROOT / "render.py"), *args],
        env={name: value for name, value in settings.items() if value is not None},
        capture_output=True,
        text=True,
    )


def can_wall() -> bool:
    """Whether this user may make namespaces, which keep the network or a folder away."""
    return not subprocess.run([*NO_NETWORK, "true"], capture_output=True).returncode


@pytest.fixture(scope="session")
def walls() -> None:
    if not can_wall():
        pytest.skip("this user may not make namespaces")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A film that was made by a process with no network, no PATH and no home."""
    project = Project(tmp_path_factory.mktemp("nothing") / "project")
    shared = ("sh", "-c", 'umask 002; unset PATH; exec "$0" "$@"')
    home = str(project.folder / "missing")
    inside = (*(NO_NETWORK if can_wall() else ()), *shared)
    order = ("--script", str(project.script), "--quality", TINY)
    folders = {"XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "TMPDIR": None}
    done = run(*order, inside=inside, HOME=home, **folders)
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr
    return project


@pytest.mark.usefixtures("walls")
def test_a_film_needs_no_network(bare: Project) -> None:
    assert (bare.folder / "build" / "dots.mp4").is_file()


def test_a_film_needs_no_path(bare: Project) -> None:
    assert (bare.folder / "build" / "dots.html").is_file()


def test_a_home_that_is_missing_is_not_needed(bare: Project) -> None:
    assert not (bare.folder / "missing").exists()


def test_what_a_group_renders_together_all_of_it_may_write(bare: Project) -> None:
    made = [
        path
        for name in (".explainer-cache", "build")
        for path in (bare.folder / name).rglob("*")
        if path.is_file()
    ]
    assert made
    assert [path for path in made if not path.stat().st_mode & 0o020] == []


@pytest.mark.usefixtures("walls")
def test_without_a_network_gtts_says_that_it_cannot_be_reached(project: Project) -> None:
    done = run("say", "dots.one", "--voice", "gtts", inside=NO_NETWORK)
    assert done.returncode == 4
    assert "gtts cannot be reached: " in done.stderr
    assert "--voice hibari" in done.stderr


@pytest.mark.parametrize(
    ("voices", "code", "mark"), [("gtts, flite", 0, "not now"), ("gtts", 3, "MISSING")]
)
def test_doctor_tells_a_voice_that_another_stands_in_for_from_one_that_is_needed(
    project: Project,
    voices: str,
    code: int,
    mark: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EXPLAINER_GTTS_URL", "http://127.0.0.1:9")  # nothing listens there
    project.edit("voice: [flite]", f"voice: [{voices}]")
    assert main(["doctor"]) == code
    assert f"{mark} voice gtts     gtts cannot be reached: " in capsys.readouterr().out


@pytest.mark.usefixtures("walls")
def test_a_home_that_cannot_be_written_is_not_needed(project: Project) -> None:
    home = project.folder / "there"
    home.mkdir()
    folders = {"XDG_CACHE_HOME": None, "XDG_CONFIG_HOME": None, "TMPDIR": None}
    order = ("preview", "dots.one", "--quality", TINY)
    done = run(*order, inside=(*READ_ONLY, str(home)), HOME=str(home), **folders)
    assert done.returncode == 0, done.stderr
    assert "rror" not in done.stderr


@pytest.mark.parametrize(
    "name", ['it\'s 100 %d: "done"', "müde 漢字 🎬", "-x $(ls) `id` #1 & [a]*;{b}"]
)
def test_a_folder_of_any_name_holds_a_film_and_its_proofs(
    tmp_path: Path,
    name: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    project = Project(tmp_path / name)
    monkeypatch.chdir(project.folder)
    assert main(["preview", "dots.one", "--quality", TINY]) == 0
    capsys.readouterr()
    main(["verify", "build/dots_dots.one.mp4", "--json"])
    # the few words of the line are spoken faster than a narration should be
    assert set(json.loads(capsys.readouterr().out)["failed"]) <= {"rhythm"}


def without_neural_voices(project: Project) -> None:
    """Let the film be in a language that none of them speaks, so that `doctor` loads none."""
    project.edit("language: en", "language: pl")
    project.edit("voice: [flite]", "voice: [espeak]")


@pytest.fixture
def config(tmp_path: Path) -> str:
    """A fontconfig that knows no font, as on a machine without any."""
    file = tmp_path / "fonts.conf"
    file.write_text("<?xml version='1.0'?><fontconfig></fontconfig>\n", encoding="utf-8")
    return str(file)


def test_a_machine_without_fonts_draws_the_same_picture(project: Project, config: str) -> None:
    project.scene.write_text(WRITTEN, encoding="utf-8")
    order = ("still", "dots.one", "--quality", "320x180@10")
    still = project.folder / "build" / "stills" / "dots_dots.one.png"
    assert main([*order]) == 0
    drawn = still.read_bytes()
    still.unlink()
    done = run(*order, FONTCONFIG_FILE=config)
    assert done.returncode == 0, done.stderr
    assert still.read_bytes() == drawn


def test_a_font_that_is_missing_ends_the_render_and_is_found_by_doctor(
    project: Project, config: str
) -> None:
    project.scene.write_text(WRITTEN, encoding="utf-8")
    without_neural_voices(project)
    (project.folder / "assets" / "fonts").unlink()
    done = run("--quality", TINY, FONTCONFIG_FILE=config)
    assert done.returncode == 3
    assert "the font Inter is missing" in done.stderr
    assert "put its file into assets/fonts" in done.stderr
    assert not list(project.folder.glob("build/*.mp4"))
    done = run("doctor", FONTCONFIG_FILE=config)
    assert done.returncode == 3
    assert "MISSING fonts          there is no font “Inter”, which scenes/dots.py" in done.stdout


def test_doctor_judges_the_film_of_its_folder_and_no_other(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder / "assets" / "fonts").unlink()
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "ok      fonts          no own ones; texts are set in the system's" in said
    assert "voice espeak" not in said
    project.script.unlink()
    assert main(["doctor"]) == 0
    said = capsys.readouterr().out
    assert "there is no script.yaml: only what every film needs is looked at" in said
    assert "voice espeak" in said


SETS = """\
from manim import *

from explainer.scene import NarratedScene


class Dots(NarratedScene):
    def one(self):
        for place, name in enumerate({"RED", "GREEN", "BLUE", "WHITE", "YELLOW", "PURPLE"}):
            dot = Square(2, stroke_width=0).set_fill(globals()[name], 1)
            self.add(dot.move_to((2.2 * place - 5.5) * RIGHT))
        self.wait(until="dot")

    def two(self):
        self.wait(until="other")
"""


def test_a_still_goes_through_sets_of_texts_in_the_order_of_its_film(project: Project) -> None:
    project.scene.write_text(SETS, encoding="utf-8")
    assert main(["--quality", "320x180@10"]) == 0
    with av.open(str(project.folder / "build" / "dots.mp4")) as film:
        shown = next(film.decode(video=0)).to_ndarray(format="rgb24").astype(int)
    still = project.folder / "build" / "stills" / "dots_dots.one.png"
    order = ("still", "dots.one", "--quality", "320x180@10")
    assert run(*order, PYTHONHASHSEED="2").returncode == 0
    drawn = np.asarray(Image.open(still).convert("RGB")).astype(int)
    assert np.abs(drawn - shown).mean() < 4, "another order gives other colours"


def stand_in(folder: Path, content: str) -> str:
    """A PATH on which there is an ffmpeg program of this content, and nothing else."""
    (folder / "bin").mkdir()
    if content:
        program = folder / "bin" / "ffmpeg"
        program.write_text(content, encoding="utf-8")
        program.chmod(0o755)
    return str(folder / "bin")


def reporting(version: str) -> str:
    return f"#!/bin/sh\necho 'ffmpeg version {version} Copyright (c) the FFmpeg developers'\n"


NOT_FFMPEG = {
    "none": ("", "the ffmpeg program is missing"),
    "old": (reporting("3.4.8-0ubuntu0.2"), "is version 3.4.8-0ubuntu0.2; 4.1 or newer is needed"),
    "another": ("#!/bin/sh\necho hello\n", "does not run: exit code 0"),
    "broken": (
        "#!/bin/sh\necho 'libavcodec.so.58: cannot open shared object' >&2; exit 127\n",
        "does not run: libavcodec.so.58: cannot open",
    ),
    "not a program": ("\x7fELF", "does not run: Exec format error"),
}


@pytest.mark.parametrize(("content", "said"), NOT_FFMPEG.values(), ids=NOT_FFMPEG)
def test_an_ffmpeg_that_cannot_judge_is_said_by_doctor_and_verify(
    project: Project,
    tmp_path: Path,
    content: str,
    said: str,
    film: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", stand_in(tmp_path, content))
    assert main(["doctor"]) == 3
    told = capsys.readouterr().out
    assert "MISSING ffmpeg" in told
    assert said in told
    assert main(["verify", str(film)]) == 3
    told = capsys.readouterr().err
    assert said in told
    assert "sudo apt-get install ffmpeg" in told


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film that was made where there is no ffmpeg program, nor any other."""
    project = Project(tmp_path_factory.mktemp("bare") / "project")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PATH", "/nowhere")
        assert main(["--script", str(project.script), "--quality", TINY]) == 0
    return project.folder / "build" / "dots.mp4"


def test_a_film_is_made_without_the_ffmpeg_program(film: Path) -> None:
    assert ffmpeg_cli.decode_errors(film) == ""


@pytest.mark.parametrize("version", ["4.1", "5.1.9-0+deb12u1", "n6.0", "10.0", "N-99-gabc123"])
def test_an_ffmpeg_of_today_is_taken(
    tmp_path: Path, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", stand_in(tmp_path, reporting(version)))
    assert ffmpeg_cli.version() == version


@pytest.mark.usefixtures("walls")
def test_doctor_finds_a_folder_that_cannot_be_written(project: Project) -> None:
    without_neural_voices(project)
    done = run("doctor", inside=(*READ_ONLY, str(project.folder)))
    assert done.returncode == 3
    assert f"MISSING folder         {project.folder} cannot be written: Read-only" in done.stdout
    assert "chmod u+w" in done.stdout


def test_doctor_leaves_nothing_in_the_folder(project: Project) -> None:
    before = sorted(project.folder.rglob("*"))
    assert main(["doctor"]) == 0
    assert sorted(project.folder.rglob("*")) == before


def test_doctor_looks_at_the_machine_even_if_the_script_is_wrong(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.script.write_text("name: [", encoding="utf-8")
    assert main(["doctor"]) == 0
    assert "ok      voice espeak" in capsys.readouterr().out


def test_doctor_finds_a_font_that_is_none(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    fonts = project.folder / "assets" / "fonts"
    fonts.unlink()
    fonts.mkdir()
    (fonts / "Inter.otf").write_bytes(b"version https://example.org/large-files\n")
    assert main(["doctor"]) == 3
    assert f"{fonts / 'Inter.otf'} is no font" in capsys.readouterr().out


def test_doctor_finds_libraries_that_are_missing(
    project: Project, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "manimpango", None)
    assert main(["doctor"]) == 3
    said = capsys.readouterr().out
    assert "MISSING manim          Manim cannot draw: " in said
    assert "make setup" in said


@pytest.mark.parametrize("versions", [((3, 98), (3, 99)), ((3, 0), (3, 1))])
def test_doctor_finds_a_python_that_is_too_old_or_too_new(
    project: Project,
    versions: tuple[tuple[int, int], tuple[int, int]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(doctor, "OLDEST_PYTHON", versions[0])
    monkeypatch.setattr(doctor, "NEWEST_PYTHON", versions[1])
    assert main(["doctor"]) == 3
    assert "MISSING python         Python is 3." in capsys.readouterr().out


@pytest.mark.parametrize(
    "closed",
    [
        pytest.param("<&-", marks=pytest.mark.whole),
        pytest.param(">&-", marks=pytest.mark.whole),
        pytest.param("2>&-", marks=pytest.mark.whole),
        "<&- >&- 2>&-",
    ],
)
def test_a_film_needs_no_streams(project: Project, closed: str) -> None:
    command = f'"$0" "$1" preview dots.one --quality {TINY} {closed}'
    run_of = ["sh", "-c", command, sys.executable, str(ROOT / "render.py")]
    done = subprocess.run(run_of, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert [*(project.folder / "build").rglob("dots_dots.one*.mp4")]
