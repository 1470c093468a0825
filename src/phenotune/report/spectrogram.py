"""Spectrograms to look at: power in bands spaced like the ear's octaves, as many columns as a picture can show.

The engine's own spectra serve the score; these serve the eye. Three windows share the work, a long one for the bass,
where semitones lie a few hertz apart, and a short one for the treble, where drums live.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import ParameterError

WINDOWS = ((250.0, 8192), (2000.0, 4096), (np.inf, 1024))
"""Upper frequency in hertz and window length in samples at 44.1 kHz, from the bass up."""

BLOCK_FRAMES = 512
"""Frames that are transformed at a time, so that an hour of sound needs no more memory than a minute."""


@dataclass(frozen=True, slots=True)
class LogAxis:
    """A logarithmic frequency axis of ``n_bands`` bands between two frequencies.

    >>> LogAxis(low_hz=100.0, high_hz=400.0, n_bands=2).edges_hz()
    array([100., 200., 400.])
    """

    low_hz: float = 32.0
    high_hz: float = 16_000.0
    n_bands: int = 270

    def edges_hz(self) -> NDArray[np.float64]:
        """Edges of the bands in hertz, shape (n_bands + 1,)."""
        return np.geomspace(self.low_hz, self.high_hz, self.n_bands + 1)


def log_spectrogram(
    samples: Samples, rate_hz: int, axis: LogAxis, n_columns: int
) -> NDArray[np.float32]:
    """Power of sound in logarithmic bands over time.

    A sine of amplitude 1 has a power of 0.5 in all, whatever the window, and noise keeps its power as well. Channels
    are averaged as powers, so that sound in opposite phase does not vanish.

    Parameters
    ----------
    samples
        Shape (n_channels, n_samples); fewer samples than columns are fine.
    rate_hz
        Its rate. Bands above half of it hold zero.
    axis
        The frequency axis.
    n_columns
        Number of columns that the whole duration is spread over, at least 1.

    Returns
    -------
    ndarray
        float32, shape (n_bands, n_columns), bass first.

    Raises
    ------
    ParameterError
        If ``n_columns`` is not positive.
    """
    if n_columns < 1:
        raise ParameterError(f"n_columns: expected 1 or more, got {n_columns}")
    edges_hz = axis.edges_hz()
    power = np.zeros((axis.n_bands, n_columns), np.float32)
    if samples.shape[1] == 0:
        return power
    first = 0
    for upper_hz, length in WINDOWS:
        last = int(np.searchsorted(edges_hz[1:], upper_hz, side="right"))
        if last > first:
            n_fft = _power_of_two(length * rate_hz / 44_100)
            band_edges = edges_hz[first : last + 1]
            for channel in samples:
                power[first:last] += _band_power(channel, rate_hz, band_edges, n_fft, n_columns)
        first = last
    return power / np.float32(samples.shape[0])


def _power_of_two(length: float) -> int:
    return int(2 ** max(4, round(np.log2(length))))


def _band_power(
    signal: NDArray[np.float32],
    rate_hz: int,
    edges_hz: NDArray[np.float64],
    n_fft: int,
    n_columns: int,
) -> NDArray[np.float32]:
    """Mean power per band and column of one channel with one window, shape (n_bands, n_columns)."""
    column_samples = signal.size / n_columns
    hop = max(1, min(n_fft // 2, int(column_samples)))
    n_frames = -(-signal.size // hop)
    padded = np.zeros((n_frames - 1) * hop + n_fft, np.float32)
    padded[n_fft // 2 : n_fft // 2 + signal.size] = signal
    frames = np.lib.stride_tricks.sliding_window_view(padded, n_fft)[::hop]
    window = np.hanning(n_fft + 1)[:-1].astype(np.float32)
    position = np.minimum(edges_hz * n_fft / rate_hz + 0.5, n_fft // 2 + 1)
    sums = np.empty((n_frames, edges_hz.size - 1), np.float32)
    for start in range(0, n_frames, BLOCK_FRAMES):
        block = slice(start, start + BLOCK_FRAMES)
        bins = np.fft.rfft(frames[block] * window, axis=1).astype(np.complex64, copy=False)
        sums[block] = _between(bins.real**2 + bins.imag**2, position)
    sums *= np.float32(2.0 / (n_fft * np.square(window).sum()))
    return _columns(sums, hop / column_samples, n_columns)


def _between(power: NDArray[np.float32], position: NDArray[np.float64]) -> NDArray[np.float32]:
    """Integrate rows of bin powers between fractional bin positions."""
    total = np.zeros((power.shape[0], power.shape[1] + 1), np.float64)
    np.cumsum(power, axis=1, out=total[:, 1:])
    index = np.minimum(position.astype(np.intp), power.shape[1] - 1)
    share = position - index
    at_edges = total[:, index] * (1.0 - share) + total[:, index + 1] * share
    between: NDArray[np.float32] = np.diff(at_edges, axis=1).astype(np.float32)
    return between


def _columns(
    sums: NDArray[np.float32], columns_per_frame: float, n_columns: int
) -> NDArray[np.float32]:
    """Average frames into columns; a column without a frame of its own takes the next one."""
    frame_column = np.minimum((np.arange(len(sums)) * columns_per_frame).astype(int), n_columns - 1)
    first = np.searchsorted(frame_column, np.arange(n_columns))
    first = np.minimum(first, len(sums) - 1)
    n_in_column = np.maximum(np.diff(np.append(first, len(sums))), 1)
    means = np.add.reduceat(sums, first, axis=0) / n_in_column[:, np.newaxis]
    return means.T.astype(np.float32)
