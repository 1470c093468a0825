"""The onset strength that the tempo is read off."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.spectra.flux import (
    HOP_S,
    LEAST_POWER,
    LEAST_SHARE,
    LOUD_QUANTILE,
    WINDOW_S,
    _band_edges,
    onset_flux,
)

RATE_HZ = 44_100


def strokes(rng: np.random.Generator, times_s: list[float], duration_s: float) -> Samples:
    """Short noises, each falling to a third in 5 ms."""
    sound = np.zeros((1, round(duration_s * RATE_HZ)), np.float32)
    for time_s in times_s:
        start = round(time_s * RATE_HZ)
        n = min(2000, sound.shape[1] - start)
        sound[0, start : start + n] += 0.2 * rng.standard_normal(n) * np.exp(-np.arange(n) / 220.0)
    return sound


def slow_flux(samples: Samples, rate_hz: int) -> np.ndarray:
    """The three envelopes, frame by frame and bin by bin, float64 (3, n_frames)."""
    hop, n_window = round(HOP_S * rate_hz), 2 ** round(np.log2(WINDOW_S * rate_hz))
    edges = _band_edges(rate_hz, n_window)
    window = np.hanning(n_window + 1)[:-1]
    padded = np.pad(samples.astype(np.float64), ((0, 0), (n_window, hop)))
    powers = []
    for frame in range(samples.shape[1] // hop + 2):
        cut = padded[:, frame * hop : frame * hop + n_window]
        bins = (np.abs(np.fft.rfft(cut * window)) ** 2).sum(axis=0)
        powers.append([bins[a:b].mean() for a, b in pairwise(edges)])
    cells = np.array(powers)
    loud = max(np.quantile(cells, LOUD_QUANTILE), 1e-4 * cells.max())
    cells = np.maximum(cells, max(loud * LEAST_SHARE, LEAST_POWER))
    levels_db, roots = 10.0 * np.log10(cells), np.sqrt(np.sqrt(cells))
    is_low = np.array([last * rate_hz / n_window <= 200.0 for last in edges[1:]])
    full, low, roots_full, roots_low = (
        np.array([np.maximum(b - a, 0.0).mean() for a, b in pairwise(levels)])
        for levels in (levels_db, levels_db[:, is_low], roots, roots[:, is_low])
    )
    weight = roots_full / max(roots_full.mean(), 1e-20) + roots_low / max(
        2.0 * roots_low.mean(), 1e-20
    )
    return np.stack([full, low, weight])


@pytest.mark.parametrize("n_samples", [0, 1, 219, 220, 221, 5000])
def test_it_is_what_a_slow_loop_finds(rng: np.random.Generator, n_samples: int) -> None:
    sound = (0.1 * rng.standard_normal((2, n_samples))).astype(np.float32)
    flux = onset_flux(sound, RATE_HZ)
    fast = np.stack([flux.full, flux.low, flux.weight])
    np.testing.assert_allclose(fast, slow_flux(sound, RATE_HZ), atol=1e-3)
    assert flux.full.size == flux.low.size == n_samples // 220 + 1


def test_a_stroke_is_heard_when_it_falls(rng: np.random.Generator) -> None:
    for time_s in (0.0, 0.1, 0.25, 0.5037):
        flux = onset_flux(strokes(rng, [time_s], 1.0), RATE_HZ)
        heard_s = flux.first_s + flux.hop_s * int(np.argmax(flux.weight))
        assert heard_s == pytest.approx(time_s, abs=0.005)


def test_the_level_does_not_matter(rng: np.random.Generator) -> None:
    sound = strokes(rng, [0.1, 0.4], 0.8)
    quiet = onset_flux((0.01 * sound).astype(np.float32), RATE_HZ)
    np.testing.assert_allclose(quiet.full, onset_flux(sound, RATE_HZ).full, atol=0.01)


def test_channels_of_opposite_polarity_do_not_hide_one_another(rng: np.random.Generator) -> None:
    left = strokes(rng, [0.3], 0.6)
    both = np.concatenate([left, -left])
    np.testing.assert_allclose(
        onset_flux(both, RATE_HZ).full, onset_flux(left, RATE_HZ).full, atol=1e-3
    )


def test_low_bands_hear_the_bass_drum_alone(rng: np.random.Generator) -> None:
    time_s = np.arange(RATE_HZ // 2) / RATE_HZ
    thump = np.pad(np.sin(2 * np.pi * 60.0 * time_s) * np.exp(-time_s / 0.1), (RATE_HZ // 2, 0))
    flux = onset_flux(thump[np.newaxis].astype(np.float32), RATE_HZ)
    assert flux.low.max() > 4.0 * flux.full.max() > 1.0


@pytest.mark.parametrize("rate_hz", [1_000, 8_000, 22_050, 96_000])
def test_any_rate_will_do(rng: np.random.Generator, rate_hz: int) -> None:
    sound = (0.1 * rng.standard_normal((1, rate_hz))).astype(np.float32)
    flux = onset_flux(sound, rate_hz)
    assert flux.hop_s == pytest.approx(HOP_S, rel=0.1)
    assert np.isfinite(flux.full).all()
    assert np.isfinite(flux.low).all()
