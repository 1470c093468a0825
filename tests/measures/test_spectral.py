from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.features import features
from phenotune.measures.short_time import magnitude_blocks
from phenotune.measures.spectral import (
    SEARCH_DB,
    difference_curve,
    multi_resolution_distance,
    peak_magnitudes,
    spectral_convergence,
)


@pytest.fixture
def target(rng):
    noise = rng.standard_normal(6000) * np.exp(-np.arange(6000) / 1000)
    return features(noise.astype(np.float32))


@pytest.fixture
def audio(rng):
    return features((0.2 * rng.standard_normal(6000)).astype(np.float32))


def spectra(sound, n_fft):
    return np.concatenate(list(magnitude_blocks(sound, n_fft, n_fft // 4)))


def slow_difference(target, audio, n_fft, gain_db):
    """The definition, at one gain."""
    wanted, heard = spectra(target, n_fft), spectra(audio, n_fft) * 10 ** (gain_db / 20)
    floor = 1e-4 * wanted.max()
    return np.abs(np.log(np.maximum(wanted, floor)) - np.log(np.maximum(heard, floor))).mean()


def test_convergence_equals_its_definition(target, audio):
    wanted, heard = spectra(target.sound, 2048), spectra(audio.sound, 2048)
    gain = (wanted * heard).sum() / (heard**2).sum()
    expected = np.linalg.norm(wanted - gain * heard) / np.linalg.norm(wanted)
    assert spectral_convergence(target, audio) == pytest.approx(expected, rel=1e-9)


def test_convergence_of_itself_and_of_silence(target):
    assert spectral_convergence(target, target) == pytest.approx(0.0, abs=1e-6)
    assert spectral_convergence(target, features(np.zeros(6000, dtype=np.float32))) == 1.0


@pytest.mark.parametrize("n_fft", [512, 2048])
@pytest.mark.parametrize("above_low_db", [0.0, 0.01, 10.0, 33.33, 40.0, 79.99, 80.0])
def test_the_curve_equals_the_definition_at_every_gain(target, audio, n_fft, above_low_db):
    low_db = -35.0
    peak = peak_magnitudes(target.sound)[n_fft]
    curve = difference_curve(target.sound, audio.sound, n_fft, peak, low_db)
    expected = slow_difference(target.sound, audio.sound, n_fft, low_db + above_low_db)
    assert curve[round(above_low_db * 100)] == pytest.approx(expected, rel=1e-9)
    assert len(curve) == round(2 * SEARCH_DB * 100) + 1


def test_peaks_are_those_of_the_spectra(target):
    assert peak_magnitudes(target.sound) == {
        n_fft: spectra(target.sound, n_fft).max() for n_fft in (512, 1024, 2048)
    }


def test_multi_resolution_distance_is_least_over_gains(target, audio):
    peaks = peak_magnitudes(target.sound)
    least = min(
        np.mean([slow_difference(target.sound, audio.sound, n_fft, gain_db) for n_fft in peaks])
        for gain_db in np.arange(-20.0, 20.0, 0.25)
    )
    assert multi_resolution_distance(target, audio, peaks) == pytest.approx(least, abs=1e-3)


def test_multi_resolution_distance_of_a_quieter_self_is_zero(target):
    quieter = features(np.float32(0.03) * target.sound)
    distance = multi_resolution_distance(target, quieter, peak_magnitudes(target.sound))
    assert distance == pytest.approx(0.0, abs=1e-3)


def test_multi_resolution_distance_of_silence_is_that_of_the_floor(target):
    silence = features(np.zeros(6000, dtype=np.float32))
    peaks = peak_magnitudes(target.sound)
    expected = np.mean(
        [slow_difference(target.sound, silence.sound, n_fft, 0.0) for n_fft in peaks]
    )
    assert multi_resolution_distance(target, silence, peaks) == pytest.approx(expected)
