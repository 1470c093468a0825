"""The search models that the article went through, as settings over the preset ``classic``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Values = Mapping[str, Any]

N_CYCLES = 80
"""Of a run of the spectrogram model; claims that ask for the same run share it."""

NO_AIDS: Values = {
    "search.niche_ms": 0.0,
    "search.proximity_ms": 0.0,
    "search.overlap": 1.0,
    "search.landing_share": 0.0,
}
"""Nothing that keeps clips apart."""

SPECTROGRAM_ALONE: Values = {**NO_AIDS, "rhythm.strength": 0.0}
"""The third model: spectrograms in decibels with a floor, without the pull to the beat."""

LINEAR_LAW: Values = {"spectra.laws": [{"law": "amplitude"}]}
"""Amplitudes compared as they are, in place of decibels."""

WAVEFORM: Values = {**SPECTROGRAM_ALONE, "fitness.terms": [{"term": "waveform"}]}
"""The second model: the mean squared error of the waveform, the onset drawn by chance."""

CORRELATION: Values = {
    **SPECTROGRAM_ALONE,
    "fitness.terms": [{"term": "correlation"}],
    "search.proposal": "correlation",
    "search.random_onsets": 0,
    "search.proposed_onsets": 1,
    "search.schedule": "generations",
    "search.survivors": "children",
    "search.placing": "together",
    "search.regression": True,
    "search.max_clips_per_s": 0.0,
    "search.seed_width_s": 0.5,
    "search.seed_reset_every": 10,
    "search.population": 40,
    "search.capacity": 80,
    "search.offspring": 2,
    "library.clip_s": 0.5,
    "variation.max_phenotype_s": 1.0,
    # Shelves of 30 dB on top of one another make a clip louder without end, and what is loud correlates.
    "genes.low_shelf.weight": 0.0,
    "genes.high_shelf.weight": 0.0,
}
"""The first model: the fitness is the peak of the cross-correlation, the onset its lag, near that of the parent.

Clips are a tenth of the song at most, about as much less than the article's as the song is.
"""

N_GENERATIONS = 40
"""Of a run of the first model, where the claim speaks of no number."""
