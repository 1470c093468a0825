from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound
from phenotune.export.arrangement import Arrangement
from phenotune.export.fitting import CEILING, bake_to_fit
from phenotune.export.options import Options
from phenotune.mosaic.mosaic import Mosaic


@pytest.fixture
def loud(mosaic: Mosaic, arrange: Callable[..., Arrangement]) -> Arrangement:
    """Two clips, one of them far beyond full scale."""
    first, second = mosaic.placements[1], mosaic.placements[4]
    return arrange(replace(mosaic, placements=(first, replace(second, gains=(20.0, -5.0)))))


@pytest.mark.parametrize("bits", [16, 24])
def test_all_files_are_turned_down_alike_so_that_the_loudest_fits(
    loud: Arrangement, tmp_path: Path, bits: int
) -> None:
    baked, factor = bake_to_fit(loud, loud.items, tmp_path, Options(bits=bits))
    peaks = []
    for item in loud.items:
        sound = read_sound(baked[item.placement.id].path).samples
        gains = np.array(item.placement.gains)[:, None]
        ours = factor * gains * loud.phenotype(item.sound)
        np.testing.assert_allclose(sound, ours, atol=1.1 * 2.0 ** -(bits - 1))
        peaks.append(np.abs(sound).max())
    assert factor < 0.5
    assert max(peaks) == pytest.approx(CEILING, abs=1e-4)


def test_floats_are_left_as_they_are(loud: Arrangement, tmp_path: Path) -> None:
    baked, factor = bake_to_fit(loud, loud.items, tmp_path, Options(bits=32))
    assert factor == 1.0
    assert max(np.abs(read_sound(each.path).samples).max() for each in baked.values()) > 1.0


def test_what_fits_is_not_turned_up(
    mosaic: Mosaic, arrange: Callable[..., Arrangement], tmp_path: Path
) -> None:
    quiet = arrange(replace(mosaic, placements=mosaic.placements[1:3]))
    assert bake_to_fit(quiet, quiet.items, tmp_path, Options(bits=24))[1] == 1.0


def test_nothing_is_nothing(arrangement: Arrangement, tmp_path: Path) -> None:
    assert bake_to_fit(arrangement, [], tmp_path, Options(bits=16)) == ({}, 1.0)
