"""The numbers that a delivered film must meet: making a film aims at them, `verify` measures them.

Times are ticks of 1/48,000 s where nothing else is said; lengths in a picture are pixels of one
whose short side has 1080.
"""

from __future__ import annotations

from dataclasses import dataclass

from explainer.clock import MILLISECOND, TICKS

# ---------------------------------------------------------------------------------- tracks
MAX_START_DIFFERENCE = MILLISECOND
"""Between the starts of picture and sound."""
MAX_CHAPTER_OFFSET = MILLISECOND
MAX_KEY_FRAME_SECONDS = 2.0
"""Between two key frames: how far a player may have to go back to show a frame."""
MAX_FOREIGN_KEY_FRAME_SECONDS = 10.0
"""The same in a film of another tool."""

# ----------------------------------------------------------------------------------- sound
LOUDNESS = -16.0
"""Integrated loudness in LUFS of the stereo track."""
LOUDNESS_TOLERANCE = 0.5
"""LU."""
MAX_TRUE_PEAK = -1.0
"""dBTP of the decoded track."""
MAX_METER_DIFFERENCE = 0.1
"""LU between two loudness meters."""
MAX_LINE_LOUDNESS_SPREAD = 1.5
"""LU between the softest and the loudest line."""
MIN_MUSIC_DISTANCE = 20.0
"""LU that music stays under the voice while somebody speaks (WCAG 2.2, 1.4.7)."""
MAX_EFFECT_DURATION = 2 * TICKS
"""Of an effect; what sounds for longer counts as music (WCAG 2.2, 1.4.7)."""
MAX_DIGITAL_SILENCE = 50 * MILLISECOND
MAX_CLICK_STEEPNESS = 7.0
"""How much steeper a moment may be than all near it; 15 coded voices stay under 4.7."""
MAINS_FREQUENCIES = (50, 60)
"""Hertz at which a hum is looked for."""
MAX_HUM = -55.0
"""dBFS at one of them."""
PAUSE_LEVELS = (-75.0, -50.0)
"""dBFS between which the room lies where nobody speaks."""
SILENCE_BEFORE_SPEECH = 5 * MILLISECOND
"""What is kept before the first sound of a line when its silence is trimmed."""

# ---------------------------------------------------------------------------------- rhythm
MAX_CUE_OFFSET_SECONDS = 0.25
"""Between a moment in the picture and its word."""
MAX_ESTIMATED_SHARE = 0.1
"""Of the words, those whose time is only estimated."""

# -------------------------------------------------------------------------------- captions
MAX_CAPTION_ROWS = 2
MIN_CAPTION_DURATION = TICKS * 5 // 6
MAX_CAPTION_DURATION = TICKS * 7
CAPTION_GAP_FRAMES = 2
"""Frames between captions that follow each other closely."""
MIN_OPEN_CAPTION_GAP = TICKS
"""A gap between captions is either of `CAPTION_GAP_FRAMES` or at least this long."""
MAX_CAPTION_LEAD_IN = TICKS // 10
"""How far before its first word a caption may start."""
MAX_CAPTION_HOLD = TICKS * 3 // 2
"""How long a caption may stay after its last word."""
MAX_CAPTION_DIFFERENCE = MILLISECOND
"""Between the times of a caption in the film and in a file beside it."""


@dataclass(frozen=True, slots=True)
class CaptionLimits:
    """How much a caption may hold: characters in a row, and characters a second.

    The median of a film's captions may reach `target_cps`, any one of them `max_cps`. With
    `full_width`, characters of full width count as one and others as a half.
    """

    row_length: int = 42
    target_cps: float = 17.0
    max_cps: float = 20.0
    full_width: bool = False


_USUAL_LIMITS = CaptionLimits()
_CAPTION_LIMITS = {
    "ar": CaptionLimits(target_cps=20.0, max_cps=23.0),
    "hi": CaptionLimits(target_cps=22.0, max_cps=25.0),
    "ja": CaptionLimits(13, 7.0, 7.0, full_width=True),
    "ko": CaptionLimits(16, 12.0, 14.0, full_width=True),
    "th": CaptionLimits(35),
    "zh": CaptionLimits(16, 9.0, 11.0, full_width=True),
    "yue": CaptionLimits(16, 9.0, 11.0, full_width=True),
}
"""By language, after Netflix's Timed Text Style Guides: `target_cps` is their limit for subtitles,
`max_cps` the one of captions for the deaf, which like these say every word. Of Japanese, only the
latter: subtitles that shorten what is said may have four characters a second, but a text that is
read aloud has more."""


def caption_limits(language: str) -> CaptionLimits:
    """The limits of captions in the language with that tag."""
    return _CAPTION_LIMITS.get(language.partition("-")[0].lower(), _USUAL_LIMITS)


# --------------------------------------------------------------------------------- picture
MAX_COLOUR_SHIFT = 3
"""Of 255, that the mean colour of a part of the picture may be off from what was drawn."""
MAX_COLOUR_SHIFT_SMALL = 5
"""The same where the short side is under `SMALL_PICTURE`: more of the picture is edges."""
MAX_COLOUR_SHIFT_COPY = 10
"""The same of a film's smaller copy, which is coded in a fifth of its bytes."""
SMALL_PICTURE = 720
"""Pixels of the short side under which a label cannot be told from its ground."""
MAX_FLASHES = 3
"""In any second, in any part of the picture (WCAG 2.2, 2.3.2)."""
MIN_LABEL_SIZE = 24.0
"""The em of the smallest label; it stands for ordinary text, which is 12 points."""
LARGE_LABEL_SIZE = MIN_LABEL_SIZE * 18 / 12
"""The em from which on text counts as large (18 points in WCAG 2.2)."""
MIN_CONTRAST = 4.5
"""Of a label with its ground (WCAG 2.2, 1.4.3)."""
MIN_LARGE_CONTRAST = 3.0
"""The same of a large label."""
MIN_LABEL_DURATION = TICKS * 3 // 2
"""For which a label can be seen."""
FROZEN_LUMA_STEP = 7
"""The most, of the 219 steps of luma, by which a pixel may differ and count as unchanged."""
MOTION_TOP = 130.0
"""The row under which a picture is looked at for motion: the header moves by itself."""
FROZEN_BELOW = 0.0006
"""The share of changed pixels under which a frame counts as frozen."""
HEADER_HEIGHT = 110.0
"""Bottom of the zone at the top that belongs to a film's header."""

# ------------------------------------------------------------------------------ signatures
MAX_PART_DIFFERENCE = 5
"""Of 255, that any part of a frame may be off from its signature."""
MAX_MEAN_DIFFERENCE = 1.0
"""Of 255, that each channel of a frame may be off in the mean."""
MAX_DETAIL_CHANGE = 3.5
"""Decibels of fine detail that a part of a frame may have lost or gained."""
MAX_FRAME_DETAIL_CHANGE = 1.1
"""The same of a whole frame."""
MAX_COPY_PART_DIFFERENCE = 12
MAX_COPY_MEAN_DIFFERENCE = 1.5
MAX_COPY_DETAIL_CHANGE = 7.0
MAX_COPY_FRAME_DETAIL_CHANGE = 2.5
"""The four of a film's smaller copy. That of the first film needed 10, 1.2, 5.5 and 1.9."""
MAX_BAND_CHANGE = 8.5
"""Decibels that a band of 10 ms of sound may be off from its signature."""
MAX_LONG_BAND_CHANGE = 3.2
"""The same over 100 ms."""
MAX_GAIN_CHANGE = 0.5
"""Decibels that the whole track may be louder or softer than it was mixed."""
