from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.lag import (
    HOP_LENGTH,
    find_lag_samples,
    fit_length,
    lag_bands,
    shift_earlier,
)

RATE_HZ = 44_100


@pytest.fixture
def bursts(rng):
    """Two seconds of bursts of noise at irregular places."""
    envelope = np.zeros(2 * RATE_HZ)
    for start in (3000, 17_000, 24_500, 45_100, 60_300):
        envelope[start : start + 3000] = 1.0
    return (rng.standard_normal(len(envelope)) * envelope).astype(np.float32)


@pytest.mark.parametrize("n_hops", [-51, -8, -1, 0, 1, 8, 51])
def test_a_shift_is_found(bursts, n_hops):
    shifted = np.roll(bursts, n_hops * HOP_LENGTH)
    lag_samples = find_lag_samples(
        lag_bands(bursts, RATE_HZ), lag_bands(0.1 * shifted, RATE_HZ), RATE_HZ
    )
    assert lag_samples == n_hops * HOP_LENGTH


def test_lags_stay_within_150_ms(bursts):
    shifted = np.roll(bursts, RATE_HZ // 2)
    lag_samples = find_lag_samples(lag_bands(bursts, RATE_HZ), lag_bands(shifted, RATE_HZ), RATE_HZ)
    assert abs(lag_samples) <= 0.150 * RATE_HZ


def test_silence_has_no_lag(bursts):
    silence = np.zeros_like(bursts)
    assert find_lag_samples(lag_bands(bursts, RATE_HZ), lag_bands(silence, RATE_HZ), RATE_HZ) == 0


@pytest.mark.parametrize("n_samples", [1, 2, 127, 128, 129, 1000])
def test_sounds_shorter_than_the_longest_lag(rng, n_samples):
    sound = rng.standard_normal(n_samples).astype(np.float32)
    bands = lag_bands(sound, RATE_HZ)
    assert find_lag_samples(bands, bands, RATE_HZ) == 0


@pytest.mark.parametrize(
    ("n_samples", "expected"),
    [(0, []), (2, [1, 2]), (3, [1, 2, 3]), (5, [1, 2, 3, 0, 0])],
)
def test_fit_length(n_samples, expected):
    assert fit_length(np.array([1, 2, 3], dtype=np.float32), n_samples).tolist() == expected


@pytest.mark.parametrize(
    ("lag_samples", "expected"),
    [
        (0, [1, 2, 3]),
        (1, [2, 3, 0]),
        (3, [0, 0, 0]),
        (9, [0, 0, 0]),
        (-2, [0, 0, 1]),
        (-9, [0, 0, 0]),
    ],
)
def test_shift_earlier(lag_samples, expected):
    assert shift_earlier(np.array([1, 2, 3], dtype=np.float32), lag_samples).tolist() == expected
