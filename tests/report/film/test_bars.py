from __future__ import annotations

import itertools

import numpy as np
import pytest

from phenotune.report.clip_bars import ClipBar
from phenotune.report.film.bars import Key, bars_of, spread, steady_lanes
from phenotune.report.film.layout import Box

BOX = Box(0, 0, 100, 40)


def overlaps(scene: dict[Key, int]) -> int:
    """How many pairs of bars overlap in the same lane."""
    bars = [(lane, onset, onset + duration) for (_, onset, duration), lane in scene.items()]
    return sum(
        a[0] == b[0] and a[1] < b[2] and b[1] < a[2]
        for i, a in enumerate(bars)
        for b in bars[i + 1 :]
    )


def test_bars_keep_their_lane_and_never_overlap(rng: np.random.Generator) -> None:
    pool = [(i, float(rng.uniform(0, 10)), float(rng.exponential(0.5)) + 0.01) for i in range(120)]
    scenes = [[key for key in pool if rng.random() < 0.5] for _ in range(8)]
    lanes = steady_lanes(scenes)
    assert [set(each) for each in lanes] == [set(scene) for scene in scenes]
    assert not any(map(overlaps, lanes))
    for before, after in itertools.pairwise(lanes):
        assert all(before[key] == after[key] for key in before.keys() & after.keys())


def test_a_lane_that_has_come_free_is_used_again() -> None:
    first, second = (1, 0.0, 2.0), (2, 0.5, 2.0)
    assert steady_lanes([[first], [second], [first, second]]) == [
        {first: 0}, {second: 0}, {first: 1, second: 0},
    ]  # fmt: skip


@pytest.mark.parametrize("n", [0, 1, 2, 7, 64])
def test_spread_is_a_permutation(n: int) -> None:
    assert sorted(spread(n)) == list(range(n))


def test_the_first_lanes_lie_far_apart() -> None:
    rows = spread(64)
    assert abs(rows[0] - rows[1]) >= 32
    assert min(abs(a - b) for i, a in enumerate(rows[:8]) for b in rows[:i]) >= 7


def test_bars_lie_where_their_clips_sound() -> None:
    scenes = [
        {1: ClipBar(1.0, 1.0, "a.wav")},
        {
            1: ClipBar(1.0, 1.0, "a.wav"),
            2: ClipBar(4.5, 9.0, "b.wav", 0.1),
            3: ClipBar(20.0, 1.0, "a.wav"),
        },
    ]
    before, after = bars_of(scenes, BOX, 0.0, 10.0)
    assert (before.left.tolist(), before.right.tolist()) == ([10], [19])
    assert (after.left.tolist(), after.right.tolist()) == ([10, 45], [19, 100])
    assert (before.is_new.tolist(), after.is_new.tolist()) == ([True], [False, True])
    assert after.top[0] == before.top[0]
    assert after.sounding(10).tolist() == [0]
    assert after.sounding(19).tolist() == []
    # The quieter one is darker, and the two have colours of their own.
    assert after.colours[0].sum() > after.colours[1].sum() > 0


def test_a_stretch_shows_what_sounds_in_it() -> None:
    scene = {1: ClipBar(0.0, 1.0, "a"), 2: ClipBar(0.5, 2.0, "a"), 3: ClipBar(3.0, 0.0, "a")}
    (bars,) = bars_of([scene], BOX, 1.0, 2.0)
    assert (bars.left.tolist(), bars.right.tolist()) == ([0], [100])


def test_drawn_bars_are_lit_as_far_as_is_asked() -> None:
    (bars,) = bars_of([{1: ClipBar(0.0, 5.0, "a")}], BOX, 0.0, 10.0)
    plain, lit = np.zeros((40, 100, 3), np.uint8), np.zeros((40, 100, 3), np.uint8)
    bars.draw(plain)
    bars.draw(lit, np.array([0]), lit=1.0)
    row = int(bars.top[0])
    assert plain[row, 10].tolist() == bars.colours[0].tolist()
    assert lit[row, 10].tolist() == [255, 255, 255]
    assert not plain[row, 60].any()


def test_no_clips_have_no_bars() -> None:
    empty, full = bars_of([{}, {1: ClipBar(0.0, 1.0, "a")}], BOX, 0.0, 10.0)
    assert empty.colours.shape == (0, 3)
    assert full.is_new.tolist() == [True]
