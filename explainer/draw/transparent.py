"""Lines drawn without a background, each into a clip of VP9 that keeps what is transparent."""

from __future__ import annotations

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from explainer.draw.isolated import run_isolated
from explainer.draw.line_runner import Job, run, with_formulas_kept
from explainer.draw.manim_config import configure
from explainer.stage.frame_sink import Frame

OPTIONS = {"crf": "24", "b": "0", "deadline": "good", "cpu-used": "4", "auto-alt-ref": "0"}
"""Constant quality; frames that are not shown cannot have what is transparent."""


def transparent_clip(job: Job, path: Path) -> bool:
    """Draw a line into a WebM, in a process of its own; whether any of it is transparent.

    Raises:
        SceneError: if the scene's code fails.
    """
    return run_isolated(job, _draw, str(path))


def _draw(job: Job, path: str) -> bool:
    from manim import config

    seen = False
    number = 0
    with (
        tempfile.TemporaryDirectory() as texts,
        av.open(path, "w", format="webm", options={"fflags": "+bitexact"}) as clip,
    ):
        configure(job.quality, texts, job.folder)
        config.background_opacity = 0.0
        stream: Any = clip.add_stream("libvpx-vp9", rate=job.quality.fps, options=OPTIONS)
        stream.width, stream.height = job.quality.width, job.quality.height
        stream.pix_fmt = "yuva420p"
        stream.metadata["alpha_mode"] = "1"
        stream.codec_context.time_base = Fraction(1, job.quality.fps)

        def show(frame: Frame, repeat: int) -> None:
            nonlocal seen, number
            seen = seen or int(frame[..., 3].min()) < 255
            straight = _straight(frame)
            for _ in range(repeat):
                picture = av.VideoFrame.from_ndarray(straight, format="rgba")
                picture.pts, picture.time_base = number, stream.codec_context.time_base
                clip.mux(stream.encode(picture))
                number += 1

        run(with_formulas_kept(job), show)
        clip.mux(stream.encode(None))
    return seen


def _straight(frame: Frame) -> NDArray[np.uint8]:
    """A frame with its colours as they are, where Cairo has them times their opacity."""
    alpha = frame[..., 3:].astype(np.uint16)
    colours = np.minimum(255, frame[..., :3].astype(np.uint16) * 255 // np.maximum(alpha, 1))
    return np.concatenate([colours, alpha], axis=2).astype(np.uint8)
