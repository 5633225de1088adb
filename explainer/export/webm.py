"""VP9 and Opus in WebM, for sites that take no H.264: a finished film in, a file beside it out."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.video.reformatter import ColorRange, Colorspace

from explainer.audio.mixdown import audio_frames
from explainer.cache.files import write_atomically
from explainer.clock import TICKS
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.export.base import ExportJob
from explainer.media.audio_reader import AudioReader
from explainer.media.io import VIDEO_FORMATS, open_media

VIDEO_OPTIONS = {"crf": "32", "b": "0", "deadline": "good", "cpu-used": "4", "row-mt": "1"}
"""Constant quality, about that of the film itself at two thirds of its size."""
AUDIO_BITRATE = 128_000
OPUS_FRAME = 960
"""Samples of 20 ms, the most usual length of a frame of Opus."""


def export(job: ExportJob) -> list[Path]:
    """Write `NAME.webm` with the picture and each language's sound.

    Raises:
        CheckFailed: if the film cannot be decoded.
    """
    out = job.film.with_suffix(".webm")
    with tempfile.TemporaryDirectory() as scratch:
        made = Path(scratch) / "film.webm"
        try:
            _write(job, made)
        except (OSError, EOFError, ValueError, av.FFmpegError) as error:
            what = f"{job.film.name} cannot be coded again: {error_text(error)}"
            raise CheckFailed.of(what, f"make it again with: {rebuild_command()}") from error
        write_atomically(out, made)
    return [out]


def _write(job: ExportJob, made: Path) -> None:
    timeline = job.versions[0].timeline
    with (
        open_media(job.film, VIDEO_FORMATS) as film,
        av.open(str(made), "w", format="webm", options={"fflags": "+bitexact"}) as target,
    ):
        picture = film.streams.video[0]
        target.metadata["title"] = timeline.title
        shown: Any = target.add_stream("libvpx-vp9", rate=timeline.fps, options=VIDEO_OPTIONS)
        shown.width, shown.height, shown.pix_fmt = picture.width, picture.height, "yuv420p"
        shown.codec_context.time_base = Fraction(1, timeline.fps)
        shown.codec_context.colorspace = Colorspace.ITU709
        shown.codec_context.color_range = ColorRange.MPEG
        sounds = sound_packets(job, target)
        job.progress.start_stage("WebM", picture.frames or 1)
        for packet in merge(_video_packets(film, shown, job), *sounds, key=packet_time):
            target.mux_one(packet)


def _video_packets(film: InputContainer, shown: Any, job: ExportJob) -> Iterator[Packet[Any]]:
    for number, frame in enumerate(film.decode(video=0)):
        frame.pts, frame.time_base = number, shown.codec_context.time_base
        yield from shown.encode(frame)
        job.progress.advance()
    yield from shown.encode()


def sound_packets(job: ExportJob, target: OutputContainer) -> list[Iterator[Packet[Any]]]:
    """Each language's sound, coded as Opus for a stream of its own, which is added to `target`."""
    tracks = []
    for version in job.versions:
        heard: Any = target.add_stream("libopus", rate=TICKS, layout="stereo")
        heard.bit_rate = AUDIO_BITRATE
        heard.metadata["language"] = version.track_language
        tracks.append(heard)
    return [_track_packets(job.film, *pair) for pair in enumerate(tracks)]


def _track_packets(film: Path, number: int, heard: Any) -> Iterator[Packet[Any]]:
    with AudioReader(film, number) as sound:
        for frame in audio_frames(sound.blocks(), OPUS_FRAME):
            yield from heard.encode(frame)
        yield from heard.encode()


def packet_time(packet: Packet[Any]) -> Fraction:
    """When a packet is shown or heard, in seconds."""
    return Fraction(packet.pts or 0) * (packet.time_base or 1)
