"""What drawing needs, loaded once in the process that all who draw are forked from, or in each.

That takes a second or two; if nobody waits for it any more, it is broken off.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

from explainer.cache import tracing
from explainer.draw.manim_config import load_manim
from explainer.interrupts import exit_with_parent, stop_watching_parent

# what scenes and Manim's plugins print must not mix with what the program answers; processes that
# draw end at once, without a last look at what is still to be written
os.dup2(2, 1)
sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
exit_with_parent(os.getppid())
tracing.install()
load_manim()
import_module("explainer.scene")
# what live pictures are encoded by
import_module("PIL.Image").preinit()
# looked up once, for all who are forked from here
tracing.record()
stop_watching_parent()
