"""The film: clips, sound tracks, captions and chapters in; one MP4 file and its signatures out.

Nothing is encoded here. Packets are copied and moved in time by whole frames, so that joining is
exact and the same parts give the same bytes.
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

from explainer.cache.files import list_file, list_replacement, make_way
from explainer.cache.tempfiles import process_token
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

SIGNATURE_SUFFIX = ".signatures"
"""Of the file beside a film that holds its signatures."""
MP4_OPTIONS = {
    "fflags": "+bitexact",
    "movflags": "+faststart",
    "video_track_timescale": str(TICKS),
    "movie_timescale": str(TICKS),  # or lengths would be cut down to whole milliseconds
}
"""How FFmpeg writes a film: the same bytes each time, its index first, times in ticks."""
_TICK = Fraction(1, TICKS)
# white, centred at the bottom; players and converters take 16 as the normal size
_CAPTION_STYLE = b"""[V4+ Styles]
Format: Name, Fontname, Fontsize, PrimaryColour, Alignment
Style: Default,Arial,16,&Hffffff,2
[Events]
Format: Text
"""


def assemble(
    versions: Sequence[LanguageVersion],
    frame_format: FrameFormat,
    clips: Sequence[Clip],
    out: Path,
    progress: Progress | None = None,
    track: int = 0,
) -> None:
    """Join the parts into `out`, which is only replaced by a film that was checked.

    All versions have the same length. The first one names the film and its chapters, and players
    play it unless told otherwise. The signatures are written beside the film. Of each clip one
    `track` is taken: the picture at its full size is the first.

    Raises:
        CheckFailed: if the clips do not fit the timeline or each other, or the film does not
            come out as the timeline says.
        OSError: if it cannot be written.
    """
    progress = progress or Progress(quiet=True)
    _check_clips(versions[0].timeline, clips)
    progress.start_stage("joining", 2 * len(clips) + 1)
    out.parent.mkdir(parents=True, exist_ok=True)
    signatures = out.with_suffix(SIGNATURE_SUFFIX)
    # in the same folder, so that the last step is a rename
    temp = out.with_name(f".{out.stem}-{process_token()}.part.mp4")
    temp_signatures = temp.with_suffix(SIGNATURE_SUFFIX)
    for part in (temp, temp_signatures):
        list_file(part)
    try:
        with with_filename(out):
            _write_film(versions, clips, track, temp, progress)
            _check_film(probe(temp), versions, frame_format)
            progress.advance()
            _write_signatures(versions, frame_format, clips, track, temp_signatures, progress)
            for part in (temp, temp_signatures):
                with part.open("rb") as file:
                    os.fsync(file.fileno())
            # if this ends between the two, `verify` finds signatures that are not the film's
            for part, place in ((temp_signatures, signatures), (temp, out)):
                make_way(place)
                list_replacement(place, part)
            temp_signatures.replace(signatures)
            temp.replace(out)
    finally:
        temp.unlink(missing_ok=True)
        temp_signatures.unlink(missing_ok=True)


def timeline_digest(timelines: Iterable[Timeline]) -> bytes:
    """The SHA-256 of a film's record in each language, which binds signatures to their film."""
    digest = hashlib.sha256()
    for timeline in timelines:
        digest.update(timeline.to_json().encode())
    return digest.digest()


