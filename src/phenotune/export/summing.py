"""What groups of a mosaic's items sound like, in bounded memory however long it is.

All groups are rendered side by side, so that what sounds in several is rendered once. How loud they come out is only
known at the end, and files of whole numbers may have to be turned down; so blocks are put aside on the disk first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.levels import peak
from phenotune.audio.writing import write_blocks
from phenotune.export.arrangement import Arrangement, Item
from phenotune.mosaic.rendering import render_groups
from phenotune.progress import Progress

CEILING = 0.999
"""Highest amplitude of what is turned down to fit."""


@dataclass
class Sum:
    """A sound that was put aside, float32 and as loud as it is.

    Parameters
    ----------
    path
        The file that it lies in; it goes when the sound is written.
    n_channels, rate_hz
        Its channels and rate.

    Attributes
    ----------
    peak
        Its largest amplitude.
    """

    path: Path
    n_channels: int
    rate_hz: int
    peak: float = 0.0
    _sizes: list[int] = field(default_factory=list)

    def add(self, block: Samples) -> None:
        """Put the next block aside."""
        self.peak = max(self.peak, peak(block))
        self._sizes.append(block.shape[1])
        # Opened anew for each block: a process may not have as many files open as there can be stems.
        with open(self.path, "ab") as file:
            file.write(
                np.ascontiguousarray(block).data
            )  # which says why it could not, unlike tofile

    def blocks(self, gain: float = 1.0) -> Iterator[Samples]:
        """Give the sound block by block, so much louder."""
        with open(self.path, "rb") as file:
            for size in self._sizes:
                values = np.fromfile(file, np.float32, self.n_channels * size)
                block: Samples = values.reshape(self.n_channels, size)
                yield block if gain == 1.0 else block * np.float32(gain)

    def write(self, path: Path, bits: int, gain: float = 1.0) -> None:
        """Write a sound file, whole numbers to the nearest, and forget what was put aside."""
        size = (self.n_channels, sum(self._sizes))
        write_blocks(path, self.blocks(gain), self.rate_hz, size=size, bits=bits, to_nearest=True)
        self.path.unlink()


def sums_of(
    arrangement: Arrangement,
    groups: Sequence[Iterable[Item]],
    folder: Path,
    tell: Progress,
) -> list[Sum]:
    """Sum groups of items, each over the whole length of the mosaic.

    Parameters
    ----------
    arrangement
        Where the items belong.
    groups
        Items; the muted are not heard.
    folder
        Where the sounds are put aside.
    tell
        Is told the share that is done.
    """
    n_channels, rate_hz = arrangement.n_channels, arrangement.rate_hz
    sums = [Sum(folder / f".sum-{number}", n_channels, rate_hz) for number in range(len(groups))]
    if not sums:
        return sums
    rendered = render_groups(
        [arrangement.placements_of(group) for group in groups],
        arrangement.sounds,
        n_channels=n_channels,
        n_samples=arrangement.n_samples,
        own_rate_hz=arrangement.mosaic.rate_hz,
        rate_hz=rate_hz,
        fade_ms=arrangement.mosaic.fade_ms,
        progress=tell,
    )
    for blocks in rendered:
        for sum_, block in zip(sums, blocks, strict=True):
            sum_.add(block)
    return sums


def gain_for(sums: Sequence[Sum], bits: int) -> float:
    """The gain under which none of them clips in files of so many bits, at most 1; floats do not clip."""
    loudest = max((each.peak for each in sums), default=0.0)
    return CEILING / loudest if bits < 32 and loudest > CEILING else 1.0
