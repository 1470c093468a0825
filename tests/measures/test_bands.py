from __future__ import annotations

import numpy as np
import pytest

from phenotune.measures.bands import explained_percent, log_mel_distance
from phenotune.measures.features import Features


def with_bands(bands: list[list[float]]) -> Features:
    """A sound of which nothing is known but its bands; its level follows from them."""
    power = np.array(bands)
    none = np.zeros(0)
    return Features(
        sound=np.zeros(0, dtype=np.float32),
        rms=float(np.sqrt(power.mean())),
        bands=power,
        power=none,
        onsets=none,
        chroma=np.zeros((0, 12)),
    )


TARGET = with_bands([[1.0, 0.01], [0.1, 1.0]])


def test_gain_is_not_measured():
    gain_db, distance_db = log_mel_distance(TARGET, with_bands([[1e-5, 1e-7], [1e-6, 1e-5]]))
    assert gain_db == pytest.approx(50.0, abs=0.02)
    assert distance_db == pytest.approx(0.0, abs=0.02)


def test_distance_is_the_rms_of_what_no_gain_explains():
    # Differences of 0, 0, 0 and 12 dB: at the best gain 3 dB are left in three bands, and 9 dB in one.
    audio = with_bands([[1.0, 0.01], [0.1, 10**1.2]])
    gain_db, distance_db = log_mel_distance(TARGET, audio)
    assert gain_db == pytest.approx(-3.0, abs=0.02)
    assert distance_db == pytest.approx(np.sqrt((3 * 9 + 81) / 4), abs=1e-3)


def test_silence_is_as_far_as_the_floor():
    _, distance_db = log_mel_distance(TARGET, with_bands([[0.0, 0.0], [0.0, 0.0]]))
    assert distance_db == pytest.approx(np.sqrt((80**2 + 60**2 + 70**2 + 80**2) / 4))


def test_what_lies_under_the_floor_does_not_matter():
    target = with_bands([[1.0, 1e-12]])
    assert log_mel_distance(target, with_bands([[1.0, 1e-9]]))[1] == pytest.approx(0.0, abs=1e-6)


def test_explained_of_itself_silence_and_a_half():
    assert explained_percent(TARGET, TARGET, 0.5) == pytest.approx(100.0)
    assert explained_percent(TARGET, with_bands([[0.0, 0.0], [0.0, 0.0]]), 0.5) == 0.0
    half = with_bands([[1.0, 0.0]])
    assert explained_percent(with_bands([[1.0, 1.0]]), half, 0.5) == pytest.approx(50.0)


def test_the_lower_exponent_hears_the_quieter_part():
    target, audio = with_bands([[1.0, 1e-4]]), with_bands([[1.0, 0.0]])
    assert explained_percent(target, audio, 0.5) == pytest.approx(100 * (1 - 1e-4 / 1.0001))
    assert explained_percent(target, audio, 0.25) == pytest.approx(100 * (1 - 1e-2 / 1.01))
