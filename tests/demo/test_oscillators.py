from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo import oscillators
from phenotune.demo.signals import Signal, times_s

RATE_HZ = 44_100
TIME_S = times_s(1.0, RATE_HZ)


def spectrum_db(sound: Signal) -> Signal:
    """Level of each hertz, for sounds of one second, 0 dB being a sine of amplitude 1."""
    magnitudes = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) / (0.25 * len(sound))
    return np.asarray(20.0 * np.log10(magnitudes + 1e-12))


def test_phase_of_a_moving_frequency_is_its_integral() -> None:
    constant = oscillators.cycles(np.full(len(TIME_S), 100.0), TIME_S, 0.25)
    np.testing.assert_allclose(constant, oscillators.cycles(100.0, TIME_S, 0.25), atol=1e-9)


def test_a_saw_has_all_harmonics_and_little_else() -> None:
    level = spectrum_db(oscillators.saw(oscillators.cycles(1500.0, TIME_S)))
    expected = [20.0 * np.log10(2.0 / (np.pi * k)) for k in (1, 2, 3)]
    np.testing.assert_allclose(level[[1500, 3000, 4500]], expected, atol=1.2)
    between = [level[k * 1500 + 100 : (k + 1) * 1500 - 100].max() for k in range(10)]
    assert max(between) < -45.0


def test_a_square_has_no_even_harmonics_and_no_mean() -> None:
    square = oscillators.pulse(oscillators.cycles(400.0, TIME_S))
    level = spectrum_db(square)
    assert level[800] < level[400] - 50.0
    assert abs(square.mean()) < 1e-3


def test_unison_spreads_over_both_channels(rng: np.random.Generator) -> None:
    wide = oscillators.unison(220.0, TIME_S, rng, n=5, cents=15.0)
    assert wide.shape == (2, len(TIME_S))
    assert np.corrcoef(wide)[0, 1] < 0.95
    assert np.sqrt(np.mean(wide**2)) == pytest.approx(0.4, abs=0.08)


def test_harmonics_equal_the_sum_of_sines() -> None:
    phase = oscillators.cycles(317.0, TIME_S)
    strengths = np.array([1.0, 0.0, 0.5, 0.25])
    direct = sum(a * np.sin(2.0 * np.pi * (k + 1) * phase) for k, a in enumerate(strengths))
    np.testing.assert_allclose(oscillators.harmonics(phase, strengths), direct, atol=1e-9)
    moving = np.repeat(strengths[:, None], len(phase), axis=1)
    np.testing.assert_allclose(oscillators.harmonics(phase, moving), direct, atol=1e-9)


def test_sidebands_of_fm_are_bessel_functions() -> None:
    from scipy.special import jv

    carrier, modulator = (oscillators.cycles(hz, TIME_S) for hz in (2000.0, 300.0))
    level = spectrum_db(oscillators.modulated(carrier, modulator, 1.5))
    for order in range(4):
        expected = 20.0 * np.log10(abs(jv(order, 1.5)))
        assert level[2000 + 300 * order] == pytest.approx(expected, abs=0.1)


@pytest.mark.parametrize("n", [1000, 1001])
def test_a_cloud_keeps_to_its_band(n: int, rng: np.random.Generator) -> None:
    cloud = oscillators.partial_cloud(rng, n, 1000, 100.0, 200.0, n=30)
    power = np.abs(np.fft.rfft(cloud)) ** 2
    hz = np.fft.rfftfreq(n, 1.0 / 1000)
    assert cloud.shape == (n,)
    assert np.sqrt(np.mean(cloud**2)) == pytest.approx(1.0)
    assert power[(hz > 99.0) & (hz < 201.0)].sum() == pytest.approx(power.sum())
