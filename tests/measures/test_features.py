from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.features import features


def test_shapes(rng):
    found = features(rng.standard_normal(44_100).astype(np.float32))
    assert found.bands.shape == (87, 128)
    assert found.power.shape == (87,)
    assert found.onsets.shape == (87,)
    assert found.chroma.shape == (87, 12)
    assert found.rms == pytest.approx(1.0, abs=0.02)


def test_silence_is_all_zeros():
    found = features(np.zeros(3000, dtype=np.float32))
    assert found.rms == 0.0
    for values in (found.bands, found.power, found.onsets, found.chroma):
        assert not values.any()


def test_gain_scales_power_by_its_square(rng):
    sound = rng.standard_normal(5000).astype(np.float32)
    once, twice = features(sound), features(2.0 * sound)
    np.testing.assert_allclose(twice.bands, 4.0 * once.bands)
    np.testing.assert_allclose(twice.power, 4.0 * once.power)
    np.testing.assert_allclose(twice.chroma, 2.0 * once.chroma, rtol=1e-4)
