"""Sixteen bits with dither: a little noise that turns the distortion of rounding into hiss.

Triangular noise of two steps from peak to peak makes mean and power of the rounding error independent of the sound
(S. P. Lipshitz, R. A. Wannamaker, J. Vanderkooy, "Quantization and dither: a theoretical survey", J. Audio Eng. Soc.
40(5), 1992).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples

STEPS = 2.0**15
"""Steps of 16 bits from silence to full scale."""


def quantise_dithered(samples: Samples, rng: np.random.Generator) -> NDArray[np.int16]:
    """Round sound to 16 bits after adding triangular noise to it.

    Parameters
    ----------
    samples
        Float32 (n_channels, n_samples); what is beyond full scale clips.
    rng
        Where the noise comes from: each sample takes two numbers for each channel, so that a sound gets the same noise
        in one piece or in many.

    Returns
    -------
    NDArray
        int16 of the same shape.

    Examples
    --------
    >>> half_a_step = np.full((1, 100_000), 0.5 / STEPS, np.float32)
    >>> round(float(quantise_dithered(half_a_step, np.random.default_rng(1)).mean()), 2)
    0.5
    """
    n_channels, n_samples = samples.shape
    draws = rng.random((n_samples, 2 * n_channels), np.float32)
    steps = samples * np.float32(STEPS)
    steps += (draws[:, :n_channels] - draws[:, n_channels:]).T
    return _whole(steps)


def quantise(samples: Samples) -> NDArray[np.int16]:
    """Round sound to the nearest of 16 bits, without dither.

    libsndfile, given floats, rounds down: half a step of constant offset, which adds up where sounds do.

    >>> quantise(np.array([[0.6, -0.6, 1.4, 1e9]], np.float32) / np.float32(STEPS)).tolist()
    [[1, -1, 1, 32767]]
    """
    return _whole(samples * np.float32(STEPS))


def _whole(steps: NDArray[np.float32]) -> NDArray[np.int16]:
    np.clip(np.rint(steps, out=steps), -STEPS, STEPS - 1.0, out=steps)
    return steps.astype(np.int16)
