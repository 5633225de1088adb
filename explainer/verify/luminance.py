"""Colours as eyes see them: sRGB bytes in, linear light, relative luminance and contrast out.

Definitions of WCAG 2.2; https://www.w3.org/TR/WCAG22/#dfn-relative-luminance
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_BYTES = np.arange(256) / 255
LINEAR = np.where(_BYTES <= 0.04045, _BYTES / 12.92, ((_BYTES + 0.055) / 1.055) ** 2.4).astype(
    np.float32
)
"""Linear light, 0 to 1, of each sRGB byte."""
LUMINANCE = np.array([0.2126, 0.7152, 0.0722], np.float32)
"""What red, green and blue add to relative luminance."""


def luminance(colours: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Relative luminance, shape (…), of sRGB colours of shape (…, 3)."""
    light: NDArray[np.float32] = LINEAR[colours] @ LUMINANCE
    return light


def contrast(
    one: NDArray[np.float32] | float, other: NDArray[np.float32] | float
) -> NDArray[np.float32]:
    """The contrast, 1 to 21, of two relative luminances."""
    high, low = np.maximum(one, other), np.minimum(one, other)
    return np.asarray((high + 0.05) / (low + 0.05), np.float32)
