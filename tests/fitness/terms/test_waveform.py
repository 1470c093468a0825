"""The error of the waveform."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.waveform import Waveform
from phenotune.genome.rendering import to_channels

from .conftest import LIMITS, N_TARGET, Bench, check, is_best_of_many


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    target = bench.target.mean(axis=0).astype(np.float64)
    missing = target - middle[bench.margin : bench.margin + N_TARGET]
    return float((missing**2).sum() / (target**2).sum())


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    term = Waveform(bench.target, bench.canvas, LIMITS)
    check(bench, term, lambda middle: slow_twin(bench, middle), atol=1e-5)


def test_the_gain_is_the_best_there_is(bench: Bench) -> None:
    term = Waveform(bench.target, bench.canvas, LIMITS)
    bench.place(bench.sound(), 2000, 0.5)
    for onset in (-300, 4000, N_TARGET - 200):
        assert is_best_of_many(term, Heard(bench.sound()[:1], bench.layout), onset, 1e-9)


def test_a_piece_of_the_target_explains_itself(bench: Bench) -> None:
    term = Waveform(bench.target, bench.canvas, LIMITS)
    heard = Heard(-2.0 * to_channels(bench.target[:, 1000:9000], 1), bench.layout)
    assert term.best_gain(heard, 1000) == pytest.approx(-0.5)
    middle = bench.target.mean(axis=0, dtype=np.float64)
    share = (middle[1000:9000] ** 2).sum() / (middle**2).sum()
    assert term.fitness(heard, 1000, -0.5) == pytest.approx(share, rel=1e-5)


def test_gains_keep_to_their_limits(bench: Bench) -> None:
    heard = Heard(-2.0 * to_channels(bench.target[:, 1000:9000], 1), bench.layout)
    straight = Waveform(bench.target, bench.canvas, GainLimits(0.01, 2.0, False))
    assert straight.best_gain(heard, 1000) == 0.01
    narrow = Waveform(bench.target, bench.canvas, GainLimits(0.01, 0.3, True))
    assert narrow.best_gain(heard, 1000) == -0.3


def test_there_is_no_gain_outside_the_target(bench: Bench) -> None:
    term = Waveform(bench.target, bench.canvas, LIMITS)
    heard = Heard(bench.sound(100)[:1], bench.layout)
    assert term.best_gain(heard, -100) is None
    assert term.best_gain(heard, N_TARGET) is None
    assert term.fitness(heard, N_TARGET + 10_000, 1.0) == 0.0
