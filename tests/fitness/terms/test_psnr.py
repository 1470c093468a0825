"""The error of the waveform in decibels."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.psnr import Psnr
from phenotune.fitness.terms.waveform import Waveform
from phenotune.genome.rendering import to_channels

from .conftest import LIMITS, N_TARGET, Bench, check


def slow_twin(bench: Bench, middle: np.ndarray) -> float:
    """By the definition of PSNR, with the peak of the target."""
    target = bench.target.mean(axis=0).astype(np.float64)
    peak = np.abs(target).max()

    def psnr_db(sound: np.ndarray) -> float:
        return 10.0 * float(np.log10(peak**2 / ((target - sound) ** 2).mean()))

    sound = middle[bench.margin : bench.margin + N_TARGET]
    return 1.0 - (psnr_db(sound) - psnr_db(np.zeros(N_TARGET))) / 60.0


def test_it_equals_its_slow_twin(bench: Bench) -> None:
    term = Psnr(Waveform(bench.target, bench.canvas, LIMITS))
    check(bench, term, lambda middle: slow_twin(bench, middle), atol=1e-5)


def test_the_whole_target_has_no_distance(bench: Bench) -> None:
    term = Psnr(Waveform(bench.target, bench.canvas, LIMITS))
    heard = Heard(to_channels(bench.target, 1), bench.layout)
    assert term.best_gain(heard, 0) == pytest.approx(1.0)
    assert term.fitness(heard, 0, 1.0) == pytest.approx(1.0)
    bench.place(bench.target, 0, 1.0)
    assert term.distance() == pytest.approx(0.0, abs=1e-12)
