"""Distances between the mel bands of a target and of an output, each at the gain that suits the output best."""

from __future__ import annotations

import numpy as np

from phenotune.measures.features import Features
from phenotune.measures.gains import best_gain, level_difference_db, search_gain_db
from phenotune.measures.short_time import Frames
from phenotune.measures.sums import inner_product

FLOOR_DB = -80.0
"""Under the target's peak everything counts as this loud."""

LEAST_POWER = 1e-30
SEARCH_DB = 60.0


def log_mel_distance(target: Features, audio: Features) -> tuple[float, float]:
    """Root mean square difference of mel bands in dB, floored 80 dB under the target's peak.

    Returns
    -------
    gain_db, distance_db
        The best gain for the audio, and the distance at it. Silence is measured at a gain of 0 dB.
    """
    levels_db = _power_db(target.bands)
    floor_db = levels_db.max() + FLOOR_DB
    wanted_db = np.maximum(levels_db, floor_db)
    audio_db = _power_db(audio.bands)

    def distance_db(gain_db: float) -> float:
        difference = np.maximum(audio_db + gain_db, floor_db)
        difference -= wanted_db
        return float(np.sqrt(inner_product(difference, difference) / difference.size))

    if audio.rms == 0.0:
        return 0.0, distance_db(0.0)
    middle_db = level_difference_db(target.rms, audio.rms)
    return search_gain_db(distance_db, middle_db - SEARCH_DB, middle_db + SEARCH_DB)


def explained_percent(target: Features, audio: Features, exponent: float) -> float:
    """Share of the mel spectrogram's energy that the audio accounts for, in percent; silence has 0.

    Parameters
    ----------
    target, audio
        What is compared.
    exponent
        On mel power: 0.5 compares amplitudes, 0.25 their square roots, which gives the quieter parts more say.
    """
    wanted, heard = target.bands**exponent, audio.bands**exponent
    rest = wanted - best_gain(wanted, heard) * heard
    return 100.0 * (1.0 - inner_product(rest, rest) / inner_product(wanted, wanted))


def _power_db(bands: Frames) -> Frames:
    return 10.0 * np.log10(np.maximum(bands, LEAST_POWER))
