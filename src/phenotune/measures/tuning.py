"""How far a recording is tuned away from A = 440 Hz.

The partials of the sound are located between the bins of its spectra, and the tuning is where most of them lie
relative to the nearest step of the scale.

References
----------
J. O. Smith and X. Serra, "PARSHL: an analysis/synthesis program for non-harmonic sounds based on a sinusoidal
representation", ICMC 1987 (parabolic interpolation of spectral peaks).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.measures.short_time import Frames

A4_HZ = 440.0
LOWEST_HZ = 150.0
HIGHEST_HZ = 4000.0
LEAST_SHARE = 0.1
"""A partial is at least this loud, against the loudest bin of its frame."""

N_CLASSES = 100
"""Into how many classes the deviation from a step is sorted."""


def partials(spectra: Frames, rate_hz: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Frequencies and magnitudes of all spectral peaks between 150 and 4000 Hz.

    Parameters
    ----------
    spectra
        Magnitudes, shape ``(n_frames, n_fft // 2 + 1)``.
    rate_hz
        Sample rate.

    Returns
    -------
    frequencies_hz, magnitudes
        Of the vertex of the parabola through each peak and its neighbours; shape ``(n_partials,)`` both.
    """
    n_fft = 2 * (spectra.shape[1] - 1)
    bins_hz = np.arange(spectra.shape[1]) * rate_hz / n_fft
    inside = np.flatnonzero((bins_hz >= LOWEST_HZ) & (bins_hz < HIGHEST_HZ))
    below, here, above = (spectra[:, inside + step] for step in (-1, 0, 1))
    loud = here > LEAST_SHARE * spectra.max(axis=1, keepdims=True)
    frame, k = np.nonzero(loud & (here > below) & (here >= above))
    below, here, above = below[frame, k], here[frame, k], above[frame, k]
    slope = 0.5 * (above - below)
    bend = above + below - 2.0 * here
    # A vertex more than a bin away is not this peak's.
    shift = np.where(np.abs(slope) < np.abs(bend), -slope / np.where(bend == 0.0, 1.0, bend), 0.0)
    return (inside[k] + shift) * rate_hz / n_fft, here + 0.5 * slope * shift


def tuning_steps(
    frequencies_hz: NDArray[np.float64], loudness: NDArray[np.float64], steps_per_octave: int
) -> float:
    """Deviation of a sound from the tempered scale through A = 440 Hz.

    Parameters
    ----------
    frequencies_hz, loudness
        Partials of the whole sound; shape ``(n_partials,)`` both. The louder half of them counts.
    steps_per_octave
        Steps of the scale.

    Returns
    -------
    float
        In steps, from -0.5 up to 0.5; the lower edge of the fullest of 100 classes. 0 without any partial.

    Examples
    --------
    >>> sharp_hz = np.array([440.0, 880.0]) * 2 ** (0.2 / 12)
    >>> round(tuning_steps(sharp_hz * 1.000001, np.ones(2), 12), 2)
    0.2
    """
    if len(frequencies_hz) == 0:
        return 0.0
    louder = frequencies_hz[loudness >= np.median(loudness)]
    deviations = np.mod(steps_per_octave * np.log2(louder / A4_HZ), 1.0)
    deviations[deviations >= 0.5] -= 1.0
    edges = np.linspace(-0.5, 0.5, N_CLASSES + 1)
    counts, _ = np.histogram(deviations, edges)
    return float(edges[np.argmax(counts)])
