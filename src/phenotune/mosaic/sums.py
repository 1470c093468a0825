"""A sum of sound that moves on block by block."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples


class Sum:
    """Sound in fixed point, from a moving beginning on, as far as anything has been added to it.

    Parameters
    ----------
    n_channels
        Its channels.
    """

    def __init__(self, n_channels: int) -> None:
        self._sound: NDArray[np.int64] = np.zeros((n_channels, 0), np.int64)

    @property
    def n_samples(self) -> int:
        """How far it reaches at present."""
        return int(self._sound.shape[1])

    def add(
        self, samples: Samples, gains: Sequence[float], onset: int, n_samples_left: int
    ) -> None:
        """Add a phenotype with its gains.

        Parameters
        ----------
        samples
            Float32 (1 or n_channels, n_samples).
        gains
            One for each channel.
        onset
            Where its first sample falls, counted from the beginning as it is now; what falls before is left out.
        n_samples_left
            How much will be taken in all; what falls beyond is left out.
        """
        # Not at the top: numba takes longer to import than reading a mosaic does.
        from phenotune.kernels.mixing import add_fixed

        end = min(onset + samples.shape[1], n_samples_left)
        if end <= 0 or samples.shape[1] == 0:
            return
        if end > self.n_samples:
            # Half as much again, so that what grows clip by clip is not copied with each.
            longer = min(max(end, self.n_samples * 3 // 2), n_samples_left)
            grown = np.zeros((self._sound.shape[0], longer), np.int64)
            grown[:, : self.n_samples] = self._sound
            self._sound = grown
        add_fixed(self._sound, samples, np.array(gains, np.float64), onset, 1)

    def take(self, n_samples: int) -> Samples:
        """Give its first samples as float32, silence where nothing was added, and move the beginning behind them."""
        from phenotune.kernels.mixing import fixed_to_float

        out = np.empty((self._sound.shape[0], n_samples), np.float32)
        fixed_to_float(self._sound, 0, out)
        self._sound = self._sound[:, n_samples:].copy()
        return out
