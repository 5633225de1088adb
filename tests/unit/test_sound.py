import hashlib
import json
import shutil
import subprocess
import sys
import wave

import numpy as np
import pytest
from pyloudnorm import Meter
from scipy.ndimage import maximum_filter1d, uniform_filter1d
from scipy.signal import butter, correlate, firwin, resample_poly, sosfilt, sosfiltfilt

from explainer.audio import filters, mastering, meters, room_tone, segments
from explainer.audio.meters import loudness, peak_envelope, true_peak
from explainer.audio.mix import mix_audio
from explainer.audio.mixdown import Mixdown, MixFile, make_mixdown
from explainer.audio.processing import declick, limit_peaks, to_stereo
from explainer.cache.store import Cache, _checksum
from explainer.clock import TICKS
from explainer.errors import CheckFailed
from explainer.media.activity import speech_onset
from explainer.media.audio_reader import read_audio
from explainer.media.io import resample
from explainer.media.probe import probe
from explainer.progress import Progress
from explainer.timeline.model import Timeline
from explainer.timeline.speech import Speech
from explainer.voices.registry import create_engine
from sounds import film, voice, write


@pytest.fixture(scope="module")
def mixed(tmp_path_factory) -> tuple[Timeline, Speech, Mixdown]:
    folder = tmp_path_factory.mktemp("mixed")
    timeline, speech = film(folder, voice(1.5, -30, 1), voice(0.9, -12, 2), voice(1.25, -20, 3))
    assert timeline.length % 48, "a whole number of milliseconds would hide a cut"
    return timeline, speech, mix_audio(timeline, speech, Cache(folder / "cache"), folder)


def test_the_track_is_as_long_as_the_film_to_the_sample(mixed):
    timeline, _, track = mixed
    assert track.samples == timeline.length == len(read_audio(track.path))


def test_the_decoded_track_is_at_minus_16_lufs_under_minus_1_dbtp(mixed):
    sound = read_audio(mixed[2].path)
    assert loudness(sound) == pytest.approx(-16, abs=0.5)
    assert true_peak(sound) <= -1
    assert mixed[2].loudness == pytest.approx(loudness(sound), abs=0.01)


@pytest.mark.skipif(not shutil.which("ffmpeg"), reason="needs the ffmpeg program")
def test_an_independent_meter_agrees(mixed):
    command = ["ffmpeg", "-nostdin", "-hide_banner", "-i"]
    filters = ["-af", "ebur128=peak=true:framelog=verbose", "-f", "null", "-"]
    done = subprocess.run([*command, mixed[2].path, *filters], capture_output=True, text=True)
    summary = done.stderr[done.stderr.rindex("Summary:") :].split()
    assert float(summary[summary.index("I:") + 1]) == pytest.approx(-16, abs=0.5)
    assert float(summary[summary.index("Peak:") + 1]) <= -1


def test_every_line_sounds_at_its_own_sample(mixed):
    timeline, _, track = mixed
    sound = read_audio(track.path)
    for line, seed, length in zip(timeline.lines, (1, 2, 3), (1.5, 0.9, 1.25), strict=True):
        source = voice(length, -20, seed)
        heard = sound[line.speech_start - 480 : line.speech_start + len(source) + 480, 0]
        shift = int(np.argmax(np.correlate(heard, source, "valid"))) - 480
        # the high-pass turns the phase by less than a sample at the frequencies of a voice
        assert abs(shift) <= 1


def test_lines_of_unequal_loudness_come_out_level(mixed):
    timeline, _, track = mixed
    sound = read_audio(track.path)
    levels = [loudness(sound[line.speech_start : line.speech_end]) for line in timeline.lines]
    assert max(levels) - min(levels) <= 1.5


