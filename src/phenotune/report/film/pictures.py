"""What the scenes look like as spectrograms: levels of colour, a byte to each band and column.

They come from sound in blocks, so that no more than a block of each scene lies in memory at a time. Blocks are whole
columns, and are looked at with what sounds before and after them, so that no seam shows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.report.spectrogram import WINDOWS, LogAxis, log_spectrogram

RANGE_DB = 72.0
N_THREADS = 2


@dataclass(frozen=True)
class Columns:
    """The columns that a stretch of the song is drawn in.

    Parameters
    ----------
    n_columns, n_bands
        Size of the picture.
    n_stretch
        Samples of the stretch.
    rate_hz
        Rate of the sound.
    """

    n_columns: int
    n_bands: int
    n_stretch: int
    rate_hz: int

    @property
    def n_beside(self) -> int:
        """Columns on either side of a block that its windows look into."""
        longest = max(length for _, length in WINDOWS) * self.rate_hz / 44_100
        return math.ceil(longest / 2 / (self.n_stretch / self.n_columns)) + 2

    def sample(self, column: int) -> int:
        """Where a column begins, in samples from the beginning of the stretch."""
        return round(column * self.n_stretch / self.n_columns)

    def blocks(self, most_samples: int) -> Iterator[tuple[int, int]]:
        """First column of each block, and the one after its last; no block is longer than ``most_samples``."""
        n_at_once = max(
            1, int(most_samples / (self.n_stretch / self.n_columns)) - 2 * self.n_beside
        )
        for first in range(0, self.n_columns, n_at_once):
            yield first, min(first + n_at_once, self.n_columns)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """The samples that the columns of a block stand for."""
        return self.sample(first), self.sample(last)

    def around(self, first: int, last: int) -> tuple[int, int]:
        """The samples that the picture of a block is made of."""
        return self.sample(first - self.n_beside), self.sample(last + self.n_beside)


class Pictures:
    """The spectrograms of all scenes.

    Parameters
    ----------
    columns
        What they are drawn in.
    n_scenes
        How many there are.
    loudest
        The power that has the brightest colour.

    Attributes
    ----------
    levels
        uint8 (n_scenes, n_bands, n_columns), bass first: 255 at ``loudest``, 0 at 72 dB below it and less.
    """

    def __init__(self, columns: Columns, n_scenes: int, loudest: float) -> None:
        self.levels = np.zeros((n_scenes, columns.n_bands, columns.n_columns), np.uint8)
        self.columns = columns
        self._loudest = loudest

    def add(self, first: int, last: int, scenes: NDArray[np.float32]) -> None:
        """Draw a block of columns of every scene.

        Parameters
        ----------
        first, last
            As :meth:`Columns.blocks` gave them.
        scenes
            float32 (n_scenes, n_channels, n): what sounds over :meth:`Columns.around` the block.
        """

        def draw(number: int) -> None:
            power = power_of(self.columns, first, last, scenes[number])
            self.levels[number, :, first:last] = self.levels_of(power)

        with ThreadPoolExecutor(N_THREADS) as pool:
            list(pool.map(draw, range(len(scenes))))

    def levels_of(self, power: NDArray[np.float32]) -> NDArray[np.uint8]:
        """Levels of colour for powers."""
        return levels_of(power, self._loudest)


def power_of(
    columns: Columns, first: int, last: int, samples: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Power of a block of columns from the sound around it, float32 (n_bands, last - first)."""
    n_beside = columns.n_beside
    axis = LogAxis(n_bands=columns.n_bands)
    power = log_spectrogram(samples, columns.rate_hz, axis, last - first + 2 * n_beside)
    return power[:, n_beside : n_beside + last - first]


def levels_of(power: NDArray[np.float32], loudest: float) -> NDArray[np.uint8]:
    """Levels of colour.

    >>> levels_of(np.array([[1.0, 1e-9, 2.0]], np.float32), 1.0).tolist()
    [[255, 0, 255]]
    """
    level_db = 10.0 * np.log10(np.maximum(power, 1e-30) / (loudest or 1.0))
    shares = np.clip(1.0 + level_db / RANGE_DB, 0.0, 1.0)
    return np.asarray(np.rint(shares * 255.0), np.uint8)
