from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.onsets import correlation, onset_strength


def test_strength_is_the_mean_rise_in_db_moved_by_half_a_frame():
    bands = np.ones((8, 2))
    bands[3:, 0] = 100.0  # up by 20 dB in one of two bands
    bands[5:, 0] = 1.0  # falls do not count
    strength = onset_strength(bands, 2048, 512)
    assert strength.tolist() == [0, 0, 0, 0, 0, 10.0, 0, 0]


def test_levels_are_lifted_to_80_db_under_the_loudest():
    bands = np.array([[1e-9], [1.0], [1e-9], [1.0], [1.0], [1.0]])
    assert onset_strength(bands, 1024, 512).tolist() == [0, 0, 80.0, 0, 80.0, 0]


def test_silence_has_no_onsets():
    assert onset_strength(np.zeros((5, 3)), 2048, 512).tolist() == [0.0] * 5


@pytest.mark.parametrize("n_frames", [1, 2, 3])
def test_as_many_values_as_frames(n_frames):
    assert onset_strength(np.ones((n_frames, 2)), 2048, 512).tolist() == [0.0] * n_frames


def test_correlation():
    rising = np.array([0.0, 1.0, 2.0])
    assert correlation(rising, 5.0 - 2.0 * rising) == pytest.approx(-1.0)


@pytest.mark.parametrize("still", [np.zeros(3), np.full(3, 7.0)])
def test_what_never_moves_correlates_with_nothing(still):
    moving = np.array([0.0, 1.0, 2.0])
    assert correlation(still, moving) == 0.0
    assert correlation(moving, still) == 0.0
    assert correlation(moving[:1], moving[:1]) == 0.0
