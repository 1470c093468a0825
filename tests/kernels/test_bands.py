"""Sums of bins into bands against slow twins in plain NumPy."""

from __future__ import annotations

import numpy as np

from phenotune.kernels.bands import band_powers, band_products

from .test_scoring import BINS, EDGES, N_BANDS, N_CANVAS, OCTETS, PLACES, make_case, slow_powers


def test_band_powers(rng: np.random.Generator) -> None:
    spectra = np.stack([make_case(rng, 0, 0.0).canvas for _ in range(2)])
    out = np.empty((2, N_CANVAS, N_BANDS), np.float32)
    band_powers(spectra, OCTETS, BINS, out)
    np.testing.assert_allclose(out, [slow_powers(channel) for channel in spectra], rtol=1e-5)


def test_products_of_two_frames(rng: np.random.Generator) -> None:
    case = make_case(rng, 0, 0.0)
    out = np.empty(N_BANDS, np.float32)
    band_products(case.canvas[3], case.spectra[2], OCTETS, BINS, out)
    product = np.real(np.conj(case.canvas[3]) * case.spectra[2])[PLACES]
    slow = np.add.reduceat(product, EDGES[:-1])
    np.testing.assert_allclose(out, slow, rtol=1e-4, atol=1e-5)
