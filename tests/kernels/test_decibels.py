"""Levels in decibels."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.decibels import (
    frame_errors,
    frame_peaks,
    levels_at_gain,
    peak_of,
    sum_of_errors,
)


def spectra(rng: np.random.Generator, n_frames: int) -> np.ndarray:
    parts = rng.standard_normal((2, n_frames, 33)) * 10.0 ** rng.uniform(-6, 3, (n_frames, 33))
    return (parts[0] + 1j * parts[1]).astype(np.complex64)


def test_levels_are_those_of_the_logarithm(rng: np.random.Generator) -> None:
    canvas, sound = spectra(rng, 9), spectra(rng, 7)
    out = np.empty((5, 33), np.float32)
    levels_at_gain(canvas, 2, sound, 1, np.float32(0.5), np.empty(5 * 33, np.int32), out)
    with_it = canvas[2:7].astype(np.complex128) + 0.5 * sound[1:6]
    np.testing.assert_allclose(out, 10.0 * np.log10(np.abs(with_it) ** 2), atol=2e-3, rtol=1e-5)


def test_levels_of_plain_powers_are_right_to_a_hundred_thousandth() -> None:
    """Powers of ten and of two, and what lies just before and behind the seams of the series."""
    seams = np.sqrt(0.5) * np.array([0.9999999, 1.0, 1.0000001])
    powers = np.concatenate([10.0 ** np.arange(-12.0, 9.0), 2.0 ** np.arange(-20.0, 20.0), seams])
    canvas = np.sqrt(powers).astype(np.complex64)[None]
    out = np.empty(canvas.shape, np.float32)
    nothing = np.zeros_like(canvas)
    levels_at_gain(canvas, 0, nothing, 0, np.float32(0.0), np.empty(out.size, np.int32), out)
    true = 20.0 * np.log10(np.abs(canvas).astype(np.float64))
    np.testing.assert_allclose(out, true, atol=1e-5, rtol=2e-7)


def test_silence_lies_far_below_everything() -> None:
    nothing = np.zeros((1, 5), np.complex64)
    out = np.empty((1, 5), np.float32)
    levels_at_gain(nothing, 0, nothing, 0, np.float32(1.0), np.empty(5, np.int32), out)
    assert out.max() == pytest.approx(-382.3, abs=0.1)


def test_peaks_are_of_places_with_a_weight(rng: np.random.Generator) -> None:
    levels = rng.standard_normal((6, 33)).astype(np.float32)
    weights = (np.arange(33) % 3 > 0).astype(np.float32)
    peaks = np.empty(6, np.float32)
    frame_peaks(levels, weights, peaks)
    np.testing.assert_array_equal(peaks, levels[:, weights > 0].max(axis=1))
    assert peak_of(levels, weights, np.empty(33, np.float32)) == peaks.max()


def test_errors_are_those_of_held_levels(rng: np.random.Generator) -> None:
    levels = rng.uniform(-140, 20, (6, 33)).astype(np.float32)
    target = rng.uniform(-80, 0, (6, 33)).astype(np.float32)
    weights = rng.uniform(0, 2, 33).astype(np.float32)
    slow = (weights * (np.maximum(levels - 12.0, -80.0) - target).astype(np.float64) ** 2).sum(
        axis=1
    )
    each = np.empty(6)
    frame_errors(levels, np.float32(12.0), target, weights, each)
    np.testing.assert_allclose(each, slow, rtol=1e-6)
    lanes = np.empty(33)
    total = sum_of_errors(levels, np.float32(12.0), target, weights, lanes)
    assert total == pytest.approx(slow.sum(), rel=1e-6)
