"""What a sound is measured by, computed once for a target and once for each output."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.measures.chroma import N_CLASSES, chroma
from phenotune.measures.constant_q import STEPS_PER_OCTAVE
from phenotune.measures.mel import mel_power
from phenotune.measures.onsets import onset_strength
from phenotune.measures.short_time import Frames, Mono, magnitude_blocks
from phenotune.measures.tuning import partials, tuning_steps

RATE_HZ = 44_100
"""At which everything is measured."""

N_FFT = 2048
HOP_LENGTH = 512
N_BANDS = 128


@dataclass(frozen=True)
class Features:
    """A mono sound at 44.1 kHz, and what there is to know of it frame by frame.

    Parameters
    ----------
    sound
        Shape ``(n_samples,)``. Its spectra are made anew for each comparison, block by block: that costs a few
        hundredths of a second a minute, and keeping them a hundred megabytes.
    rms
        Its level; 0 is silence.
    bands
        Power in 128 mel bands, shape ``(n_frames, 128)``.
    power
        Power of each frame, shape ``(n_frames,)``.
    onsets
        Onset strength, shape ``(n_frames,)``.
    chroma
        Shape ``(n_frames, 12)``.
    """

    sound: Mono
    rms: float
    bands: Frames
    power: NDArray[np.float64]
    onsets: NDArray[np.float64]
    chroma: Frames


def features(sound: Mono) -> Features:
    """Everything that the measures need to know of a sound at 44.1 kHz."""
    bands, power, tuning = _from_spectra(sound)
    rms = float(np.sqrt(np.mean(np.square(sound, dtype=np.float64))))
    return Features(
        sound=sound,
        rms=rms,
        bands=bands,
        power=power,
        onsets=onset_strength(bands, N_FFT, HOP_LENGTH),
        chroma=chroma(sound, tuning) if rms > 0.0 else np.zeros((len(bands), N_CLASSES)),
    )


def _from_spectra(sound: Mono) -> tuple[Frames, NDArray[np.float64], float]:
    """Mel bands, power of the frames, and tuning, in one pass."""
    bands, power, frequencies_hz, loudness = [], [], [], []
    for spectra in magnitude_blocks(sound, N_FFT, HOP_LENGTH):
        squared = spectra**2
        bands.append(mel_power(squared, RATE_HZ, N_BANDS))
        power.append(squared.sum(axis=1))
        block_hz, block_loudness = partials(spectra, RATE_HZ)
        frequencies_hz.append(block_hz)
        loudness.append(block_loudness)
    tuning = tuning_steps(
        np.concatenate(frequencies_hz), np.concatenate(loudness), STEPS_PER_OCTAVE
    )
    return np.concatenate(bands), np.concatenate(power), tuning
