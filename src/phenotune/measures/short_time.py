"""Short-time magnitudes of a mono sound, the ground that all measures stand on.

Convention: frame ``i`` is centred on sample ``i * hop_length``, and the sound is taken as zero outside its ends, so
that ``n_samples`` samples give ``1 + n_samples // hop_length`` frames. Time is the first axis: a frame is a row. Frames
come in blocks, since those of a whole song would take a hundred megabytes a minute.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray
from scipy import fft

Mono: TypeAlias = NDArray[np.float32]
"""Sound of one channel, float32 of shape ``(n_samples,)``."""

Frames: TypeAlias = NDArray[np.float64]
"""One row a frame, float64 of shape ``(n_frames, n_bins)`` or ``(n_frames, n_bands)``."""

BLOCK_FRAMES = 512


def n_frames(n_samples: int, hop_length: int) -> int:
    """Number of frames of a sound.

    >>> n_frames(0, 512), n_frames(1024, 512)
    (1, 3)
    """
    return 1 + n_samples // hop_length


def hann(length: int) -> NDArray[np.float64]:
    """Periodic Hann window: one period of a raised cosine without its repeated end.

    >>> hann(4).round(6).tolist()
    [0.0, 0.5, 1.0, 0.5]
    """
    return 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(length) / length)


def frame_blocks(sound: Mono, n_fft: int, hop_length: int) -> Iterator[Frames]:
    """Overlapping frames of a sound, block after block.

    Parameters
    ----------
    sound
        Shape ``(n_samples,)``; shorter than a frame is fine, and so is empty.
    n_fft, hop_length
        Samples in a frame (even), and from one frame to the next.

    Yields
    ------
    Frames
        A read-only view of shape ``(n_block_frames, n_fft)``.
    """
    n_total = n_frames(len(sound), hop_length)
    for first in range(0, n_total, BLOCK_FRAMES):
        last = min(first + BLOCK_FRAMES, n_total) - 1
        start = first * hop_length - n_fft // 2
        stop = last * hop_length + n_fft // 2
        inside = sound[max(0, start) : stop].astype(np.float64)
        padded = np.pad(inside, (max(0, -start), max(0, stop - len(sound))))
        yield sliding_window_view(padded, n_fft)[::hop_length]


def magnitude_blocks(sound: Mono, n_fft: int, hop_length: int) -> Iterator[Frames]:
    """Magnitudes of the short-time Fourier transform with a Hann window, block after block.

    Parameters
    ----------
    sound
        Shape ``(n_samples,)``.
    n_fft, hop_length
        Samples in a frame (even), and from one frame to the next.

    Yields
    ------
    Frames
        Shape ``(n_block_frames, n_fft // 2 + 1)``, not scaled: a steady sine of amplitude 1 that falls on a bin has
        magnitude ``n_fft / 4``.
    """
    window = hann(n_fft)
    for frames in frame_blocks(sound, n_fft, hop_length):
        yield np.abs(fft.rfft(frames * window, axis=-1))
