"""Spectrograms in decibels below their own loudest cell."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.assembly import magnitudes_of
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.decibels import Decibels, rows_of_bins
from phenotune.genome.rendering import to_channels

from .conftest import LIMITS, N_TARGET, NO_OVERLAP, Bench, check, is_best_of_many


def term_of(bench: Bench) -> Decibels:
    n_frames = bench.canvas.target.n_frames
    return Decibels(magnitudes_of(bench.target, bench.layout, n_frames), bench.canvas, LIMITS)


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    layer = bench.layout.layers[0]
    places, rows = bench.layout.places[: layer.n_bins], rows_of_bins(layer)

    def levels(sound: np.ndarray) -> np.ndarray:
        powers = np.abs(bench.spectra_of(sound)).astype(np.float64)[:, places] ** 2
        powers[:, rows == 0.0] = 0.0
        if not powers.any():
            return np.full(powers.shape, -80.0)
        return np.maximum(10.0 * np.log10(np.maximum(powers / powers.max(), 1e-30)), -80.0)

    target = levels(bench.target_middle())
    errors = (rows * (levels(middle) - target) ** 2).sum()
    return float(errors / (rows * (-80.0 - target) ** 2).sum())


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    """With sounds before and over the loudest cell of the canvas, so that it moves up and down."""
    check(bench, term_of(bench), lambda middle: slow_twin(bench, middle), atol=2e-5)


def test_the_loudest_cell_ties_all_frames(bench: Bench) -> None:
    """A click far away makes everything else lie lower."""
    term = term_of(bench)
    bench.place(bench.target[:, :20_000], 0, 1.0)
    before = term.distance()
    click = Heard(np.ones((1, 5), np.float32), bench.layout)
    after = slow_twin(bench, bench.middle_with(np.ones((2, 5), np.float32), 40_000, 500.0))
    assert term.fitness(click, 40_000, 500.0) == pytest.approx(before - after, abs=2e-5)
    assert term.fitness(click, 40_000, 500.0) < -0.05


def test_only_levels_beside_one_another_count(bench: Bench) -> None:
    term = term_of(bench)
    heard = Heard(to_channels(bench.target, 1), bench.layout)
    for gain in (1.0, 0.1, 3.0):
        assert term.fitness(heard, 0, gain) == pytest.approx(1.0, abs=1e-6)


def test_a_canvas_that_is_silent_again_has_the_distance_of_silence(bench: Bench) -> None:
    term = term_of(bench)
    bench.place(bench.sound(), 5000, 1.0)
    assert term.distance() != pytest.approx(1.0, abs=1e-3)
    bench.canvas.remove(1, bench.sounds[1])
    assert term.distance() == pytest.approx(1.0, abs=1e-6)


def test_hardly_any_gain_is_better_than_the_one_found(bench: Bench) -> None:
    """Worth has more than one top here; the search may miss a little."""
    term = term_of(bench)
    bench.place(bench.target[:, :30_000], 0, 0.5)
    for onset in (-300, 4000, N_TARGET - 5000):
        assert is_best_of_many(term, Heard(bench.sound()[:1], bench.layout), onset, 0.02)


def test_rows_are_spaced_by_the_logarithm(rng: np.random.Generator) -> None:
    """256 rows over the seven octaves from 57 Hz to 7.35 kHz: about 37 to an octave."""
    layer = Bench(NO_OVERLAP, rng).layout.layers[0]
    rows = rows_of_bins(layer)
    assert rows.sum() == pytest.approx(256)
    assert rows[0] == 0.0
    assert rows[2:].min() == rows[-1] > 0.0
    for octave in (8, 16, 32):
        assert rows[octave : 2 * octave].sum() == pytest.approx(256 / 7, rel=0.1)
