from __future__ import annotations

import numpy as np
import pytest

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append, AppendRanges
from phenotune.library.clip import Clip

MATE = Chromosome(Clip("s1", 0, 100))


def sound(*channels):
    return np.array(channels, dtype=np.float32)


def appended(first, second):
    return Append(MATE).apply(first, 8000, lambda chromosome: second)


def test_one_after_the_other():
    played = appended(sound([1.0, 2.0]), sound([3.0, 4.0, 5.0]))
    assert played.tolist() == [[1.0, 2.0, 3.0, 4.0, 5.0]]
    assert played.dtype == np.float32


def test_the_join_is_faded_and_the_outer_ends_are_not():
    played = appended(np.ones((1, 500), np.float32), np.ones((1, 1000), np.float32))[0]
    assert (played[:476] == 1.0).all()  # 3 ms are 24 samples
    assert (played[524:] == 1.0).all()
    assert played[499:501].max() < 0.01


@pytest.mark.parametrize("swap", [False, True])
def test_mono_and_stereo_give_stereo(swap):
    pair = (sound([1.0]), sound([2.0], [3.0]))
    expected = [[2.0, 1.0], [3.0, 1.0]] if swap else [[1.0, 2.0], [1.0, 3.0]]
    assert appended(*(pair[::-1] if swap else pair)).tolist() == expected


def test_an_empty_sound_makes_no_join():
    ones, empty = np.ones((1, 500), np.float32), np.zeros((1, 0), np.float32)
    assert (appended(ones, empty) == 1.0).all()
    assert (appended(empty, ones) == 1.0).all()
    assert appended(empty, empty).shape == (1, 0)


def test_result_is_new_memory():
    ones, empty = np.ones((1, 500), np.float32), np.zeros((1, 0), np.float32)
    assert not np.shares_memory(appended(ones, empty), ones)


def test_chance_has_no_part_in_it(rng):
    assert Append.random(rng, AppendRanges(), MATE) == Append(MATE)
    assert Append(MATE).mutate(rng, AppendRanges()) == Append(MATE)


def test_duration_is_the_sum():
    assert Append(MATE).duration_after(1.0, 2.0) == 3.0
