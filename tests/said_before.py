"""What flite and espeak said of a text in the same surroundings, remembered from test to test.

Each request to them takes a process of its own, and gives the same bytes each time, which the
tests of voices hold.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import pytest

from explainer.voices import espeak, flite, subprocess_engine
from explainer.voices.responses import EngineResponse

Process = subprocess_engine._EngineProcess
"""The process of an engine, as it is without this."""
ALIKE = (espeak._MODULE, flite._MODULE)
CHANGING = "PYTEST_CURRENT_TEST"

_answers: dict[tuple[object, ...], EngineResponse] = {}
"""State of this process: the answers so far."""


class Remembered:
    """In place of a process: begins one for what is not remembered."""

    def __init__(self, module: str) -> None:
        self.module, self.last_words = module, ""

    def reply(self, request: Mapping[str, Any], seconds: float) -> EngineResponse:
        around = tuple((name, os.environ[name]) for name in sorted(os.environ) if name != CHANGING)
        key = self.module, json.dumps(request, sort_keys=True), around
        if key not in _answers:
            process = Process(self.module, stays=False)
            try:
                _answers[key] = process.reply(request, seconds)
            finally:
                self.last_words = process.last_words
        header, sound = _answers[key]
        return {**header}, sound


def engine_process(module: str, stays: bool) -> Process | Remembered:
    """A process of an engine, or what remembers what one said."""
    return Remembered(module) if module in ALIKE and not stays else Process(module, stays)


def install(patch: pytest.MonkeyPatch) -> None:
    """Let engines' processes be begun for what is not remembered only."""
    patch.setattr(subprocess_engine, "_EngineProcess", engine_process)
