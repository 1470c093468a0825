"""Distances between the short-time spectra of a target and of an output, at the gain that suits the output best.

References
----------
S. Ö. Arık, H. Jun and G. Diamos, "Fast spectrogram inversion using multi-head convolutional neural networks", IEEE
Signal Processing Letters 26(1), 2019 (spectral convergence, log-scale magnitude loss).
R. Yamamoto, E. Song and J.-M. Kim, "Parallel WaveGAN", ICASSP 2020 (the same at several resolutions).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from phenotune.measures.bands import FLOOR_DB
from phenotune.measures.features import HOP_LENGTH, N_FFT, Features
from phenotune.measures.gains import level_difference_db, search_gain_db
from phenotune.measures.short_time import Frames, Mono, magnitude_blocks
from phenotune.measures.sums import inner_product

RESOLUTIONS = (512, 1024, 2048)
"""FFT sizes; each hops by a quarter of itself."""

LEAST_MAGNITUDE = 1e-15
SEARCH_DB = 40.0
STEPS_PER_DB = 100
NEPERS_PER_DB = np.log(10.0) / 20.0


def spectral_convergence(target: Features, audio: Features) -> float:
    """Norm of the difference of magnitudes relative to the target's, ``||T - gY|| / ||T||``; silence has 1.

    With the best gain g the square of the difference is ``TT - TY**2 / YY``, of three sums over all bins; and as
    magnitudes are never negative, no g is.
    """
    tt = ty = yy = 0.0
    for wanted, heard in _both(target.sound, audio.sound, N_FFT, HOP_LENGTH):
        tt += inner_product(wanted, wanted)
        ty += inner_product(wanted, heard)
        yy += inner_product(heard, heard)
    explained = ty**2 / yy if yy > 0.0 else 0.0
    return float(np.sqrt(max(0.0, tt - explained) / tt))


def peak_magnitudes(sound: Mono) -> dict[int, float]:
    """The largest magnitude at each resolution, by FFT size."""
    return {
        n_fft: max(float(block.max()) for block in magnitude_blocks(sound, n_fft, n_fft // 4))
        for n_fft in RESOLUTIONS
    }


def multi_resolution_distance(
    target: Features, audio: Features, target_peaks: dict[int, float]
) -> float:
    """Mean absolute difference of natural log magnitudes, floored 80 dB under the target's peak, over three STFTs.

    With one gain for all three: every resolution has the same say, whatever its number of bins.

    Parameters
    ----------
    target, audio
        What is compared.
    target_peaks
        Of :func:`peak_magnitudes`.
    """
    middle_db = level_difference_db(target.rms, audio.rms) if audio.rms > 0.0 else 0.0
    low_db, high_db = middle_db - SEARCH_DB, middle_db + SEARCH_DB
    curves = [
        difference_curve(target.sound, audio.sound, n_fft, peak, low_db)
        for n_fft, peak in target_peaks.items()
    ]
    curve = np.mean(curves, axis=0)
    gains_db = np.linspace(low_db, high_db, len(curve))

    def distance(gain_db: float) -> float:
        return float(np.interp(gain_db, gains_db, curve))

    return search_gain_db(distance, low_db, high_db)[1] if audio.rms > 0.0 else distance(0.0)


def difference_curve(
    target: Mono, audio: Mono, n_fft: int, target_peak: float, low_db: float
) -> NDArray[np.float64]:
    """The mean absolute difference of log magnitudes for every gain of a range at once.

    As the gain rises, the difference in one bin stays the same until the audio comes out of the floor, then falls by 1
    per neper until the audio is as loud as the target, then rises by 1. So the sum over all bins is known from its
    value at the lowest gain and from how many bins have which of the two turns where: two histograms in place of
    dozens of passes over all spectra.

    Parameters
    ----------
    target, audio
        Sounds of equal length.
    n_fft
        Resolution.
    target_peak
        Largest magnitude of the target at this resolution.
    low_db
        The lowest gain.

    Returns
    -------
    NDArray[np.float64]
        In nepers, for gains from ``low_db`` to ``low_db + 2 * SEARCH_DB`` in hundredths of a dB; exact at these.
    """
    n_steps = round(2 * SEARCH_DB * STEPS_PER_DB)
    step = NEPERS_PER_DB / STEPS_PER_DB
    floor = np.log(target_peak) + FLOOR_DB * NEPERS_PER_DB
    at_low, n_bins = 0.0, 0
    turns = np.zeros(n_steps + 3)
    for wanted, heard in _both(target, audio, n_fft, n_fft // 4):
        wanted_log = np.maximum(np.log(np.maximum(wanted, LEAST_MAGNITUDE)), floor)
        heard_log = np.log(np.maximum(heard, LEAST_MAGNITUDE)) + low_db * NEPERS_PER_DB
        at_low += float(np.abs(np.maximum(heard_log, floor) - wanted_log).sum())
        turns += 2.0 * _histogram((wanted_log - heard_log) / step, n_steps)
        turns -= _histogram((floor - heard_log) / step, n_steps)
        n_bins += wanted.size
    slopes = np.cumsum(turns)[1:-2]
    return np.concatenate([[at_low], at_low + step * np.cumsum(slopes)]) / n_bins


def _histogram(places: Frames, n_steps: int) -> NDArray[np.float64]:
    """How many places lie at each of the steps 0 to ``n_steps``, those between two steps being shared out by nearness.

    Places below 0 are counted at index 0, and step ``i`` at ``i + 1``; those above ``n_steps`` end there.
    """
    shifted = np.clip(places.ravel(), -1.0, n_steps) + 1.0
    whole = shifted.astype(np.int32)
    n_whole = np.bincount(whole, minlength=n_steps + 3).astype(np.float64)
    further = np.bincount(whole, weights=shifted - whole, minlength=n_steps + 3)
    return n_whole - further + np.roll(further, 1)


def _both(
    target: Mono, audio: Mono, n_fft: int, hop_length: int
) -> Iterator[tuple[Frames, Frames]]:
    """Magnitudes of two sounds of equal length, side by side."""
    return zip(
        magnitude_blocks(target, n_fft, hop_length),
        magnitude_blocks(audio, n_fft, hop_length),
        strict=True,
    )
