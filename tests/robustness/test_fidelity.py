"""Every frame and all sound of a delivered film are held to what was drawn and mixed."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import av
import numpy as np
import pytest

import delivered
from delivered import ADVERSE, BESIDE, CONTAINER, PICTURE, SIGNATURES, SOUND, Kind
from explainer.clock import TICKS
from explainer.frame_format import find_format
from explainer.media import signature, signature_file
from explainer.media.encoder import ClipEncoder
from explainer.media.signature import STEP_TICKS, FrameSigner, Grid, SoundSigner
from explainer.media.signature_file import SignatureHeader, UnreadableSignatures
from explainer.mux import SIGNATURE_SUFFIX
from explainer.timeline.model import Timeline
from explainer.verify.measure import verify
from explainer.verify.report import Report
from explainer.verify.signed_frames import SignedFrames

pytestmark = pytest.mark.slow

SHOWN = {"frames", "order of frames", "sharpness", "caption band"}
HEARD = {"sound", "gain", "sides"}
OURS = {
    *SHOWN, *HEARD, "signatures", "container", "enabled tracks", "edits", "pixels", "level",
    "key frames", "poster", "frame offsets", "title", "languages", "progressive", "caption files",
}  # fmt: skip
"""Rows that no good film may fail; the voice of these speaks faster than a film's should."""
QUICK = {
    "one black frame", "one frame blurred", "one frame doubled in place of the next",
    "no volume of its sound", "key frames that need those before",
    "a block of 16 pixels for one frame", "a frame missing", "a word mute",
    "half a second reversed", "one part in place of another",
    "right late by 3 ms", "a click", "noise at -50 dB", "a voice a half tone lower",
    "10 ms left out", "pixels of 4 to 3", "another title", "a track of no known kind",
    "coded by ffmpeg as it comes", "chapters a second later", "each caption a place too early",
    "sound 0.1 % slower", "the picture one frame early", "the poster of another film",
    "an edit that leaves out a second", "one key frame", "of two fields", "in fragments",
}  # fmt: skip
"""Faults that are tried each time; the others in the long form of the tests."""


def told(report: Report) -> set[str]:
    return {row.name for row in report.results if row.ok is False}


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Timeline]:
    return delivered.made(Kind("gradient"), tmp_path_factory.mktemp("good"))


@pytest.fixture
def copy(good: tuple[Path, Timeline], tmp_path: Path) -> Path:
    return delivered.copied(good[0], tmp_path)


def some(names: dict[str, object] | dict[str, delivered.Fault]) -> list[object]:
    """The names of faults, those that are not quick left to the long form."""
    return [pytest.param(name, marks=() if name in QUICK else pytest.mark.whole) for name in names]


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(n, marks=() if n in (1, 3, 9, 16) else pytest.mark.whole)
        for n in range(len(delivered.KINDS))
    ],
)
def test_a_good_film_is_as_it_was_made(tmp_path, number):
    film, clock = delivered.made(delivered.KINDS[number], tmp_path)
    report = verify(film, [clock])
    assert told(report) & OURS == set()
    assert {row.name for row in report.results if row.ok} >= OURS


@pytest.mark.parametrize("code_again", [delivered.seen("null"), delivered.heard("anull")])
def test_a_film_that_is_coded_again_is_still_as_it_was_made(good, copy, code_again):
    """The control of the tests below: coding again alone is no fault."""
    code_again(copy)
    assert told(verify(copy, [good[1]])) & (SHOWN | HEARD) == set()


@pytest.mark.parametrize("name", some(PICTURE))
def test_a_fault_of_the_picture_is_found(good, copy, name):
    PICTURE[name](copy)
    assert told(verify(copy, [good[1]])) & SHOWN


@pytest.mark.parametrize("name", some(SOUND))
def test_a_fault_of_the_sound_is_found(good, copy, name):
    SOUND[name](copy)
    assert told(verify(copy, [good[1]])) & HEARD


@pytest.mark.parametrize("name", some(CONTAINER))
def test_a_fault_of_the_container_is_found(good, copy, name):
    damage, row = CONTAINER[name]
    damage(copy)
    assert row in told(verify(copy, [good[1]]))


@pytest.mark.parametrize("name", some(ADVERSE))
def test_what_a_careless_hand_does_to_a_film_is_found(good, copy, name):
    damage, rows = ADVERSE[name]
    damage(copy)
    assert told(verify(copy, [good[1]])) & rows


@pytest.mark.parametrize("name", BESIDE)
def test_a_fault_of_what_lies_beside_the_film_is_found(good, copy, name):
    damage, row = BESIDE[name]
    damage(copy)
    assert row in told(verify(copy, [good[1]]))


@pytest.mark.parametrize("name", SIGNATURES)
def test_signatures_that_are_gone_or_damaged_are_said(good, copy, name):
    SIGNATURES[name](copy)
    assert told(verify(copy, [good[1]])) & {"signatures", *SHOWN, *HEARD}


def test_signatures_of_another_film_are_said(good, copy, tmp_path):
    (tmp_path / "other").mkdir()
    other, _ = delivered.made(Kind("still", texts=("Not this one.",)), tmp_path / "other")
    other.with_suffix(SIGNATURE_SUFFIX).replace(copy.with_suffix(SIGNATURE_SUFFIX))
    row = next(row for row in verify(copy, [good[1]]).results if row.name == "signatures")
    assert row.ok is False
    assert "of another film" in row.measured


