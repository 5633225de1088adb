"""Each row of what a film must measure is tried with faults; and films of other makers are."""

from __future__ import annotations

import json
import shutil
import struct
import subprocess
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cost import Unit
from explainer.captions.segment import segment
from explainer.cli import main
from explainer.clock import TICKS
from explainer.errors import ScriptError
from explainer.timeline.json import from_json
from explainer.verify.checks import CHECKS
from explainer.verify.measure import verify
from hostile import TREES, examples
from tiny_film import KEEP, failed, remade, rewritten, timeline

fault = pytest.mark.fault
pytestmark = pytest.mark.slow


def test_faults_are_of_results_of_checks_each_tried_with_two_or_more(
    request: pytest.FixtureRequest,
) -> None:
    collected, options = request.session.items, request.config.option
    if (
        options.markexpr
        or options.keyword
        or not any(item.path.name == "test_labels.py" for item in collected)
    ):
        pytest.skip("counts the faults of the whole suite")
    marks = (item.get_closest_marker("fault") for item in collected)
    tried = Counter(mark.args[0] for mark in marks if mark)
    assert set(tried) <= {name for check in CHECKS.values() for name in check.results}
    assert [row for row in tried if tried[row] < 2] == []


CHAPTERS = """;FFMETADATA1
[CHAPTER]
TIMEBASE=1/48000
START=0
END={at}
title={title}
[CHAPTER]
TIMEBASE=1/48000
START={at}
END={end}
title=The two & only
"""


@fault("chapters")
@pytest.mark.parametrize(
    ("title", "off"), [("The one", 0), ("The One & only", 0), ("The one & only", 4800)]
)
def test_a_chapter_of_another_title_or_time_is_found(copy, tmp_path, title, off):
    clock = timeline()
    told = CHAPTERS.format(title=title, at=clock.scenes[0].end + off, end=clock.length)
    (tmp_path / "chapters").write_text(told)
    plain = Path(shutil.copy(copy, tmp_path / "plain.mp4"))
    for text in (CHAPTERS.format(title="The one & only", at=clock.scenes[0].end, end=clock.length),
                 told):  # fmt: skip
        (tmp_path / "chapters").write_text(text)
        remade(plain, "-f", "ffmetadata", "-i", str(tmp_path / "chapters"), *KEEP,
               "-map_metadata", "0", "-map_chapters", "1")  # fmt: skip
        found = failed(verify(plain, [clock]))
        assert ("chapters" in found) == (text is told)


@fault("captions")
@pytest.mark.parametrize("by", [-0.5, 0.5])
def test_captions_that_come_at_another_time_are_found(good, copy, by):
    shift = round(by * TICKS)
    texts = [
        replace(text, start=max(0, text.start + shift), end=text.end + shift)
        for text in segment(timeline())
    ]
    assert "caption form" in failed(verify(rewritten(good, copy, texts), [timeline()]))


@fault("captions")
def test_captions_in_each_others_place_are_found(good, copy):
    one, two = segment(timeline())
    texts = [replace(one, rows=two.rows, words=two.words),
             replace(two, rows=one.rows, words=one.words)]  # fmt: skip
    found = failed(verify(rewritten(good, copy, texts), [timeline()]))
    assert {"caption words", "caption form"} <= found


@fault("caption form")
def test_a_caption_of_too_long_a_row_is_found(good, copy):
    first, *rest = segment(timeline())
    long = replace(first, rows=(" ".join([*first.rows, *["and on"] * 6]),))
    long = replace(long, words=(first.words[0],) * len(long.rows[0].split()))
    assert "caption form" in failed(verify(rewritten(good, copy, [long, *rest]), [timeline()]))


