"""From the command line to files on disk, with a real voice, a real encoder and a real judge."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from functools import partial
from io import BytesIO
from pathlib import Path
from threading import Event
from types import SimpleNamespace

import av
import numpy as np
import pytest
from PIL import Image

from damage import outputs
from ended import gone
from explainer import pipeline
from explainer.audio import mix
from explainer.cli import main
from explainer.clock import TICKS
from explainer.media.audio_reader import read_audio
from explainer.script.loader import load
from explainer.timeline.json import from_json
from explainer.voices.base import EngineSettings
from explainer.voices.registry import create_engine
from project import ROOT, TINY, Project
from tests.voices.readers import record

pytestmark = [pytest.mark.render, pytest.mark.signals]

FILES = ["dots.mp4", "dots.srt", "dots.vtt", "dots.words.vtt", "dots.ttml", "dots.timeline.json"]
FILES += ["dots.png", "dots.html"]


def run(*args: str) -> int:
    return main([*args, "--quality", TINY])


def errors(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err


def answer(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, object]:
    capsys.readouterr()
    assert main([*args, "--json"]) == 0
    found: dict[str, object] = json.loads(capsys.readouterr().out)
    return found


def test_a_script_becomes_a_film_with_all_that_goes_beside_it(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("film") == 0
    out = capsys.readouterr().out
    for name in FILES:
        assert (project.folder / "build" / name).stat().st_size > 0
        assert name in out
    for word in ("length", "voice      flite", "engine", "LUFS", "MB", "took"):
        assert word in out

    build = project.folder / "build"
    clock = from_json((build / "dots.timeline.json").read_text())
    with av.open(str(build / "dots.mp4")) as film:
        # players find the chapters in a track of their own, behind these
        kinds = [stream.type for stream in film.streams][:3]
        assert kinds == ["video", "audio", "subtitle"]
        assert film.streams.video[0].frames == clock.length * clock.fps // TICKS
        assert [c["metadata"]["title"] for c in film.chapters()] == ["Dots"]
        assert film.metadata["title"] == "Two dots"
        assert film.streams[2].metadata["language"] == "eng"
    srt = (build / "dots.srt").read_text()
    assert "A single dot appears." in srt
    assert "Then another one joins it." in srt

    sound = np.abs(read_audio(build / "dots.mp4")).max(axis=1)
    for line in clock.lines:
        spoken = sound[line.speech_start : line.speech_end]
        assert spoken.max() > 0.1
        assert sound[line.speech_end + TICKS // 10 : line.end - TICKS // 20].max() < 0.01
    assert main(["verify", "build/dots.mp4"]) in (0, 1)


def test_a_second_run_reuses_everything_and_gives_the_same_bytes(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    first = answer(capsys, "film", "--quality", TINY)
    before = {name: (project.folder / "build" / name).read_bytes() for name in FILES}
    again = answer(capsys, "film", "--quality", TINY)
    assert (first["drawn"], first["spoken"]) == (2, 2)
    assert (again["drawn"], again["spoken"]) == (0, 0)
    assert {name: (project.folder / "build" / name).read_bytes() for name in FILES} == before


def test_one_sentence_changed_is_one_line_spoken_and_one_drawn(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "film", "--quality", TINY)
    project.edit("A single [dot]{dot} appears.", "A single pink [dot]{dot} appears.")
    planned = answer(capsys, "plan", "--quality", TINY)
    assert planned["lines"]["dots.one"]["voice"].startswith("spoken changed")  # type: ignore[index]
    maybe = "the timing of line one changed; drawn only if the line now begins otherwise"
    assert planned["lines"]["dots.two"] == {"voice": "", "picture": maybe}  # type: ignore[index]
    again = answer(capsys, "film", "--quality", TINY)
    assert (again["spoken"], again["drawn"]) == (1, 1)
    assert "A single pink dot appears." in (project.folder / "build" / "dots.srt").read_text()


def test_moving_a_cue_speaks_nothing(project: Project, capsys: pytest.CaptureFixture[str]) -> None:
    answer(capsys, "film", "--quality", TINY)
    project.edit("A single [dot]{dot} appears.", "A [single]{dot} dot appears.")
    planned = answer(capsys, "plan", "--quality", TINY)
    assert planned["lines"]["dots.one"]["voice"] == ""  # type: ignore[index]
    assert planned["lines"]["dots.one"]["picture"].startswith("cue dot changed")  # type: ignore[index]
    again = answer(capsys, "film", "--quality", TINY)
    assert (again["spoken"], again["drawn"]) == (0, 1)


def test_a_preview_is_the_same_line_over_a_shorter_timeline(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "film", "--quality", TINY)
    made = answer(capsys, "preview", "dots.two", "--quality", TINY)
    assert (made["drawn"], made["spoken"], made["lines"]) == (0, 0, 1)
    film = Path(str(made["film"]))
    assert film.name == "dots_dots.two.mp4"
    with av.open(str(film)) as file:
        assert [s.type for s in file.streams][:3] == ["video", "audio", "subtitle"]


def test_burnt_in_captions_change_the_picture(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    answer(capsys, "film", "--quality", TINY)
    plain = (project.folder / "build" / "dots.mp4").read_bytes()
    made = answer(capsys, "film", "--burn-in", "--quality", TINY)
    assert made["drawn"] == 2
    assert (project.folder / "build" / "dots.mp4").read_bytes() != plain


def test_a_film_over_its_limit_is_an_error_before_a_frame_is_drawn(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("film") == 0
    before = (project.folder / "build" / "dots.mp4").read_bytes()
    project.edit("limit: 20", "limit: 3")
    assert run("film") == 2
    said = capsys.readouterr().err
    assert "over its limit of 3 s" in said
    assert "cut about" in said
    assert "script.yaml:13:13: line “dots.one” lasts" in said
    assert (project.folder / "build" / "dots.mp4").read_bytes() == before


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["preview", "spots"], 2, "the script has no “spots”"),
        (["preview", "dots.three"], 2, "choose one of dots, dots.one, dots.two"),
        (["film", "--quality", "8k"], 2, "no quality called “8k”"),
        (["film", "--voice", "hal"], 2, "no voice called “hal”"),
        (["film", "--script", "nowhere.yaml"], 2, "cannot read nowhere.yaml"),
        (["fly"], 2, "invalid choice"),
        (["--fast"], 2, "unrecognized arguments"),
        (["still", "dots"], 2, "is not a line"),
        (["still", "dots.one@spot"], 2, "its moments: dot, end"),
        (["verify", "nowhere.mp4"], 2, "nowhere.mp4"),
    ],
)
def test_bad_usage_says_what_and_what_to_do(
    project: Project, capsys: pytest.CaptureFixture[str], args: list[str], code: int, said: str
) -> None:
    assert main(args) == code
    assert said in capsys.readouterr().err


def test_a_scene_that_raises_ends_in_five_and_leaves_the_older_film(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("film") == 0
    before = outputs(project)
    project.edit_scene("def two(self):\n", "def two(self):\n        raise ValueError('oh')\n")
    assert run("film") == 5
    assert "scenes/dots.py:14 in two: raise ValueError('oh')" in capsys.readouterr().err
    assert outputs(project) == before


def test_a_folder_that_cannot_be_written_is_said_without_a_traceback(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    (project.folder / "build").write_text("a file in the way")
    assert run("film") == 3
    said = capsys.readouterr().err
    assert "build" in said
    assert "try again" in said


def test_errors_are_one_json_object_too(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit("limit: 20", "limit: soon")
    assert main(["check", "--json"]) == 2
    (problem,) = json.loads(capsys.readouterr().out)["error"]
    assert problem["where"] == "script.yaml:4:8"


def test_what_a_scene_prints_is_not_in_the_answer(project: Project) -> None:
    project.edit_scene("def two(self):\n", "def two(self):\n        print('drawing two')\n")
    for command in (["film"], ["still", "dots.two"]):
        order = [sys.executable, str(ROOT / "render.py"), *command, "--quality", TINY, "--json"]
        env = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
        done = subprocess.run(order, capture_output=True, text=True, check=True, env=env)
        assert isinstance(json.loads(done.stdout), dict)
        assert "drawing two" in done.stderr


def test_check_tells_length_pace_and_faults_without_drawing(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    found = answer(capsys, "check")
    assert (found["lines"], found["words"], found["voice"]) == (2, 9, "flite")
    assert found["caption_faults"] == []
    assert not (project.folder / ".explainer-cache" / "picture").exists()


@pytest.mark.parametrize("pace", ["1.5", "0.5"])
def test_check_says_how_to_mend_a_pace_and_that_mends_it(
    project: Project, pace: str, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = f"engines: {{flite: {{pace: {pace}}}}}"
    project.edit("limit: 20", f"limit: 20\n{wrong}")
    assert main(["check"]) == 0
    advice = re.search(r"flite speaks \d+ words a minute.*“(engines: .*)” into", errors(capsys))
    assert advice
    project.edit(wrong, advice[1])
    found = answer(capsys, "check")
    assert found["warnings"] == 0
    assert 130 <= found["words_per_minute"] <= 165


def test_no_pace_is_advised_to_a_voice_that_keeps_its_own(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    for line in load(project.script).lines:
        quick = create_engine("flite", EngineSettings(pace=1.5))
        record(project.folder, line.key, quick.speak(line.say.spoken, "en"))
    assert main(["check", "--voice", "recording"]) == 0
    assert errors(capsys).endswith("130 to 165 are easy to follow\n")


def test_say_writes_a_line_and_shows_its_spoken_form(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit("joins it", "joins H2O")
    project.edit("{appears: appears}", "{H2O: aitch two oh}")
    assert main(["say", "dots.two"]) == 0
    assert "spoken: Then another one joins aitch two oh." in capsys.readouterr().out
    assert (project.folder / "build" / "say" / "dots_dots.two.wav").stat().st_size > 44


def test_a_still_and_a_sheet_are_drawn(project: Project) -> None:
    assert run("still", "dots.one@dot") == 0
    assert run("sheet") == run("sheet", "dots.one") == 0
    assert (project.folder / "build" / "stills" / "dots_dots.one@dot.png").is_file()
    whole, part = (
        Image.open(BytesIO((project.folder / "build" / name).read_bytes())).height
        for name in ("dots_sheet.png", "dots_dots.one_sheet.png")
    )
    assert whole == 2 * part


def test_a_sheet_that_would_be_too_large_is_refused_before_anything_is_spoken(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["sheet", "--quality", "8000x4400@10"]) == 2
    said = capsys.readouterr().err
    assert "a sheet of 4 pictures is too large; 3 of 8000x4400 are the most" in said
    assert "draw one scene's, as in: explainer sheet SCENE" in said
    assert not (project.folder / ".explainer-cache").exists()


def test_voices_and_doctor_say_what_is_ready(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    voices = answer(capsys, "voices")["voices"]
    assert voices["flite"]["ready"] is True  # type: ignore[index]
    assert voices["espeak"]["ready"] is True  # type: ignore[index]
    assert voices["recording"]["ready"] is False  # type: ignore[index]
    assert all(voice["needs"] and voice["about"] for voice in voices.values())  # type: ignore[attr-defined]
    tools = answer(capsys, "doctor")["tools"]
    assert all(tool["ok"] for tool in tools.values())  # type: ignore[attr-defined]


def test_doctor_names_a_missing_tool_with_its_command(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert main(["doctor"]) == 3
    assert "sudo apt-get install ffmpeg" in capsys.readouterr().out


def test_clean_removes_what_is_kept_and_only_on_demand_the_films(project: Project) -> None:
    assert run("preview", "dots.one") == 0
    assert main(["clean"]) == 0
    assert not (project.folder / ".explainer-cache").exists()
    assert (project.folder / "build").exists()
    assert main(["clean", "--all"]) == 0
    assert not (project.folder / "build").exists()


def test_ctrl_c_ends_at_once_leaves_no_process_and_says_how_to_go_on(project: Project) -> None:
    project.edit_scene(
        "def two(self):\n", "def two(self):\n        import time; time.sleep(3600)\n"
    )
    render = [sys.executable, str(ROOT / "render.py"), "--quality", TINY]
    heed = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a test run may ignore it
    how = {"stderr": subprocess.PIPE, "text": True, "start_new_session": True, "preexec_fn": heed}
    begun = time.monotonic()
    with subprocess.Popen(render, **how) as started:  # type: ignore[call-overload]
        assert started.stderr
        for line in started.stderr:
            if line.startswith("drew dots.one"):
                break
        asked = time.monotonic()
        os.killpg(started.pid, signal.SIGINT)
        said = started.stderr.read()
        assert started.wait() == 130
    assert re.search(r"Go on with: python \S*render\.py", said)
    assert "Traceback" not in said
    assert gone(started.pid)
    # it took longer to come so far
    assert time.monotonic() - asked < asked - begun
    left = [
        p for p in (project.folder / ".explainer-cache").rglob("*") if p.name.startswith(".making")
    ]
    assert not left


def test_the_command_line_works_from_another_folder(project: Project, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "render.py"), "check", "--script", str(project.script)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert "2 lines, 9 words" in done.stdout


def test_a_scenes_error_ends_a_render_before_its_sound_is_mixed(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = []

    def stopping(*_: object, stop: Event, **__: object) -> None:
        stopped.append(stop.wait(120))
        raise KeyboardInterrupt

    monkeypatch.setattr(mix, "mix_audio", stopping)
    project.edit_scene("Circle(1.5", "Circle(1 / 0")
    assert main(["film", "--quality", TINY]) == 5
    assert stopped == [True]


def test_a_disk_that_is_too_small_to_mix_on_is_told_before_anything_is_drawn(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pipeline, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    assert run("preview", "dots.one") == 0
    said = capsys.readouterr().err
    assert said.index("warning: mixing") < said.index("drew dots.one")
    assert "of disk for a while, and where " in said
    assert "are 1 MB left" in said