def test_between_lines_there_is_a_room_and_never_digital_silence(mixed):
    timeline, _, track = mixed
    sound = read_audio(track.path)
    gap = sound[timeline.lines[0].speech_end + 4800 : timeline.lines[1].speech_start - 4800]
    ends = sound[4800 : timeline.lines[0].speech_start - 4800], sound[-9600:-4800]
    for pause in (gap, *ends):
        assert len(pause) >= 4800
        assert 20 * np.log10(pause.std()) == pytest.approx(-64, abs=3)
        assert abs(np.corrcoef(pause.T)[0, 1]) < 0.5
    heard = np.abs(sound).max(axis=1)
    heard = heard[: len(heard) // 480 * 480].reshape(-1, 480)
    assert heard.max(axis=1).min() > 1e-4


def test_the_same_speech_gives_the_same_bytes(mixed, tmp_path):
    timeline, speech, track = mixed
    again = mix_audio(timeline, speech, Cache(tmp_path / "elsewhere"), tmp_path)
    assert again.path.read_bytes() == track.path.read_bytes()
    assert not again.reused


def test_the_track_of_a_draft_is_lossless_and_sounds_at_the_same_samples(mixed, tmp_path):
    timeline, speech, coded = mixed
    track = mix_audio(timeline, speech, Cache(tmp_path / "cache"), tmp_path, lossless=True)
    assert probe(track.path).audio[0].codec == "flac"
    sound = read_audio(track.path)
    assert track.samples == timeline.length == len(sound)
    assert track.loudness == pytest.approx(loudness(sound), abs=0.01)
    assert track.loudness == pytest.approx(-16, abs=0.5)
    assert track.peak == pytest.approx(true_peak(sound), abs=0.01)
    assert track.peak <= -1
    heard = read_audio(coded.path)
    for line in timeline.lines:
        spoken = heard[line.speech_start : line.speech_end, 0]
        around = sound[line.speech_start - 480 : line.speech_end + 480, 0]
        assert np.argmax(correlate(around, spoken, "valid")) == 480
    again = mix_audio(timeline, speech, Cache(tmp_path / "again"), tmp_path, lossless=True)
    assert again.path.read_bytes() == track.path.read_bytes()


def test_a_track_for_a_film_is_not_taken_from_its_draft(mixed, tmp_path):
    timeline, speech, _ = mixed
    cache = Cache(tmp_path / "cache")
    draft = mix_audio(timeline, speech, cache, tmp_path, lossless=True)
    whole = mix_audio(timeline, speech, cache, tmp_path)
    assert not whole.reused
    assert whole.path != draft.path


def test_an_unchanged_track_is_reused_and_a_changed_line_is_not(tmp_path):
    cache = Cache(tmp_path / "cache")
    timeline, speech = film(tmp_path, voice(0.6, -20, 1))
    assert not mix_audio(timeline, speech, cache, tmp_path).reused
    assert mix_audio(timeline, speech, cache, tmp_path).reused
    film(tmp_path, voice(0.6, -20, 9))
    assert not mix_audio(timeline, speech, cache, tmp_path).reused


def test_a_line_is_mastered_once_for_whatever_is_mixed_with_it(tmp_path, monkeypatch):
    mastered = []

    def counted(sound):
        mastered.append(len(sound))
        return mastering_of(sound)

    mastering_of = mastering.master
    monkeypatch.setattr(mastering, "master", counted)
    cache = Cache(tmp_path / "cache")
    lengths = 0.6, 0.7, 0.8
    sounds = [voice(length, -20, number) for number, length in enumerate(lengths)]
    first = mix_audio(*film(tmp_path, *sounds), cache, tmp_path)
    assert len(mastered) == 3
    sounds[0] = voice(0.9, -20, 9)
    again = mix_audio(*film(tmp_path, *sounds), cache, tmp_path)
    assert mastered[3:] == [len(sounds[0])], "the lines after it only begin later"
    assert again.samples > first.samples
    elsewhere = mix_audio(*film(tmp_path, *sounds), Cache(tmp_path / "anew"), tmp_path)
    assert elsewhere.path.read_bytes() == again.path.read_bytes()


@pytest.mark.parametrize("what", ["stereo", "long", "broken", "text"])
def test_a_kept_line_that_is_not_what_it_must_be_is_an_error_that_names_it(tmp_path, what):
    cache = Cache(tmp_path / "cache")
    timeline, speech = film(tmp_path, voice(0.6, -20, 1))
    track = mix_audio(timeline, speech, cache, tmp_path)
    [note] = (tmp_path / "cache").glob("line/*/*.recipe.json")
    kept = note.with_name(note.name.replace(".recipe.json", ".wav"))
    content = kept.read_bytes()
    if what == "text":
        kept.write_bytes(b"no sound at all")
    else:
        with wave.open(str(kept), "wb") as file:
            file.setparams((2 if what == "stereo" else 1, 4, TICKS, 0, "NONE", ""))
            file.writeframes(content * (100 if what == "long" else 1))
    if what == "broken":
        kept.write_bytes(kept.read_bytes()[:-10_001])
    record = json.loads(note.read_text())
    del record["seal"]
    record["sha256"] = hashlib.sha256(kept.read_bytes()).hexdigest()
    note.write_text(json.dumps({**record, "seal": _checksum(record)}))
    track.path.unlink()
    with pytest.raises(CheckFailed, match=r"the sound of s\.l0"):
        mix_audio(timeline, speech, cache, tmp_path)


def test_clicks_far_over_the_voice_are_held_under_the_ceiling(tmp_path):
    sound = voice(2, -34, 4)
    sound[4800::24_000] = 0.99
    timeline, speech = film(tmp_path, sound)
    track = mix_audio(timeline, speech, Cache(tmp_path / "cache"), tmp_path)
    assert track.peak <= -1
    assert track.loudness == pytest.approx(-16, abs=0.5)


def test_a_silent_line_is_an_error_that_names_it(tmp_path):
    timeline, speech = film(tmp_path, voice(0.6, -20, 1), np.zeros(24_000))
    with pytest.raises(CheckFailed, match=r"s\.l1 is silent"):
        mix_audio(timeline, speech, Cache(tmp_path / "cache"), tmp_path)


def test_a_line_at_another_rate_is_an_error(tmp_path):
    timeline, speech = film(tmp_path, voice(0.6, -20, 1), rate=22_050)
    with pytest.raises(CheckFailed, match="22050 Hz"):
        mix_audio(timeline, speech, Cache(tmp_path / "cache"), tmp_path)


def test_a_line_longer_than_its_room_is_an_error(tmp_path):
    timeline, speech = film(tmp_path, voice(0.6, -20, 1))
    write(tmp_path / "0.wav", voice(3, -20, 1))
    with pytest.raises(CheckFailed, match="longer than its line"):
        mix_audio(timeline, speech, Cache(tmp_path / "cache"), tmp_path)


def test_the_loudness_meter_is_calibrated():
    time = np.arange(5 * TICKS) / TICKS
    tone = (10 ** (-23 / 20) * np.sin(2 * np.pi * 997 * time)).astype(np.float32)
    assert loudness(np.column_stack([tone, tone])) == pytest.approx(-23, abs=0.1)


def test_the_peak_meter_sees_between_the_samples():
    time = np.arange(TICKS)
    tone = np.sin(2 * np.pi * time / 4 + np.pi / 4).astype(np.float32) * 0.7
    assert np.abs(tone).max() < 0.5
    assert true_peak(np.column_stack([tone, tone])) == pytest.approx(-3.1, abs=0.2)


def test_the_peak_meter_does_not_depend_on_where_blocks_meet():
    noise = np.random.default_rng(0).standard_normal(11 * TICKS).astype(np.float32)
    assert peak_envelope(noise)[479_900:480_100] == pytest.approx(
        peak_envelope(noise[470_000:490_000])[9900:10_100], abs=1e-4
    )


def test_the_envelope_leaves_out_only_what_stays_below_what_is_asked_for():
    noise = np.random.default_rng(3).standard_normal(50_001).astype(np.float32)
    noise *= np.linspace(0, 0.5, len(noise), dtype=np.float32) ** 3
    whole, high = peak_envelope(noise), peak_envelope(noise, 0.3)
    assert np.array_equal(high[whole >= 0.3], whole[whole >= 0.3])
    assert not high[:15_000].any()
    fine = np.abs(resample_poly(noise, 4, 1)).reshape(-1, 4).max(axis=1)
    assert whole == pytest.approx(fine, abs=1e-6)


def test_no_sound_rises_more_between_its_samples_than_the_envelope_reckons_with():
    taps = 4 * meters._interpolation().astype(np.float64)
    middle = len(taps) // 2
    places = np.arange(-12, 13)
    for phase in range(4):
        at = middle + phase - 4 * places
        inside = (at >= 0) & (at < len(taps))
        shares = np.where(inside, taps[np.clip(at, 0, len(taps) - 1)], 0)
        # without the straight line from sample to sample: what is left of level, slope and bends
        shares[places == 0] -= 1 - phase / 4
        shares[places == 1] -= phase / 4
        level, slope = shares.sum(), (shares * places).sum()
        shares[places == 0] -= level - slope
        shares[places == 1] -= slope
        bends = np.cumsum(np.cumsum(shares))
        assert np.abs(bends[-2:]).max() < 1e-9
        assert 1 + abs(level) + 2 * abs(slope) <= meters._MAX_LEVEL_RISE
        assert np.abs(bends).sum() <= meters._MAX_BEND_RISE


def test_the_limiter_leaves_quiet_sound_alone_and_holds_loud_sound():
    quiet = (voice(1, -40, 5)).astype(np.float32)
    assert np.array_equal(limit_peaks(to_stereo(quiet), -2), to_stereo(quiet))
    loud = (voice(1, 0, 5) * 3).astype(np.float32)
    assert true_peak(limit_peaks(loud[:, None], -2)) <= -1.8


def test_the_limiter_holds_both_ears_alike():
    quiet, loud = voice(1, -20, 5), voice(1, 0, 6) * 3
    held = limit_peaks(np.column_stack([quiet, loud]).astype(np.float32), -2)
    heard = np.abs(quiet) > 1e-3
    ratio = held[heard, 0] / quiet[heard]
    assert true_peak(held) <= -1.8
    assert ratio.min() < 0.5


def test_sections_filter_as_scipys_do_however_a_sound_is_cut():
    sound = voice(1, -20, 5)
    sections = [filters.high_shelf(1500, 4), filters.high_pass(70, filters.BUTTERWORTH)]
    cascade = filters.Cascade(sections)
    heard = np.concatenate([cascade.filter(part) for part in np.split(sound, [0, 1, 700, 701])])
    assert np.abs(heard - sosfilt(np.array(sections), sound)).max() < 1e-12
    plain = butter(2, 70, "highpass", fs=TICKS, output="sos")
    assert np.array(sections[1]) == pytest.approx(plain[0], abs=1e-12)


def test_a_filter_run_back_and_forth_is_scipys():
    sound = voice(0.3, -20, 5) + 0.2
    hiss = filters.filter_back_and_forth(filters.high_pass(5000, filters.BUTTERWORTH), sound)
    plain = butter(2, 5000, "highpass", fs=TICKS, output="sos")
    assert np.abs(hiss - sosfiltfilt(plain, sound)).max() < 1e-12


def test_the_loudness_is_that_of_another_meter():
    sound = np.column_stack([voice(3, -20, 5), voice(3, -26, 6)]).astype(np.float32)
    assert loudness(sound) == pytest.approx(Meter(TICKS).integrated_loudness(sound), abs=1e-4)


@pytest.mark.parametrize("size", [1, 2, 5, 116, 481])
def test_the_highest_and_the_mean_of_values_in_a_row_are_scipys(size):
    values = np.random.default_rng(4).uniform(0, 1, 2000)
    around = np.pad(values, (size // 2, size - 1 - size // 2), "symmetric")
    assert np.array_equal(filters.sliding_max(around, size), maximum_filter1d(values, size))
    assert np.array_equal(filters.sliding_mean(around, size), uniform_filter1d(values, size))


def test_what_a_sound_rises_to_between_its_samples_is_what_scipy_makes_of_it():
    noise = np.random.default_rng(3).standard_normal(5000).astype(np.float32)
    taps = firwin(81, 1 / 4, window=("kaiser", 5.0)).astype(np.float32)
    fine = np.abs(resample_poly(noise, 4, 1, window=taps)).reshape(-1, 4).max(axis=1)
    assert np.array_equal(peak_envelope(noise), fine)


def test_no_sound_waits_until_scipy_is_loaded():
    code = """
import sys
import numpy as np
from explainer.audio import mastering, meters, mix, processing
noise = np.random.default_rng(1).normal(0, 0.3, 48_000).astype(np.float32)
made = processing.limit_peaks(processing.to_stereo(mastering.master(noise)), -2)
assert meters.loudness(made) < 0
assert meters.true_peak(made) < -1.5
sys.exit("scipy" in sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_the_limiter_works_around_peaks_as_it_would_on_all_of_a_sound():
    sound = np.random.default_rng(4).uniform(-0.1, 0.1, (40_000, 2)).astype(np.float32)
    for at in (30, 12_000, 12_700, 39_990):
        sound[at : at + 5, at % 2] = 0.99
    highest = 10 ** (-2 / 20)
    tops = np.max([peak_envelope(channel, highest) for channel in sound.T], axis=0)
    gain = np.minimum(1.0, highest / np.maximum(maximum_filter1d(tops, 481), 1e-9))
    smooth = uniform_filter1d(uniform_filter1d(gain, 241), 241)
    assert 0.6 < smooth.min() < 1
    assert np.array_equal(limit_peaks(sound, -2), sound * smooth[:, None])


def test_a_draft_that_is_not_as_loud_as_was_expected_is_coded_again(tmp_path):
    sound = np.random.default_rng(4).normal(0, 0.05, (2 * TICKS, 2)).astype(np.float32)
    assert loudness(sound) == pytest.approx(-20, abs=1.5)
    with (tmp_path / "mix").open("wb+") as file:
        file.write(sound.tobytes())
        mix = MixFile(file, len(sound))
        path = tmp_path / "draft.m4a"
        quiet = Progress(quiet=True)
        found = make_mixdown(path, mix, 0.0, -16.0, "en", lambda: None, quiet, lossless=True)
    assert found.loudness == pytest.approx(-16, abs=0.35)
    assert loudness(read_audio(path)) == pytest.approx(found.loudness, abs=0.01)


@pytest.mark.parametrize("late", [0, 4800, -4800])
def test_the_onset_of_speech_is_found_where_it_is(late):
    sound = np.zeros((3 * TICKS, 2), np.float32)
    sound[TICKS + late :, 0] = sound[TICKS + late :, 1] = voice(2.2, -20, 6)[: 2 * TICKS - late]
    soft, loud = speech_onset(sound, TICKS, 3 * TICKS)
    assert abs(soft - TICKS - late) <= 96
    assert soft <= loud <= soft + 960


def test_a_soft_beginning_is_found_where_nothing_sounds_before_it():
    sound = np.zeros((2 * TICKS, 2), np.float32)
    sound[:] = voice(2, -20, 6)[: 2 * TICKS, None]
    sound[: TICKS // 10] *= 0.03
    assert speech_onset(sound, 0, 2 * TICKS)[0] <= 96


def test_no_onset_is_found_in_silence():
    assert speech_onset(np.zeros((TICKS, 2), np.float32), 0, TICKS) is None


@pytest.fixture(scope="module", params=["flite", "espeak"])
def speech(request) -> np.ndarray:
    """A sentence with many stops, as floats at 48 kHz."""
    spoken = create_engine(request.param).speak(
        "A creaky door kept ticking, click by click, at dawn.", "en"
    )
    return (resample_poly(spoken.samples / 32768, TICKS, spoken.rate)).astype(np.float32)


def test_speech_without_clicks_is_left_as_it_is(speech):
    assert np.array_equal(declick(speech), speech)


def test_clicks_are_taken_out_and_nothing_else(speech):
    places = np.linspace(4801, len(speech) - 4799, 12).astype(int)
    spoilt = speech.copy()
    for number, at in enumerate(places):
        spoilt[at : at + 1 + 4 * (number % 3)] += 0.5 * (-1) ** number
    left = np.abs(declick(spoilt) - speech)
    around = (places[:, None] + np.arange(-48, 72)).ravel()
    gone = [left[at : at + 10].max() < 0.1 for at in places]
    assert sum(gone) >= 10  # some may fall into a burst that is as steep
    untouched = np.setdiff1d(np.arange(len(speech)), around)
    assert not left[untouched].any()


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 24_000, 44_100, 48_000])
def test_resampled_sound_is_as_loud_as_long_and_in_step(rate: int) -> None:
    def tones(at: int) -> np.ndarray:
        t = np.arange(2 * at) / at
        return np.sum([np.sin(2 * np.pi * f * t + f) for f in (200, 997, 3011)], axis=0) * 5000

    made = resample(np.round(tones(rate)).astype(np.int16), rate, TICKS)
    assert made.shape == (2 * TICKS,)
    inside = slice(TICKS // 100, -TICKS // 100)  # at its ends a filter reaches into nothing
    assert np.abs(made - tones(TICKS))[inside].max() < 10


def test_a_master_is_of_one_length_and_in_step_with_what_the_voice_said(speech):
    made = mastering.master(speech)
    assert made.shape == speech.shape
    # what is low in a voice is turned by the filters, as in any equalizer; its edges are not
    edges, wanted = np.diff(made, 2), np.diff(speech, 2)
    shift = np.argmax(np.correlate(np.pad(edges, 48), wanted, "valid")) - 48
    assert abs(shift) <= 1


def test_a_voice_stays_in_the_middle_of_the_coded_track(speech, tmp_path):
    clock, spoken = film(tmp_path, speech)
    sound = read_audio(mix_audio(clock, spoken, Cache(tmp_path / "cache"), tmp_path).path)
    left, right = sound[clock.lines[0].speech_start : clock.lines[0].speech_end].T
    assert np.std(left - right) < np.std(left + right) / 2 * 10 ** (-36 / 20)
    hisses = np.diff(left, 2), np.diff(right, 2)
    assert np.std(hisses[0] - hisses[1]) < np.std(hisses[0]) / 10
    assert not np.array_equal(left, right), "the room is another one in each ear"


def test_a_master_depends_on_its_line_alone_and_not_on_how_loud_it_came(speech):
    made = mastering.master(speech)
    assert np.array_equal(made, mastering.master(speech.copy()))
    soft = mastering.master(speech * np.float32(0.1)) * 10
    assert np.std(soft - made) < np.std(made) / 300


def test_a_master_has_no_rumble_and_no_less_of_a_voice(speech):
    time = np.arange(len(speech)) / TICKS
    made = mastering.master(speech + 0.1 * np.sin(2 * np.pi * 20 * time).astype(np.float32))
    pitch = np.fft.rfftfreq(len(made), 1 / TICKS)
    power = np.abs(np.fft.rfft(made)) ** 2
    plain = np.abs(np.fft.rfft(speech)) ** 2
    assert power[(pitch > 15) & (pitch < 25)].sum() < power[pitch > 70].sum() / 50
    for low, high in ((300, 1000), (1000, 3000), (3000, 7000)):
        band = (pitch >= low) & (pitch < high)
        share, before = (p[band].sum() / p[pitch > 70].sum() for p in (power, plain))
        assert 0.5 < share / before < 2.2


def test_loud_words_are_brought_nearer_to_soft_ones_at_two_to_one():
    """Two steps 12 dB apart: the softer one is let through, the louder one is pressed."""
    time = np.arange(2 * TICKS) / TICKS
    tone = np.sin(2 * np.pi * 500 * time) * np.where(time < 1, 0.05, 0.2)
    made = mastering.master(tone.astype(np.float32))
    before, after = (made[round(at * TICKS) :][: TICKS // 5].std() for at in (0.6, 1.6))
    assert 6 < 20 * np.log10(after / before) < 11
    steps = np.abs(np.diff([made[i : i + 4800].std() for i in range(72_000, 91_200, 4800)]))
    assert steps.max() < made.std() / 50, "nothing pumps where nothing changes"


def test_a_hiss_is_held_to_the_voice_and_the_voice_is_left(speech):
    rng = np.random.default_rng(3)
    hiss = np.diff(rng.standard_normal(TICKS // 5 + 2), 2).astype(np.float32) * 0.1
    spoilt = speech.copy()
    begin = len(speech) // 2
    spoilt[begin : begin + len(hiss)] = hiss
    made, plain = (mastering.master(sound) for sound in (spoilt, speech))
    pressed = made[begin + 2400 : begin + len(hiss) - 2400].std() / made[: begin - 4800].std()
    given = hiss[2400:-2400].std() / spoilt[: begin - 4800].std()
    assert pressed < given * 10 ** (-3 / 20)
    early = slice(0, begin - 12_000)
    assert np.std(made[early] - plain[early]) < np.std(plain[early]) / 3


@pytest.mark.parametrize("samples", [1, 47, 200, 480, 2400])
def test_a_sound_of_a_moment_can_be_mastered(samples):
    made = mastering.master(np.full(samples, 0.1, np.float32))
    assert made.shape == (samples,)
    assert np.isfinite(made).all()


def test_the_room_goes_on_across_the_film_and_does_not_click_where_it_comes_round():
    whole = room_tone.room_tone(0, 3000, -60)
    assert np.array_equal(
        np.concatenate([room_tone.room_tone(0, 1234, -60), room_tone.room_tone(1234, 3000, -60)]),
        whole,
    )
    around = room_tone.room_tone(room_tone.PERIOD - 24_000, room_tone.PERIOD + 24_000, -60)
    bends = np.abs(np.diff(around, 3, axis=0)).max(axis=1)
    assert bends[23_990:24_010].max() <= bends.max() * 0.9
    assert 20 * np.log10(around.std()) == pytest.approx(-60, abs=1)
    assert abs(np.corrcoef(around.T)[0, 1]) < 0.3


@pytest.mark.parametrize("at", [0, 1, 47, 48, 1000, 4799, 5000, -1, -49, -700])
def test_a_sound_is_laid_over_at_its_very_sample(at):
    rng = np.random.default_rng(1)
    ground, sound = (rng.uniform(-0.3, 0.3, (size, 2)).astype(np.float32) for size in (5003, 701))
    wanted = ground.copy()
    part = sound[max(0, -at) : max(0, len(ground) - at)]
    wanted[max(0, at) : max(0, at) + len(part)] += part
    laid = segments.to_integers(ground)
    segments.lay_over(laid, segments.to_integers(sound), at)
    assert np.abs(segments.to_samples(laid) - wanted).max() < 1e-6
