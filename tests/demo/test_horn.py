from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.horn import Tone, phrase

RATE_HZ = 44_100


def test_a_phrase_glides_from_tone_to_tone_without_a_break(rng: np.random.Generator) -> None:
    tones = [Tone(1.0, 1.5, 440.0, 0.7), Tone(1.5, 2.0, 660.0, 0.7)]
    sound = phrase(tones, RATE_HZ, rng)
    assert len(sound) == round(1.15 * RATE_HZ)
    for start_s, hz in ((0.1, 440.0), (0.6, 660.0)):
        part = sound[round(start_s * RATE_HZ) :][: round(0.3 * RATE_HZ)]
        spectrum = np.abs(np.fft.rfft(part * np.hanning(len(part)), RATE_HZ))
        assert 300 + int(np.argmax(spectrum[300:900])) == pytest.approx(hz, rel=0.012)
    around = sound[round(0.48 * RATE_HZ) : round(0.54 * RATE_HZ)].reshape(6, -1)
    assert np.sqrt(np.mean(around**2, axis=1)).min() > 0.05


def test_a_rest_within_a_breath_is_silent(rng: np.random.Generator) -> None:
    tones = [Tone(0.0, 0.4, 440.0, 0.7), Tone(0.8, 1.2, 440.0, 0.7)]
    sound = phrase(tones, RATE_HZ, rng)
    rest = sound[round(0.56 * RATE_HZ) : round(0.78 * RATE_HZ)]
    assert np.abs(rest).max() < 0.01 * np.abs(sound).max()


def test_louder_is_brighter(rng: np.random.Generator) -> None:
    def brightness(velocity: float) -> float:
        power = np.abs(np.fft.rfft(phrase([Tone(0.0, 0.8, 440.0, velocity)], RATE_HZ, rng))) ** 2
        return float((power * np.arange(len(power))).sum() / power.sum())

    assert brightness(0.95) > 1.2 * brightness(0.4)


def test_long_tones_get_vibrato_and_short_ones_do_not(rng: np.random.Generator) -> None:
    from scipy.signal import hilbert

    def wobble_cents(start_s: float, end_s: float) -> float:
        sound = phrase([Tone(0.0, 1.6, 440.0, 0.5)], RATE_HZ, rng)
        spectrum = np.fft.rfft(sound)
        spectrum[round(600 * len(sound) / RATE_HZ) :] = 0.0  # the fundamental alone
        turns = np.unwrap(np.angle(hilbert(np.fft.irfft(spectrum, len(sound)))))
        hz = np.diff(turns) * RATE_HZ / (2.0 * np.pi)
        part = hz[round(start_s * RATE_HZ) : round(end_s * RATE_HZ)]
        return float(1200.0 * np.std(np.log2(part)))

    assert wobble_cents(0.9, 1.5) == pytest.approx(22.0 / np.sqrt(2.0), rel=0.3)
    assert wobble_cents(0.14, 0.24) < 6.0
