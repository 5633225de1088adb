"""Time as whole ticks, 48,000 to the second; seconds are used only for input and output.

A sample at 48 kHz, a millisecond and a frame at 10, 12, 15, 24, 25, 30, 50 or 60 fps are all
whole numbers of ticks, so nothing in the film is ever rounded twice.
"""

from __future__ import annotations

TICKS = 48_000
"""Ticks in a second; also the sample rate of the master track."""

MILLISECOND = TICKS // 1000
"""Ticks in a millisecond."""


def ticks(seconds: float) -> int:
    """Seconds to the nearest tick."""
    return round(seconds * TICKS)


def seconds(at: int) -> float:
    """Ticks to seconds."""
    return at / TICKS


def format_seconds(at: int, beside: int = 0) -> str:
    """Ticks as seconds for people: `1.5 s`, with up to three digits where fewer would show 0.

    With `beside`, with as many digits as those ticks would take.
    """
    shown = seconds(abs(beside or at))
    if not shown or round(shown, 1) > 0:
        digits = 1
    elif round(shown, 2) > 0:
        digits = 2
    else:
        digits = 3
    return f"{seconds(at):.{digits}f} s"


def frame_ticks(fps: int) -> int:
    """Ticks in one frame.

    Raises:
        ValueError: if a frame at `fps` is not a whole number of ticks.
    """
    if fps <= 0 or TICKS % fps:
        raise ValueError(f"{fps} fps does not divide {TICKS} ticks")
    return TICKS // fps


def frames_ceil(at: int, fps: int) -> int:
    """The number of whole frames that cover `at` ticks (rounded up)."""
    return -(-at // frame_ticks(fps))


def nearest_frame(at: int, fps: int) -> int:
    """The frame boundary nearest to `at` ticks; halves go up."""
    size = frame_ticks(fps)
    return (2 * at + size) // (2 * size)


def timestamp(at: int, decimal: str = ".") -> str:
    """Ticks as `HH:MM:SS.mmm`, as WebVTT has it (and SubRip with `decimal=","`)."""
    milliseconds = (at + MILLISECOND // 2) // MILLISECOND
    whole_seconds, milliseconds = divmod(milliseconds, 1000)
    minutes, whole_seconds = divmod(whole_seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{whole_seconds:02}{decimal}{milliseconds:03}"


def mmss(at: int) -> str:
    """Ticks as `m:ss`, from an hour on as `h:mm:ss`, rounded down to a second."""
    minutes, whole_seconds = divmod(at // TICKS, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours}:{minutes:02}:{whole_seconds:02}"
    return f"{minutes}:{whole_seconds:02}"
