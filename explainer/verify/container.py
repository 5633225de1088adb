"""What the boxes of an MP4 tell players: brands, enabled tracks, edits, pixels, coding, title."""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import av

from explainer.clock import TICKS
from explainer.errors import error_text
from explainer.languages import iso639_2
from explainer.media.io import VIDEO_FORMATS, open_media
from explainer.media.probe import Probe
from explainer.spec import MAX_FOREIGN_KEY_FRAME_SECONDS, MAX_KEY_FRAME_SECONDS
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredFilm, FilmCheck
from explainer.verify.mp4_boxes import IDENTITY_MATRIX, Index, Track, read_index
from explainer.verify.report import NOT_JUDGED, CheckResult, fault_result

_TRACK_KINDS = {"vide": "picture", "soun": "sound", "sbtl": "text", "text": "chapters"}
_MAX_HEADER_SECONDS = 0.05
"""By how much a header may be off from what it stands for."""
_IDR = 5
"""The type of a unit of H.264 at which a decoder may begin (ITU-T H.264, table 7-1)."""
_TOP = {"ftyp", "moov", "free", "mdat"}
_ENTRIES = {"avcC", "colr", "btrt", "pasp"}
LEVELS = {
    10: (99, 1485), 11: (396, 3000), 12: (396, 6000), 13: (396, 11880), 20: (396, 11880),
    21: (792, 19800), 22: (1620, 20250), 30: (1620, 40500), 31: (3600, 108000),
    32: (5120, 216000), 40: (8192, 245760), 41: (8192, 245760), 42: (8704, 522240),
    50: (22080, 589824), 51: (36864, 983040), 52: (36864, 2073600), 60: (139264, 4177920),
    61: (139264, 8355840), 62: (139264, 16711680),
}  # fmt: skip
"""By level: macroblocks of a picture, and each second, at most (ITU-T H.264, table A-1)."""


def measure(film: DeliveredFilm) -> Iterator[CheckResult]:
    """All that is read from the boxes of a film."""
    try:
        index = read_index(film.path)
    except (OSError, ValueError, struct.error) as error:
        what = f"its boxes cannot be read: {error_text(error)}"
        yield CheckResult("container", what, "an MP4 in form", False)
        return
    tracks = index.tracks
    yield _container(index)
    yield fault_result(
        "enabled tracks",
        _enabled(tracks, film.timelines),
        f"{len(tracks)} tracks",
        "only those it should have, those of the first language alone by themselves",
    )
    required = "as long, as fast and as loud as what is in them"
    yield fault_result("headers", [*_headers(index)], "as they must be", required)
    required = "none but of coding's own delay"
    yield fault_result("edits", [*_edits(tracks)], "none moves anything", required)
    pictures = [track for track in tracks if track.kind == "vide"]
    for picture in pictures[:1]:
        required = "square, upright, uncropped"
        yield fault_result("pixels", [*_pixels(picture)], required, required)
        yield from _coding(film, picture)
    yield from _title_and_languages(index, film.timelines)


def _container(index: Index) -> CheckResult:
    faults = [f"a {name} box" for name in index.top if name not in _TOP]
    counts = {name: index.top.count(name) for name in _TOP}
    faults += [f"{count} {name} boxes" for name, count in counts.items() if count > 1]
    if not set(index.brands) >= {"isom", "mp41", "avc1"}:
        faults.append(f"brands {', '.join(index.brands)}")
    faults += index.oddities
    fits = f"{' '.join(index.top)}; {', '.join(index.brands)}"
    return fault_result("container", faults, fits, "one plain MP4")


def _title_and_languages(index: Index, timelines: Sequence[Timeline]) -> Iterator[CheckResult]:
    if not timelines:
        yield CheckResult("title", index.title, NOT_JUDGED, None)
        return
    title = timelines[0].title
    yield CheckResult("title", index.title, title, index.title == title)
    found = [track.language for track in index.tracks if track.kind in ("soun", "sbtl")]
    required = [iso639_2(timeline.language) for timeline in timelines] * 2
    yield CheckResult(
        "languages", ", ".join(found), ", ".join(required), sorted(found) == sorted(required)
    )


def _fps(facts: Probe) -> float:
    """Frames a second, by the times of the first and the last."""
    times = facts.video[0].pts if facts.video else ()
    lasts = float(times[-1] - times[0]) if len(times) > 1 else 0.0
    return (len(times) - 1) * TICKS / lasts if lasts else 0.0


def _enabled(tracks: Sequence[Track], timelines: Sequence[Timeline]) -> list[str]:
    faults = []
    seen: dict[str, int] = {}
    for number, track in enumerate(tracks, 1):
        kind = _TRACK_KINDS.get(track.kind)
        if kind is None:
            faults.append(f"track {number} is of no known kind ({track.kind})")
            continue
        seen[kind] = seen.get(kind, 0) + 1
        should = kind != "chapters" and seen[kind] == 1
        if kind == "text" and not timelines:
            continue
        if track.enabled != should:
            faults.append(f"{kind} {seen[kind]} is {'en' if track.enabled else 'dis'}abled")
    most = {"picture": 1, "chapters": 1}
    faults += [f"{seen[kind]} tracks of {kind}" for kind in most if seen.get(kind, 0) > 1]
    return faults


def _edits(tracks: Sequence[Track]) -> Iterator[str]:
    for number, track in enumerate(tracks, 1):
        edits = track.edits()
        if edits is None:
            continue
        if len(edits) > 1:
            yield f"track {number} has {len(edits)} edits"
        for _, start, rate in edits:
            if rate != 1 << 16:
                yield f"track {number} is shown at another speed"
            if start < 0:
                yield f"track {number} begins with an empty edit"
            elif start * 5 > track.timescale:  # a coder's own delay is shorter
                yield f"track {number} leaves out its beginning"