@fault("sync")
def test_lines_that_are_heard_in_each_others_place_are_found(copy):
    at = timeline().lines[0].end / TICKS
    swap = (
        f"[0:a]asplit[a][b];[a]atrim=end={at},asetpts=N/SR/TB[one];"
        f"[b]atrim=start={at},asetpts=N/SR/TB[two];[two][one]concat=n=2:v=0:a=1[o]"
    )
    remade(copy, "-filter_complex", swap, "-map", "0:v", "-map", "[o]", "-map", "0:s", "-c", "copy",
           "-c:a", "aac", "-b:a", "192k", "-movflags", "+faststart")  # fmt: skip
    assert "speech" in failed(verify(copy, [timeline()]))


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a film by the ffmpeg program alone, and a plain one without sound or tags."""
    folder = tmp_path_factory.mktemp("foreign")
    srt = "1\n00:00:00,000 --> 00:00:02,000\nA film of another maker.\n\n"
    (folder / "in.srt").write_text(srt)
    quiet = ["ffmpeg", "-nostdin", "-v", "error"]
    speech = "aevalsrc='0.16*sin(600*t)*(0.6+0.4*sin(9*t))|0.16*sin(600*t)*(0.6+0.4*sin(9*t))'"
    picture = ["-f", "lavfi", "-i", "testsrc2=size=640x360:rate=25:duration=4"]
    form = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
    subprocess.run(
        [*quiet, *picture, "-f", "lavfi", "-i", f"{speech}:s=48000:d=4",
         "-f", "srt", "-i", folder / "in.srt", "-map", "0", "-map", "1", "-map", "2",
         "-vf", form, "-c:v", "libx264", "-profile:v", "high", "-colorspace", "bt709",
         "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv",
         "-c:a", "aac", "-b:a", "192k", "-c:s", "mov_text", "-metadata:s:a:0", "language=eng",
         "-metadata:s:s:0", "language=eng", "-movflags", "+faststart+write_colr",
         folder / "other.mp4"], check=True,
    )  # fmt: skip
    subprocess.run([*quiet, *picture, "-c:v", "mpeg4", folder / "plain.mp4"], check=True)
    (folder / "in.srt").unlink()
    return folder


def test_a_film_of_another_tool_is_measured_by_itself(foreign, capsys, monkeypatch):
    """It needs no more than the MP4; what only a timeline could tell is left open."""
    monkeypatch.chdir(foreign)
    code = main(["verify", "other.mp4", "--json"])
    found = json.loads(capsys.readouterr().out)
    rows = {row["what"]: row for row in found["rows"]}
    assert set(found["failed"]) <= {"loudness", "sync"}, found["failed"]
    assert code == (1 if found["failed"] else 0)
    good_rows = {"tracks", "faststart", "strict decode", "video", "frame rate", "colour tags",
                 "flashes", "voice", "true peak", "clipping"}  # fmt: skip
    assert {what for what in good_rows if rows[what]["ok"] is not True} == set()
    left = {what for what, row in rows.items() if row["ok"] is None}
    assert {"colours", "speech", "captions = .srt", "caption form", "chapters", "rhythm"} <= left


def test_a_plain_film_of_another_tool_is_told_what_it_lacks(foreign, capsys, monkeypatch):
    monkeypatch.chdir(foreign)
    assert main(["verify", "plain.mp4", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    wanted = {"tracks", "faststart", "video", "colour tags", "sync", "captions"}
    assert wanted <= set(found["failed"])


def test_the_faults_of_a_film_of_another_tool_are_found_without_a_timeline(foreign, tmp_path):
    path = Path(shutil.copy(foreign / "other.mp4", tmp_path))
    remade(path, "-map", "0", "-c", "copy", "-c:a", "aac", "-af", "volume=30dB")
    assert {"loudness", "true peak", "clipping", "faststart"} <= failed(verify(path))


def patched(path: Path, name: bytes, offset: int, new: bytes) -> Path:
    content = path.read_bytes()
    at = content.index(name) + offset
    path.write_bytes(content[:at] + new + content[at + len(new) :])
    return path


BIG = struct.pack(">I", 0xFFFFFFFF)


@pytest.fixture(scope="module")
def honest(good: Path) -> Unit:
    """Verifying a film in which nothing is wrong."""
    return Unit("verifying an honest film", lambda: verify(good / "tiny.mp4"))


@pytest.mark.sampled(9)
@pytest.mark.parametrize(
    ("name", "offset", "new"),
    [
        (b"mvhd", 16, struct.pack(">II", 1, 0x7FFFFFFF)),
        (b"mdhd", 20, struct.pack(">I", 0x7FFFFFFF)),
        (b"stts", 8, BIG),
        (b"stts", 16, BIG),
        (b"stsz", 12, BIG),
        (b"stsz", 8, struct.pack(">II", 1, 0xFFFFFFFF)),
        (b"stco", 8, BIG),
        (b"ctts", 8, BIG),
        (b"avc1", 28, struct.pack(">HH", 0xFFFF, 0xFFFF)),
        (b"mp4a", 20, struct.pack(">H", 0xFFFF)),
        (b"elst", 12, struct.pack(">I", 0x7FFFFFFF)),
        (b"elst", 16, struct.pack(">I", 0x7FFFFFFF)),
        (b"moov", -4, BIG),
        (b"trak", -4, struct.pack(">I", 8)),
        (b"mdat", -4, bytes(4)),
        (b"ftyp", -4, struct.pack(">I", 1)),
    ],
)
def test_a_film_that_lies_of_itself_is_found_at_a_bounded_cost(copy, honest, name, offset, new):
    lying = patched(copy, name, offset, new)
    assert honest.bounds(3, lambda: verify(lying)).results


def test_a_film_of_many_empty_boxes_is_no_film(copy):
    copy.write_bytes(copy.read_bytes() + struct.pack(">I4s", 8, b"free") * 100_000)
    report = verify(copy)
    assert [row.name for row in report.results] == ["file"]
    assert "more than 1000 top boxes" in report.results[0].measured


def test_a_film_of_a_day_is_not_decoded(copy):
    remade(copy, "-itsoffset", "90000", "-i", str(copy), "-map", "0:v", "-map", "1:a", "-c", "copy",
           "-movflags", "+faststart")  # fmt: skip
    assert not verify(copy).ok


@pytest.mark.parametrize("name", [".", "..", "/", "a\0b", "gone.mp4"])
def test_what_is_no_file_is_said(tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    assert main(["verify", name]) == 2
    assert "no film at" in capsys.readouterr().err


def test_a_record_that_is_too_large_or_no_text_is_refused(copy, capsys):
    record = copy.with_suffix(".timeline.json")
    for content in (b"\xff\xfe", b"[" * 200_000, b'{"ticks_per_second": 48000}'):
        record.write_bytes(content)
        assert main(["verify", str(copy)]) == 2
        assert "not a timeline of ours" in capsys.readouterr().err
    with record.open("wb") as file:
        file.truncate(1 << 40)
    assert main(["verify", str(copy)]) == 2
    assert "larger than 128 MiB" in capsys.readouterr().err


RECORD = timeline().to_json()


@settings(max_examples=examples(120), database=None, deadline=None, derandomize=True,
          suppress_health_check=list(HealthCheck))  # fmt: skip
@given(data=st.data())
def test_a_damaged_record_is_a_timeline_or_refused(data: st.DataObject) -> None:
    record: Any = json.loads(RECORD)
    for _ in range(data.draw(st.integers(1, 2))):
        node = record
        while isinstance(node, dict | list) and node:
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = data.draw(st.sampled_from(keys))
            if isinstance(node[key], dict | list) and node[key] and data.draw(st.integers(0, 4)):
                node = node[key]
                continue
            node[key] = data.draw(TREES)
            break
    try:
        clock = from_json(json.dumps(record))
    except ScriptError:
        return
    assert clock.length > 0
    assert segment(clock) is not None
    assert from_json(clock.to_json()) == clock
