"""A story of three scenes that needs no run: a tone that comes to be, and clips that land."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.clip_bars import ClipBar
from phenotune.report.film.layout import Layout, layout_for
from phenotune.report.film.painter import Scene, Story


@pytest.fixture
def layout() -> Layout:
    """A small frame."""
    return layout_for(480, 320)


@pytest.fixture
def story(layout: Layout) -> Story:
    """Three scenes of two seconds of a song."""
    n_bands, n_columns = layout.mosaic.height, layout.mosaic.width
    target = np.zeros((n_bands, n_columns), np.uint8)
    target[n_bands // 2] = 255
    mosaics = np.zeros((3, n_bands, n_columns), np.uint8)
    for number in range(3):
        mosaics[number, n_bands // 2, : (number + 1) * n_columns // 3] = 240
    clips = {
        1: ClipBar(0.0, 0.5, "drums.wav"),
        2: ClipBar(0.8, 0.4, "bass.wav", -0.5),
        3: ClipBar(1.0, 1.0, "drums.wav", 0.1),
    }
    scenes = [
        Scene(1, 2.0, 0.3, {1: clips[1]}),
        Scene(5, 9.0, 0.6, {1: clips[1], 2: clips[2]}),
        Scene(20, 40.0, 0.9, clips),
    ]
    curve = [(2.0, 0.3), (9.0, 0.6), (40.0, 0.9)]
    return Story("a song", scenes, curve, 0.0, 2.0, target, mosaics)
