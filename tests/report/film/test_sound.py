from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.film.sound import FilmSound
from phenotune.report.film.timeline import Timeline, timeline_for

RATE_HZ = 1000


def film_of(timeline: Timeline, scenes: np.ndarray, n_block: int) -> np.ndarray:
    """The sound of a film from that of its scenes, (n_scenes, n_channels, n_stretch), in blocks."""
    sound = FilmSound(timeline, scenes.shape[1])
    for start in range(0, scenes.shape[2], n_block):
        sound.add(start, scenes[..., start : start + n_block])
    return sound.samples


def test_scenes_that_are_alike_give_the_song_without_a_seam() -> None:
    """The weights of a cross-fade add up to one; only where the song begins anew is there a fade."""
    timeline = timeline_for(1000, RATE_HZ, 9, n_scenes=9, n_times=2)
    ones = np.ones((9, 1, 1000), np.float32)
    sound = film_of(timeline, ones, 1000)[0]
    assert sound.shape == (2000,)
    whole = np.ones(2000, bool)
    for seam in (0, 1000, 2000):
        whole[max(seam - 5, 0) : seam + 5] = False
    np.testing.assert_allclose(sound[whole], 1.0, atol=1e-6)
    assert 0.0 < sound[0] < 0.1
    assert 0.0 < sound[1000] < 0.1
    assert 0.0 < sound[-1] < 0.1


def test_each_scene_is_heard_when_it_is_shown_at_its_place_in_the_song() -> None:
    timeline = Timeline(RATE_HZ, 500, 2, (0, 250, 500))
    scenes = np.stack([np.arange(500) + 1000 * number for number in range(3)])
    sound = film_of(timeline, scenes[:, np.newaxis].astype(np.float32), 500)[0]
    assert sound[100] == 100
    assert sound[250 + 100] == 1000 + 350
    assert sound[500 + 100] == 2000 + 100
    assert sound[500 + 490] == 2000 + 490


@pytest.mark.parametrize("n_block", [1, 37, 249, 250, 251, 499])
def test_blocks_make_no_difference(n_block: int, rng: np.random.Generator) -> None:
    timeline = timeline_for(500, RATE_HZ, 5, n_scenes=5, n_times=2)
    scenes = rng.standard_normal((5, 2, 500)).astype(np.float32)
    whole = film_of(timeline, scenes, 500)
    # Where two segments overlap, which of them comes first may differ by a rounding.
    np.testing.assert_allclose(film_of(timeline, scenes, n_block), whole, atol=1e-6)


def test_a_change_of_scene_does_not_click() -> None:
    timeline = Timeline(RATE_HZ, 1000, 1, (0, 600))
    scenes = np.stack([np.ones((1, 1000)), -np.ones((1, 1000))]).astype(np.float32)
    steps = np.abs(np.diff(film_of(timeline, scenes, 1000)[0, 10:-10]))
    assert steps.max() < 2.0 * np.pi / 2 / 59


def test_segments_shorter_than_a_cross_fade_do() -> None:
    timeline = Timeline(RATE_HZ, 9, 1, (0, 3, 6))
    sound = film_of(timeline, np.ones((3, 1, 9), np.float32), 4)[0]
    assert np.all(sound <= 1.0 + 1e-6)
    assert sound[4] == pytest.approx(1.0)
