from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.fades import fade_in, fade_out, fade_samples, join, match_channels, rise


@pytest.mark.parametrize(
    ("n_samples", "fade_ms", "expected"),
    [(0, 5.0, 0), (1, 5.0, 0), (3, 5.0, 0), (4, 5.0, 1), (1000, 5.0, 40), (1000, 0.0, 0)],
)
def test_a_fade_takes_a_quarter_at_most(n_samples, fade_ms, expected):
    assert fade_samples(n_samples, 8000, fade_ms) == expected


@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 220])
def test_a_rise_and_its_mirror_image_sum_to_one(n_samples):
    ramp = rise(n_samples)
    assert ramp.dtype == np.float32
    assert ramp.shape == (n_samples,)
    np.testing.assert_allclose(ramp + ramp[::-1], 1.0, atol=1e-6)
    assert (np.diff(ramp) > 0.0).all()


def test_nobody_can_spoil_a_rise():
    with pytest.raises(ValueError, match="read-only"):
        rise(4)[0] = 1.0


def test_fades_touch_their_own_samples_only():
    samples = np.ones((2, 10), dtype=np.float32)
    fade_in(samples, 2)
    fade_out(samples, 3)
    assert (samples[:, 2:7] == 1.0).all()
    np.testing.assert_array_equal(samples[:, :2], [rise(2)] * 2)
    np.testing.assert_array_equal(samples[:, 7:], [rise(3)[::-1]] * 2)


def test_no_fade_changes_nothing():
    samples = np.ones((1, 3), dtype=np.float32)
    fade_in(samples, 0)
    fade_out(samples, 0)
    assert samples.tolist() == [[1.0, 1.0, 1.0]]


def test_one_channel_matches_any_number():
    mono = np.array([[1.0, 2.0]], dtype=np.float32)
    assert match_channels(mono, 1) is mono
    assert match_channels(mono, 2).tolist() == [[1.0, 2.0], [1.0, 2.0]]


def test_two_channels_do_not_match_three():
    with pytest.raises(ParameterError, match="expected 1 or 3 channels, got 2"):
        match_channels(np.zeros((2, 5), dtype=np.float32), 3)


def test_join_of_one_piece_is_a_copy():
    piece = np.ones((1, 100), dtype=np.float32)
    joined = join([piece], 8000)
    assert joined.tolist() == piece.tolist()
    assert not np.shares_memory(joined, piece)


def test_pieces_between_two_joins_are_faded_at_both_ends():
    ones = np.ones((1, 100), dtype=np.float32)
    joined = join([ones, ones, ones], 8000)[0]  # 3 ms are 24 samples
    ramp = rise(24)
    np.testing.assert_array_equal(joined[100:124], ramp)
    np.testing.assert_array_equal(joined[124:176], 1.0)
    np.testing.assert_array_equal(joined[176:200], ramp[::-1])
