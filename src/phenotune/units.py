"""Conversions between units, and the only place where they are written down."""

from __future__ import annotations

import math


def cents_to_ratio(cents: float) -> float:
    """Frequency ratio of an interval; 1200 cents are an octave.

    >>> cents_to_ratio(1200.0)
    2.0
    """
    return float(2.0 ** (cents / 1200.0))


def db_to_amplitude(db: float) -> float:
    """Amplitude ratio of a level difference in decibels.

    >>> db_to_amplitude(20.0)
    10.0
    """
    return float(10.0 ** (db / 20.0))


def amplitude_to_db(amplitude: float) -> float:
    """Level in decibels of an amplitude ratio; minus infinity for zero.

    >>> amplitude_to_db(0.1)
    -20.0
    """
    return 20.0 * math.log10(amplitude) if amplitude > 0.0 else -math.inf


def s_to_samples(seconds: float, rate_hz: float) -> int:
    """Samples in a duration, rounded to the nearest.

    >>> s_to_samples(0.5, 44_100)
    22050
    """
    return round(seconds * rate_hz)


def samples_to_s(n_samples: float, rate_hz: float) -> float:
    """Duration of a number of samples in seconds.

    >>> samples_to_s(22_050, 44_100)
    0.5
    """
    return n_samples / rate_hz


def samples_at_rate(position: int, from_hz: int, to_hz: int) -> int:
    """A position in samples at one rate, as the nearest sample at another; exact integer arithmetic, halves up.

    >>> samples_at_rate(48_000, 48_000, 44_100)
    44100
    """
    return (2 * position * to_hz + from_hz) // (2 * from_hz)