def _write_signatures(
    versions: Sequence[LanguageVersion],
    frame_format: FrameFormat,
    clips: Sequence[Clip],
    track: int,
    path: Path,
    progress: Progress,
) -> None:
    """Collect the signatures of clips and sound tracks in one file.

    Raises:
        CheckFailed: if one of them has none.
    """
    timeline = versions[0].timeline

    def read_signatures(file: Path, what: str, track: int = 0) -> bytes:
        chunks = signature_file.read_attached(file, track)
        if not chunks:
            raise CheckFailed.of(f"{what} has no signatures", _remedy())
        return chunks

    header = signature_file.SignatureHeader(
        frame_format.width,
        frame_format.height,
        sum(clip.frames for clip in clips),
        -(-timeline.length // signature.STEP_TICKS),
        timeline_digest(version.timeline for version in versions),
        len(versions),
    )

    def frame_signatures() -> Iterator[bytes]:
        for clip in clips:
            yield read_signatures(clip.path, f"the clip of {clip.key}", track)
            progress.advance(scene=Selection.parse(clip.key).scene)

    sound_signatures = [
        read_signatures(v.audio.path, f"the sound in “{v.language}”") for v in versions
    ]
    with path.open("wb") as file:
        signature_file.write_signatures(file, header, frame_signatures(), sound_signatures)


def _check_clips(timeline: Timeline, clips: Sequence[Clip]) -> None:
    """Raise CheckFailed unless there is one clip for each line, of just as many frames."""
    frame = frame_ticks(timeline.fps)
    expected = [(line.key, (line.end - line.start) // frame) for line in timeline.lines]
    for (key, frames), clip in zip(expected, clips, strict=False):
        if (clip.key, clip.frames) != (key, frames):
            raise CheckFailed.of(
                f"the clip for {key} is “{clip.key}” with {clip.frames} frames, not {frames}",
                _remedy(),
            )
    if len(clips) != len(expected):
        raise CheckFailed.of(f"there are {len(clips)} clips for {len(expected)} lines", _remedy())


def _write_film(
    versions: Sequence[LanguageVersion],
    clips: Sequence[Clip],
    track: int,
    path: Path,
    progress: Progress,
) -> None:
    timeline = versions[0].timeline
    with ExitStack() as files:
        film = files.enter_context(av.open(str(path), "w", format="mp4", options=MP4_OPTIONS))
        keep = files.enter_context
        first_clip = keep(_open_part(clips[0].path, f"the clip of {clips[0].key}", "video", track))
        first_picture = first_clip.streams.video[track]
        sounds = [keep(_open_part(v.audio.path, "the sound", "audio")) for v in versions]
        film.metadata["title"] = timeline.title
        film.set_chapters(_chapters(timeline))
        video = film.add_stream_from_template(first_picture)
        video.time_base = _TICK
        audio = [film.add_stream_from_template(sound.streams.audio[0]) for sound in sounds]
        captions = [_add_caption_stream(film) for _ in versions]
        for version, *streams in zip(versions, audio, captions, strict=True):
            for stream in streams:
                stream.metadata["language"] = version.track_language
                stream.disposition = Disposition(version is versions[0])
        film.start_encoding()
        extradata = first_picture.codec_context.extradata
        packets: Iterator[Packet[Any]] = merge(
            _video_packets(clips, track, frame_ticks(timeline.fps), extradata, video, progress),
            *(_audio_packets(*pair) for pair in zip(sounds, audio, strict=True)),
            *(_caption_packets(v.captions, c) for v, c in zip(versions, captions, strict=True)),
            key=_decoding_time,
        )
        for packet in packets:
            film.mux_one(packet)


def _open_part(path: Path, what: str, kind: str, track: int = 0) -> InputContainer:
    """Open a clip or a sound track from the cache: an MP4 file with that track of `kind`.

    Raises:
        CheckFailed: if it is something else.
    """
    with _raising_check_failed(what):
        file = open_media(path, VIDEO_FORMATS)
        if track >= len(getattr(file.streams, kind)):
            file.close()
            raise ValueError(f"its {kind} track {track + 1} is missing")
    return file


def _read_packets(file: InputContainer, track: Any, what: str) -> Iterator[Packet[Any]]:
    """The packets of a track, without the empty one that marks its end.

    Raises:
        CheckFailed: if it breaks off.
    """
    packets = file.demux(track)
    while True:
        with _raising_check_failed(what):
            packet = next(packets, None)
        if packet is None:
            return
        if packet.dts is not None:
            yield packet


@contextmanager
def _raising_check_failed(what: str) -> Iterator[None]:
    """Turn what reading a part from the cache raises into CheckFailed."""
    try:
        yield
    except (OSError, EOFError, ValueError, av.FFmpegError) as error:
        raise CheckFailed.of(f"{what} cannot be read: {error_text(error)}", _remedy()) from error


def _add_caption_stream(film: OutputContainer) -> SubtitleStream:
    stream = film.add_stream("mov_text")
    stream.time_base = stream.codec_context.time_base = _TICK
    stream.codec_context.subtitle_header = _CAPTION_STYLE
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


def _video_packets(
    clips: Sequence[Clip],
    track: int,
    frame: int,
    extradata: bytes | None,
    stream: av.VideoStream,
    progress: Progress,
) -> Iterator[Packet[av.VideoStream]]:
    """The packets of all clips, each moved to where its line starts; `frame` is in ticks."""
    start = 0
    for clip in clips:
        what = f"the clip of {clip.key}"
        with _open_part(clip.path, what, "video", track) as file:
            picture = file.streams.video[track]
            if picture.codec_context.extradata != extradata:
                raise CheckFailed.of(
                    f"the clip of {clip.key} was encoded with other settings than the first clip",
                    _remedy(),
                )
            count = 0
            for packet in _read_packets(file, picture, what):
                if packet.pts is None or packet.dts is None:
                    raise CheckFailed.of(f"{what} has a picture without a time", _remedy())
                ticks = packet.time_base * TICKS
                packet.pts = start + round(packet.pts * ticks)
                packet.dts = start + round(packet.dts * ticks)
                packet.duration = frame
                packet.time_base = _TICK
                packet.stream = stream
                count += 1
                yield packet
        if count != clip.frames:
            raise CheckFailed.of(
                f"the clip of {clip.key} holds {count} frames, not {clip.frames}", _remedy()
            )
        start += count * frame
        progress.advance(scene=Selection.parse(clip.key).scene)


def _audio_packets(
    file: InputContainer, stream: av.AudioStream
) -> Iterator[Packet[av.AudioStream]]:
    for packet in _read_packets(file, file.streams.audio[0], "the sound"):
        packet.stream = stream
        yield packet


def _caption_packets(captions: Sequence[Caption], stream: SubtitleStream) -> Iterator[Packet[Any]]:
    """Captions as tx3g samples: two bytes of length, then the text, in which nothing is markup."""
    for caption in captions:
        text = "\n".join(caption.rows).encode()
        packet: Packet[Any] = Packet(len(text).to_bytes(2, "big") + text)
        packet.pts = packet.dts = caption.start
        packet.duration = caption.end - caption.start
        packet.time_base = _TICK
        packet.is_keyframe = True
        packet.stream = stream
        yield packet


def _check_film(
    film: Probe, versions: Sequence[LanguageVersion], frame_format: FrameFormat
) -> None:
    """Compare the written file, read back from the disk, with the timelines."""
    timeline = versions[0].timeline
    frame = frame_ticks(timeline.fps)
    tracks = len(film.video), len(film.audio), len(film.captions)
    if tracks != (1, len(versions), len(versions)):
        raise CheckFailed.of(f"the film has {tracks} tracks of picture, sound and text", _remedy())
    picture = film.video[0]
    shown = [[(cue.rows, cue.start, cue.end) for cue in cues] for _, cues in film.captions]
    languages = [version.track_language for version in versions]
    frames = range(0, timeline.length, frame)
    found = {
        "size of the picture": (
            (picture.width, picture.height),
            (frame_format.width, frame_format.height),
        ),
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
        f"{what}: {measured}, not {expected}"
        for what, (measured, expected) in found.items()
        if measured != expected
    ]
    if wrong:
        raise CheckFailed.of("the film did not come out as planned; " + "; ".join(wrong), _remedy())


def _remedy() -> str:
    return f"draw the film again with: {rebuild_command()}"
