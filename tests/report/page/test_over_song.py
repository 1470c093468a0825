from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.page import over_song as module
from phenotune.report.page.over_song import explained_over_song
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.hearing import heard
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

SETTINGS = SpectraSettings()


@pytest.fixture
def sounds(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Four seconds of noise, and the same with an error that grows from second to second."""
    target = 0.1 * rng.standard_normal((2, 4 * 44_100))
    error = 0.1 * rng.standard_normal(target.shape) * (np.arange(4).repeat(44_100) / 4.0)
    return target.astype(np.float32), (target + error).astype(np.float32)


def test_it_falls_where_the_error_grows(sounds: tuple[np.ndarray, np.ndarray]) -> None:
    shares = explained_over_song(*sounds, SETTINGS, 1.0)
    assert len(shares) == 4
    assert shares[0] == pytest.approx(1.0, abs=0.01)
    assert sorted(shares, reverse=True) == shares


def test_over_the_whole_song_it_is_what_the_run_tells(
    sounds: tuple[np.ndarray, np.ndarray],
) -> None:
    target, mosaic = sounds
    layout = make_layout(SETTINGS)
    spectra = prepare_target(target, layout, SETTINGS)
    powers = analyse_bands(heard(mosaic), spectra.n_frames, layout)
    distances = [
        sum(spectra.errors(i, of[i], 0, spectra.n_frames).sum() for i in range(spectra.n_channels))
        for of in (powers, np.zeros_like(powers))
    ]
    shares = explained_over_song(target, mosaic, SETTINGS, 100.0)
    assert shares == [pytest.approx(1.0 - distances[0] / distances[1], abs=1e-12)]


def test_silence_of_the_target_tells_nothing(sounds: tuple[np.ndarray, np.ndarray]) -> None:
    target, mosaic = sounds
    target[:, 44_100 : 3 * 44_100] = 0.0
    shares = explained_over_song(target, mosaic, SETTINGS, 0.5)
    # The windows of the analysis reach over the edges of what is silent.
    assert [shares[i] is None for i in (0, 3, 4, 7)] == [False, True, True, False]


def test_a_long_song_is_looked_at_in_parts(
    sounds: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = explained_over_song(*sounds, SETTINGS, 0.5)
    monkeypatch.setattr(module, "WHOLE_S", 2.0)
    told: list[float] = []
    parts = explained_over_song(*sounds, SETTINGS, 0.5, progress=told.append)
    assert told == [0.5, 1.0]
    np.testing.assert_allclose(parts, whole, atol=0.05)


def test_a_silent_target_is_no_error(sounds: tuple[np.ndarray, np.ndarray]) -> None:
    silence = np.zeros_like(sounds[0])
    assert explained_over_song(silence, sounds[1], SETTINGS, 1.0) == [None] * 4
