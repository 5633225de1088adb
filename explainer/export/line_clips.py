"""A line of a finished film as an MP4 of its own: the film and the line in, a file out.

The picture is copied, not coded again: a line's first frame is a key frame, and no frame of a line
needs one of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av
from av.packet import Packet

from explainer.audio.mixdown import add_aac_track, audio_frames
from explainer.clock import TICKS, frame_ticks
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.language_version import LanguageVersion
from explainer.media.audio_reader import AudioReader
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.timeline.model import TimedLine


def write_line_clip(version: LanguageVersion, number: int, line: TimedLine, out: Path) -> None:
    """Write a line with its sound; `number` counts the film's sound tracks from 0.

    Raises:
        CheckFailed: if the film cannot be read.
    """
    fps = version.timeline.fps
    frames = (line.end - line.start) // frame_ticks(fps)
    options = {
        "fflags": "+bitexact",
        "movflags": "+faststart",
        "video_track_timescale": str(TICKS),
        "movie_timescale": str(TICKS),
    }
    try:
        with (
            open_media(version.film, VIDEO_FORMATS) as film,
            AudioReader(version.film, number) as sound,
            av.open(str(out), "w", format="mp4", options=options) as clip,
        ):
            clip.metadata["title"] = f"{version.timeline.title}: {line.key}"
            picture = film.streams.video[0]
            shown = clip.add_stream_from_template(picture)
            shown.time_base = Fraction(1, TICKS)
            heard = add_aac_track(clip)
            heard.metadata["language"] = version.track_language
            samples = sound.read_range(line.start, line.end)
            for packet in islice(_packets_from(film, picture, line.start), frames):
                packet.stream = shown
                clip.mux(packet)
            for frame in audio_frames([samples], heard.codec_context.frame_size or 1024):
                clip.mux(heard.encode(frame))
            clip.mux(heard.encode())
    except (OSError, EOFError, ValueError, av.FFmpegError) as error:
        what = f"{version.film.name} cannot be cut: {error_text(error)}"
        raise CheckFailed.of(what, f"make it again with: {rebuild_command()}") from error


def _packets_from(film: Any, picture: Any, start: int) -> Iterator[Packet[Any]]:
    """The packets of a picture from the key frame at a tick on, in time from there.

    Raises:
        ValueError: if there is no key frame at that tick.
    """
    offset = round(Fraction(start, TICKS) / picture.time_base)
    film.seek(offset, stream=picture)
    begun = False
    for packet in film.demux(picture):
        if packet.dts is None:
            return
        if not begun and (not packet.is_keyframe or packet.pts != offset):
            raise ValueError(f"no key frame at {start / TICKS:.3f} s")
        begun = True
        packet.pts -= offset
        packet.dts -= offset
        yield packet
