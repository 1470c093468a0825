from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.gain import Gain, GainRanges


def test_multiplies():
    samples = np.array([[1.0, -0.5, 0.25], [0.0, 2.0, 4.0]], dtype=np.float32)
    louder = Gain(1.5).apply(samples, 8000, None)
    assert louder.tolist() == [[1.5, -0.75, 0.375], [0.0, 3.0, 6.0]]
    assert louder.dtype == np.float32


def test_leaves_what_it_was_given_alone():
    samples = np.ones((1, 3), dtype=np.float32)
    Gain(0.5).apply(samples, 8000, None)
    assert samples.tolist() == [[1.0, 1.0, 1.0]]


@pytest.mark.parametrize("n_samples", [0, 1, 2])
def test_short_sound(n_samples):
    samples = np.ones((2, n_samples), dtype=np.float32)
    assert Gain(2.0).apply(samples, 8000, None).shape == (2, n_samples)


def test_random_is_normal_around_one_within_the_range(rng):
    drawn = np.array([Gain.random(rng, GainRanges(), None).amplitude for _ in range(2000)])
    assert drawn.min() == 0.6
    assert drawn.max() <= 1.5
    assert abs(drawn.mean() - 1.0) < 0.02
    assert 0.17 < drawn.std() < 0.21


def test_mutate_steps_a_little(rng):
    mutants = np.array([Gain(1.0).mutate(rng, GainRanges()).amplitude for _ in range(500)])
    assert 0.08 < mutants.std() < 0.12


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^amplitude: expected 0 to 100, got -1"):
        Gain(-1.0)
