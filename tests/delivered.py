"""Small films of many kinds that are as they were made, and faults that are put into them."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import wave
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from explainer import mux
from explainer.audio.mix import mix_audio
from explainer.cache.store import Cache
from explainer.captions.formats.registry import FORMATS
from explainer.captions.segment import segment
from explainer.clock import TICKS, frame_ticks
from explainer.draw.clip import Clip
from explainer.frame_format import FrameFormat
from explainer.language_version import LanguageVersion
from explainer.media.encoder import ClipEncoder
from explainer.media.io import resample
from explainer.timeline.model import TimedLine, TimedScene, TimedWord, Timeline
from explainer.timeline.speech import Speech, SpokenLine
from explainer.voices.registry import create_engine

Pixels = NDArray[np.uint8]
_ROWS, _COLUMNS = 90, 160


def _field(width: int, height: int) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    rows, columns = np.mgrid[0:height, 0:width].astype(np.float32)
    return rows / height, columns / width


def _dots(picture: NDArray[np.float32], at: float, colour: tuple[int, int, int]) -> None:
    """A disc and a bar that move with time, from 0 to 1."""
    height, width = picture.shape[:2]
    down, across = _field(width, height)
    disc = (across - 0.2 - 0.5 * at) ** 2 + (down - 0.5) ** 2 * (height / width) ** 2 < 0.004
    picture[disc] = colour
    picture[int(0.2 * height) : int(0.24 * height), int(0.1 * width) : int(0.3 * width)] = 230


def drawn(kind: str, at: float, width: int, height: int, number: int) -> Pixels:
    """One RGBA picture of a film of a kind."""
    base = {"bright": 235.0, "dark": 14.0}.get(kind, 40.0)
    picture = np.full((height, width, 3), base, np.float32)
    down, across = _field(width, height)
    if kind == "texture":
        grain = np.random.default_rng(3).normal(0, 40, (height, width, 1))
        picture += 80 + np.roll(grain, number, axis=1).astype(np.float32)
    if kind == "fast":
        picture[..., 0] += 120 * (np.sin(20 * across + 25 * at) > 0)
        picture[..., 2] += 90 * (np.sin(14 * down - 31 * at) > 0)
    if kind == "cuts":
        picture += np.array([30, 70, 110], np.float32) * (number // 12 % 3)
    if kind == "gradient":
        picture += 150 * across[..., None] * np.array([0.4, 0.7, 1.0], np.float32)
    where = 0.0 if kind == "still" else at
    _dots(picture, where, (40, 120, 200) if kind == "bright" else (240, 150, 60))
    if kind == "fade":
        picture *= min(1.0, 2 * at, 2.2 * (1 - at)) if at > 0 else 0.0
    made = np.full((height, width, 4), 255, np.uint8)
    made[..., :3] = np.clip(picture, 0, 255)
    return made


def spoken(path: Path, text: str, engine: str, language: str) -> SpokenLine:
    """A text said by an engine, as a line's sound."""
    said = create_engine(engine).speak(text, language)
    sound = np.rint(resample(said.samples, said.rate, TICKS)).clip(-32768, 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(TICKS)
        file.writeframes(sound.tobytes())
    return SpokenLine(str(path), len(sound), ())


@dataclass(frozen=True, slots=True)
class Kind:
    """What a good film is like."""

    picture: str
    width: int = 320
    height: int = 180
    fps: int = 30
    language: str = "en"
    engine: str = "espeak"
    texts: tuple[str, ...] = ("She spoke often of the river.", "They all agree, and they go home.")


KINDS = (
    Kind("still"),
    Kind("dark"),
    Kind("bright", engine="flite"),
    Kind("texture"),
    Kind("fast", fps=60),
    Kind("fade"),
    Kind("cuts", fps=25),
    Kind("gradient", 180, 320),
    Kind("still", 240, 240, language="de", texts=("Sie sprach oft vom Fluss.", "Alle gehen heim.")),
    Kind("dark", 160, 90, language="es", texts=("Ella habla del río.", "Todos van a casa.")),
    Kind("texture", 854, 480),
    Kind("fast", 1280, 720, language="fr", texts=("Elle parle de la rivière.",)),
    Kind("fade", 1080, 1080, language="it", texts=("Parla spesso del fiume.",)),
    Kind("cuts", 1920, 1080),
    Kind("texture", 1920, 1080, texts=("They all agree.",)),
    Kind("fast", 1080, 1920, texts=("They all agree.",)),
    Kind("gradient", 426, 240, fps=24, language="pt", texts=("Ela fala do rio.", "Todos vão.")),
    Kind("bright", 640, 360, fps=50, language="pl", texts=("Ona mówi o rzece.",)),
    Kind("still", 1920, 1080, fps=60, texts=("They all agree.",)),
    Kind("dark", 640, 640, engine="flite"),
)
"""Twenty films in which nothing is wrong."""


def made(kind: Kind, folder: Path) -> tuple[Path, Timeline]:
    """A film of a kind, with all that lies beside it, and its timeline."""
    frame, lines, said, at = frame_ticks(kind.fps), [], {}, 0
    for number, text in enumerate(kind.texts):
        sound = spoken(folder / f"line{number}.wav", text, kind.engine, kind.language)
        begin = at + (12 * frame if not number else 0)
        end = begin + sound.length
        stop = end + TICKS * 2 // 5
        stop += -stop % frame
        words = text.split()
        each = sound.length // len(words)
        times = tuple(
            TimedWord(word, begin + i * each, begin + (i + 1) * each, "aligned")
            for i, word in enumerate(words)
        )
        line = TimedLine(
            f"s{number}", "l", at, begin, end, stop, text, "", (), times, (), low_texts=(), stays=()
        )
        lines.append(line)
        said[line.key] = sound
        at = stop
    scenes = tuple(TimedScene(line.scene, f"Scene {line.scene}", (line,)) for line in lines)
    clock = Timeline("good", "A good film", kind.language, kind.fps, kind.engine, scenes)
    shape = FrameFormat("own", kind.width, kind.height, kind.fps)
    clips = []
    total, number = at // frame, 0
    for line in lines:
        path, count = folder / f"{line.scene}.mp4", (line.end - line.start) // frame
        with ClipEncoder(path, shape) as encoder:
            for _ in range(count):
                picture = drawn(kind.picture, number / total, kind.width, kind.height, number)
                encoder.show(picture)
                number += 1
        clips.append(Clip(line.key, path, count))
    texts = segment(clock)
    track = mix_audio(clock, Speech("v", said), Cache(folder / "cache"), folder)
    out = folder / "good.mp4"
    version = LanguageVersion(clock, captions=texts, mixdown=track)
    mux.assemble([version], shape, clips, out)
    for suffix, form in FORMATS.items():
        out.with_suffix(suffix).write_text(form.write(texts, clock.language), encoding="utf-8")
    out.with_suffix(".timeline.json").write_text(clock.to_json(), encoding="utf-8")
    with av.open(str(out)) as file:
        pictures = file.decode(video=0)
        shown = next(picture for number, picture in enumerate(pictures) if number == total // 2)
        shown.to_image().save(out.with_suffix(".png"))
    return out, clock


Fault = Callable[[Path], object]


def _ffmpeg(path: Path, *arguments: str) -> None:
    out = path.with_name("new.mp4")
    quiet = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path]
    subprocess.run([*quiet, *arguments, out], check=True)
    out.replace(path)


_KEEP = ("-map", "0:v", "-map", "0:a", "-map", "0:s?")
_AAC = ("-c:v", "copy", "-c:s", "copy", "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart")
_X264 = ("-c:a", "copy", "-c:s", "copy", "-c:v", "libx264", "-profile:v", "high", "-crf", "16",
         "-preset", "veryfast", "-bf", "2", "-movflags", "+faststart",
         "-fps_mode", "passthrough")  # fmt: skip


def seen(change: str) -> Fault:
    return lambda path: _ffmpeg(path, *_KEEP, "-vf", change, *_X264)


def heard(change: str) -> Fault:
    return lambda path: _ffmpeg(path, *_KEEP, "-af", change, *_AAC)


def _mixed(change: str) -> Fault:
    """A change of sound that needs more than one chain; from [0:a] to [o]."""
    chain = ("-filter_complex", change, "-map", "0:v", "-map", "[o]", "-map", "0:s?")
    return lambda path: _ffmpeg(path, *chain, *_AAC)


def _box(fill: str) -> str:
    return f"drawbox=x=iw*2/5:y=ih*3/5:w=16:h=16:c={fill}:t=fill"


PICTURE: dict[str, Fault] = {
    "one black frame": seen("drawbox=c=black:t=fill:enable='eq(n,40)'"),
    "one white frame": seen("drawbox=c=white:t=fill:enable='eq(n,40)'"),
    "a second of black": seen("drawbox=c=black:t=fill:enable='between(n,30,59)'"),
    "black to the end": seen("drawbox=c=black:t=fill:enable='gte(n,60)'"),
    "a grey frame": seen("drawbox=c=gray:t=fill:enable='eq(n,50)'"),
    "a block of 16 pixels for one frame": seen(_box("white") + ":enable='eq(n,50)'"),
    "a block of 16 pixels for a second": seen(_box("red") + ":enable='between(n,30,59)'"),
    "a text in the caption band": seen(
        "drawbox=x=iw/4:y=ih*17/20:w=iw/2:h=ih/12:c=white:t=fill:enable='between(n,20,50)'"),
    "a part of the picture gone": seen("drawbox=x=iw/10:y=ih/5:w=iw/5:h=ih/20:c=black:t=fill"),
    "a frame upside down": seen("vflip"),
    "the picture mirrored": seen("hflip"),
    "the picture four pixels to the right": seen("scroll=h=0:v=0:hpos=4/320"),
    "the picture a tenth lower": seen("scroll=vpos=0.1"),
    "brighter": seen("eq=brightness=0.02"),
    "darker": seen("eq=brightness=-0.03"),
    "more contrast": seen("eq=contrast=1.1"),
    "another gamma": seen("eq=gamma=1.15"),
    "grey": seen("hue=s=0"),
    "other colours": seen("hue=h=12"),
    "paler": seen("eq=saturation=0.8"),
    "red and blue swapped": seen("colorchannelmixer=rr=0:rb=1:br=1:bb=0,format=yuv420p"),
    "negative": seen("negate"),
    "the colours shifted by eight pixels": seen("chromashift=cbh=8:crh=8"),
    "strong grain": seen("noise=alls=60:allf=t"),
    "a frame from a second before": seen("loop=loop=0,shuffleframes=0 1 2 3 4 5 6 6 8 9"),
    "frames in another order": seen("shuffleframes=0 1 2 3 4 9 8 7 6 5"),
    "two frames swapped": seen("shuffleframes=0 1 2 3 5 4 6 7 8 9"),
    "one frame doubled in place of the next": seen("shuffleframes=0 1 2 3 4 4 6 7 8 9"),
    "frames backwards": seen("shuffleframes=9 8 7 6 5 4 3 2 1 0"),
    "frozen for two seconds": seen(
        "split[a][b];[b]trim=start_frame=20,setpts=N/FR/TB[c];"
        "[a][c]freezeframes=first=20:last=79:replace=0"),
    "late by two frames": seen("tpad=start=2:start_mode=clone,trim=end_frame=100"),
    "a frame missing": seen("select='not(eq(n,45))',setpts=N/FR/TB"),
    "the last ten frames missing": seen("trim=end_frame=90"),
    "the picture a little larger": seen("crop=iw*0.95:ih*0.95,scale=320:180"),
    "a frame around it": seen("drawbox=c=white:t=4"),
    "a little blurred": seen("gblur=sigma=1"),
    "one frame blurred": seen("gblur=sigma=2:enable='eq(n,50)'"),
    "drawn at half its size": seen("scale=iw/2:ih/2,scale=2*iw:2*ih"),
    "sharpened": seen("unsharp=5:5:1.2"),
    "coded at a low rate": lambda path: _ffmpeg(
        path, *_KEEP, *("40" if part == "16" else part for part in _X264)),
}  # fmt: skip
"""Faults of a picture."""

SOUND: dict[str, Fault] = {
    "a word mute": heard("volume=0:enable='between(t,0.9,1.2)'"),
    "a second mute": heard("volume=0:enable='between(t,1,2)'"),
    "a dropout of 40 ms": heard("volume=0:enable='between(t,1.0,1.04)'"),
    "a dropout of 400 ms": heard("volume=0:enable='between(t,1.0,1.4)'"),
    "softer for half a second": heard("volume=0.6:enable='between(t,1,1.5)'"),
    "all softer by 1 dB": heard("volume=-1dB"),
    "all louder by 1 dB": heard("volume=1dB"),
    "reversed": heard("areverse"),
    "half a second reversed": _mixed(
        "[0:a]asplit=3[a][b][c];[a]atrim=end=1,asetpts=N/SR/TB[p];"
        "[b]atrim=start=1:end=1.5,areverse,asetpts=N/SR/TB[q];"
        "[c]atrim=start=1.5,asetpts=N/SR/TB[r];[p][q][r]concat=n=3:v=0:a=1[o]"),
    "one part in place of another": _mixed(
        "[0:a]asplit=3[a][b][c];[a]atrim=end=0.8,asetpts=N/SR/TB[p];"
        "[b]atrim=start=1.6:end=2.4,asetpts=N/SR/TB[q];"
        "[c]atrim=start=1.6,asetpts=N/SR/TB[r];[p][q][r]concat=n=3:v=0:a=1[o]"),
    "late by 300 ms from the middle": _mixed(
        "[0:a]asplit=3[a][b][c];[a]atrim=end=1.2,asetpts=N/SR/TB[p];"
        "[b]atrim=start=0:end=0.3,asetpts=N/SR/TB[q];"
        "[c]atrim=start=1.2,asetpts=N/SR/TB[r];[p][q][r]concat=n=3:v=0:a=1[o]"),
    "10 ms left out": heard("aselect='not(between(t,1.0,1.01))',asetpts=N/SR/TB"),
    "late by 5 ms": heard("adelay=5:all=1"),
    "late by 1 ms": heard("adelay=48S:all=1"),
    "right late by 30 ms": heard("adelay=0|30"),
    "right late by 3 ms": heard("adelay=0|3"),
    "right upside down": heard("aeval=val(0)|-val(1),aformat=channel_layouts=stereo"),
    "all upside down": heard("aeval=-val(0)|-val(1),aformat=channel_layouts=stereo"),
    "left alone": heard("aeval=val(0)|0,aformat=channel_layouts=stereo"),
    "right softer by 3 dB": heard("aeval=val(0)|0.7*val(1),aformat=channel_layouts=stereo"),
    "hum at -40 dB": heard("aeval=val(ch)+0.014*sin(2*PI*50*t):c=same"),
    "hum at -50 dB": heard("aeval=val(ch)+0.0045*sin(2*PI*50*t):c=same"),
    "a whistle at -50 dB": heard("aeval=val(ch)+0.0045*sin(2*PI*5000*t):c=same"),
    "noise at -45 dB": heard("aeval=val(ch)+0.0097*(2*random(ch)-1):c=same"),
    "noise at -50 dB": heard("aeval=val(ch)+0.0055*(2*random(ch)-1):c=same"),
    "a click": heard("aeval=val(ch)+0.5*eq(n\\,50000):c=same"),
    "clicks each half second": heard("aeval=val(ch)+0.3*eq(mod(n\\,24000)\\,7):c=same"),
    "a voice of another pitch": heard("asetrate=50880,aresample=48000,atempo=0.943396"),
    "a voice a half tone lower": heard("asetrate=45306,aresample=48000,atempo=1.05946"),
    "5 % quicker": heard("atempo=1.05"),
    "1 % slower": heard("atempo=0.99"),
    "low-pass at 800 Hz": heard("lowpass=800,lowpass=800"),
    "high-pass at 500 Hz": heard("highpass=500,highpass=500"),
    "bass turned up": heard("bass=g=5"),
    "an echo": heard("aecho=1:0.6:80:0.4"),
    "clipped": heard("volume=12dB,alimiter=limit=0.3:level=0,volume=-1dB"),
    "AAC at 24 kbit": lambda path: _ffmpeg(
        path, *_KEEP, "-c", "copy", "-c:a", "aac", "-b:a", "24k", "-movflags", "+faststart"),
    "a flanger": heard("flanger"),
}  # fmt: skip
"""Faults of sound."""


def _patched(boxes_: str, offset: int, new: bytes, number: int = 0) -> Fault:
    """Other bytes at an offset in the box of a path of names, of its first or a later one."""

    def patch(path: Path) -> None:
        content = bytearray(path.read_bytes())
        at = [*boxes(content, boxes_)][number] + offset
        content[at : at + len(new)] = new
        path.write_bytes(content)

    return patch


def _copied(*arguments: str) -> Fault:
    """The film put together again with other options; nothing is coded again."""
    more = ("-c", "copy", "-movflags", "+faststart")
    return lambda path: _ffmpeg(path, *_KEEP, *more, *arguments)


def _coded(*arguments: str) -> Fault:
    return lambda path: _ffmpeg(path, *_KEEP, *_X264, *arguments)


def _grown(inner: bytes) -> Fault:
    """A box more at the end of the first picture's sample entry."""

    def grow(path: Path) -> None:
        content = path.read_bytes()
        sizes = "moov", "moov trak", "moov trak mdia", "moov trak mdia minf"
        table = next(boxes(content, "moov trak mdia minf stbl"))
        stsd = next(boxes(content, "moov trak mdia minf stbl stsd"))
        entry = stsd + 16
        (length,) = struct.unpack_from(">I", content, entry)
        grown = bytearray(content[: entry + length] + inner + content[entry + length :])
        for at in (*(next(boxes(content, name)) for name in sizes), table, stsd, entry):
            (size,) = struct.unpack_from(">I", grown, at)
            struct.pack_into(">I", grown, at, size + len(inner))
        # what lies behind the index has moved
        for at in boxes(bytes(grown), "moov trak mdia minf stbl stco"):
            count = struct.unpack_from(">I", grown, at + 12)[0]
            for k in range(count):
                (where,) = struct.unpack_from(">I", grown, at + 16 + 4 * k)
                struct.pack_into(">I", grown, at + 16 + 4 * k, where + len(inner))
        path.write_bytes(grown)

    return grow


def _twice(path: Path) -> None:
    _ffmpeg(path, "-map", "0:v", "-map", "0:v", "-map", "0:a", "-map", "0:s", "-c", "copy",
            "-movflags", "+faststart")  # fmt: skip


def _stream_says(settings: str) -> Fault:
    """The coded picture as it was, with other words about itself."""
    return _copied("-bsf:v", f"h264_metadata={settings}")


_TURNED = struct.pack(">9i", 0, 1 << 16, 0, -1 << 16, 0, 0, 0, 0, 1 << 30)
_PASP = struct.pack(">I4sII", 16, b"pasp", 4, 3)
_CLAP = struct.pack(">I4s8I", 40, b"clap", 300, 1, 160, 1, 0, 1, 0, 1)

CONTAINER: dict[str, tuple[Fault, str]] = {
    "pixels of 4 to 3": (_grown(_PASP), "pixels"),
    "a crop": (_grown(_CLAP), "pixels"),
    "turned by a quarter": (_patched("moov trak tkhd", 48, _TURNED), "pixels"),
    "the whole film turned": (_patched("moov mvhd", 44, _TURNED), "container"),
    "shown at half its width": (_patched("moov trak tkhd", 84, struct.pack(">I", 160 << 16)),
                                "pixels"),
    "the picture disabled": (_patched("moov trak tkhd", 8, bytes(4)), "enabled tracks"),
    "the sound disabled": (_patched("moov trak tkhd", 8, bytes(4), 1), "enabled tracks"),
    "the text disabled": (_patched("moov trak tkhd", 8, bytes(4), 2), "enabled tracks"),
    "the chapters enabled": (_patched("moov trak tkhd", 8, b"\0\0\0\3", 3), "enabled tracks"),
    "a track of no known kind": (_patched("moov trak mdia hdlr", 16, b"meta", 2),
                                 "enabled tracks"),
    "two pictures": (_twice, "enabled tracks"),
    "shown at twice its speed": (_patched("moov trak edts elst", 24, b"\0\2\0\0"), "edits"),
    "an edit that leaves out a second": (
        _patched("moov trak edts elst", 20, struct.pack(">I", TICKS)), "edits"),
    "an edit of nothing": (_patched("moov trak edts elst", 20, b"\xff" * 4), "edits"),
    "brands of QuickTime": (_patched("ftyp", 8, b"qt  \0\0\2\0qt  qt  qt  qt  "), "container"),
    "in fragments": (_copied("-movflags", "+frag_keyframe+empty_moov"), "container"),
    "another title": (_copied("-metadata", "title=Another"), "title"),
    "no title": (_copied("-metadata", "title="), "title"),
    "a comment": (_copied("-metadata", "comment=made by hand"), "container"),
    "the sound in another language": (_copied("-metadata:s:a", "language=fra"), "languages"),
    "the text in another language": (_copied("-metadata:s:s", "language=fra"), "languages"),
    "level 6.2": (_coded("-level", "6.2"), "level"),
    "the Main profile": (_coded("-profile:v", "main"), "level"),
    "key frames that need those before": (
        _coded("-x264-params", "open-gop=1:keyint=30:bframes=3:scenecut=0"), "key frames"),
    "no key frame but the first, said to be many": (
        _coded("-intra-refresh", "1", "-g", "30", "-forced-idr", "0"), "key frames"),
    "one key frame": (_coded("-g", "9999", "-sc_threshold", "0"), "key frames"),
    "of two fields": (_coded("-flags", "+ilme+ildct", "-vf", "setfield=tff"), "progressive"),
    "pixels of 4 to 3 in its stream": (_stream_says("sample_aspect_ratio=4/3"), "coded frames"),
    "no colour tags in its stream": (
        _stream_says("colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"),
        "coded frames"),
    "full range in its stream": (_stream_says("video_full_range_flag=1"), "coded frames"),
    "a picture that its stream turns": (
        _stream_says("display_orientation=insert:rotate=90"), "coded frames"),
    "a picture that its stream mirrors": (
        _stream_says("display_orientation=insert:flip=horizontal"), "coded frames"),
    "another length in its header": (
        _patched("moov mvhd", 24, struct.pack(">I", 99_999)), "headers"),
    "another length in its picture's header": (
        _patched("moov trak tkhd", 28, struct.pack(">I", 500)), "headers"),
    "no volume": (_patched("moov mvhd", 32, bytes(2)), "headers"),
    "no volume of its sound": (_patched("moov trak tkhd", 44, bytes(2), 1), "headers"),
    "picture and sound as alternatives": (
        _patched("moov trak tkhd", 42, b"\0\1", 0), "headers"),
    "another rate of its sound": (
        _patched("moov trak mdia minf stbl stsd", 48, struct.pack(">I", 44_100 << 16), 1),
        "headers"),
    "a track of time codes": (_copied("-timecode", "00:00:00:00"), "enabled tracks"),
    "B-frames before their time": (_copied("-movflags", "+negative_cts_offsets"), "frame offsets"),
}  # fmt: skip
"""Faults of a container, and the row that must tell each."""


def _written(suffix: str, change: Callable[[str], str]) -> Fault:
    def write(path: Path) -> None:
        beside = path.with_suffix(suffix)
        text = beside.read_text(encoding="utf-8")
        assert change(text) != text
        beside.write_text(change(text), encoding="utf-8")

    return write


def _cut(keep: float) -> Fault:
    def cut(path: Path) -> None:
        beside = path.with_suffix(mux.SIGNATURE_SUFFIX)
        content = beside.read_bytes()
        beside.write_bytes(content[: int(len(content) * keep)])

    return cut


def _bit(path: Path) -> None:
    beside = path.with_suffix(mux.SIGNATURE_SUFFIX)
    content = bytearray(beside.read_bytes())
    content[len(content) // 3] ^= 4
    beside.write_bytes(content)


def _gone(path: Path) -> None:
    path.with_suffix(mux.SIGNATURE_SUFFIX).unlink()


def _emptied(path: Path) -> None:
    path.with_suffix(mux.SIGNATURE_SUFFIX).write_bytes(b"")


SIGNATURES: dict[str, Fault] = {
    "gone": _gone,
    "empty": _emptied,
    "cut off in its middle": _cut(0.5),
    "cut off near its end": _cut(0.99),
    "a bit flipped": _bit,
}
"""Faults of the signatures themselves."""

BESIDE: dict[str, tuple[Fault, str]] = {
    "the .ttml in another language": (
        _written(".ttml", lambda text: text.replace('xml:lang="en"', 'xml:lang="fr"')),
        "caption files"),
    "the .ttml black": (
        _written(".ttml", lambda text: text.replace('tts:color="#ffffff"', 'tts:color="#000000"')),
        "caption files"),
    "the .vtt with a note of another language": (
        _written(".vtt", lambda text: text.replace("NOTE Language: en", "NOTE Language: fr")),
        "caption files"),
    "the .srt with other words": (
        _written(".srt", lambda text: text.replace("often", "never")), "captions = .srt"),
    "the words of the .words.vtt at other times": (
        _written(".words.vtt", lambda text: text.replace("<00:00:00.8", "<00:00:00.9")),
        "caption files"),
}  # fmt: skip
"""Faults of the captions beside a film, and the row that must tell each."""


def _remuxed(*arguments: str) -> Fault:
    """The film put together by ffmpeg as somebody would without knowing of it."""
    return lambda path: _ffmpeg(path, *arguments)


def _shifted_chapters(path: Path) -> None:
    facts = path.with_name("chapters.txt")
    read = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path, "-f", "ffmetadata", facts]
    subprocess.run(read, check=True)
    text = facts.read_text(encoding="utf-8")

    def later(found: re.Match[str]) -> str:
        return f"{found[1]}={int(found[2]) + (1000 if int(found[2]) else 0)}"

    facts.write_text(re.sub("(START|END)=([0-9]+)", later, text), encoding="utf-8")
    _ffmpeg(path, "-i", str(facts), *_KEEP, "-map_metadata", "1", "-map_chapters", "1",
            "-c", "copy", "-movflags", "+faststart")  # fmt: skip


def _next_words(path: Path) -> None:
    """Each caption's words in place of those before them, in the film and beside it."""
    srt = path.with_suffix(".srt")
    blocks = [block.split("\n") for block in srt.read_text(encoding="utf-8").strip().split("\n\n")]
    words = [block[2:] for block in blocks]
    moved = [
        [*block[:2], *said] for block, said in zip(blocks, [*words[1:], words[0]], strict=True)
    ]
    srt.write_text("\n\n".join("\n".join(block) for block in moved) + "\n", encoding="utf-8")
    _ffmpeg(path, "-i", str(srt), "-map", "0:v", "-map", "0:a", "-map", "1:s", "-c", "copy",
            "-c:s", "mov_text", "-metadata:s:s:0", "language=eng",
            "-movflags", "+faststart")  # fmt: skip


def _cover(path: Path) -> None:
    picture = path.with_suffix(".png")
    _ffmpeg(path, "-i", str(picture), *_KEEP, "-map", "1:v", "-c", "copy",
            "-disposition:v:1", "attached_pic", "-movflags", "+faststart")  # fmt: skip


def _from(other: str, suffix: str) -> Fault:
    """A file that lies beside another good film in place of this one's."""

    def take(path: Path) -> None:
        with TemporaryDirectory() as folder:
            kind = replace(Kind("gradient"), **OTHERS[other])
            found, _ = made(kind, Path(folder))
            shutil.copy(found.with_suffix(suffix), path.with_suffix(suffix))

    return take


OTHERS: dict[str, dict[str, Any]] = {
    "other words": {"texts": ("He read often of the river.", "They all agree, and they go home.")},
    "another picture": {"picture": "fast"},
}


def _later_by_a_frame(number: int) -> Fault:
    """A track's edit begins one frame later in what is coded."""

    def shift(path: Path) -> None:
        content = bytearray(path.read_bytes())
        at = [*boxes(content, "moov trak edts elst")][number] + 20
        clock = [*boxes(content, "moov trak mdia mdhd")][number]
        second = int.from_bytes(content[clock + 20 : clock + 24], "big")
        start = int.from_bytes(content[at : at + 4], "big") + second // 30
        content[at : at + 4] = start.to_bytes(4, "big")
        path.write_bytes(content)

    return shift


ADVERSE: dict[str, tuple[Fault, set[str]]] = {
    "cropped by its stream": (_stream_says("crop_right=8"), {"frames"}),
    "put together by ffmpeg as it comes": (_remuxed("-c", "copy"), {"faststart"}),
    "coded by ffmpeg as it comes": (_remuxed(), {"faststart", "key frames", "level", "gain"}),
    "without its metadata": (_copied("-map_metadata", "-1"), {"title"}),
    "without its chapters": (_copied("-map_chapters", "-1"), {"chapters"}),
    "chapters a second later": (_shifted_chapters, {"chapters"}),
    "each caption a place too early": (_next_words, {"caption words"}),
    "sound 0.1 % slower": (heard("asetrate=47952,aresample=48000"), {"sound"}),
    "sound 0.1 % slower at the same pitch": (heard("atempo=0.999"), {"sound"}),
    "a picture as its cover": (_cover, {"tracks", "container", "enabled tracks"}),
    "the picture one frame early": (_later_by_a_frame(0), {"edits", "frame rate", "frames"}),
    "the sound one frame early": (_later_by_a_frame(1), {"edits", "sound", "sync"}),
    "captions of a film of the same length": (_from("other words", ".srt"), {"captions = .srt"}),
    "signatures of another render": (_from("another picture", ".signatures"), {"frames"}),
    "the poster of another film": (_from("another picture", ".png"), {"poster"}),
    "a poster that is none": (
        lambda path: path.with_suffix(".png").write_bytes(b"no picture"), {"poster"}),
    "the poster of another size": (
        lambda path: _resized(path.with_suffix(".png")), {"poster"}),
    "the sound in stereo from one side": (
        heard("pan=stereo|c0=c0|c1=0.9*c0+0.1*c1"), {"sound", "gain"}),
    "another sound track beside its own": (
        _remuxed(*_KEEP, "-map", "0:a", "-c", "copy", "-movflags", "+faststart"),
        {"tracks", "languages"}),
    "half the frames": (seen("fps=15"), {"frame rate"}),
    "each frame twice": (seen("fps=60"), {"frame rate"}),
    "wide gamut tags": (
        _coded("-color_primaries", "bt2020", "-colorspace", "bt2020nc"), {"colour tags"}),
    "full range": (_coded("-vf", "scale=out_range=full", "-color_range", "pc"), {"colour tags"}),
    "ten bits": (_coded("-pix_fmt", "yuv420p10le", "-profile:v", "high10"), {"video"}),
    "HEVC": (_remuxed(*_KEEP, "-c", "copy", "-c:v", "libx265", "-x265-params", "log-level=none",
                      "-tag:v", "hvc1", "-movflags", "+faststart"), {"video"}),
    "MP3 for its sound": (_remuxed(*_KEEP, "-c", "copy", "-c:a", "libmp3lame",
                                   "-movflags", "+faststart"), {"voice"}),
    "a part of its data zeroed": (lambda path: _zeroed(path), {"strict decode"}),
    "a tail cut off": (
        lambda path: path.write_bytes(path.read_bytes()[:-20_000]), {"strict decode", "file"}),
    "something hung at its end": (
        lambda path: path.write_bytes(path.read_bytes() + b"\0\0\0\x10junk" + bytes(8)),
        {"container"}),
}  # fmt: skip
"""What a hurried person or a careless service does to a film, and the rows that may tell it."""


def _resized(path: Path) -> None:
    with Image.open(path) as picture:
        picture.resize((picture.width // 2, picture.height // 2)).save(path)


def _zeroed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    begin = next(boxes(bytes(content), "mdat"))
    content[begin + 3000 : begin + 5000] = bytes(2000)
    path.write_bytes(content)


def copied(source: Path, folder: Path) -> Path:
    """A film and all that lies beside it, to be damaged."""
    for file in source.parent.glob(f"{source.stem}.*"):
        shutil.copy(file, folder / file.name)
    return folder / source.name


def boxes(content: bytes, path: str) -> Iterator[int]:
    """Where the boxes of a path of names, such as `moov trak tkhd`, begin."""
    names = path.split()

    def inside(begin: int, end: int, depth: int) -> Iterator[int]:
        at = begin
        while at + 8 <= end:
            size, name = struct.unpack_from(">I4s", content, at)
            if name == names[depth].encode():
                if depth + 1 == len(names):
                    yield at
                else:
                    yield from inside(at + 8, at + size, depth + 1)
            at += max(8, size)

    yield from inside(0, len(content), 0)