def test_a_film_without_signatures_and_record_is_left_open(copy):
    copy.with_suffix(SIGNATURE_SUFFIX).unlink()
    report = verify(copy)
    row = next(row for row in report.results if row.name == "signatures")
    assert row.ok is None
    assert "not judged" in row.required
    assert not {row.name for row in report.results if row.ok is not None} & SHOWN


def test_a_film_without_its_record_is_still_held_to_its_signatures(copy):
    PICTURE["one black frame"](copy)
    assert "frames" in told(verify(copy))


@pytest.mark.parametrize("at", range(0, 90, 3))
def test_a_damaged_head_is_unreadable_and_no_other_error(good, tmp_path, at):
    content = bytearray(good[0].with_suffix(SIGNATURE_SUFFIX).read_bytes())
    content[at] ^= 0x41
    path = tmp_path / "x.signatures"
    path.write_bytes(content)

    def read() -> None:
        found = signature_file.SignatureFile(path)
        for _ in found.frames():
            pass
        for _ in found.sound(0):
            pass

    with pytest.raises(UnreadableSignatures):
        read()


def picture(frame: np.ndarray) -> av.VideoFrame:
    return av.VideoFrame.from_ndarray(frame, "rgb24").reformat(format="yuv420p")


@pytest.mark.parametrize("size", [(1920, 1080), (34, 18), (1080, 1920), (854, 480), (3840, 2160)])
def test_a_frames_signature_is_the_means_of_its_parts(size):
    width, height = size
    shades = np.random.default_rng(1).integers(0, 255, (height // 2, width // 2, 3), np.uint8)
    frame = picture(np.repeat(np.repeat(shades, 2, 0), 2, 1))
    grid = Grid(width, height)
    made = grid.sign(frame)
    assert len(made) == grid.signature_bytes <= 64 * 64 * 3 // 2 + 200
    plane = frame.to_ndarray()[:height]
    rows, columns = grid.luma_shape
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, 1)):
        part = plane[row * grid.cell :, column * grid.cell :][: grid.cell, : grid.cell]
        assert made[row * columns + column] == round(float(part.mean()) + 1e-9)


@pytest.mark.parametrize(("width", "height"), [(320, 180), (322, 98), (1920, 1080), (90, 160)])
def test_a_frames_detail_tells_fine_from_flat_in_its_place(width, height):
    fine = np.zeros((height, width, 3), np.uint8)
    fine[: height // 2, ::2] = 255
    grid = Grid(width, height)
    detail = grid.split(grid.sign(picture(fine)))[3].reshape(grid.chroma_shape)
    high = height // 2 // (2 * grid.cell)  # parts that lie in the fine half
    assert detail[:high].min() > 180
    assert detail[high + 1 :].max(initial=0) < 10
    assert signature.decode_details(detail[:1])[0, 0] == pytest.approx(219**2, rel=0.3)


def test_sound_signed_in_any_portions_has_the_same_signatures():
    sound = np.random.default_rng(2).standard_normal((TICKS // 2 + 77, 2)).astype(np.float32) * 0.1

    def signed(edges: list[int]) -> np.ndarray:
        signer = SoundSigner()
        parts = [signer.add(part) for part in np.split(sound, edges)]
        return np.concatenate([*parts, signer.finish()])

    whole = signed([])
    assert len(whole) == -(-len(sound) // STEP_TICKS)
    assert np.array_equal(whole, signed([1, 2, 479, 480, 5000, 20001]))


def test_held_frames_are_stored_once_and_memory_does_not_grow_with_the_film(tmp_path):
    """An hour of which most is held, read as a stream."""
    frame = picture(np.full((90, 160, 3), 90, np.uint8))
    signer = FrameSigner(160, 90)
    for _ in range(36):
        signer.sign(frame, 3000)
    path = tmp_path / "x.signatures"
    with path.open("wb") as file:
        signature_file.write_signatures(
            file, SignatureHeader(160, 90, 108_000, 0, bytes(32), 0), [signer.finish()], []
        )
    assert path.stat().st_size < 10_000
    tracemalloc.start()
    held = SignedFrames(signature_file.SignatureFile(path))
    for _ in range(2000):
        held.add_frame(frame)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3_000_000
    assert not held.faults.found
    assert not held.order.found


def test_the_last_frame_of_a_clip_is_known_by_the_signature_of_what_was_drawn(
    tmp_path: Path,
) -> None:
    path, shape = tmp_path / "clip.mp4", find_format("64x36@10")
    rng = np.random.default_rng(3)
    with ClipEncoder(path, shape) as encoder:
        # more frames than a chunk has
        for _ in range(70):
            picture = rng.integers(0, 255, (36, 64, 4)).astype(np.uint8)
            encoder.show(picture)
        drawn = Grid(64, 36).sign(encoder.convert(picture))
    found = signature_file.last_attached(path, Grid(64, 36))
    assert found is not None
    assert (found == drawn).all()
    assert signature_file.last_attached(path, Grid(640, 360)) is None
    whole = path.read_bytes()
    path.write_bytes(whole[: whole.rindex(b"uuid") - 4])
    assert signature_file.last_attached(path, Grid(64, 36)) is None
