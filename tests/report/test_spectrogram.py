from __future__ import annotations

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.errors import ParameterError
from phenotune.report.spectrogram import LogAxis, log_spectrogram

RATE_HZ = 44_100
AXIS = LogAxis(n_bands=90)


def sine(frequency_hz: float, n_samples: int = RATE_HZ) -> Samples:
    time_s = np.arange(n_samples) / RATE_HZ
    return np.sin(2 * np.pi * frequency_hz * time_s).astype(np.float32)[np.newaxis]


@pytest.mark.parametrize("frequency_hz", [60.0, 440.0, 3000.0, 9000.0])
def test_a_sine_has_half_its_squared_amplitude_in_its_band(frequency_hz: float) -> None:
    power = log_spectrogram(sine(frequency_hz), RATE_HZ, AXIS, 20)[:, 5:15]
    loudest = int(power.mean(axis=1).argmax())
    edges_hz = AXIS.edges_hz()
    width_hz = RATE_HZ / 1024
    assert edges_hz[loudest] - width_hz < frequency_hz < edges_hz[loudest + 1] + width_hz
    assert power.sum(axis=0) == pytest.approx(np.full(10, 0.5), rel=0.02)


def test_white_noise_keeps_its_power(rng: np.random.Generator) -> None:
    noise = rng.normal(0.0, 0.1, (1, 5 * RATE_HZ)).astype(np.float32)
    power = log_spectrogram(noise, RATE_HZ, AXIS, 10)
    share = (AXIS.high_hz - AXIS.low_hz) / (RATE_HZ / 2)
    assert power[:, 1:-1].sum(axis=0).mean() == pytest.approx(0.01 * share, rel=0.03)


def test_a_click_stands_in_its_own_column() -> None:
    samples = np.zeros((1, RATE_HZ), np.float32)
    samples[0, 30_870] = 1.0
    treble = log_spectrogram(samples, RATE_HZ, AXIS, 100)[-10:].sum(axis=0)
    assert int(treble.argmax()) == 70
    assert treble[:65].max() == 0.0


def test_opposite_phase_does_not_vanish() -> None:
    tone = sine(440.0)
    both = log_spectrogram(np.concatenate([tone, -tone]), RATE_HZ, AXIS, 5)
    assert both == pytest.approx(log_spectrogram(tone, RATE_HZ, AXIS, 5))


def test_bands_above_half_the_rate_are_empty(rng: np.random.Generator) -> None:
    noise = rng.normal(0.0, 1.0, (1, 8000)).astype(np.float32)
    power = log_spectrogram(noise, 8000, AXIS, 10)
    above = AXIS.edges_hz()[:-1] > 4200.0
    assert power[above].max() == 0.0
    assert power[~above].max() > 0.0


@pytest.mark.parametrize("n_samples", [0, 1, 2, 511, 1024, 8193])
def test_any_length_fills_the_columns(n_samples: int) -> None:
    power = log_spectrogram(np.ones((2, n_samples), np.float32), RATE_HZ, AXIS, 30)
    assert power.shape == (90, 30)
    assert np.isfinite(power).all()
    assert (power.sum() > 0.0) == (n_samples > 0)


def test_no_columns_are_refused() -> None:
    with pytest.raises(ParameterError, match="n_columns: expected 1 or more, got 0"):
        log_spectrogram(sine(440.0), RATE_HZ, AXIS, 0)
