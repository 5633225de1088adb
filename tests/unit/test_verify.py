import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from explainer.captions.formats.registry import read_captions
from explainer.captions.segment import segment
from explainer.clock import TICKS
from explainer.errors import EnvironmentProblem, ScriptError
from explainer.media import ffmpeg_cli
from explainer.media.probe import Chapter, Probe
from explainer.script.model import Music
from explainer.timeline.json import from_json
from explainer.timeline.model import TimedScene, shifted
from explainer.verify import chapters
from explainer.verify.captions import compare_files
from explainer.verify.check import DeliveredFilm
from explainer.verify.measure import verify
from tiny_film import KEEP, failed, remade, rewritten, timeline
from webvtt_faults import FAULTS

pytestmark = pytest.mark.slow

fault = pytest.mark.fault


def test_a_good_film_passes_every_row_and_leaves_none_open(good):
    report = verify(good / "tiny.mp4", [timeline()], 4 * TICKS)
    # it is tiny, and has no poster
    assert {row.name for row in report.results if row.ok is not True} == {"colours", "poster"}
    assert report.ok
    assert timeline().length <= 4 * TICKS


@pytest.mark.parametrize("sound", [(), ("-c:a", "aac", "-b:a", "192k")])
def test_a_film_made_again_without_damage_passes_too(copy, sound):
    """The control of the tests below: remaking alone is no fault."""
    remade(copy, *KEEP, *sound)
    assert failed(verify(copy, [timeline()])) == set()


def test_what_needs_the_timeline_is_left_open_without_it(good):
    report = verify(good / "tiny.mp4")
    left = {row.name for row in report.results if row.ok is None}
    assert {"length", "speech", "caption form", "caption language", "chapters", "rhythm"} <= left
    assert report.ok


def test_two_meters_are_both_named_with_their_difference(good):
    row = next(row for row in verify(good / "tiny.mp4").results if row.name == "loudness")
    assert "apart" in row.measured
    assert float(row.measured.split()[-2]) <= 0.1


@fault("length")
@pytest.mark.parametrize("limit", [TICKS, timeline().length - 1])
def test_a_film_over_its_limit_is_found(good, limit):
    assert failed(verify(good / "tiny.mp4", [timeline()], limit)) == {"length"}


@fault("sync")
@pytest.mark.parametrize("late", [0.06, 0.2, -0.06])
def test_late_and_early_speech_is_found(copy, late):
    shift = (
        f"adelay={late * 1000:.0f}:all=1"
        if late > 0
        else f"atrim=start={-late},apad=pad_dur={-late}"
    )
    reset = f"{shift},asetpts=N/SR/TB,atrim=end={timeline().length / TICKS}"
    remade(copy, *KEEP, "-af", reset, "-c:a", "aac", "-b:a", "192k")
    assert "speech" in failed(verify(copy, [timeline()]))


@fault("sync")
def test_a_line_that_is_not_heard_is_found(copy):
    cut = timeline().lines[1].start / TICKS - 0.2
    remade(copy, *KEEP, "-af", f"volume=0:enable='gt(t,{cut})'", "-c:a", "aac", "-b:a", "192k")
    report = verify(copy, [timeline()])
    assert any(row.name == "speech" and "silent: two.l" in row.measured for row in report.results)
    assert "speech" in failed(report)


@fault("sync")
def test_sound_that_runs_slow_is_found(copy):
    slow = "atempo=0.93,atrim=end=" + str(timeline().length / TICKS)
    remade(copy, *KEEP, "-af", slow, "-c:a", "aac", "-b:a", "192k")
    assert {"speech", "drift"} & failed(verify(copy, [timeline()]))


@fault("voice")
@pytest.mark.parametrize(
    ("volume", "what"), [("6dB", "loudness"), ("-6dB", "loudness"), ("18dB", "true peak")]
)
def test_sound_too_loud_too_soft_or_clipped_is_found(copy, volume, what):
    remade(copy, *KEEP, "-af", f"volume={volume}", "-c:a", "aac", "-b:a", "192k")
    assert what in failed(verify(copy, [timeline()]))


