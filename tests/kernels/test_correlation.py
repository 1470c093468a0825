"""Correlation over lags, and what comes before and after it, against slow twins in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.correlation import PANEL, TILE, correlate, highest_peaks, pool_features


@pytest.mark.parametrize("n_frames", [0, 1, 2, 3, 15, 16, 17, 33])
def test_features_are_pooled_by_two_and_laid_out_in_tiles(
    rng: np.random.Generator, n_frames: int
) -> None:
    n_bands, n_tiles = 5, 2
    powers = rng.random((n_frames, n_bands)).astype(np.float32)
    scale, root_scale = rng.random((2, n_bands)).astype(np.float32)
    tiles = np.full((n_tiles, 2 * n_bands, TILE), np.nan, np.float32)
    pool_features(powers, scale, root_scale, tiles)
    both = np.concatenate([np.sqrt(powers) * scale, powers**0.25 * root_scale], axis=1)
    slow = np.zeros((n_tiles * TILE, 2 * n_bands))
    n_pooled = min(n_frames // 2, n_tiles * TILE)
    slow[:n_pooled] = both[: 2 * n_pooled].reshape(n_pooled, 2, 2 * n_bands).sum(axis=1)
    found = tiles.transpose(0, 2, 1).reshape(n_tiles * TILE, -1)
    np.testing.assert_allclose(found, slow, rtol=1e-5)


@pytest.mark.parametrize(("n_panels", "n_tiles"), [(1, 1), (3, 1), (2, 3), (2, 9)])
def test_correlation(rng: np.random.Generator, n_panels: int, n_tiles: int) -> None:
    n_features = 7
    panels = rng.standard_normal((n_panels, n_features, PANEL)).astype(np.float32)
    tiles = rng.standard_normal((n_tiles, n_features, TILE)).astype(np.float32)
    n_before, n_missing = TILE * n_tiles, PANEL * n_panels
    curve = np.full(n_before + n_missing + 5, np.nan, np.float32)
    correlate(panels, tiles, curve)
    missing = panels.transpose(1, 0, 2).reshape(n_features, n_missing).astype(np.float64)
    wanted = tiles.transpose(1, 0, 2).reshape(n_features, n_before).astype(np.float64)
    slow = sum(np.correlate(missing[f], wanted[f], "full") for f in range(n_features))
    # np.correlate begins at the lag at which the last frame wanted meets the first that is missing.
    np.testing.assert_allclose(curve[1 : n_before + n_missing], slow, rtol=1e-4, atol=1e-4)
    assert not curve[:1].any()
    assert not curve[n_before + n_missing :].any()


def slow_peaks(curve: np.ndarray, n_peaks: int) -> np.ndarray:
    padded = np.concatenate(([-np.inf], curve, [-np.inf]))
    is_peak = (curve > 0) & (curve >= padded[:-2]) & (curve > padded[2:])
    peaks = np.flatnonzero(is_peak)
    return peaks[np.argsort(-curve[peaks], kind="stable")[:n_peaks]]


@pytest.mark.parametrize("n_values", [0, 1, 2, 3, 300])
@pytest.mark.parametrize("n_peaks", [1, 3, 8])
@pytest.mark.parametrize("n_levels", [3, 1000])
def test_highest_peaks(
    rng: np.random.Generator, n_values: int, n_peaks: int, n_levels: int
) -> None:
    """With few levels there are ties and plateaus."""
    curve = (rng.integers(-n_levels, n_levels, n_values) / n_levels).astype(np.float32)
    out = np.full(n_peaks, -1)
    n_found = highest_peaks(curve, out)
    np.testing.assert_array_equal(out[:n_found], slow_peaks(curve, n_peaks))
