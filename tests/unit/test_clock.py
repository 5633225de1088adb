import pytest

from explainer import clock


@pytest.mark.parametrize("fps", [10, 12, 15, 20, 24, 25, 30, 48, 50, 60])
def test_a_frame_at_any_usual_speed_is_a_whole_number_of_ticks(fps: int) -> None:
    assert clock.frame_ticks(fps) * fps == clock.TICKS


@pytest.mark.parametrize("fps", [0, -1, 7, 29, 59])
def test_a_speed_that_ticks_cannot_hold_is_refused(fps: int) -> None:
    with pytest.raises(ValueError, match="does not divide"):
        clock.frame_ticks(fps)


def test_frames_cover_a_time_and_not_one_more() -> None:
    assert clock.frames_ceil(0, 30) == 0
    assert clock.frames_ceil(1, 30) == 1
    assert clock.frames_ceil(1600, 30) == 1
    assert clock.frames_ceil(1601, 30) == 2


def test_the_nearest_frame_rounds_halves_up() -> None:
    assert [clock.nearest_frame(t, 30) for t in (0, 799, 800, 1600, 2399, 2400)] == [
        0,
        0,
        1,
        1,
        1,
        2,
    ]


def test_stamps_are_written_as_webvtt_and_subrip_want_them() -> None:
    at = clock.ticks(3723.0045)
    assert clock.timestamp(at) == "01:02:03.005"
    assert clock.timestamp(at, ",") == "01:02:03,005"
    assert clock.mmss(at) == "1:02:03"
    assert clock.mmss(clock.ticks(3599.9)) == "59:59"


def test_a_stamp_that_rounds_up_carries_into_the_minute() -> None:
    assert clock.timestamp(clock.ticks(59.9996)) == "00:01:00.000"


@pytest.mark.parametrize(
    ("ticks", "beside", "said"),
    [
        (0, 0, "0.0 s"),
        (48_000, 0, "1.0 s"),
        (800, 0, "0.02 s"),
        (48, 0, "0.001 s"),
        (2_880_800, 800, "60.02 s"),
        (2_400, 0, "0.1 s"),
    ],
)
def test_people_are_not_told_that_a_time_is_none_where_it_is_not(ticks, beside, said) -> None:
    assert clock.format_seconds(ticks, beside) == said