@fault("voice")
@pytest.mark.parametrize("form", [["-ac", "1"], ["-ar", "44100"]])
def test_sound_of_another_form_is_found(copy, form):
    remade(copy, *KEEP, "-c:a", "aac", *form)
    assert "voice" in failed(verify(copy, [timeline()]))


@fault("voice")
def test_only_the_sound_of_a_draft_may_be_flac(copy):
    remade(copy, *KEEP, "-c:a", "flac", "-sample_fmt", "s16", "-strict", "-2")
    assert "voice" in failed(verify(copy, [timeline()]))
    smaller = "-c:v", "libx264", "-vf", "scale=854:480", "-r", "15"
    remade(copy, "-c", "copy", *smaller, "-strict", "-2")
    assert "voice" not in failed(verify(copy, [timeline()]))


@fault("sync")
def test_sound_that_starts_late_is_found(copy):
    remade(copy, "-itsoffset", "0.1", "-i", str(copy), "-map", "0:v", "-map", "1:a", "-map", "0:s",
           "-c", "copy", "-movflags", "+faststart")  # fmt: skip
    assert {"sync"} <= failed(verify(copy, [timeline()]))


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        pytest.param(
            ("-c:v", "libx264", "-pix_fmt", "yuv444p", "-profile:v", "high444"),
            "video",
            marks=fault("video"),
        ),
        pytest.param(
            ("-c:v", "libx264", "-profile:v", "baseline", "-pix_fmt", "yuv420p"),
            "video",
            marks=fault("video"),
        ),
        pytest.param(
            ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-colorspace", "smpte170m"),
            "colour tags",
            marks=fault("video"),
        ),
        pytest.param(
            ("-c:v", "libx264", "-vf", "select='not(eq(n,20))'", "-vsync", "vfr"),
            "frame rate",
            marks=fault("video"),
        ),
        pytest.param(("-c:v", "libx264", "-vf", "fps=25"), "frame rate", marks=fault("video")),
        pytest.param(("-map", "-0:s"), "captions", marks=fault("captions")),
        pytest.param(("-map", "-0:a"), "tracks", marks=fault("sync")),
        pytest.param(("-map_chapters", "-1"), "chapters", marks=fault("chapters")),
        pytest.param(
            ("-metadata:s:s:0", "language=spa"), "caption language", marks=fault("captions")
        ),
        pytest.param(("-movflags", "-faststart"), "faststart", marks=fault("video")),
    ],
)
def test_a_film_made_otherwise_is_found(copy, arguments, what):
    remade(copy, *KEEP, *arguments)
    assert what in failed(verify(copy, [timeline()]))


@fault("chapters")
def test_a_missing_chapter_is_found(good):
    clock = timeline()
    more = replace(clock, scenes=(*clock.scenes, replace(clock.scenes[1], title="Third")))
    assert "chapters" in failed(verify(good / "tiny.mp4", [more]))


@fault("chapters")
def test_of_many_chapters_those_that_are_wrong_are_told_and_not_all_titles():
    line = timeline().scenes[0].lines[0]
    scenes = tuple(
        TimedScene(f"part{n}", f"Part {n}", (shifted(line, n * (line.end - line.start)),))
        for n in range(100)
    )
    clock = replace(timeline(), scenes=scenes)
    told = [Chapter(scene.title, scene.start, scene.end) for scene in scenes]
    facts = Probe("", (), (), (), tuple(told), (), False)
    (row,) = chapters.measure(DeliveredFilm(Path("film.mp4"), facts, [clock]))
    assert row.ok
    assert row.measured == row.required == "100 from “Part 0” to “Part 99”"
    told[40:42] = told[41], told[40]
    facts = replace(facts, chapters=(*told[:-1],))
    (row,) = chapters.measure(DeliveredFilm(Path("film.mp4"), facts, [clock]))
    assert row.ok is False
    assert len(row.faults) == 3
    assert row.faults[0].startswith("chapter 41 is “Part 41” from ")
    assert row.measured.endswith("99 chapters, not 100")


