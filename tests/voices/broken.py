"""An engine that fails in the way it is asked to."""

from __future__ import annotations

import os
import signal
import time
from typing import Any

from explainer.errors import EnvironmentProblem
from explainer.voices.native import load_library
from explainer.voices.responses import EngineResponse


def handle(request: dict[str, Any]) -> EngineResponse:
    way = request["way"]
    if way == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if way == "hang":
        time.sleep(3600)
    if way == "raise":
        raise RuntimeError("out of cheese")
    if way == "missing":
        raise EnvironmentProblem.of("no such thing", "sudo apt-get install thing")
    if way == "library":
        load_library("no-such-library", "sudo apt-get install no-such")
    if way == "chatter":
        os.write(1, b"a C library talks\n")
    if way == "who":
        return {"rate": 8000}, str(os.getpid()).encode()
    return {"rate": 8000, "marks": []}, request["text"].encode()
