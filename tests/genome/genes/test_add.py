from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add, AddRanges
from phenotune.library.clip import Clip

MATE = Chromosome(Clip("s1", 0, 100))


def sound(*channels):
    return np.array(channels, dtype=np.float32)


def added(first, second, mix=0.5):
    return Add(MATE, mix).apply(first, 8000, lambda chromosome: second)


def test_gives_the_mean_of_both():
    assert added(sound([1.0, 3.0]), sound([3.0, -1.0])).tolist() == [[2.0, 1.0]]


def test_mix_is_the_share_of_the_second():
    assert added(sound([4.0]), sound([8.0]), mix=0.25).tolist() == [[5.0]]
    assert added(sound([4.0]), sound([8.0]), mix=1.0).tolist() == [[8.0]]


@pytest.mark.parametrize("swap", [False, True])
def test_is_as_long_as_the_longer(swap):
    pair = (sound([2.0, 2.0, 2.0]), sound([4.0]))
    assert added(*(pair[::-1] if swap else pair)).tolist() == [[3.0, 1.0, 1.0]]


def test_the_end_of_the_shorter_is_faded():
    played = added(np.zeros((1, 2000), np.float32), np.ones((1, 1000), np.float32))[0]
    assert (played[:976] == 0.5).all()  # 3 ms are 24 samples
    assert (np.diff(played[976:1000]) < 0.0).all()
    assert played[999] < 0.01
    assert (played[1000:] == 0.0).all()


def test_nothing_is_faded_where_both_end_together():
    ones = np.ones((1, 1000), np.float32)
    assert (added(ones, ones) == 1.0).all()


@pytest.mark.parametrize("swap", [False, True])
def test_mono_and_stereo_give_stereo(swap):
    pair = (sound([2.0, 4.0]), sound([0.0, 2.0], [4.0, 6.0]))
    assert added(*(pair[::-1] if swap else pair)).tolist() == [[1.0, 3.0], [3.0, 5.0]]


def test_empty_sounds():
    empty = np.zeros((1, 0), np.float32)
    assert added(empty, empty).shape == (1, 0)
    assert added(empty, sound([2.0])).tolist() == [[1.0]]
    assert added(sound([2.0]), empty).tolist() == [[1.0]]


def test_leaves_what_it_was_given_alone():
    first, second = sound([1.0] * 100), sound([2.0] * 50)
    first.flags.writeable = second.flags.writeable = False
    added(first, second)
    added(second, first)
    assert first.tolist() == [[1.0] * 100]
    assert second.tolist() == [[2.0] * 50]


def test_renders_the_chromosome_that_it_holds():
    asked = []

    def render(chromosome):
        asked.append(chromosome)
        return sound([0.0])

    Add(MATE).apply(sound([0.0]), 8000, render)
    assert asked == [MATE]


def test_random_adds_the_mate_in_equal_shares(rng):
    assert Add.random(rng, AddRanges(), MATE) == Add(MATE, 0.5)
    assert Add.random(rng, AddRanges(min_mix=0.6), MATE) == Add(MATE, 0.6)


def test_mutate_steps_the_mix_and_keeps_the_mate(rng):
    mutants = [Add(MATE).mutate(rng, AddRanges()) for _ in range(300)]
    mixes = np.array([gene.mix for gene in mutants])
    assert {gene.chromosome for gene in mutants} == {MATE}
    assert 0.08 < mixes.std() < 0.12
    assert mixes.min() >= 0.25
    assert mixes.max() <= 0.75


def test_duration_is_the_longer():
    assert Add(MATE).duration_after(1.0, 2.0) == 2.0
    assert Add(MATE).duration_after(3.0, 2.0) == 3.0


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^mix: expected 0 to 1, got 2"):
        Add(MATE, 2.0)
