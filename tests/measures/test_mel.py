from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.mel import hz_to_mel, mel_filters, mel_power, mel_to_hz


def test_the_scale_and_its_inverse():
    frequencies_hz = np.array([0.0, 20.0, 999.0, 1000.0, 1001.0, 22_050.0])
    np.testing.assert_allclose(mel_to_hz(hz_to_mel(frequencies_hz)), frequencies_hz, atol=1e-9)
    assert hz_to_mel(np.array([22_050.0]))[0] == pytest.approx(
        15.0 + 27.0 * np.log(22.05) / np.log(6.4)
    )


@pytest.mark.parametrize(("n_fft", "n_bands"), [(1024, 40), (2048, 128)])
def test_filters_are_triangles_of_area_one(n_fft, n_bands):
    filters = mel_filters(44_100, n_fft, n_bands).toarray()
    assert filters.shape == (n_bands, n_fft // 2 + 1)
    assert filters.min() == 0.0
    # Wide bands are sampled by many bins, so that their sum is their integral.
    areas = filters.sum(axis=1) * 44_100 / n_fft
    np.testing.assert_allclose(areas[-10:], 1.0, rtol=0.01)


def test_a_bin_falls_into_two_bands_at_most():
    assert (mel_filters(44_100, 2048, 128).toarray() > 0).sum(axis=0).max() == 2


def test_mel_power_is_the_weighted_sum(rng):
    power = rng.random((3, 513))
    expected = power @ mel_filters(44_100, 1024, 40).toarray().T
    bands = mel_power(power, 44_100, 40)
    assert bands.shape == (3, 40)
    np.testing.assert_allclose(bands, expected)
