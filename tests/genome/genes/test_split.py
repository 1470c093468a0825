from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.split import Split, SplitRanges

FIVE = np.array([[1.0, 2.0, 3.0, 4.0, 5.0]], dtype=np.float32)


def test_keeps_what_lies_before_or_after_the_cut():
    assert Split(0.4, "head").apply(FIVE, 8000, None).tolist() == [[1.0, 2.0]]
    assert Split(0.4, "tail").apply(FIVE, 8000, None).tolist() == [[3.0, 4.0, 5.0]]


def test_keeps_both_channels():
    stereo = np.vstack([FIVE, -FIVE])
    tail = Split(0.6, "tail").apply(stereo, 8000, None)
    assert tail.tolist() == [[4.0, 5.0], [-4.0, -5.0]]
    assert tail.dtype == np.float32


@pytest.mark.parametrize("n_samples", [0, 1, 2, 3, 7, 100])
@pytest.mark.parametrize("at", [0.0, 0.25, 0.5, 0.3333, 0.75, 1.0])
def test_both_parts_have_the_samples_of_the_whole(n_samples, at):
    whole = np.arange(n_samples, dtype=np.float32)[None]
    parts = [gene.apply(whole, 8000, None) for gene in Split(at, "tail").siblings()]
    assert np.hstack(parts).tolist() == whole.tolist()


def test_siblings_are_both_parts():
    assert Split(0.3, "tail").siblings() == (Split(0.3, "head"), Split(0.3, "tail"))


def test_random_stays_in_the_range_and_keeps_either_part(rng):
    ranges = SplitRanges(min_at=0.4, max_at=0.45)
    drawn = [Split.random(rng, ranges, None) for _ in range(50)]
    assert {gene.keep for gene in drawn} == {"head", "tail"}
    assert all(0.4 <= gene.at <= 0.45 for gene in drawn)


def test_mutate_moves_the_cut_a_little_and_sometimes_takes_the_other_part(rng):
    mutants = [Split(0.5, "head").mutate(rng, SplitRanges()) for _ in range(200)]
    steps = np.array([gene.at - 0.5 for gene in mutants])
    assert 0.03 < steps.std() < 0.07
    assert 20 < sum(gene.keep == "tail" for gene in mutants) < 80


def test_duration_is_the_share_of_the_part():
    assert Split(0.25, "head").duration_after(2.0, 0.0) == 0.5
    assert Split(0.25, "tail").duration_after(2.0, 0.0) == 1.5


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^at: expected 0 to 1, got 1\.5"):
        Split(1.5, "head")
    with pytest.raises(ParameterError, match=r"^at: expected 0 to 1, got nan"):
        Split(float("nan"), "head")
    with pytest.raises(ParameterError, match=r"^keep: expected 'head' or 'tail', got 'both'"):
        Split(0.5, "both")
