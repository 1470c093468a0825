"""What styles steer, measured."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.measures.steering import (
    in_scale_share,
    on_grid_share,
    repeated_share,
    spectral_centroid_hz,
)

RATE_HZ = 44_100
F_MAJOR = (0, 2, 4, 5, 7, 9, 10)


def tone(frequency_hz: float) -> np.ndarray:
    return np.sin(2 * np.pi * frequency_hz * np.arange(2 * RATE_HZ) / RATE_HZ)


def test_repeats_are_of_the_same_piece_and_near() -> None:
    first = (0.0, "a", 1.0, 2.0)
    assert repeated_share([first, (3.0, "a", 1.4, 2.4)], 4.0) == 1.0
    assert repeated_share([first, (3.0, "a", 1.6, 2.6)], 4.0) == 0.0
    assert repeated_share([first, (3.0, "b", 1.0, 2.0)], 4.0) == 0.0
    assert repeated_share([first, (5.0, "a", 1.0, 2.0)], 4.0) == 0.0
    assert repeated_share([], 4.0) == 0.0


def test_onsets_near_a_line_are_on_the_grid() -> None:
    onsets_s = [0.12, 0.61, 0.635, 0.70, 1.11]
    assert on_grid_share(onsets_s, 0.5, 0.12) == pytest.approx(4 / 5)
    assert on_grid_share([], 0.5) == 0.0
    with pytest.raises(ParameterError, match="step_s: expected a step above 0 s, got 0"):
        on_grid_share([0.0], 0.0)


def test_the_centroid_of_a_tone_is_its_frequency() -> None:
    assert spectral_centroid_hz(tone(2000.0), RATE_HZ) == pytest.approx(2000.0, rel=0.02)
    assert spectral_centroid_hz(np.zeros(RATE_HZ), RATE_HZ) == 0.0


def test_tones_of_the_scale_lie_in_it() -> None:
    assert in_scale_share(tone(440.0), F_MAJOR) > 0.9
    assert in_scale_share(tone(493.88), F_MAJOR) < 0.4
    assert in_scale_share(np.zeros(2 * RATE_HZ), F_MAJOR) == 0.0
