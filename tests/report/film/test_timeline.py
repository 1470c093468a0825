from __future__ import annotations

import pytest

from phenotune.errors import ParameterError
from phenotune.report.film.timeline import Segment, Timeline, even_steps, timeline_for

RATE_HZ = 1000


def plan(length_s: float, n_available: int = 1000, **wanted: int) -> tuple[int, int]:
    """How often a song is played, and how many scenes it has."""
    timeline = timeline_for(round(length_s * RATE_HZ), RATE_HZ, n_available, **wanted)
    return timeline.n_times, timeline.n_scenes


@pytest.mark.parametrize(
    ("length_s", "times", "scenes"),
    [
        (2.5, 12, 12),
        (6, 10, 10),
        (20, 3, 17),
        (30, 2, 13),
        (60, 1, 17),
        (240, 1, 24),
        (9, 7, 7),
        (12, 3, 11),
        (24, 2, 11),
    ],
)
def test_short_songs_are_played_again(length_s: float, times: int, scenes: int) -> None:
    assert plan(length_s) == (times, scenes)


def test_there_are_no_more_scenes_than_mosaics_nor_more_repeats_than_scenes() -> None:
    assert plan(6, 3) == (3, 3)
    assert plan(6, 1) == (1, 1)
    assert plan(60, 2) == (1, 2)
    assert plan(6, 3, n_times=5) == (5, 3)


def test_what_is_asked_for_is_done() -> None:
    assert plan(6, n_scenes=4, n_times=2) == (2, 4)
    assert plan(240, n_scenes=100) == (1, 100)


def test_a_loop_has_a_scene_for_each_time() -> None:
    timeline = timeline_for(6000, RATE_HZ, 100)
    assert timeline.starts == tuple(range(0, 60_000, 6000))
    assert timeline.n_samples == 60_000
    assert [(each.scene, each.song) for each in timeline.segments] == [(i, 0) for i in range(10)]
    assert not any(each.joins_before or each.joins_after for each in timeline.segments)


def test_the_finished_mosaic_has_the_last_third_or_the_last_time_to_itself() -> None:
    assert timeline_for(90_000, RATE_HZ, 100, n_scenes=4).starts == (0, 20_000, 40_000, 60_000)
    assert timeline_for(30_000, RATE_HZ, 100, n_scenes=4).starts == (0, 10_000, 20_000, 30_000)


def test_segments_cover_the_film_and_join_where_the_song_goes_on() -> None:
    timeline = Timeline(RATE_HZ, 100, 2, (0, 60, 120))
    assert timeline.segments == (
        Segment(0, 0, 60, 0, False, True),
        Segment(1, 60, 100, 60, True, False),
        Segment(1, 100, 120, 0, False, True),
        Segment(2, 120, 200, 20, True, False),
    )
    assert [timeline.scene_at(sample) for sample in (0, 59, 60, 119, 120, 199)] == [
        0, 0, 1, 1, 2, 2,
    ]  # fmt: skip


@pytest.mark.parametrize(("n_stretch", "n_available"), [(0, 3), (3, 0)])
def test_there_must_be_something(n_stretch: int, n_available: int) -> None:
    with pytest.raises(ParameterError, match="expected a stretch and a mosaic"):
        timeline_for(n_stretch, RATE_HZ, n_available)


@pytest.mark.parametrize("n_stretch", [1, 2, 3])
def test_even_a_few_samples_have_a_film(n_stretch: int) -> None:
    timeline = timeline_for(n_stretch, RATE_HZ, 100, n_scenes=50, n_times=1)
    assert len(set(timeline.starts)) == timeline.n_scenes
    assert timeline.segments[-1].end == n_stretch


def test_steps_are_even_in_what_is_explained() -> None:
    explained = [i / 100 for i in range(101)]
    assert even_steps(explained, 5) == [0, 25, 50, 75, 100]


def test_a_fall_is_no_step() -> None:
    assert even_steps([0.1, 0.5, 0.2, 0.3, 0.6, 0.9], 3) == [0, 1, 5]


@pytest.mark.parametrize("n_steps", [1, 2, 3, 7, 10, 12])
@pytest.mark.parametrize(
    "explained", [[0.5] * 10, [0.0, *[0.9] * 9], [0.9 - 0.1 * i for i in range(10)]]
)
def test_always_as_many_as_are_wanted(explained: list[float], n_steps: int) -> None:
    chosen = even_steps(explained, n_steps)
    assert len(chosen) == min(n_steps, 10)
    assert chosen == sorted(set(chosen))
    assert chosen[-1] == 9
    assert n_steps == 1 or chosen[0] == 0
