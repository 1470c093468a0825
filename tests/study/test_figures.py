from __future__ import annotations

import numpy as np
import pytest

from phenotune.study.figures import covered_share, evenness, silent_share


def test_one_onset_in_each_part_is_perfectly_even() -> None:
    assert evenness([i + 0.5 for i in range(20)], 20.0) == pytest.approx(1.0)


def test_all_in_one_part_is_not_even_at_all() -> None:
    assert evenness([3.1, 3.2, 3.3], 20.0) == 0.0
    assert evenness([], 20.0) == 0.0


def test_two_of_twenty_parts_are_as_even_as_their_entropy() -> None:
    assert evenness([0.1, 0.2, 10.1, 10.2], 20.0) == pytest.approx(np.log(2.0) / np.log(20.0))


def test_onsets_outside_the_song_do_not_count() -> None:
    assert evenness([-0.5, 3.1, 20.0], 20.0) == 0.0


def test_what_is_covered_twice_counts_once_and_the_end_is_the_end() -> None:
    assert covered_share([0.0, 1.0, 2.0], [4.0, 1.0, 3.0], 10.0) == pytest.approx(0.5)
    assert covered_share([-1.0, 8.0], [2.0, 9.0], 10.0) == pytest.approx(0.3)
    assert covered_share([], [], 10.0) == 0.0


def test_what_lies_far_below_the_loudest_moment_is_silent() -> None:
    rate_hz = 8000
    levels = np.repeat([1.0, 0.1, 0.02, 0.0], rate_hz)
    sound = np.stack([levels, levels]).astype(np.float32)
    assert silent_share(sound, rate_hz) == pytest.approx(0.5)
    assert silent_share(0.001 * sound, rate_hz) == pytest.approx(0.5)
    assert silent_share(0.0 * sound, rate_hz) == 1.0
