from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.oscillators import cycles
from phenotune.demo.signals import Signal, times_s
from phenotune.demo.voices import VOWELS, babble, choir, glottis, held_note, sung

RATE_HZ = 44_100


def share(sound: Signal, around_hz: float) -> float:
    """Part of the energy within a sixth of a frequency."""
    power = np.abs(np.fft.rfft(sound, RATE_HZ)) ** 2
    low_hz, high_hz = round(around_hz * 5.0 / 6.0), round(around_hz * 7.0 / 6.0)
    return float(power[low_hz:high_hz].sum() / power.sum())


def test_the_glottis_opens_slower_than_it_closes_and_has_no_mean() -> None:
    flow = glottis(cycles(100.0, times_s(1.0, RATE_HZ)))
    assert abs(flow.mean()) < 1e-9
    assert -flow.min() > 1.3 * flow.max()


@pytest.mark.parametrize(("formant", "highest"), [(0, "ah"), (1, "ee")])
def test_vowels_differ_where_their_formants_do(
    formant: int, highest: str, rng: np.random.Generator
) -> None:
    voices = {
        vowel: sung(np.full(RATE_HZ, 100.0), [(0.0, vowel)], RATE_HZ, rng, breath=0.0)
        for vowel in ("ah", "ee", "oo")
    }
    shares = {vowel: share(voice, VOWELS[highest][formant]) for vowel, voice in voices.items()}
    others = [part for vowel, part in shares.items() if vowel != highest]
    assert shares[highest] > 5.0 * max(others)


def test_a_glide_ends_on_the_other_vowel(rng: np.random.Generator) -> None:
    glide = sung(np.full(RATE_HZ, 100.0), [(0.3, "oo"), (0.7, "ee")], RATE_HZ, rng, breath=0.0)
    before, after = glide[: round(0.3 * RATE_HZ)], glide[round(0.7 * RATE_HZ) :]
    assert share(after, 2290.0) > 20.0 * share(before, 2290.0)


def test_a_shorter_throat_moves_the_formants_up(rng: np.random.Generator) -> None:
    man, woman = (
        sung(np.full(RATE_HZ, 100.0), [(0.0, "ah")], RATE_HZ, rng, throat=throat, breath=0.0)
        for throat in (1.0, 1.17)
    )
    assert share(woman, 1.17 * 730.0) > 1.2 * share(man, 1.17 * 730.0)
    assert share(woman, 730.0 / 1.17) < 0.8 * share(man, 730.0 / 1.17)


def test_a_held_note_is_on_pitch_and_quiet_at_both_ends(rng: np.random.Generator) -> None:
    note = held_note(220.0, 1.0, [(0.0, "ah")], RATE_HZ, rng)
    spectrum = np.abs(np.fft.rfft(note, RATE_HZ))
    assert 100 + int(np.argmax(spectrum[100:330])) == pytest.approx(220.0, abs=5.0)
    assert np.abs(note[[0, -1]]).max() < 1e-6


def test_a_choir_is_wide_and_peaks_at_one(rng: np.random.Generator) -> None:
    chord = choir((196.0, 262.0), 0.8, [(0.0, "oo"), (0.5, "ah")], 22_050, rng)
    assert chord.shape == (2, round(0.8 * 22_050))
    assert np.abs(chord).max() == pytest.approx(1.0)
    assert np.corrcoef(chord)[0, 1] < 0.9


def test_babble_has_syllables(rng: np.random.Generator) -> None:
    talk = babble(8, 110.0, RATE_HZ, rng)
    n = len(talk) // 441
    loudness = np.sqrt(np.mean(talk[: n * 441].reshape(n, 441) ** 2, axis=1))
    smooth = np.convolve(loudness, np.hanning(9), mode="same")
    is_top = (smooth[1:-1] > smooth[:-2]) & (smooth[1:-1] > smooth[2:])
    assert 6 <= np.count_nonzero(is_top & (smooth[1:-1] > 0.25 * smooth.max())) <= 16
    assert np.abs(talk).max() == pytest.approx(1.0)
