from __future__ import annotations

import numpy as np
import pytest

from phenotune.genome.genes.reverse import Reverse, ReverseRanges


def test_turns_time_round_in_each_channel():
    samples = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], dtype=np.float32)
    turned = Reverse().apply(samples, 8000, None)
    assert turned.tolist() == [[3.0, 2.0, 1.0], [6.0, 5.0, 4.0]]
    assert turned.dtype == np.float32


@pytest.mark.parametrize("n_samples", [0, 1, 2])
def test_short_sound(n_samples):
    samples = np.ones((2, n_samples), dtype=np.float32)
    assert Reverse().apply(samples, 8000, None).shape == (2, n_samples)


def test_there_is_only_one(rng):
    assert Reverse.random(rng, ReverseRanges(), None) == Reverse()
    assert Reverse().mutate(rng, ReverseRanges()) == Reverse()
    untouched = np.random.default_rng(440)
    assert rng.random() == untouched.random()
