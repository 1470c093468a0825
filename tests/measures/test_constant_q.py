from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.constant_q import (
    N_OCTAVES,
    STEPS_PER_OCTAVE,
    constant_q_octaves,
    filter_lengths,
    octave_filters,
    quality,
    top_octave_hz,
)

RATE_HZ = 44_100


def transform(sound, tuning_steps=0.0):
    """All bins, C1 first, shape (n_frames, 252)."""
    octaves = list(constant_q_octaves(sound, tuning_steps))
    n_frames = len(octaves[0])
    return np.concatenate([octave[:n_frames] for octave in reversed(octaves)], axis=1)


def tone(frequency_hz, duration_s=3.0):
    times_s = np.arange(round(duration_s * RATE_HZ)) / RATE_HZ
    return np.sin(2 * np.pi * frequency_hz * times_s).astype(np.float32)


def test_quality_makes_neighbours_touch():
    ratio = 2 ** (1 / STEPS_PER_OCTAVE)
    assert 1.0 / quality() == pytest.approx((ratio**2 - 1) / (ratio**2 + 1))


def test_the_top_octave_holds_a6():
    frequencies_hz = top_octave_hz(0.0)
    assert frequencies_hz[0] == pytest.approx(2093.0045)
    assert frequencies_hz[9 * 3] == pytest.approx(3520.0)
    assert top_octave_hz(3.0)[9 * 3 - 3] == pytest.approx(3520.0)


@pytest.mark.parametrize(
    ("frequency_hz", "octave", "step"),
    [(32.7032, 0, 0), (440.0, 3, 27), (466.1638, 3, 30), (3951.0664, 6, 33)],
)
def test_a_tone_peaks_in_its_bin(frequency_hz, octave, step):
    middle = transform(tone(frequency_hz))[129]
    assert int(np.argmax(middle)) == octave * STEPS_PER_OCTAVE + step


def test_tuning_moves_the_bins():
    sharp = tone(440.0 * 2 ** (0.4 / STEPS_PER_OCTAVE))
    bin_of_a4 = 3 * STEPS_PER_OCTAVE + 27
    assert transform(sharp, 0.4)[129, bin_of_a4] > transform(sharp, 0.0)[129, bin_of_a4]


def test_a_tone_has_the_magnitude_of_its_windowed_sum():
    sound = tone(440.0)
    # Octave 3 from below is made at a sixteenth of 44.1 kHz, by filters as long as those of the top octave.
    length = filter_lengths(0.0)[27]
    expected = 0.5 * length * np.sqrt(2.0**4) / np.sqrt(length)
    assert transform(sound)[129, 3 * 36 + 27] == pytest.approx(expected, rel=0.01)


def test_noise_fills_all_bins_alike(rng):
    noise = rng.standard_normal(20 * RATE_HZ).astype(np.float32)
    power = (transform(noise) ** 2).mean(axis=0).reshape(N_OCTAVES, STEPS_PER_OCTAVE).mean(axis=1)
    np.testing.assert_allclose(power / power[-1], 1.0, atol=0.25)


def test_filters_keep_what_matters():
    filters, n_fft = octave_filters(0.0)
    assert n_fft == 1024
    assert filters.shape == (STEPS_PER_OCTAVE, 513)
    assert filters.nnz < 0.1 * STEPS_PER_OCTAVE * 513
    # A tone in the middle of the frame gives half its amplitude times the length of the filter.
    times = np.arange(n_fft) - n_fft // 2
    wave = np.cos(2 * np.pi * top_octave_hz(0.0)[10] / 22_050 * times)
    response = abs((filters @ np.fft.rfft(wave))[10])
    assert response == pytest.approx(0.5 * filter_lengths(0.0)[10], rel=0.01)


@pytest.mark.parametrize("n_samples", [1, 2, 3, 511, 512, 513, 1025])
def test_awkward_lengths(rng, n_samples):
    octaves = list(constant_q_octaves(rng.standard_normal(n_samples).astype(np.float32), 0.0))
    assert len(octaves) == N_OCTAVES
    assert all(np.isfinite(octave).all() for octave in octaves)
    assert len(octaves[0]) == min(len(octave) for octave in octaves)
    assert len(octaves[0]) == 1 + (n_samples + 1) // 2 // 256


def test_silence_stays_silent():
    assert transform(np.zeros(5000, dtype=np.float32)).max() == 0.0
