"""The error of plain magnitudes."""

from __future__ import annotations

import numpy as np

from phenotune.fitness.assembly import magnitudes_of
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.spectral_norm import SpectralNorm

from .conftest import LIMITS, Bench, check, is_best_of_many


def term_of(bench: Bench) -> SpectralNorm:
    n_frames = bench.canvas.target.n_frames
    return SpectralNorm(magnitudes_of(bench.target, bench.layout, n_frames), bench.canvas, LIMITS)


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    target = np.abs(bench.spectra_of(bench.target_middle())).astype(np.float64)
    found = np.abs(bench.spectra_of(middle)).astype(np.float64)
    total, offset = 0.0, 0
    for layer in bench.layout.layers:
        places = bench.layout.places[offset : offset + layer.n_bins]
        offset += layer.n_bins
        errors = ((found - target)[:, places] ** 2).sum()
        total += layer.weight * errors / (target[:, places] ** 2).sum()
    return float(total / sum(layer.weight for layer in bench.layout.layers))


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    check(bench, term_of(bench), lambda middle: slow_twin(bench, middle), atol=2e-5)


def test_hardly_any_gain_is_better_than_the_one_found(bench: Bench) -> None:
    term = term_of(bench)
    bench.place(bench.sound(), 2000, 0.5)
    for onset in (-300, 4000, 20_000):
        assert is_best_of_many(term, Heard(bench.sound()[:1], bench.layout), onset, 5e-4)


def test_there_is_no_gain_outside_the_canvas(bench: Bench) -> None:
    heard = Heard(bench.sound(100)[:1], bench.layout)
    assert term_of(bench).best_gain(heard, 1_000_000) is None
    assert term_of(bench).fitness(heard, 1_000_000, 1.0) == 0.0
