"""VP9 with transparency, in WebM: the film's scenes drawn again without their background.

It lies over other pictures, as in an editor or on a web page. The sound is the film's own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from explainer.cache.files import write_atomically
from explainer.clock import TICKS, frame_ticks
from explainer.draw.line_runner import job_for
from explainer.draw.transparent import transparent_clip
from explainer.errors import ScriptError
from explainer.export import webm
from explainer.export.base import ExportJob
from explainer.frame_format import find_format
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.timeline.scene_timing import scene_timings


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.alpha.webm`.

    Raises:
        ScriptError: if a scene has a background of its own.
        SceneError: if a scene's code fails.
    """
    timeline = job.versions[0].timeline
    with open_media(job.film, VIDEO_FORMATS) as film:
        picture = film.streams.video[0]
        quality = find_format(f"{picture.width}x{picture.height}@{timeline.fps}")
    shots = scene_timings(timeline)
    job.progress.start_stage("transparent WebM", len(timeline.lines))
    out = job.film.with_suffix(".alpha.webm")
    with tempfile.TemporaryDirectory() as scratch:
        clips = []
        for number, line in enumerate(timeline.lines):
            clips.append(Path(scratch) / f"{number}.webm")
            if not transparent_clip(job_for(job.script, shots, line.key, quality), clips[-1]):
                what = f"nothing of line “{line.key}” is transparent: its scene has a background"
                raise ScriptError.of(what, "leave its backdrop out, or take --export webm")
            job.progress.advance(scene=line.scene)
        made = Path(scratch) / "film.webm"
        _join(job, clips, made)
        write_atomically(out, made)
    return [out]


def _join(job: ExportJob, clips: Sequence[Path], made: Path) -> None:
    """Clips one after the other, with the film's sound beside them."""
    timeline = job.versions[0].timeline
    with (
        av.open(str(clips[0])) as first,
        av.open(str(made), "w", format="webm", options={"fflags": "+bitexact"}) as target,
    ):
        target.metadata["title"] = timeline.title
        shown = target.add_stream_from_template(first.streams.video[0])
        shown.metadata["alpha_mode"] = "1"
        sounds = webm.sound_packets(job, target)
        starts = [Fraction(line.start, TICKS) for line in timeline.lines]
        step = Fraction(frame_ticks(timeline.fps), TICKS)
        pictures = _packets(clips, starts, step, shown)
        for packet in merge(pictures, *sounds, key=webm.packet_time):
            target.mux_one(packet)


def _packets(
    clips: Sequence[Path], starts: Sequence[Fraction], step: Fraction, shown: Any
) -> Iterator[Packet[Any]]:
    """The pictures of clips, each clip's from its start on, in frames of `step` seconds."""
    for path, start in zip(clips, starts, strict=True):
        with av.open(str(path)) as clip:
            for number, packet in enumerate(p for p in clip.demux(video=0) if p.size):
                packet.time_base = step
                packet.pts = packet.dts = round(start / step) + number
                packet.duration = 1
                packet.stream = shown
                yield packet
