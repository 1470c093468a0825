from __future__ import annotations

import numpy as np
import pytest

from phenotune.genome.genes.draws import (
    log_near,
    log_uniform,
    near,
    one_off,
    rounded,
    uniform,
    whole,
)


def test_rounding_never_leaves_the_range():
    assert rounded(0.26, 0.0, 0.26, digits=1) == 0.26
    assert rounded(0.24, 0.24, 1.0, digits=1) == 0.24
    assert rounded(5.0, 0.0, 1.0, digits=1) == 1.0
    assert type(rounded(np.float64(0.5), 0.0, 1.0, digits=3)) is float


def test_uniform_is_even(rng):
    drawn = np.array([uniform(rng, -2.0, 2.0, digits=3) for _ in range(4000)])
    assert np.histogram(drawn, bins=4, range=(-2.0, 2.0))[0].min() > 900


def test_log_uniform_is_even_in_octaves(rng):
    drawn = np.array([log_uniform(rng, 10.0, 160.0, digits=3) for _ in range(4000)])
    assert np.histogram(np.log2(drawn / 10.0), bins=4, range=(0.0, 4.0))[0].min() > 900


def test_near_is_a_normal_step(rng):
    steps = np.array([near(rng, 5.0, 2.0, -100.0, 100.0, digits=6) for _ in range(2000)]) - 5.0
    assert abs(steps.mean()) < 0.15
    assert 1.9 < steps.std() < 2.1


def test_log_near_is_a_normal_step_in_octaves(rng):
    drawn = [log_near(rng, 100.0, 0.5, 1.0, 10_000.0, digits=6) for _ in range(2000)]
    steps = np.log2(np.array(drawn) / 100.0)
    assert abs(steps.mean()) < 0.04
    assert 0.47 < steps.std() < 0.53


def test_whole_includes_both_ends(rng):
    drawn = [whole(rng, 2, 4) for _ in range(60)]
    assert set(drawn) == {2, 3, 4}
    assert all(type(number) is int for number in drawn)


@pytest.mark.parametrize(
    ("value", "expected"), [(3, {2, 4}), (1, {2}), (5, {4}), (9, {5}), (-4, {1})]
)
def test_one_off_steps_inwards_at_the_ends(rng, value, expected):
    assert {one_off(rng, value, 1, 5) for _ in range(40)} == expected


def test_one_off_in_a_single_value(rng):
    assert {one_off(rng, 3, 3, 3) for _ in range(10)} == {3}