@fault("video")
def test_a_truncated_film_is_found(copy):
    content = copy.read_bytes()
    for part in (len(content) // 2, len(content) - 10, 100, 0):
        copy.write_bytes(content[:part])
        assert not verify(copy, [timeline()]).ok


@fault("video")
def test_damaged_packets_are_found(copy):
    content = bytearray(copy.read_bytes())
    middle = content.index(b"mdat") + (len(content) - content.index(b"mdat")) // 3
    content[middle : middle + 400] = bytes(400)
    copy.write_bytes(content)
    assert "strict decode" in failed(verify(copy, [timeline()]))


@pytest.mark.sampled(9)
@fault("captions")
@pytest.mark.parametrize("suffix", [".srt", ".vtt", ".words.vtt"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda text: None,
        lambda text: text.replace("spoke", "talked"),
        lambda text: text.replace("00:00:00", "00:00:01", 1),
        lambda text: text.replace("\n2\n", "\n3\n"),
        lambda text: text.replace(" --> ", " -> "),
        lambda text: text[: text.index("\n2\n")],
    ],
)
def test_captions_that_differ_beside_the_film_are_found(copy, suffix, damage: Callable):
    path = copy.with_suffix(suffix)
    text = damage(path.read_text(encoding="utf-8"))
    if text is None:
        path.unlink()
    else:
        path.write_text(text, encoding="utf-8")
    assert failed(verify(copy, [timeline()])) == {f"captions = {suffix}"}


@fault("captions")
def test_a_missing_caption_is_found(good, copy):
    texts = list(segment(timeline()))
    report = verify(rewritten(good, copy, texts[:-1]), [timeline()])
    assert failed(report) == {"caption words", "caption form"}


@fault("caption form")
def test_a_caption_out_of_form_is_found(good, copy):
    first, *rest = segment(timeline())
    texts = [replace(first, end=first.start + TICKS // 4), *rest]
    assert failed(verify(rewritten(good, copy, texts), [timeline()])) == {"caption form"}


@fault("rhythm")
def test_speech_too_fast_and_estimated_times_are_found(good):
    clock = timeline()
    guessed = replace(
        clock,
        scenes=tuple(
            replace(scene, lines=tuple(
                replace(ln, words=tuple(replace(w, known="estimated") for w in ln.words),
                        speech_end=ln.speech_start + (ln.speech_end - ln.speech_start) // 2)
                for ln in scene.lines))
            for scene in clock.scenes
        ),
    )  # fmt: skip
    assert {"rhythm", "word times"} <= failed(verify(good / "tiny.mp4", [guessed]))


@pytest.mark.parametrize(
    ("language", "pace", "fits"),
    [
        ("en", 160, True),
        ("en-GB", 170, False),
        ("es-MX", 170, True),
        ("es", 200, False),
        ("de", 150, True),
        ("de", 160, False),
        ("de", 100, False),
        ("fr", 150, True),
        ("fr", 208, False),
        ("tlh", 150, True),
        ("tlh", 230, False),
    ],
)
def test_speech_has_the_pace_of_its_language(good, language, pace, fits):
    clock = replace(timeline(), language=language)
    paced = [
        replace(ln, speech_end=ln.speech_start + len(ln.words) * 60 * TICKS // pace)
        for ln in clock.lines
    ]
    scenes = tuple(
        replace(scene, lines=(line,)) for scene, line in zip(clock.scenes, paced, strict=True)
    )
    report = verify(good / "tiny.mp4", [replace(clock, scenes=scenes)])
    [row] = [row for row in report.results if row.name == "rhythm"]
    assert (row.measured, row.ok) == (f"{pace} words a minute", fits)


def test_no_film_is_a_usage_error(tmp_path):
    with pytest.raises(ScriptError, match="no film at"):
        verify(tmp_path / "none.mp4")


def test_a_missing_ffmpeg_program_is_said_with_its_remedy(good, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(EnvironmentProblem, match="sudo apt-get install ffmpeg"):
        ffmpeg_cli.decode_errors(good / "tiny.mp4")


def test_caption_files_are_read_back_as_they_were_written(good):
    clock = timeline()
    srt, vtt = (read_captions(good / f"tiny{suffix}") for suffix in (".srt", ".vtt"))
    assert srt == vtt
    assert [cue.rows for cue in srt] == [text.rows for text in segment(clock)]


def test_a_timeline_comes_back_from_its_json():
    assert from_json(timeline().to_json()) == timeline()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"ticks_per_second": 1}', "null"])
def test_a_text_that_is_no_timeline_is_an_error(text):
    with pytest.raises(ScriptError, match="not a timeline"):
        from_json(text)


BED = replace(timeline(), music=Music("bed.wav", 14))


@pytest.mark.parametrize(("level", "wanted"), [(0.03, {"bed"}), (0.01, set())])
def test_a_bed_too_close_to_the_voice_is_found(copy, level, wanted):
    remade(copy, *KEEP, "-af", f"aeval=val(0)+{level}*sin(2000*t):c=same", "-c:a", "aac")
    # the film was mixed without one, which its signatures say
    assert failed(verify(copy, [BED])) - {"loudness", "signatures"} == wanted


@fault("sync")
@pytest.mark.parametrize("shift", ["adelay=60:all=1", "atrim=start=0.06,apad=pad_dur=0.06"])
def test_late_and_early_speech_is_found_over_a_bed(copy, shift):
    end = f"asetpts=N/SR/TB,atrim=end={timeline().length / TICKS}"
    bed = "aeval=val(0)+0.01*sin(2000*t):c=same"
    remade(copy, *KEEP, "-af", f"{shift},{end},{bed}", "-c:a", "aac", "-b:a", "192k")
    assert "speech" in failed(verify(copy, [BED]))


@pytest.mark.parametrize(
    ("film", "late", "is_found"),
    [(BED, 25, False), (BED, 60, True), (timeline(), 25, True)],
    ids=["over a bed, as a soft beginning is heard", "over a bed, late", "late without a bed"],
)
def test_at_60_frames_a_second_only_a_bed_may_hide_how_a_line_begins(copy, film, late, is_found):
    end = f"asetpts=N/SR/TB,atrim=end={timeline().length / TICKS}"
    bed = "aeval=val(0)+0.01*sin(2000*t):c=same" if film.music else "anull"
    remade(copy, *KEEP, "-af", f"adelay={late}:all=1,{end},{bed}", "-c:a", "aac", "-b:a", "192k")
    assert ("speech" in failed(verify(copy, [replace(film, fps=60)]))) is is_found


@fault("voice")
def test_a_line_softer_than_the_others_is_found(copy):
    begin = timeline().lines[1].start / TICKS
    soft = f"volume=-4dB:enable='gt(t,{begin})'"
    remade(copy, *KEEP, "-af", soft, "-c:a", "aac", "-b:a", "192k")
    assert "lines" in failed(verify(copy, [timeline()]))


@fault("voice")
def test_clipped_sound_is_found(copy):
    remade(copy, *KEEP, "-af", "volume=40dB", "-c:a", "aac", "-b:a", "192k")
    assert "clipping" in failed(verify(copy, [timeline()]))


AWAY = "volume=0:enable='between(t,{},{})'"
NOISE = "aeval=val(0)+0.0056*(2*random(0)-1)*sqrt(3):c=same"
CLICK = "aeval=val(0)+{}*eq(mod(n\\,24000)\\,11111):c=same"
TONE = "aeval=val(0)+0.01414*sin(2*PI*{}*t):c=same"


@fault("voice")
@pytest.mark.parametrize(
    ("filters", "what"),
    [
        (AWAY.format(0.6, 1.0), "digital silence"),
        (AWAY.format(0, 0.2), "digital silence"),
        (AWAY.format(timeline().length / TICKS - 0.3, 99), "digital silence"),
        (TONE.format(50), "hum"),
        (TONE.format(60), "hum"),
        (NOISE, "pauses"),
        (CLICK.format(0.5), "clicks"),
        (CLICK.format(0.1), "clicks"),
    ],
)
def test_sound_that_drops_out_hums_hisses_or_clicks_is_found(copy, filters, what):
    remade(copy, *KEEP, "-af", filters, "-c:a", "aac", "-b:a", "192k")
    assert what in failed(verify(copy, [timeline()]))


@fault("voice")
def test_a_hum_under_a_bed_is_found(copy):
    remade(copy, *KEEP, "-af", TONE.format(50), "-c:a", "aac", "-b:a", "192k")
    assert "hum" in failed(verify(copy, [BED]))


@fault("captions")
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("suffix", [".vtt", ".words.vtt"])
def test_webvtt_with_a_seeded_fault_is_rejected(good, tmp_path, suffix, fault):
    path = tmp_path / f"tiny{suffix}"
    text = (good / path.name).read_text()
    wrong, count = re.subn(*FAULTS[fault], text, count=1)
    assert count
    path.write_bytes(text.encode())
    cues = read_captions(path)
    path.write_bytes(wrong.encode())
    with pytest.raises(ValueError, match=r"^(it|cue \d)\b"):
        read_captions(path)
    rows = {row.name: row.ok for row in compare_files(tmp_path / "tiny.mp4", cues)}
    assert rows[f"captions = {suffix}"] is False


@pytest.mark.parametrize(
    "times",
    [
        "<00:00:01.300>one <00:00:01.200>two",
        "<00:00:01.200>one <00:00:01.200>two",
        "<00:00:00.900>one two",
        "<00:00:01.000>one two",
        "one <00:00:02.000>two",
        "one <00:00:02.100>two",
        "one <00:01.200>two",
        "one <00:00:61.200>two",
        "one <c>two",
        "one <00:00:01.200 two",
    ],
)
def test_times_of_words_out_of_order_or_form_are_rejected(tmp_path, times):
    path = tmp_path / "a.words.vtt"
    head = "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\n"
    path.write_text(f"{head}one <00:00:01.200>two\n")
    assert read_captions(path)[0].rows == ("one two",)
    path.write_text(f"{head}{times}\n")
    with pytest.raises(ValueError, match="cue 1"):
        read_captions(path)
    plain = path.rename(tmp_path / "a.vtt")
    with pytest.raises(ValueError, match="not escaped"):
        read_captions(plain)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<tt ", "<tv "),
        ("</tt>", ""),
        ("begin=", "start="),
        ('end="00:00:0', 'end="0:0'),
        ("http://www.w3.org/ns/ttml", "http://example.org/ttml"),
        ("She", "They"),
        ("<p begin", "<p /><p begin"),
    ],
)
def test_ttml_with_a_seeded_fault_is_rejected(good, tmp_path, old, new):
    text = (good / "tiny.ttml").read_text()
    assert old in text
    (tmp_path / "tiny.ttml").write_text(text.replace(old, new))
    cues = read_captions(good / "tiny.srt")
    rows = {row.name: row.ok for row in compare_files(tmp_path / "tiny.mp4", cues)}
    assert rows["captions = .ttml"] is False


def test_a_caption_file_that_is_not_utf_8_is_rejected(copy):
    path = copy.with_suffix(".vtt")
    path.write_bytes(path.read_bytes().replace(b"She", b"Sh\xe9"))
    assert failed(verify(copy, [timeline()])) == {"captions = .vtt"}
