"""The film: clips, sound tracks, captions and chapters in; one MP4 file out.

Nothing is encoded here. Packets are copied, moved in time by whole frames, so joining is exact and
the same parts give the same bytes.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Disposition
from av.subtitles.stream import SubtitleStream

from explainer.cache import begun, make_room, promise
from explainer.cache.leftovers import OURS
from explainer.clock import TICKS, frame_ticks
from explainer.draw.clip import Clip
from explainer.errors import CheckFailed, error_text, rebuild_command, with_filename
from explainer.frame_format import FrameFormat
from explainer.language_version import LanguageVersion
from explainer.media import signature, signature_file
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.probe import BT709, LIMITED_RANGE, Probe, probe
from explainer.progress import Progress
from explainer.script.selection import Selection
from explainer.timeline.model import Timeline

if TYPE_CHECKING:
    from av.container.core import Chapter

    from explainer.captions.model import Caption

SIGNATURES = ".signatures"
"""What the file with a film's signatures is called by, beside the film."""
_TICK = Fraction(1, TICKS)
# white, centred at the bottom; 16 is the size that players and converters take as the plain one
_STYLE = b"""[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Arial,16,&Hffffff,2
[Events]
Format: Text
"""


def assemble(
    versions: Sequence[LanguageVersion],
    quality: FrameFormat,
    clips: Sequence[Clip],
    out: Path,
    progress: Progress | None = None,
) -> None:
    """Join the parts into `out`, which is replaced only by a film that was checked.

    The versions last equally long; the first names the film and its chapters, and is what players
    take unless asked otherwise.

    Raises:
        CheckFailed: if the clips do not fit the timeline or each other, or the film does not
            come out as the timeline says.
        OSError: if it cannot be written.
    """
    timeline, progress = versions[0].timeline, progress or Progress(quiet=True)
    _fit(timeline, clips)
    progress.start_stage("joining", 2 * len(clips) + 1)
    out.parent.mkdir(parents=True, exist_ok=True)
    signed = out.with_suffix(SIGNATURES)
    # in the same folder, so that the last step is a rename; the name keeps its .mp4
    temp = out.with_name(f".{out.stem}-{OURS}.part.mp4")
    signs = temp.with_suffix(SIGNATURES)
    for part in (temp, signs):
        begun(part)
    try:
        with with_filename(out):
            _mux(versions, clips, temp, progress)
            _check(probe(temp), versions, quality)
            progress.advance()
            _sign(versions, quality, clips, signs, progress)
            for part in (temp, signs):
                with part.open("rb") as file:
                    os.fsync(file.fileno())
            # a film with another's signatures is told apart from a good one, so either may be first
            for part, place in ((signs, signed), (temp, out)):
                make_room(place)
                promise(place, part)
            signs.replace(signed)
            temp.replace(out)
    finally:
        temp.unlink(missing_ok=True)
        signs.unlink(missing_ok=True)


def identity(timelines: Iterable[Timeline]) -> bytes:
    """What binds signatures to a film: a checksum over its record in each language."""
    made = hashlib.sha256()
    for timeline in timelines:
        made.update(timeline.to_json().encode())
    return made.digest()


