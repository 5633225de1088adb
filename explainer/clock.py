"""Time as whole ticks, 48,000 to the second; seconds exist only at the edges.

A sample at 48 kHz, a millisecond and a frame at 10, 12, 15, 24, 25, 30, 50 or 60 fps are all
whole numbers of ticks, so nothing in the film is ever rounded twice.
"""

from __future__ import annotations

TICKS = 48_000
"""Ticks in a second; also the sample rate of the master track."""

MILLISECOND = TICKS // 1000


def ticks(seconds: float) -> int:
    """Seconds to the nearest tick."""
    return round(seconds * TICKS)


def seconds(at: int) -> float:
    """Ticks to seconds."""
    return at / TICKS


def format_seconds(at: int, beside: int = 0) -> str:
    """Ticks as seconds for people, to a tenth or as fine as it takes not to round them to none.

    With `beside`, as fine as those ticks are told.
    """
    least = abs(beside or at)
    digits = next((n for n in (1, 2) if round(seconds(least), n) > 0), 3) if least else 1
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
    """Ticks as `HH:MM:SS.mmm`, the form of WebVTT (and of SubRip with `decimal=","`)."""
    ms = (at + MILLISECOND // 2) // MILLISECOND
    s, ms = divmod(ms, 1000)
    m, s = divmod(s, 60)
    h, m = divmod(m, 60)
    return f"{h:02}:{m:02}:{s:02}{decimal}{ms:03}"


def mmss(at: int) -> str:
    """Ticks as `m:ss`, from an hour on `h:mm:ss`, for people."""
    m, s = divmod(at // TICKS, 60)
    h, m = divmod(m, 60)
    return f"{h}:{m:02}:{s:02}" if h else f"{m}:{s:02}"
