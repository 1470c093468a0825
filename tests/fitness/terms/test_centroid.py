"""How bright frames are."""

from __future__ import annotations

import numpy as np

from phenotune.fitness.assembly import magnitudes_of
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.centroid import FLOOR, Centroid
from phenotune.genome.rendering import to_channels

from .conftest import LIMITS, Bench, check, is_best_of_many


def term_of(bench: Bench) -> Centroid:
    n_frames = bench.canvas.target.n_frames
    return Centroid(magnitudes_of(bench.target, bench.layout, n_frames), bench.canvas, LIMITS)


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    layer = bench.layout.layers[0]
    places = bench.layout.places[: layer.n_bins]
    bins = layer.first_bin + np.arange(layer.n_bins)
    target = np.abs(bench.spectra_of(bench.target_middle())).astype(np.float64)[:, places]
    floor = FLOOR * target.sum(axis=1).mean()

    def centroid(magnitudes: np.ndarray) -> np.ndarray:
        return (magnitudes * bins).sum(axis=1) / (magnitudes.sum(axis=1) + floor)

    found = centroid(np.abs(bench.spectra_of(middle)).astype(np.float64)[:, places])
    weights = target.sum(axis=1)
    errors = (weights * (found - centroid(target)) ** 2).sum()
    return float(errors / (weights * centroid(target) ** 2).sum())


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    check(bench, term_of(bench), lambda middle: slow_twin(bench, middle), atol=5e-5)


def test_level_does_not_matter_but_near_silence_counts_as_none(bench: Bench) -> None:
    term = term_of(bench)
    heard = Heard(to_channels(bench.target, 1), bench.layout)
    assert term.fitness(heard, 0, 1.0) > 0.999
    assert term.fitness(heard, 0, 0.3) > 0.999
    assert term.fitness(heard, 0, 1e-6) < 0.01


def test_hardly_any_gain_is_better_than_the_one_found(bench: Bench) -> None:
    term = term_of(bench)
    bench.place(bench.sound(), 2000, 0.5)
    for onset in (-300, 4000, 20_000):
        assert is_best_of_many(term, Heard(bench.sound()[:1], bench.layout), onset, 1e-2)


def test_there_is_no_gain_outside_the_canvas(bench: Bench) -> None:
    heard = Heard(bench.sound(100)[:1], bench.layout)
    assert term_of(bench).best_gain(heard, 1_000_000) is None
