"""Mixing in fixed point: exact, without order, and undone without a trace."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.mixing import FIXED_ONE, add_fixed, fixed_to_float


def slow_add(
    sound: np.ndarray, samples: np.ndarray, gains: np.ndarray, onset: int, sign: int
) -> None:
    """The slow twin of ``add_fixed``: sample by sample, in Python's own integers."""
    for channel in range(sound.shape[0]):
        row = samples[min(channel, samples.shape[0] - 1)]
        for i, sample in enumerate(row):
            if 0 <= onset + i < sound.shape[1]:
                step = int(np.rint(float(sample) * float(gains[channel]) * FIXED_ONE))
                step = min(max(step, -(2**50)), 2**50)
                sound[channel, onset + i] += sign * step


@pytest.mark.parametrize("n_samples", [0, 1, 2, 7, 40])
@pytest.mark.parametrize("onset", [-50, -3, 0, 5, 19, 20, 1000])
@pytest.mark.parametrize("n_channels", [1, 2])
def test_add_fixed_equals_its_slow_twin(
    rng: np.random.Generator, n_samples: int, onset: int, n_channels: int
) -> None:
    samples = rng.standard_normal((n_channels, n_samples)).astype(np.float32)
    gains = np.array([0.5, -1.25])
    fast, slow = np.zeros((2, 20), np.int64), np.zeros((2, 20), np.int64)
    add_fixed(fast, samples, gains, onset, 1)
    slow_add(slow, samples, gains, onset, 1)
    np.testing.assert_array_equal(fast, slow)


def test_taking_away_leaves_no_trace(rng: np.random.Generator) -> None:
    sound = rng.integers(-(2**50), 2**50, (2, 1000))
    before = sound.copy()
    samples = rng.standard_normal((1, 300)).astype(np.float32)
    gains = np.array([0.37, 1.9])
    add_fixed(sound, samples, gains, 100, 1)
    assert not np.array_equal(sound, before)
    add_fixed(sound, samples, gains, 100, -1)
    np.testing.assert_array_equal(sound, before)


def test_the_order_of_adding_does_not_matter(rng: np.random.Generator) -> None:
    parts = [rng.standard_normal((2, 50)).astype(np.float32) for _ in range(20)]
    gains = [rng.standard_normal(2) for _ in parts]
    forth, back = np.zeros((2, 60), np.int64), np.zeros((2, 60), np.int64)
    for k in range(20):
        add_fixed(forth, parts[k], gains[k], k % 10, 1)
    for k in reversed(range(20)):
        add_fixed(back, parts[k], gains[k], k % 10, 1)
    np.testing.assert_array_equal(forth, back)


def test_fixed_to_float_reads_outside_as_silence() -> None:
    sound = np.array([[2**40, 2**39, -(2**38)]], np.int64)
    out = np.empty((1, 6), np.float32)
    fixed_to_float(sound, -2, out)
    np.testing.assert_array_equal(out, [[0.0, 0.0, 1.0, 0.5, -0.25, 0.0]])


def test_a_gain_of_zero_adds_nothing() -> None:
    sound = np.zeros((2, 4), np.int64)
    add_fixed(sound, np.ones((1, 4), np.float32), np.array([0.0, 1.0]), 0, 1)
    np.testing.assert_array_equal(sound[0], 0)
    np.testing.assert_array_equal(sound[1], 2**40)


def test_what_is_far_too_loud_keeps_its_sign() -> None:
    samples = np.array([[1.0, -1.0, 1e38, -1e38, 0.5]], np.float32)
    gains = np.array([1e7, -1e30])
    fast, slow = np.zeros((2, 5), np.int64), np.zeros((2, 5), np.int64)
    for _ in range(1000):
        add_fixed(fast, samples, gains, 0, 1)
        slow_add(slow, samples, gains, 0, 1)
    np.testing.assert_array_equal(fast, slow)
    np.testing.assert_array_equal(np.sign(fast), np.sign(samples * np.array([[1], [-1]])))