def _sign(
    versions: Sequence[LanguageVersion],
    quality: FrameFormat,
    clips: Sequence[Clip],
    path: Path,
    progress: Progress,
) -> None:
    """Write the signatures that the clips and the sound tracks brought along.

    Raises:
        CheckFailed: if one of them brought none.
    """
    timeline = versions[0].timeline

    def brought(file: Path, what: str) -> bytes:
        chunks = signature_file.read_attached(file)
        if not chunks:
            raise CheckFailed.of(f"{what} has no signatures", _redraw())
        return chunks

    header = signature_file.SignatureHeader(
        quality.width,
        quality.height,
        sum(clip.frames for clip in clips),
        -(-timeline.length // signature.STEP_TICKS),
        identity(version.timeline for version in versions),
        len(versions),
    )

    def pictures() -> Iterator[bytes]:
        for clip in clips:
            yield brought(clip.path, f"the clip of {clip.key}")
            progress.advance(scene=Selection.parse(clip.key).scene)

    sounds = [brought(v.audio.path, f"the sound in “{v.language}”") for v in versions]
    with path.open("wb") as file:
        signature_file.write_signatures(file, header, pictures(), sounds)


def _fit(timeline: Timeline, clips: Sequence[Clip]) -> None:
    frame = frame_ticks(timeline.fps)
    wanted = [(line.key, (line.end - line.start) // frame) for line in timeline.lines]
    for (key, frames), clip in zip(wanted, clips, strict=False):
        if (clip.key, clip.frames) != (key, frames):
            raise CheckFailed.of(
                f"the clip for {key} is “{clip.key}” with {clip.frames} frames, not {frames}",
                _redraw(),
            )
    if len(clips) != len(wanted):
        raise CheckFailed.of(f"there are {len(clips)} clips for {len(wanted)} lines", _redraw())


def _mux(
    versions: Sequence[LanguageVersion], clips: Sequence[Clip], path: Path, progress: Progress
) -> None:
    timeline = versions[0].timeline
    options = {
        "fflags": "+bitexact",
        "movflags": "+faststart",
        "video_track_timescale": str(TICKS),
        "movie_timescale": str(TICKS),  # or lengths would be cut down to whole milliseconds
    }
    with ExitStack() as files:
        film = files.enter_context(av.open(str(path), "w", format="mp4", options=options))
        keep = files.enter_context
        first = keep(_opened(clips[0].path, f"the clip of {clips[0].key}", "video"))
        sounds = [keep(_opened(v.audio.path, "the sound", "audio")) for v in versions]
        film.metadata["title"] = timeline.title
        film.set_chapters(_chapters(timeline))
        picture = film.add_stream_from_template(first.streams.video[0])
        picture.time_base = _TICK
        voices = [film.add_stream_from_template(sound.streams.audio[0]) for sound in sounds]
        texts = [_text_stream(film) for _ in versions]
        for version, *streams in zip(versions, voices, texts, strict=True):
            for stream in streams:
                stream.metadata["language"] = version.track_language
                stream.disposition = Disposition(version is versions[0])
        film.start_encoding()
        setting = first.streams.video[0].codec_context.extradata
        packets: Iterator[Packet[Any]] = merge(
            _pictures(clips, frame_ticks(timeline.fps), setting, picture, progress),
            *(_sounds(*pair) for pair in zip(sounds, voices, strict=True)),
            *(_texts(v.captions, text) for v, text in zip(versions, texts, strict=True)),
            key=_decoding_time,
        )
        for packet in packets:
            film.mux_one(packet)


def _opened(path: Path, what: str, kind: str) -> InputContainer:
    """A kept part, opened as the MP4 file that it must be, with a track of this kind.

    Raises:
        CheckFailed: if it is something else.
    """
    with _reading(what):
        file = open_media(path, VIDEO_FORMATS)
        if not getattr(file.streams, kind):
            file.close()
            raise ValueError(f"it has no {kind}")
    return file


def _packets(file: InputContainer, track: Any, what: str) -> Iterator[Packet[Any]]:
    """The packets of a kept part's track, but for the mark at its end.

    Raises:
        CheckFailed: if it breaks off.
    """
    packets = file.demux(track)
    while True:
        with _reading(what):
            packet = next(packets, None)
        if packet is None:
            return
        if packet.dts is not None:
            yield packet


@contextmanager
def _reading(what: str) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, ValueError, av.FFmpegError) as error:
        raise CheckFailed.of(f"{what} cannot be read: {error_text(error)}", _redraw()) from error


def _text_stream(film: OutputContainer) -> SubtitleStream:
    stream = film.add_stream("mov_text")
    stream.time_base = stream.codec_context.time_base = _TICK
    stream.codec_context.subtitle_header = _STYLE
    return stream


def _decoding_time(packet: Packet[Any]) -> Fraction:
    return (packet.dts or 0) * packet.time_base


def _chapters(timeline: Timeline) -> list[Chapter]:
    return [
        {
            "id": number,
            "start": scene.start,
            "end": scene.end,
            "time_base": _TICK,
            "metadata": {"title": scene.title},
        }
        for number, scene in enumerate(timeline.scenes, 1)
    ]


def _pictures(
    clips: Sequence[Clip],
    frame: int,
    setting: bytes | None,
    stream: av.VideoStream,
    progress: Progress,
) -> Iterator[Packet[av.VideoStream]]:
    """Every clip's packets, moved to where its line starts."""
    start = 0
    for clip in clips:
        what = f"the clip of {clip.key}"
        with _opened(clip.path, what, "video") as file:
            if file.streams.video[0].codec_context.extradata != setting:
                raise CheckFailed.of(
                    f"the clip of {clip.key} was encoded with other settings than the first clip",
                    _redraw(),
                )
            count = 0
            for packet in _packets(file, file.streams.video[0], what):
                if packet.pts is None or packet.dts is None:
                    raise CheckFailed.of(f"{what} has a picture without a time", _redraw())
                ticks = packet.time_base * TICKS
                packet.pts, packet.dts = (
                    start + round(packet.pts * ticks),
                    start + round(packet.dts * ticks),
                )
                packet.duration, packet.time_base, packet.stream = frame, _TICK, stream
                count += 1
                yield packet
        if count != clip.frames:
            raise CheckFailed.of(
                f"the clip of {clip.key} holds {count} frames, not {clip.frames}", _redraw()
            )
        start += count * frame
        progress.advance(scene=Selection.parse(clip.key).scene)


def _sounds(file: InputContainer, stream: av.AudioStream) -> Iterator[Packet[av.AudioStream]]:
    for packet in _packets(file, file.streams.audio[0], "the sound"):
        packet.stream = stream
        yield packet


def _texts(captions: Sequence[Caption], stream: SubtitleStream) -> Iterator[Packet[Any]]:
    """Captions as tx3g samples: two bytes of length, then the text, in which nothing is markup."""
    for caption in captions:
        text = "\n".join(caption.rows).encode()
        packet: Packet[Any] = Packet(len(text).to_bytes(2, "big") + text)
        packet.pts = packet.dts = caption.start
        packet.duration, packet.time_base = caption.end - caption.start, _TICK
        packet.is_keyframe, packet.stream = True, stream
        yield packet


def _check(film: Probe, versions: Sequence[LanguageVersion], quality: FrameFormat) -> None:
    """Hold the written file against the timelines, as read back from the disk."""
    timeline = versions[0].timeline
    frame = frame_ticks(timeline.fps)
    tracks = len(film.video), len(film.audio), len(film.captions)
    if tracks != (1, len(versions), len(versions)):
        raise CheckFailed.of(f"the film has {tracks} tracks of picture, sound and text", _redraw())
    picture = film.video[0]
    shown = [[(cue.rows, cue.start, cue.end) for cue in cues] for _, cues in film.captions]
    languages = [version.track_language for version in versions]
    frames = range(0, timeline.length, frame)
    found = {
        "size of the picture": ((picture.width, picture.height), (quality.width, quality.height)),
        "times of the frames": (picture.pts == tuple(frames), True),
        "colours": (picture.colours, (BT709, BT709, BT709, LIMITED_RANGE)),
        "length of the picture": (picture.length, timeline.length),
        "length of the sound": ({s.length for s in film.audio}, {timeline.length}),
        "starts of picture and sound": ({picture.start, *(s.start for s in film.audio)}, {0}),
        "captions": (shown, [[(c.rows, c.start, c.end) for c in v.captions] for v in versions]),
        "languages of the sound": ([sound.language for sound in film.audio], languages),
        "languages of the captions": ([language for language, _ in film.captions], languages),
        "chapters": ([c.title for c in film.chapters], [s.title for s in timeline.scenes]),
        "title": (film.title, timeline.title),
        "order of boxes": (film.boxes.index("moov") < film.boxes.index("mdat"), True),
    }
    wrong = [
        f"{what}: {there}, not {wanted}"
        for what, (there, wanted) in found.items()
        if there != wanted
    ]
    if wrong:
        raise CheckFailed.of("the film did not come out as planned; " + "; ".join(wrong), _redraw())


def _redraw() -> str:
    return f"draw the film again with: {rebuild_command()}"
