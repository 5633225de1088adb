from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from explainer.errors import EnvironmentProblem, VoiceError
from explainer.voices import responses, subprocess_engine

BROKEN = "tests.voices.broken"


def ask(way: str, seconds: float = 30, text: str = "") -> Any:
    return subprocess_engine.call(BROKEN, {"way": way, "text": text}, seconds)


def test_a_crash_of_the_engine_is_an_error_of_the_voice() -> None:
    with pytest.raises(VoiceError, match="broken stopped: SIGSEGV"):
        ask("crash")


def test_an_engine_that_hangs_is_stopped_at_its_deadline() -> None:
    with pytest.raises(subprocess_engine.EngineTimeout, match="within 1 s"):
        ask("hang", 1)


def test_an_unforeseen_error_is_named() -> None:
    with pytest.raises(VoiceError, match="out of cheese"):
        ask("raise")


def test_an_error_made_in_the_child_arrives_with_its_remedy() -> None:
    with pytest.raises(EnvironmentProblem, match="no such thing") as caught:
        ask("missing")
    assert caught.value.problems[0].remedy == "sudo apt-get install thing"


def test_a_library_that_is_not_installed_is_a_missing_tool() -> None:
    with pytest.raises(EnvironmentProblem, match="libno-such-library is not installed") as caught:
        ask("library")
    assert caught.value.problems[0].remedy == "sudo apt-get install no-such"


def test_what_a_library_prints_does_not_get_into_the_sound() -> None:
    assert ask("chatter", text="-x $HOME\n\n\0é") == (
        {"rate": 8000, "marks": []},
        "-x $HOME\n\n\0é".encode(),
    )


def test_silence_is_not_speech() -> None:
    hiss = np.full(8000, 5, "<i2").tobytes()
    for sound in (b"", bytes(16000), hiss):
        with pytest.raises(VoiceError, match="gave no speech for “hello”"):
            responses.to_utterance("broken", "hello", ({"rate": 8000}, sound))


def test_a_process_that_stays_answers_again() -> None:
    answers = [
        subprocess_engine.call(BROKEN, {"way": "who", "text": ""}, 30, stays=True) for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert subprocess_engine.call(BROKEN, {"way": "who", "text": ""}, 30) != answers[0]


def test_one_that_ended_while_it_waited_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_engine, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(subprocess_engine._patience, "seconds", 0.0)
    first, second = two_that_stay(monkeypatch, "ended")
    assert first != second


def test_one_waits_longer_only_while_that_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subprocess_engine, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(subprocess_engine._patience, "seconds", 0.0)
    with subprocess_engine.stay_for(60):
        first, second = two_that_stay(monkeypatch, "longer")
    assert first == second
    first, second = two_that_stay(monkeypatch, "after")
    assert first != second


def two_that_stay(monkeypatch: pytest.MonkeyPatch, path: str) -> list[Any]:
    """What a process answers that may stay, and what is answered half a second later."""
    monkeypatch.setenv("PYTHONPATH", path)  # what waits with another path is not asked
    first = subprocess_engine.call(BROKEN, {"way": "who", "text": ""}, 30, stays=True)
    time.sleep(0.5)
    return [first, subprocess_engine.call(BROKEN, {"way": "who", "text": ""}, 30, stays=True)]


def test_one_that_stays_and_crashes_is_an_error_of_the_voice() -> None:
    subprocess_engine.call(BROKEN, {"way": "who", "text": ""}, 30, stays=True)
    with pytest.raises(VoiceError, match="broken stopped: SIGSEGV"):
        subprocess_engine.call(BROKEN, {"way": "crash", "text": ""}, 30, stays=True)
    with pytest.raises(subprocess_engine.EngineTimeout, match="within 1 s"):
        subprocess_engine.call(BROKEN, {"way": "hang", "text": ""}, 1, stays=True)
