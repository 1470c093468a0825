"""What is listened to: the middle, which is what a mono listener hears, and of stereo left and right as well."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

_Numbers = TypeVar("_Numbers", bound=np.generic)

MIDDLE, LEFT, RIGHT = 0, 1, 2


def heard(speakers: NDArray[_Numbers]) -> NDArray[_Numbers]:
    """What is heard of one speaker or of two: the middle, and behind it left and right where there are two.

    Parameters
    ----------
    speakers
        Sound or spectra, float32 or complex64, speakers first.

    Examples
    --------
    >>> heard(np.array([[1.0], [0.5]], np.float32)).tolist()
    [[0.75], [1.0], [0.5]]
    """
    if speakers.shape[0] == 1:
        return speakers
    left, right = speakers
    middle = (left + right) * np.float32(0.5)
    return np.stack([middle.astype(speakers.dtype), left, right])
