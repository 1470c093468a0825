from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.repeat import Repeat, RepeatRanges


def test_plays_again_to_the_sample():
    samples = np.array([[1.0, 2.0, 3.0]], dtype=np.float32)
    played = Repeat(2).apply(samples, 8000, None)  # three samples are too short for any fade
    assert played.tolist() == [[1.0, 2.0, 3.0] * 3]
    assert played.dtype == np.float32


def test_joins_are_faded_and_the_outer_ends_are_not():
    ones = np.ones((2, 1000), dtype=np.float32)
    played = Repeat(1).apply(ones, 8000, None)  # 3 ms are 24 samples
    assert played.shape == (2, 2000)
    assert (played[:, :976] == 1.0).all()
    assert (played[:, 1024:] == 1.0).all()
    assert (np.diff(played[0, 975:1000]) < 0.0).all()
    assert (np.diff(played[0, 1000:1025]) > 0.0).all()
    assert played[:, 999:1001].max() < 0.01


@pytest.mark.parametrize("n_samples", [0, 1, 2, 1000])
@pytest.mark.parametrize("n_more", [0, 1, 3])
def test_length(n_samples, n_more):
    samples = np.ones((1, n_samples), dtype=np.float32)
    assert Repeat(n_more).apply(samples, 8000, None).shape == (1, (n_more + 1) * n_samples)


def test_random_draws_every_number_of_the_range(rng):
    drawn = {Repeat.random(rng, RepeatRanges(), None).n_more for _ in range(60)}
    assert drawn == {1, 2, 3}


def test_mutate_goes_one_up_or_down(rng):
    assert {Repeat(2).mutate(rng, RepeatRanges()).n_more for _ in range(40)} == {1, 3}
    assert {Repeat(3).mutate(rng, RepeatRanges()).n_more for _ in range(40)} == {2}


def test_duration():
    assert Repeat(3).duration_after(0.5, 0.0) == 2.0


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^n_more: expected 0 to 16, got -1"):
        Repeat(-1)
