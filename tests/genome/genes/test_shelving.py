from __future__ import annotations

import cmath
import math

import numpy as np
import pytest

from phenotune.genome.genes.shelving import filtered, shelf_section

RATE_HZ = 48_000.0


def response_db(section, pitch_hz):
    z = cmath.exp(-2j * math.pi * pitch_hz / RATE_HZ)
    numerator = section.b0 + section.b1 * z + section.b2 * z * z
    denominator = 1.0 + section.a1 * z + section.a2 * z * z
    return 20.0 * math.log10(abs(numerator / denominator))


@pytest.mark.parametrize("gain_db", [-48.0, -24.0, -1.0, 0.0, 12.0, 48.0])
@pytest.mark.parametrize("corner_hz", [10.0, 100.0, 1000.0, 8000.0])
@pytest.mark.parametrize("low", [True, False])
def test_gain_at_dc_at_the_corner_and_at_half_the_rate(gain_db, corner_hz, low):
    section = shelf_section(gain_db, corner_hz, RATE_HZ, low=low)
    at_dc, at_nyquist = (gain_db, 0.0) if low else (0.0, gain_db)
    assert response_db(section, 0.0) == pytest.approx(at_dc, abs=1e-4)
    assert response_db(section, RATE_HZ / 2) == pytest.approx(at_nyquist, abs=1e-4)
    assert response_db(section, corner_hz) == pytest.approx(gain_db / 2, abs=1e-4)


@pytest.mark.parametrize("low", [True, False])
@pytest.mark.parametrize("gain_db", [-48.0, 12.0, 48.0])
@pytest.mark.parametrize("corner_hz", [10.0, 3000.0, 20_000.0])
@pytest.mark.parametrize("rate_hz", [2000.0, 16_000.0, 192_000.0])
def test_is_stable_at_any_rate(low, gain_db, corner_hz, rate_hz):
    section = shelf_section(gain_db, corner_hz, rate_hz, low=low)
    poles = np.roots([1.0, section.a1, section.a2])
    assert np.abs(poles).max() < 1.0


def test_level_falls_steadily_from_the_shelf_down():
    section = shelf_section(12.0, 500.0, RATE_HZ, low=True)
    levels = [response_db(section, pitch) for pitch in np.geomspace(20.0, 20_000.0, 50)]
    assert (np.diff(levels) < 0.0).all()


def test_no_gain_changes_nothing(rng):
    samples = rng.standard_normal((2, 100)).astype(np.float32)
    played = filtered(samples, shelf_section(0.0, 500.0, RATE_HZ, low=True))
    np.testing.assert_allclose(played, samples, atol=1e-6)
