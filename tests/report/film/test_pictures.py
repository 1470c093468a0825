from __future__ import annotations

import numpy as np
import pytest

from phenotune.report.film.pictures import Columns, Pictures, levels_of, power_of

RATE_HZ = 8000


def drawn(columns: Columns, sound: np.ndarray, most_samples: int) -> np.ndarray:
    """The picture of one scene, put together from blocks."""
    pictures = Pictures(columns, 1, loudest=0.5)
    for first, last in columns.blocks(most_samples):
        start, stop = columns.around(first, last)
        padded = np.zeros((1, 1, stop - start), np.float32)
        inside = sound[max(start, 0) : stop]
        padded[0, 0, max(-start, 0) : max(-start, 0) + inside.size] = inside
        pictures.add(first, last, padded)
    return pictures.levels[0]


def test_blocks_cover_all_columns_once() -> None:
    columns = Columns(100, 10, 80_000, RATE_HZ)
    blocks = list(columns.blocks(20_000))
    assert len(blocks) > 3
    assert [column for first, last in blocks for column in range(first, last)] == list(range(100))
    assert columns.span(0, 100) == (0, 80_000)
    start, stop = columns.around(10, 20)
    assert (start, stop) == (8000 - 800 * columns.n_beside, 16_000 + 800 * columns.n_beside)
    assert 800 * columns.n_beside > 4096 * RATE_HZ / 44_100


def test_a_stretch_shorter_than_its_columns_has_blocks_as_well() -> None:
    assert sum(last - first for first, last in Columns(700, 10, 300, RATE_HZ).blocks(1)) == 700


def test_a_sine_is_bright_where_and_while_it_sounds() -> None:
    t = np.arange(16_000) / RATE_HZ
    sound = (np.sin(2 * np.pi * 1000 * t) * (t >= 1.0)).astype(np.float32)
    levels = drawn(Columns(100, 90, 16_000, RATE_HZ), sound, 10**9)
    band = int(90 * np.log2(1000 / 32) / np.log2(16_000 / 32))
    assert levels[band - 1 : band + 2, 60:95].max() > 225
    assert levels[:, :40].max() == 0
    assert levels[band - 20, 60:95].max() < 60


def test_no_seam_shows_between_blocks(rng: np.random.Generator) -> None:
    sound = rng.uniform(-0.5, 0.5, 32_000).astype(np.float32)
    columns = Columns(200, 60, 32_000, RATE_HZ)
    whole = drawn(columns, sound, 10**9).astype(int)
    parts = drawn(columns, sound, 12_000).astype(int)
    # Above 2 kHz a column holds one short frame or two, and which of them has two depends on where counting begins.
    np.testing.assert_allclose(parts[:39, 2:-2], whole[:39, 2:-2], atol=1)
    assert np.abs(parts - whole).mean() < 0.5


@pytest.mark.parametrize("n_columns", [1, 2, 50])
def test_silence_is_dark(n_columns: int) -> None:
    columns = Columns(n_columns, 20, 4000, RATE_HZ)
    start, stop = columns.around(0, n_columns)
    power = power_of(columns, 0, n_columns, np.zeros((2, stop - start), np.float32))
    assert power.shape == (20, n_columns)
    assert not levels_of(power, 1.0).any()
    assert not levels_of(power, 0.0).any()


def test_levels_are_decibels() -> None:
    power = np.array([[1.0, 10.0**-3.6, 10.0**-7.2]], np.float32)
    assert levels_of(power, 1.0).tolist() == [[255, 128, 0]]
