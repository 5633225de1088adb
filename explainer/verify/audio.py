"""A film's sound as it is heard: its form, loudness, faults, and speech where it is expected."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

import av
import numpy as np
from scipy.signal import butter, sosfilt

from explainer.audio.meters import loudness, to_dbfs
from explainer.clock import TICKS, frame_ticks, seconds
from explainer.errors import CheckFailed, error_text
from explainer.frame_format import ASPECTS, FRAME_FORMATS, with_aspect
from explainer.media import ffmpeg_cli
from explainer.media.activity import ONSET_REACH, speech_onset
from explainer.media.audio_reader import AudioReader
from explainer.spec import (
    LOUDNESS,
    LOUDNESS_TOLERANCE,
    MAINS_FREQUENCIES,
    MAX_CLICK_STEEPNESS,
    MAX_DIGITAL_SILENCE,
    MAX_EFFECT_DURATION,
    MAX_HUM,
    MAX_LINE_LOUDNESS_SPREAD,
    MAX_METER_DIFFERENCE,
    MAX_TRUE_PEAK,
    MIN_MUSIC_DISTANCE,
    PAUSE_LEVELS,
    SILENCE_BEFORE_SPEECH,
)
from explainer.timeline.model import Timeline
from explainer.verify.check import DeliveredFilm, DeliveredLanguage, LanguageCheck
from explainer.verify.report import NOT_JUDGED, CheckResult
from explainer.verify.track_listener import TrackListener

AUDIO_FORM = "aac LC 48000 Hz, 2 channels"
"""Codec, profile, sample rate and channels."""
DRAFT_AUDIO_FORM = "flac 48000 Hz, 2 channels"
"""Of a draft, whose sound is coded in the quicker way."""
SOFT_ONSET = TICKS // 30
"""How late a line that begins softly may be found over music, which hides its first sound."""
_HIGH_PASS = butter(4, 1500, "highpass", fs=TICKS, output="sos")


def measure(language: DeliveredLanguage) -> Iterator[CheckResult]:
    """The sound track of a language, if it has one, against the timeline that it was made for.

    Raises:
        EnvironmentProblem: if the ffmpeg program, the second meter, is not installed.
    """
    sound = language.audio
    if sound is None:
        return
    codec = f"{sound.codec} {sound.profile}".strip()
    form = f"{codec} {sound.rate} Hz, {sound.channels} channels"
    wanted = DRAFT_AUDIO_FORM if _is_draft(language.film) else AUDIO_FORM
    yield CheckResult("voice", form, wanted, form == wanted)
    film = language.film.path
    try:
        with AudioReader(film, language.track) as track:
            listener = TrackListener(track)
            other_meter = ffmpeg_cli.ebur128(film, language.track)
            is_silent = language.timeline is not None and not language.timeline.spoken
            yield from _levels(listener, other_meter, is_silent)
            yield _clipping(listener)
            yield _digital_silence(listener)
            yield _clicks(listener)
            yield _hum(listener)
            timeline = language.timeline
            if timeline is None:
                yield CheckResult("speech", "", NOT_JUDGED, None)
                return
            yield _line_loudness(track, timeline)
            yield _music(track, timeline) if timeline.music else _pauses(track, timeline)
            yield from _speech(track, timeline)
    except (av.FFmpegError, ValueError, CheckFailed) as error:
        what = f"cannot be measured: {error_text(error)}"
        yield CheckResult("loudness", what, f"{LOUDNESS:g} LUFS", False)


def _is_draft(film: DeliveredFilm) -> bool:
    """Whether a film has the size and the frame rate of a draft in some aspect."""
    if not film.facts.video:
        return False
    picture = film.facts.video[0]
    fps = round(len(picture.pts) * TICKS / max(1, picture.length))
    drafts = [with_aspect(FRAME_FORMATS["draft"], aspect) for aspect in ASPECTS]
    return (picture.width, picture.height, fps) in [(d.width, d.height, d.fps) for d in drafts]


def _levels(
    listener: TrackListener, other_meter: tuple[float, float], is_silent: bool
) -> Iterator[CheckResult]:
    """Loudness and peak; `other_meter` has measured both, too.

    A film `is_silent` in which nobody speaks: there is no voice to bring to its loudness.
    """
    level = listener.loudness.integrated()
    peak = listener.peak.dbtp
    other_level, other_peak = other_meter
    difference = abs(level - other_level)
    is_on_target = all(
        abs(measured - LOUDNESS) <= LOUDNESS_TOLERANCE for measured in (level, other_level)
    )
    measured = f"{level:.2f} and {other_level:.2f} LUFS by two meters, {difference:.2f} apart"
    if is_silent:
        yield CheckResult("loudness", measured, "not judged: nobody speaks", None)
    else:
        yield CheckResult(
            "loudness",
            measured,
            f"{LOUDNESS:g} ±{LOUDNESS_TOLERANCE:g} LUFS, meters within {MAX_METER_DIFFERENCE:g} LU",
            is_on_target and difference <= MAX_METER_DIFFERENCE,
        )
    yield CheckResult(
        "true peak",
        f"{peak:.2f} and {other_peak:.1f} dBTP by two meters",
        f"at most {MAX_TRUE_PEAK:g} dBTP",
        max(peak, other_peak) <= MAX_TRUE_PEAK,
    )


def _clipping(listener: TrackListener) -> CheckResult:
    runs = listener.clipped_runs
    measured = f"{runs} runs of 3 samples at full scale"
    return CheckResult("clipping", measured, "none", not runs)


def _digital_silence(listener: TrackListener) -> CheckResult:
    """The longest time in which nothing sounds at all: sound that dropped out, or a bare cut."""
    longest = listener.longest_silence
    measured = f"at most {1000 * seconds(longest):.1f} ms"
    if longest > MAX_DIGITAL_SILENCE:
        measured = f"{seconds(longest):.2f} s at {seconds(listener.silence_start):.2f} s"
    required = f"none of more than {1000 * seconds(MAX_DIGITAL_SILENCE):.0f} ms"
    return CheckResult("digital silence", measured, required, longest <= MAX_DIGITAL_SILENCE)


def _clicks(listener: TrackListener) -> CheckResult:
    """Jolts that are far steeper than all that is near them."""
    clicks = listener.clicks
    steepest = listener.steepest
    measured = f"none; the steepest moment is {steepest:.1f} times as steep as others"
    if clicks:
        measured = f"{len(clicks)}, the first at {seconds(clicks[0]):.3f} s"
    return CheckResult("clicks", measured, f"none of {MAX_CLICK_STEEPNESS:g} times", not clicks)


def _hum(listener: TrackListener) -> CheckResult:
    """A lasting tone at just the frequency of the mains, against what lies beside it."""
    required = f"at most {MAX_HUM:g} dBFS at {MAINS_FREQUENCIES[0]} or {MAINS_FREQUENCIES[1]} Hz"
    found = listener.hum.density()
    if found is None:
        return CheckResult("hum", "too short to hear one", required, None)
    frequencies, density = found
    levels = {}
    for mains in MAINS_FREQUENCIES:
        away = np.abs(frequencies - mains)
        beside = np.median(density[(away > 2) & (away < 8)])
        power = float(np.sum(density[away <= 0.5] - beside) * frequencies[1])
        levels[mains] = to_dbfs(max(0.0, power) ** 0.5)
    worst = max(levels, key=lambda mains: levels[mains])
    measured = f"{levels[worst]:.0f} dBFS at {worst} Hz"
    return CheckResult("hum", measured, required, levels[worst] <= MAX_HUM)


def _line_loudness(track: AudioReader, timeline: Timeline) -> CheckResult:
    """How evenly loud the lines are."""
    required = f"within {MAX_LINE_LOUDNESS_SPREAD:g} LU of each other"
    levels = {
        line.key: loudness(track.read_range(line.speech_start, line.speech_end))
        for line in timeline.spoken
    }
    if not levels:
        return CheckResult("lines", "nobody speaks", required, None)
    softest = min(levels, key=lambda key: levels[key])
    loudest = max(levels, key=lambda key: levels[key])
    spread = levels[loudest] - levels[softest]
    measured = f"{spread:.2f} LU apart (softest {softest}, loudest {loudest})"
    return CheckResult("lines", measured, required, spread <= MAX_LINE_LOUDNESS_SPREAD)


def _pauses(track: AudioReader, timeline: Timeline) -> CheckResult:
    """How loud the room is where nobody speaks and no effect sounds."""
    levels: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        power = np.mean(np.square(track.read_range(begin, end), dtype=np.float64))
        levels[key] = to_dbfs(float(power) ** 0.5)
    softest, loudest = PAUSE_LEVELS
    required = f"from {softest:g} to {loudest:g} dBFS"
    if not levels:
        return CheckResult("pauses", "no pause to hear the room in", required, None)
    measured = f"from {min(levels.values()):.0f} to {max(levels.values()):.0f} dBFS"
    is_within = all(softest <= level <= loudest for level in levels.values())
    if not is_within:
        middle = (softest + loudest) / 2
        worst = max(levels, key=lambda key: abs(levels[key] - middle))
        measured += f", after {worst}"
    return CheckResult("pauses", measured, required, is_within)


def _music(track: AudioReader, timeline: Timeline) -> CheckResult:
    """How far under its line the music lies, where it has given way but nobody speaks."""
    spoken = {line.key: line for line in timeline.spoken}
    distances: dict[str, float] = {}
    for key, begin, end in _unspoken(timeline):
        line = spoken[key]
        voice = loudness(track.read_range(line.speech_start, line.speech_end))
        distances[key] = voice - loudness(track.read_range(begin, end))
    required = f"at least {MIN_MUSIC_DISTANCE:g} LU under the voice"
    if not distances:
        return CheckResult("bed", "no pause to hear it in", required, None)
    worst = min(distances, key=lambda key: distances[key])
    nearest = distances[worst]
    measured = f"{nearest:.1f} LU under it after {worst}, the nearest of {len(distances)}"
    return CheckResult("bed", measured, required, nearest >= MIN_MUSIC_DISTANCE)


def _effects(timeline: Timeline) -> list[tuple[int, int]]:
    """Between which ticks each effect may sound."""
    cues = [cue for line in timeline.lines for cue in line.cues]
    return [(cue.start, cue.start + MAX_EFFECT_DURATION) for cue in cues if cue.sound]


def _unspoken(timeline: Timeline) -> Iterator[tuple[str, int, int]]:
    """After each line, up to three tenths of a second in which nobody speaks and no effect is."""
    lines = timeline.spoken
    if not lines:
        return
    edges = [line.speech_start for line in lines[1:]] + [timeline.length]
    effects = _effects(timeline)
    for line, following in zip(lines, edges, strict=True):
        begin = line.speech_end + TICKS // 10
        end = min(begin + TICKS * 3 // 10, following - TICKS // 10)
        if end > begin and not any(a < end and begin < b for a, b in effects):
            yield line.key, begin, end


def _speech(track: AudioReader, timeline: Timeline) -> Iterator[CheckResult]:
    """Whether each line begins where it should, and whether that changes over the film."""
    frame = frame_ticks(timeline.fps)
    missed = []
    offsets: dict[str, int] = {}
    effects = _effects(timeline)
    has_music = bool(timeline.music)
    for line in timeline.spoken:
        heard = _find_onset(track, line.speech_start, line.speech_end, has_music)
        if heard is None:
            missed.append(line.key)
            continue
        # the first word may rise softly: what is known is between which two moments it begins
        earliest = line.speech_start
        latest = line.speech_start + SILENCE_BEFORE_SPEECH
        if line.words:
            latest = max(latest, line.words[0].start)
        audible = heard[0] if has_music else heard[1]
        before = line.speech_start - ONSET_REACH
        if any(start < line.speech_start and before < end for start, end in effects):
            audible = line.speech_start  # what is heard early may be the effect
        late = max(0, heard[0] - latest)
        early = min(0, audible - earliest)
        offsets[line.key] = late + early
    if not timeline.spoken:
        yield CheckResult("speech", "", "not judged: nobody speaks", None)
        return
    worst = max(offsets, key=lambda key: abs(offsets[key]), default="")
    measured = (
        f"worst {1000 * seconds(offsets[worst]):+.0f} ms ({worst})" if offsets else "none heard"
    )
    measured += f"; silent: {', '.join(missed)}" if missed else ""
    required = f"each line within 1 frame ({1000 / timeline.fps:.0f} ms)"
    most_late = frame
    if has_music and frame < SOFT_ONSET:
        most_late = SOFT_ONSET
        required += f", over music at most {1000 * seconds(SOFT_ONSET):.0f} ms late"
    is_in_time = not missed and all(-frame <= off <= most_late for off in offsets.values())
    yield CheckResult("speech", measured, required, is_in_time)
    yield _drift([*offsets.values()], frame)


def _drift(offsets: list[int], frame: int) -> CheckResult:
    half = len(offsets) // 2
    drift = median(offsets[-half:]) - median(offsets[:half]) if half else 0
    measured = f"{1000 * seconds(int(drift)):+.0f} ms from first to second half"
    return CheckResult("drift", measured, "within 1 frame", abs(drift) <= frame if half else None)


def _find_onset(
    track: AudioReader, expected: int, end: int, has_music: bool
) -> tuple[int, int] | None:
    """Between which two ticks of the film a line's speech begins, or None if it is not heard."""
    first = max(0, expected - ONSET_REACH)
    lead = min(first, TICKS // 5) if has_music else 0
    sound = track.read_range(first - lead, end)
    if has_music:
        # a bed hides the soft sound that a line opens with, but hardly what is high in it
        sound = np.asarray(sosfilt(_HIGH_PASS, sound, axis=0), np.float32)[lead:]
    found = speech_onset(sound, expected - first, end - first)
    return found and (found[0] + first, found[1] + first)


CHECK = LanguageCheck(
    (
        "voice",
        "loudness",
        "true peak",
        "clipping",
        "digital silence",
        "clicks",
        "hum",
        "lines",
        "pauses",
        "bed",
        "speech",
        "drift",
    ),
    measure,
)
