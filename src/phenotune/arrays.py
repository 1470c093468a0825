"""Names for the arrays that travel between the rooms, and the one gate for sound.

Arrays are channels first, time last.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from phenotune.errors import ParameterError

Samples: TypeAlias = NDArray[np.float32]
"""Sound, float32 of shape ``(n_channels, n_samples)``."""

Spectra: TypeAlias = NDArray[np.complex64]
"""Short-time spectra, complex64 of shape ``(n_channels, n_frames, n_bins)``."""

Bands: TypeAlias = NDArray[np.float32]
"""Power in bands, float32 of shape ``(n_channels, n_frames, n_bands)``."""

FrameErrors: TypeAlias = NDArray[np.float64]
"""Error of each frame, float64 of shape ``(n_channels, n_frames)``."""


def check_samples(samples: Samples, name: str = "samples") -> Samples:
    """Return sound that has the shape, the type and the values that sound must have.

    Parameters
    ----------
    samples
        Expected: float32, shape ``(n_channels, n_samples)``, finite.
    name
        What the message calls it.

    Raises
    ------
    ParameterError
        Naming what was expected and what came.
    """
    if samples.ndim != 2:
        raise ParameterError(f"{name}: expected shape (n_channels, n_samples), got {samples.shape}")
    if samples.dtype != np.float32:
        raise ParameterError(f"{name}: expected float32, got {samples.dtype}")
    if not np.isfinite(samples).all():
        raise ParameterError(f"{name}: expected finite values, got NaN or infinity")
    return samples
