from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.duplicate import Duplicate, DuplicateRanges


def test_leaves_the_sound_alone():
    samples = np.array([[1.0, 2.0], [3.0, 4.0]], dtype=np.float32)
    assert Duplicate(2).apply(samples, 8000, None) is samples


def test_siblings_are_copies_without_the_gene():
    assert Duplicate(3).siblings() == (None, None, None)


def test_is_off_by_default():
    assert DuplicateRanges().weight == 0.0


def test_random_draws_every_number_of_the_range(rng):
    drawn = {Duplicate.random(rng, DuplicateRanges(), None).n_copies for _ in range(60)}
    assert drawn == {1, 2, 3}


def test_mutate_goes_one_up_or_down(rng):
    mutants = {Duplicate(2).mutate(rng, DuplicateRanges()).n_copies for _ in range(40)}
    assert mutants == {1, 3}


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^n_copies: expected 1 to 16, got 0"):
        Duplicate(0)
