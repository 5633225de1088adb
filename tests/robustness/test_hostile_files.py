"""Assets and recordings that lead elsewhere, or claim to be more than they are, come to nothing."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest

from cost import Unit
from explainer.audio import music as film_music
from explainer.clock import TICKS
from explainer.errors import CheckFailed, ScriptError, VoiceError
from explainer.script import page_info
from explainer.script.assets import find_asset, find_sound
from explainer.script.loader import load
from explainer.voices.base import EngineSettings
from explainer.voices.recording import Recording
from hostile import PEAK, lies, paths, wav
from project import Project

BYTES = 200 << 20
TAKEN = {"WAV: 4 GB of data", "WAV: RF64 without its sizes", "FLAC: 2^36 samples"}
TAKEN |= {f"M4A: {lie}" for lie in ("lasts 2^32 ticks", "2^32 times", "2^32 chunks")}
TAKEN |= {"M4A: each sample 2^32 long"}
"""Lies about a length alone, which nobody believes: what there is may be read."""


def test_no_name_of_an_asset_leads_anywhere_else(project: Project) -> None:
    names = paths(project)
    assert len(names) >= 30
    for attack, name in names.items():
        with pytest.raises(ValueError, match=r"assets/|on many disks|not a sound file"):
            find_sound(project.folder / "assets", name)
        try:
            page_info.find_interactive_part(project.folder / "assets", name)
        except ValueError:
            continue
        pytest.fail(attack)


def test_an_asset_under_its_own_name_is_found(project: Project) -> None:
    paths(project)
    folder = project.folder / "assets"
    assert find_sound(folder, "Own.wav") == folder / "Own.wav"
    (folder / "deep").mkdir()
    (folder / "deep" / "é.wav").write_bytes(b"x")
    assert find_sound(folder, "deep/é.wav").read_bytes() == b"x"


def test_a_script_that_names_such_an_asset_is_refused_with_the_place(project: Project) -> None:
    text = project.script.read_text()
    for attack, name in paths(project).items():
        quoted = name.replace("'", "''")
        project.script.write_text(text.replace("limit: 20", f"music: {{bed: '{quoted}'}}"))
        with pytest.raises(ScriptError, match=r"script\.yaml:4:"):
            load(project.script)
        project.script.write_text(text.replace("limit: 20", f"page: {{explore: '{quoted}'}}"))
        with pytest.raises(ScriptError, match=r"script\.yaml:4:"):
            load(project.script)
        assert attack


def test_assets_that_are_a_link_out_of_the_project_are_not_read(project: Project) -> None:
    other = project.folder.parent / "other"
    (project.folder / "assets").rename(other)
    (project.folder / "assets").symlink_to(other)
    (other / "a.wav").write_bytes(wav(np.zeros(480)))
    with pytest.raises(ValueError, match="does not lie inside assets/"):
        find_asset(project.folder / "assets", "a.wav", 1000)


def test_the_style_sheet_of_a_part_does_not_come_from_elsewhere(project: Project) -> None:
    folder, secret = project.folder / "assets", project.folder.parent / "secret"
    secret.write_text("a secret")
    (folder / "part.js").write_text("export function mount() {}")
    assert page_info.find_interactive_part(folder, "part.js")
    (folder / "part.css").symlink_to(secret)
    with pytest.raises(ValueError, match="does not lie inside"):
        page_info.find_interactive_part(folder, "part.js")


def test_no_recording_leads_anywhere_else(project: Project) -> None:
    folder = project.folder / "recordings"
    folder.mkdir()
    for attack, name in paths(project).items():
        voice, path = Recording(EngineSettings(project.folder)), folder / "a.b.wav"
        if len(name) > 100:
            continue  # the system itself refuses it
        path.symlink_to(project.folder / "assets" / name)
        inside = path.resolve() if "loop" not in name else path
        own = inside.is_relative_to(project.folder) and inside.is_file()
        try:
            voice.text_fingerprint("a", "a.b")
            assert own, attack
        except VoiceError:
            assert not own or inside.stat().st_size > 1 << 30, attack
        path.unlink()


def test_two_recordings_of_one_line_are_named(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    for kind in ("wav", "mp3"):
        (tmp_path / "recordings" / f"a.b.{kind}").write_bytes(b"x")
    with pytest.raises(VoiceError, match=r"two recordings, a\.b\.wav and a\.b\.mp3"):
        Recording(EngineSettings(tmp_path)).text_fingerprint("a", "a.b")


def taken(folder: Path, suffix: str) -> tuple[int, int, str]:
    """How much is read of a sound as a recording and as an effect, and what is said of it."""
    said, ticks, samples = "", 0, 0
    try:
        spoken = Recording(EngineSettings(folder)).speak("one two", "en", "a.b")
        ticks = len(spoken.samples) * TICKS // spoken.rate
    except VoiceError as error:
        said = str(error)
    try:
        samples = len(film_music.read_sound(folder / "recordings", f"a.b{suffix}", 10.0))
    except CheckFailed as error:
        said += str(error)
    return ticks, samples, said


def an_honest_minute() -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "recordings").mkdir()
        noise = np.random.default_rng(1).standard_normal(60 * TICKS) * 0.1
        (Path(folder) / "recordings" / "a.b.wav").write_bytes(wav(noise))
        taken(Path(folder), ".wav")


MINUTE = Unit("a minute of honest sound", an_honest_minute)


@pytest.mark.parametrize("lie", lies())
def test_a_sound_that_lies_is_refused_or_read_as_far_as_it_goes(tmp_path: Path, lie: str) -> None:
    suffix, make = lies()[lie]
    (tmp_path / "recordings").mkdir()
    (tmp_path / "recordings" / f"a.b{suffix}").write_bytes(make())
    ticks, samples, said = MINUTE.bounds(1, lambda: taken(tmp_path, suffix))
    assert ticks < 1.1 * TICKS
    assert samples < 1.1 * TICKS
    assert lie in TAKEN or f"a.b{suffix}" in said


def test_sounds_that_lie_take_little_memory(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    for number, (suffix, make) in enumerate(lies().values()):
        (tmp_path / "recordings" / f"a.l{number}{suffix}").write_bytes(make())
    code = """
import contextlib, pathlib
from explainer.errors import VoiceError
from explainer.voices.base import EngineSettings
from explainer.voices.recording import Recording
before = peak()
for path in pathlib.Path("recordings").iterdir():
    with contextlib.suppress(VoiceError):
        Recording(EngineSettings(pathlib.Path())).speak("one two", "en", path.stem)
print(peak() - before)
"""
    command = [sys.executable, "-c", PEAK + code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=True)
    assert int(done.stdout) < BYTES


def test_a_bed_and_an_effect_are_read_up_to_a_length(tmp_path: Path) -> None:
    (tmp_path / "long.wav").write_bytes(wav(np.full(8000 * 70, 0.1), rate=8000))
    with pytest.raises(CheckFailed, match=r"long\.wav cannot be read: it is longer than 60 s"):
        film_music.read_sound(tmp_path, "long.wav", film_music.MAX_EFFECT_SECONDS)
    assert len(film_music.read_sound(tmp_path, "long.wav", film_music.MAX_BED_SECONDS)) > 3_000_000
