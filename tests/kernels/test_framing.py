"""Framing and lowering the rate, against slow twins in plain NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.kernels.framing import clear, deal, decimate, window_frames


def at(samples: np.ndarray, position: int) -> float:
    """One sample; silence outside."""
    return float(samples[position]) if 0 <= position < samples.size else 0.0


@pytest.mark.parametrize("n_samples", [0, 1, 2, 15, 16, 17, 100])
@pytest.mark.parametrize("start", [-40, -7, 0, 3, 95, 500])
def test_window_frames_equals_its_slow_twin(
    rng: np.random.Generator, n_samples: int, start: int
) -> None:
    samples = rng.standard_normal(n_samples).astype(np.float32)
    window = rng.random(16).astype(np.float32)
    out = np.full((5, 16), np.nan, np.float32)
    window_frames(samples, start, 8, window, out)
    slow = [
        [np.float32(at(samples, start + 8 * i + k)) * window[k] for k in range(16)]
        for i in range(5)
    ]
    np.testing.assert_array_equal(out, np.array(slow, np.float32))


@pytest.mark.parametrize("n_samples", [0, 1, 3, 4, 5, 64, 201])
@pytest.mark.parametrize("start", [-120, -13, 0, 2, 190, 900])
@pytest.mark.parametrize(("factor", "n_taps"), [(2, 9), (4, 17), (3, 8)])
def test_decimate_equals_its_slow_twin(
    rng: np.random.Generator, n_samples: int, start: int, factor: int, n_taps: int
) -> None:
    samples = rng.standard_normal(n_samples).astype(np.float32)
    taps = rng.standard_normal(n_taps).astype(np.float32)
    out = np.full(20, np.nan, np.float32)
    phases = np.empty((factor, out.size + n_taps // factor + 1), np.float32)
    decimate(samples, start, factor, taps, phases, out)
    slow = [
        sum(
            float(taps[k]) * at(samples, start + factor * m + k - n_taps // 2)
            for k in range(n_taps)
        )
        for m in range(20)
    ]
    np.testing.assert_allclose(out, slow, rtol=1e-5, atol=1e-5)


def test_deal_and_clear(rng: np.random.Generator) -> None:
    spectra = (rng.standard_normal((3, 6)) + 1j * rng.standard_normal((3, 6))).astype(np.complex64)
    out = np.full((3, 7), np.nan, np.complex64)
    places, gaps = np.array([4, 0, 5, 2]), np.array([1, 3, 6])
    deal(spectra, 2, places, out)
    clear(gaps, out)
    np.testing.assert_array_equal(out[:, places], spectra[:, 2:])
    assert not out[:, gaps].any()
