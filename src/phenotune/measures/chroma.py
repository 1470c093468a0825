"""Which of the twelve pitch classes sound, whatever the octave, and how far two sounds agree in it.

References
----------
T. Fujishima, "Realtime chord recognition of musical sound", ICMC 1999 (the pitch class profile).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.measures.constant_q import STEPS_PER_OCTAVE, constant_q_octaves
from phenotune.measures.short_time import Frames, Mono

N_CLASSES = 12
QUIETEST_POWER = 1e-6
"""Frames of the target with less power than this share of its loudest, -60 dB, are left out."""

LEAST_NORM = 1e-12
"""Under which a frame counts as silent."""


def chroma(sound: Mono, tuning_steps: float) -> Frames:
    """Magnitude in each pitch class, C first.

    Parameters
    ----------
    sound
        At 44.1 kHz, shape ``(n_samples,)``.
    tuning_steps
        How far it is tuned up, in thirds of a semitone.

    Returns
    -------
    Frames
        Shape ``(n_frames, 12)``, frames 512 samples apart; not normalised.
    """
    octaves = constant_q_octaves(sound, tuning_steps)
    result = _fold(next(octaves))
    for octave in octaves:
        result += _fold(octave[: len(result)])
    return result


def _fold(octave: Frames) -> Frames:
    """Sum of each semitone's bins: its own and the one to either side; the topmost bin is the flat side of C."""
    width = STEPS_PER_OCTAVE // N_CLASSES
    centred = np.roll(octave, width // 2, axis=1)
    folded: Frames = centred.reshape(len(octave), N_CLASSES, width).sum(axis=2)
    return folded


def similarity(target: Frames, audio: Frames, power: NDArray[np.float64]) -> tuple[float, float]:
    """Mean cosine between the chroma vectors of two sounds, as they are and with each sound's mean removed.

    Parameters
    ----------
    target, audio
        Chroma, shape ``(n_frames, 12)``; the longer is cut.
    power
        The target's power in each frame, by which its quiet frames are left out.

    Returns
    -------
    plain, centred
        From -1 to 1. A silent frame of the audio counts 0. Plain cosines of magnitudes are never negative and seldom
        small; centred ones are near 0 for any sound that stays as it is.
    """
    n_frames = min(len(target), len(audio), len(power))
    target, audio, power = target[:n_frames], audio[:n_frames], power[:n_frames]
    heard = power > power.max() * QUIETEST_POWER
    target, audio = target[heard], audio[heard]
    plain = _mean_cosine(target, audio)
    target, audio = _unit(target), _unit(audio)
    return plain, _mean_cosine(target - target.mean(axis=0), audio - audio.mean(axis=0))


def _unit(vectors: Frames) -> Frames:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Frames = vectors / np.maximum(norms, LEAST_NORM)
    return unit


def _mean_cosine(left: Frames, right: Frames) -> float:
    norms = np.linalg.norm(left, axis=1) * np.linalg.norm(right, axis=1)
    cosines = np.einsum("fc,fc->f", left, right) / np.maximum(norms, LEAST_NORM)
    return float(np.where(norms > LEAST_NORM, cosines, 0.0).mean())
