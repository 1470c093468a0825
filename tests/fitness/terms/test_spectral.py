"""The distance of the guided search, as a term."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.heard import Heard
from phenotune.fitness.settings import MixSettings
from phenotune.fitness.terms.spectral import Spectral
from phenotune.genome.rendering import to_channels
from phenotune.spectra.analysis import bands_of

from .conftest import Bench, check


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    target = bench.canvas.target
    powers = bands_of(bench.spectra_of(middle)[None], bench.layout)[0]
    silence = target.errors(0, np.zeros_like(powers), 0, target.n_frames).sum()
    return float(target.errors(0, powers, 0, target.n_frames).sum() / silence)


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    term = Spectral(bench.canvas, MixSettings())
    check(bench, term, lambda middle: slow_twin(bench, middle), atol=1e-4)


def test_a_piece_of_the_target_finds_its_gain(bench: Bench) -> None:
    term = Spectral(bench.canvas, MixSettings(polarity=False))
    piece = 2.0 * to_channels(bench.target[:, 6000:30_000], 1)
    gain = term.best_gain(Heard(piece, bench.layout), 6000)
    assert gain == pytest.approx(0.5, rel=0.2)


def test_there_is_no_gain_outside_the_canvas(bench: Bench) -> None:
    heard = Heard(bench.sound(100)[:1], bench.layout)
    assert Spectral(bench.canvas, MixSettings()).best_gain(heard, 1_000_000) is None
    assert Spectral(bench.canvas, MixSettings()).fitness(heard, 1_000_000, 1.0) == 0.0
