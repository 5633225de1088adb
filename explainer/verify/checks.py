"""The checks that `verify` makes, in the order in which it reports them.

To add one, write a module in this folder that defines `CHECK`, and add its name to `MODULES`.
"""

from __future__ import annotations

from importlib import import_module

from explainer.verify.check import Check

MODULES = (
    "tracks",
    "strict_decode",
    "length",
    "sync",
    "small_copy",
    "signatures",
    "video",
    "frame_signatures",
    "progressive",
    "coded_frames",
    "flashes",
    "colours",
    "legibility",
    "label_placement",
    "motion",
    "caption_band",
    "label_times",
    "container",
    "chapters",
    "moments",
    "rhythm",
    "sound_signatures",
    "audio",
    "captions",
)


def _load(module: str) -> Check:
    found: Check = import_module(f"explainer.verify.{module}").CHECK
    return found


CHECKS = {module: _load(module) for module in MODULES}
"""Each check by the name of its module."""
