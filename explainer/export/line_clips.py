"""The lines of a finished film as MP4 files of their own: a film, then lines in, files out.

The picture is copied, not coded again: a line's first frame is a key frame, and no frame of a line
needs one of another.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import av
from av.packet import Packet

from explainer import mux
from explainer.audio.mixdown import add_aac_track, audio_frames
from explainer.clock import TICKS, frame_ticks
from explainer.errors import CheckFailed, error_text, rebuild_command
from explainer.language_version import LanguageVersion
from explainer.media.audio_reader import AudioReader
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.timeline.model import TimedLine


class LineCutter:
    """A film to cut lines from, opened once; used in a `with`.

    `number` counts the film's sound tracks from 0; the one of `version` is taken.
    """

    def __init__(self, version: LanguageVersion, number: int) -> None:
        self._version = version
        self._number = number

    def __enter__(self) -> Self:
        """Open the film.

        Raises:
            CheckFailed: if it cannot be read.
        """
        film = self._version.film
        with self._raising_check_failed(), ExitStack() as files:
            self._film = files.enter_context(open_media(film, VIDEO_FORMATS))
            self._sound = files.enter_context(AudioReader(film, self._number))
            self._files = files.pop_all()
        return self

    def write(self, line: TimedLine, out: Path) -> None:
        """Write a line with its sound.

        Raises:
            CheckFailed: if the film cannot be read.
        """
        timeline = self._version.timeline
        frames = (line.end - line.start) // frame_ticks(timeline.fps)
        with (
            self._raising_check_failed(),
            av.open(str(out), "w", format="mp4", options=mux.MP4_OPTIONS) as clip,
        ):
            clip.metadata["title"] = f"{timeline.title}: {line.key}"
            shown = clip.add_stream_from_template(self._film.streams.video[0])
            shown.time_base = Fraction(1, TICKS)
            heard = add_aac_track(clip)
            heard.metadata["language"] = self._version.track_language
            samples = self._sound.read_range(line.start, line.end)
            for packet in islice(self._packets_from(line.start), frames):
                packet.stream = shown
                clip.mux(packet)
            for frame in audio_frames([samples], heard.codec_context.frame_size or 1024):
                clip.mux(heard.encode(frame))
            clip.mux(heard.encode())

    def _packets_from(self, start: int) -> Iterator[Packet[Any]]:
        """The packets of the picture from the key frame at a tick on, in time from there.

        Raises:
            ValueError: if there is no key frame at that tick.
        """
        picture: Any = self._film.streams.video[0]
        offset = round(Fraction(start, TICKS) / picture.time_base)
        self._film.seek(offset, stream=picture)
        begun = False
        for packet in self._film.demux(picture):
            if packet.dts is None:
                return
            if not begun and (not packet.is_keyframe or packet.pts != offset):
                raise ValueError(f"no key frame at {start / TICKS:.3f} s")
            begun = True
            packet.pts -= offset
            packet.dts -= offset
            yield packet

    @contextmanager
    def _raising_check_failed(self) -> Iterator[None]:
        try:
            yield
        except (OSError, EOFError, ValueError, av.FFmpegError) as error:
            what = f"{self._version.film.name} cannot be cut: {error_text(error)}"
            raise CheckFailed.of(what, f"make it again with: {rebuild_command()}") from error

    def __exit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self._files.close()