def _headers(index: Index) -> Iterator[str]:
    """Where what players read first is not so of what they then play."""
    scale = max(1, index.timescale)
    longest = 0.0
    if index.volume != 1:
        yield f"the film's volume is {index.volume:g}"
    groups: dict[int, set[str]] = {}
    for number, track in enumerate(index.tracks, 1):
        stated = track.header_duration / scale
        longest = max(longest, stated)
        edits = track.edits()
        if edits is None:
            lasts = track.duration / max(1, track.timescale)
        else:
            lasts = sum(edit[0] for edit in edits) / scale
        if abs(stated - lasts) > _MAX_HEADER_SECONDS:
            yield f"track {number} lasts {lasts:.2f} s, and its header says {stated:.2f} s"
        if track.kind == "soun" and track.volume != 1:
            yield f"the volume of track {number} is {track.volume:g}"
        if track.kind == "soun" and track.stated_rate not in (0, track.timescale):
            yield f"track {number} says {track.stated_rate} samples a second"
        if track.alternate_group:
            groups.setdefault(track.alternate_group, set()).add(track.kind)
    for kinds in groups.values():
        if len(kinds) > 1:
            names = " and ".join(sorted(_TRACK_KINDS.get(kind, kind) for kind in kinds))
            yield f"{names} are said to be alternatives"
    said = index.duration / scale
    if abs(said - longest) > _MAX_HEADER_SECONDS:
        yield f"the film's header says {said:.2f} s, its longest track {longest:.2f} s"


def _pixels(picture: Track) -> Iterator[str]:
    if picture.matrix != IDENTITY_MATRIX:
        yield "it is turned or mirrored"
    stored = picture.stored_size
    shown = picture.shown_size
    if shown != stored:
        yield f"{stored[0]}x{stored[1]} is shown as {shown[0]}x{shown[1]}"
    entries = picture.entry_boxes()
    if "pasp" in entries:
        across, down = struct.unpack(">II", entries["pasp"][:8].ljust(8, b"\0"))
        if across != down:
            yield f"pixels of {across} to {down}"
    for name in entries:
        if name not in _ENTRIES:
            yield f"a {name} box"


def _coding(film: DeliveredFilm, picture: Track) -> Iterator[CheckResult]:
    """What a decoder must be able to do, and where it may begin."""
    fps = _fps(film.facts)
    yield _level(picture, fps)
    yield _key_frames(film, picture, fps)
    offsets = picture.table("ctts", ">Ii")
    negative = sum(1 for _, offset in offsets if offset < 0)
    yield CheckResult("frame offsets", f"{negative} negative", "none negative", not negative)


def _level(picture: Track, fps: float) -> CheckResult:
    setting = picture.entry_boxes().get("avcC", b"").ljust(4, b"\0")
    width, height = picture.stored_size
    profile = setting[1]
    level = setting[3]
    blocks = -(-width // 16) * -(-height // 16)
    least = next(
        (key for key, (size, rate) in LEVELS.items() if blocks <= size and blocks * fps <= rate), 0
    )
    # what a stream says it takes may be some levels over what it does take, for its bit rate
    allowed = [key for key in LEVELS if key >= least][:5]
    measured = f"profile {profile}, level {level / 10:g}"
    required = f"profile 100 (High), level {least / 10:g} or a little over"
    return CheckResult("level", measured, required, profile == 100 and level in allowed)


def _key_frames(film: DeliveredFilm, picture: Track, fps: float) -> CheckResult:
    most = MAX_KEY_FRAME_SECONDS if film.timelines else MAX_FOREIGN_KEY_FRAME_SECONDS
    keys = [number for (number,) in picture.table("stss", ">I")]
    samples = int.from_bytes(picture.boxes.get("stsz", bytes(12))[8:12], "big")
    steps = [after - before for before, after in pairwise([*keys, samples + 1])]
    # without a table of them, every picture stands alone
    distance = max(steps, default=0) / max(1.0, fps) if keys else 0.0
    begins = not keys or keys[0] == 1
    measured = f"at most {distance:.2f} s apart" if begins else "the first picture is none"
    required = f"the first, and one in {most:g} s at the least"
    false = _count_false_keys(film.path, picture) if film.timelines else 0
    if false:
        measured += f"; at {false} that are said to be some no decoder can begin"
        required += ", none that needs frames before it"
    return CheckResult("key frames", measured, required, begins and distance <= most and not false)


def _count_false_keys(path: Path, picture: Track) -> int:
    """How many frames of H.264 are said to be key frames, and are coded from those before them."""
    setting = picture.entry_boxes().get("avcC", b"")
    if len(setting) < 5:
        return 0
    prefix = (setting[4] & 3) + 1
    false = 0
    try:
        with open_media(path, VIDEO_FORMATS) as file:
            for packet in file.demux(file.streams.video[0]):
                if packet.size and packet.is_keyframe:
                    false += _IDR not in _unit_types(bytes(packet), prefix)
    except (av.FFmpegError, ValueError):
        return false  # a file that cannot be read is told elsewhere
    return false


def _unit_types(content: bytes, prefix: int) -> set[int]:
    """The types of the units of a coded frame, each after its length in `prefix` bytes."""
    types = set()
    at = 0
    while at + prefix < len(content):
        types.add(content[at + prefix] & 31)
        at += prefix + int.from_bytes(content[at : at + prefix], "big")
    return types


CHECK = FilmCheck(
    (
        "container",
        "enabled tracks",
        "headers",
        "edits",
        "pixels",
        "level",
        "key frames",
        "frame offsets",
        "title",
        "languages",
    ),
    measure,
)
