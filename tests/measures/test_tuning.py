from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.short_time import magnitude_blocks
from phenotune.measures.tuning import partials, tuning_steps

RATE_HZ = 44_100


def tone(frequency_hz: float, duration_s: float = 0.5) -> np.ndarray:
    times_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return np.sin(2 * np.pi * frequency_hz * times_s).astype(np.float32)


def spectra(sound):
    return np.concatenate(list(magnitude_blocks(sound, 2048, 512)))


def test_partials_are_found_between_the_bins():
    frequencies_hz, magnitudes = partials(spectra(tone(1000.0) + 0.5 * tone(1507.0))[8:12], RATE_HZ)
    np.testing.assert_allclose(frequencies_hz, [1000.0, 1507.0] * 4, atol=2.0)
    np.testing.assert_allclose(magnitudes[1::2] / magnitudes[::2], 0.5, atol=0.05)


def test_quiet_low_and_high_peaks_do_not_count():
    sound = tone(1000.0) + 0.05 * tone(2000.0) + 0.5 * tone(100.0) + 0.5 * tone(5000.0)
    frequencies_hz, _ = partials(spectra(sound)[8:12], RATE_HZ)
    np.testing.assert_allclose(frequencies_hz, [1000.0] * 4, atol=2.0)


@pytest.mark.parametrize("cents", [-12.0, -5.0, 0.0, 8.0, 15.0])
def test_tuning_of_a_chord(cents):
    chord = sum(tone(frequency_hz * 2 ** (cents / 1200)) for frequency_hz in (440.0, 880.0, 1760.0))
    found_steps = tuning_steps(*partials(spectra(chord), RATE_HZ), 36)
    assert found_steps * 100 / 3 == pytest.approx(cents, abs=3.0)


def test_more_than_half_a_step_up_is_less_than_half_a_step_down():
    frequencies_hz = np.full(3, 440.0 * 2 ** (0.7 / 12))
    assert tuning_steps(frequencies_hz, np.ones(3), 12) == pytest.approx(-0.3, abs=0.011)


def test_only_the_louder_half_counts():
    frequencies_hz = np.array([440.0, 440.0, 450.0, 450.0, 450.0]) * 1.000001
    loudness = np.array([9.0, 8.0, 1.0, 1.0, 2.0])
    assert tuning_steps(frequencies_hz, loudness, 12) == pytest.approx(0.0, abs=1e-9)


def test_silence_and_nothing_are_in_tune():
    assert tuning_steps(*partials(np.zeros((3, 1025)), RATE_HZ), 36) == 0.0
    assert tuning_steps(np.zeros(0), np.zeros(0), 36) == 0.0


def test_a_flat_spectrum_has_no_peaks():
    frequencies_hz, _ = partials(np.ones((2, 1025)), RATE_HZ)
    assert len(frequencies_hz) == 0
