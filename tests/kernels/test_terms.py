"""Sums for the plain terms."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.terms import centroids, magnitude_errors, products


def spectra(rng: np.random.Generator, n_frames: int) -> np.ndarray:
    parts = rng.standard_normal((2, n_frames, 21))
    return (parts[0] + 1j * parts[1]).astype(np.complex64)


@pytest.mark.parametrize("n_samples", [0, 1, 7, 8, 9, 1003])
def test_products(rng: np.random.Generator, n_samples: int) -> None:
    a, b = rng.standard_normal((2, n_samples)).astype(np.float32)
    out = np.full(2, np.nan)
    products(a, b, out)
    wide = b.astype(np.float64)
    np.testing.assert_allclose(out, [(a * wide).sum(), (wide * wide).sum()], rtol=1e-12, atol=1e-12)


def test_magnitude_errors(rng: np.random.Generator) -> None:
    canvas, sound = spectra(rng, 9), spectra(rng, 6)
    target = np.abs(spectra(rng, 9))
    weights = rng.uniform(0, 1, 21).astype(np.float32)
    out = np.empty(4)
    magnitude_errors(
        canvas, 3, sound, 2, np.float32(-0.5), target, weights, np.empty(21, np.float32), out
    )
    found = np.abs(canvas[3:7] - 0.5 * sound[2:6])
    np.testing.assert_allclose(out, (weights * (found - target[3:7]) ** 2).sum(axis=1), rtol=1e-5)


def test_centroids(rng: np.random.Generator) -> None:
    canvas, sound = spectra(rng, 9), spectra(rng, 6)
    bins = np.arange(21, dtype=np.float32)
    bins[::4] = -1.0
    out = np.empty(4)
    centroids(canvas, 3, sound, 2, np.float32(2.0), bins, 0.25, np.empty(21, np.float32), out)
    found = np.abs(canvas[3:7] + 2.0 * sound[2:6])[:, bins >= 0]
    slow = (found * bins[bins >= 0]).sum(axis=1) / (found.sum(axis=1) + 0.25)
    np.testing.assert_allclose(out, slow, rtol=1e-5)
