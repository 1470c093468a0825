from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phenotune.report.film.layout import Box, Layout, layout_for
from phenotune.report.film.painter import DISSOLVE_S, GLOW_S, Painter, Scene, Story


@pytest.fixture
def painter(story: Story, layout: Layout) -> Painter:
    return Painter(story, layout)


def part(frame: np.ndarray, box: Box) -> np.ndarray:
    return frame[box.rows, box.columns].astype(int)


def test_a_frame_is_an_image(painter: Painter) -> None:
    frame = painter.frame(0, 0.0)
    assert (frame.shape, frame.dtype) == ((320, 480, 3), np.uint8)
    assert frame.flags.c_contiguous


def test_the_same_frame_has_the_same_pixels(painter: Painter, story: Story, layout: Layout) -> None:
    other = Painter(story, layout)
    other.frame(2, 3.0, 1.0)
    for arguments in [(0, 0.0, 0.0), (1, 0.3, 0.7), (2, 9.0, None)]:
        np.testing.assert_array_equal(painter.frame(*arguments), other.frame(*arguments))


def test_the_mosaic_fills_in_scene_by_scene(painter: Painter, layout: Layout) -> None:
    bright = [part(painter.frame(scene, 9.0), layout.mosaic).sum() for scene in range(3)]
    assert bright[0] < bright[1] < bright[2]
    clips = [(part(painter.frame(scene, 9.0), layout.clips) > 60).sum() for scene in range(3)]
    assert clips[0] < clips[1] < clips[2]


def test_the_target_stays(painter: Painter, layout: Layout) -> None:
    first, last = painter.frame(0, 0.0), painter.frame(2, 9.0)
    np.testing.assert_array_equal(part(first, layout.target), part(last, layout.target))


def test_a_scene_appears_little_by_little(painter: Painter, layout: Layout) -> None:
    ages_s = (0.0, DISSOLVE_S / 3, 2 * DISSOLVE_S / 3, DISSOLVE_S)
    bright = [part(painter.frame(1, age_s), layout.mosaic).sum() for age_s in ages_s]
    assert bright == sorted(bright)
    assert len(set(bright)) == 4
    np.testing.assert_array_equal(
        part(painter.frame(1, 0.0), layout.mosaic), part(painter.frame(0, 9.0), layout.mosaic)
    )


def test_new_clips_glow_until_they_have_settled(painter: Painter, layout: Layout) -> None:
    young, old = painter.frame(2, DISSOLVE_S), painter.frame(2, GLOW_S)
    glow = part(young, layout.clips).sum(axis=2) - part(old, layout.clips).sum(axis=2)
    columns = np.flatnonzero((glow > 30).any(axis=0))
    # The third clip alone is new: the second half of the song.
    assert columns[0] == layout.clips.width // 2
    assert columns[-1] >= layout.clips.width - 2


def test_the_playhead_marks_the_moment_and_clips_that_sound_light_up(
    painter: Painter, layout: Layout
) -> None:
    still, playing = painter.frame(2, 9.0), painter.frame(2, 9.0, 0.25)
    column = layout.mosaic.left + layout.mosaic.width // 8
    for box in (layout.target, layout.mosaic, layout.clips):
        assert playing[box.rows, column].min() > 240
        assert still[box.rows, column].min() < 100
    change = (part(playing, layout.clips) - part(still, layout.clips)).sum(axis=2)
    columns = np.flatnonzero((change > 20).any(axis=0))
    # The first clip, half a second of two.
    assert (columns[0], columns[-1]) == (0, layout.clips.width // 4 - 2)


def test_moments_beyond_the_stretch_stay_at_its_ends(painter: Painter, layout: Layout) -> None:
    for song_s, column in ((-1.0, layout.clips.left), (99.0, layout.clips.right - 1)):
        frame = painter.frame(0, 9.0, song_s)
        assert frame[layout.target.rows, column].min() > 240


@pytest.mark.parametrize("size", [(320, 320), (1080, 1920), (1280, 720)])
def test_any_size_can_be_drawn(story: Story, size: tuple[int, int]) -> None:
    layout = layout_for(*size)
    shape = layout.mosaic.height, layout.mosaic.width
    blank = replace(
        story, target=np.zeros(shape, np.uint8), mosaics=np.zeros((3, *shape), np.uint8)
    )
    assert Painter(blank, layout).frame(1, 0.2, 0.5).shape == (size[1], size[0], 3)


def test_a_name_of_any_length_in_any_letters(story: Story, layout: Layout) -> None:
    plain = Painter(story, layout).frame(0, 0.0)
    long = Painter(replace(story, name="\u6b4c " * 300), layout).frame(0, 0.0)
    numbers = slice(layout.width - layout.px(36 + 350), None)
    np.testing.assert_array_equal(
        plain[: layout.target.top, numbers], long[: layout.target.top, numbers]
    )


def test_scenes_without_clips_can_be_shown(story: Story, layout: Layout) -> None:
    bare = replace(story, scenes=[Scene(1, 1.0, 0.0, {})] * 3, curve=[])
    assert Painter(bare, layout).frame(2, 0.5, 1.0).any()
