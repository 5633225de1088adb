"""Setting up where the neural voices cannot be installed, and speaking without them."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from explainer.cache.store import Cache
from explainer.cli import main
from explainer.errors import VoiceError
from explainer.narration.synthesize import synthesize
from explainer.progress import Progress
from explainer.script.loader import load
from explainer.timeline.speech import Speech
from explainer.voices import hibari
from project import ROOT, Project

VERSION = ".".join(map(str, sys.version_info[:2]))


class Empty(BaseHTTPRequestHandler):
    """An index of packages that has none."""

    def do_GET(self) -> None:
        self.send_error(404)

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def index() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Empty)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/simple"
    server.shutdown()
    server.server_close()


def test_set_up_goes_on_where_an_index_lacks_the_voices(tmp_path: Path, index: str) -> None:
    # an environment of which all but the voices is there
    (tmp_path / "bin").mkdir()
    python = tmp_path / "bin" / "python"
    python.write_text(f"#!/bin/sh\nexport PYTHONPATH={tmp_path}/found\nexec {sys.executable} $@\n")
    python.chmod(0o755)
    (tmp_path / f".done-{VERSION}").touch()
    env = {**os.environ, "PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index}
    env |= {"PIP_TARGET": str(tmp_path / "found"), "no_proxy": "127.0.0.1"}
    make = ["make", f"VENV={tmp_path}", f"PYTHON={sys.executable}"]
    done = subprocess.run([*make, "setup"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    for name in ("hibari", "kokoro"):
        assert f"the voice {name} could not be installed" in done.stderr
    assert "the next voice in the script's list speaks" in done.stderr.replace("\n", " ")
    asked = subprocess.run([*make, "voices"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert asked.returncode == 2


class Said(Progress):
    """Notes what is said."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def log(self, text: str) -> None:
        self.said.append(text)


def spoken(project: Project, voices: list[str]) -> tuple[Speech, list[str]]:
    progress = Said()
    script = load(project.script, check_scenes=False)
    cache = Cache(project.folder / ".explainer-cache")
    return synthesize(script, voices, cache, progress), progress.said


LISTED = ["hibari", "kokoro", "flite"]


def test_without_the_voices_the_next_one_speaks_and_the_reasons_are_given(
    project: Project, uninstall: Callable[..., None]
) -> None:
    uninstall("hibari-tts")
    speech, said = spoken(project, LISTED)
    assert speech.voice == "flite"
    assert {line.voice for line in speech.lines.values()} == {"flite"}
    assert [name for name, _ in speech.passed] == ["hibari", "kokoro"]
    assert all("is not installed" in reason for _, reason in speech.passed)
    assert "voice flite speaks instead" in said


def test_a_voice_that_does_not_load_is_passed_over(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "onnxruntime"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise ImportError('no such processor')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    speech, said = spoken(project, ["hibari", "flite"])
    assert speech.voice == "flite"
    assert "no such processor" in dict(speech.passed)["hibari"]
    assert said


def test_letters_that_the_first_voice_lacks_let_the_next_speak_the_whole_film(
    project: Project,
) -> None:
    project.edit("joins it", "joins 漢字")
    speech, _ = spoken(project, ["hibari", "espeak"])
    assert {line.voice for line in speech.lines.values()} == {"espeak"}
    ((_, reason),) = speech.passed
    assert "line dots.two: hibari cannot read “漢”, “字” in “漢字.”" in reason
    kept = spoken(project, ["hibari", "espeak"])[0]
    assert all(line.reused for line in kept.lines.values())
    with pytest.raises(VoiceError, match="漢"):
        spoken(project, ["hibari"])


def test_voices_tells_who_speaks_each_language_and_what_would_be_better(
    project: Project, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:

    def gone(name: str) -> str:
        raise PackageNotFoundError(name)

    project.edit("voice: [flite]", "voice: [hibari, flite]")
    assert main(["voices"]) == 0
    assert "en         hibari speaks\n" in capsys.readouterr().out
    monkeypatch.setattr(hibari, "version", gone)
    assert main(["voices"]) == 0
    told = capsys.readouterr().out
    assert "en         flite speaks\n" in told
    assert "hibari sounds better: hibari-tts is not installed → make voices" in told
    assert "kokoro sounds better: it is ready" in told


def test_a_language_without_a_packaged_voice_is_told_what_there_is(
    project: Project, capsys: pytest.CaptureFixture[str]
) -> None:
    project.edit("language: en", "language: de")
    project.edit("voice: [flite]", "voice: [hibari, espeak]")
    assert main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "speech de      espeak speaks; no neural voice for “de” lies in a package" in told
    assert "EXPLAINER_PIPER_MODEL" in told
