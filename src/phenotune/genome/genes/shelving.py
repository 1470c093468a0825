"""What the low and the high shelf share: how they are drawn, their coefficients, and the way into the kernel."""

from __future__ import annotations

import math
from typing import NamedTuple, Protocol

import numpy as np

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import log_near, log_uniform, near, uniform
from phenotune.genome.genes.ranges import check_number

MAX_GAIN_DB = 48.0
"""The most that a shelf lifts or lowers at all."""
MIN_CORNER_HZ, MAX_CORNER_HZ = 10.0, 20_000.0
"""Where a corner may lie at all."""
MAX_CORNER_SHARE = 0.49
"""A corner above this share of the rate is moved there: a filter cannot turn above half the rate."""


_STEP_DB = 4.0
_STEP_OCTAVES = 0.5


class ShelfRanges(Protocol):
    """What the ranges of both shelves have."""

    min_gain_db: float
    max_gain_db: float
    min_corner_hz: float
    max_corner_hz: float


def check_shelf(gain_db: float, corner_hz: float) -> None:
    """Refuse what no shelf does at all.

    Raises
    ------
    ParameterError
        Naming the parameter, its limits and the number.
    """
    check_number("gain_db", gain_db, -MAX_GAIN_DB, MAX_GAIN_DB)
    check_number("corner_hz", corner_hz, MIN_CORNER_HZ, MAX_CORNER_HZ)


def draw_shelf(rng: np.random.Generator, ranges: ShelfRanges) -> tuple[float, float]:
    """Gain, drawn evenly in decibels, and corner, drawn evenly in octaves."""
    gain_db = uniform(rng, ranges.min_gain_db, ranges.max_gain_db, digits=2)
    return gain_db, log_uniform(rng, ranges.min_corner_hz, ranges.max_corner_hz, digits=1)


def step_shelf(
    rng: np.random.Generator, gain_db: float, corner_hz: float, ranges: ShelfRanges
) -> tuple[float, float]:
    """Gain and corner, stepped by about 4 dB and half an octave."""
    low_db, high_db = ranges.min_gain_db, ranges.max_gain_db
    low_hz, high_hz = ranges.min_corner_hz, ranges.max_corner_hz
    gain_db = near(rng, gain_db, _STEP_DB, low_db, high_db, digits=2)
    return gain_db, log_near(rng, corner_hz, _STEP_OCTAVES, low_hz, high_hz, digits=1)


class Section(NamedTuple):
    """Coefficients of a second-order section, divided by a0."""

    b0: float
    b1: float
    b2: float
    a1: float
    a2: float


def shelf_section(gain_db: float, corner_hz: float, rate_hz: float, *, low: bool) -> Section:
    """Coefficients of a shelf with slope S = 1, which is the same as Q = 1/sqrt(2): no bump, no ringing.

    After Robert Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients" (W3C Note, 2021),
    lowShelf and highShelf with ``A = 10**(gain_db / 40)`` and ``alpha = sin(w0) / 2 * sqrt(2)``. The two differ in
    nothing but the sign of ``cos(w0)`` and the odd coefficients.

    Parameters
    ----------
    gain_db
        Level of the shelf: below the corner for the low one, above for the high one.
    corner_hz
        Where half the gain (in dB) is reached.
    rate_hz
        Sampling rate; the corner is kept below 0.49 times it.
    low
        Whether it is the low shelf.

    >>> section = shelf_section(-12.0, 200.0, 44_100.0, low=True)
    >>> dc = (section.b0 + section.b1 + section.b2) / (1.0 + section.a1 + section.a2)
    >>> round(20.0 * math.log10(dc), 6)
    -12.0
    """
    w0 = 2.0 * math.pi * min(corner_hz / rate_hz, MAX_CORNER_SHARE)
    sign = 1.0 if low else -1.0
    a = 10.0 ** (gain_db / 40.0)
    cosine = sign * math.cos(w0)
    slope = 2.0 * math.sqrt(a) * math.sin(w0) / math.sqrt(2.0)
    a0 = (a + 1.0) + (a - 1.0) * cosine + slope
    return Section(
        b0=a * ((a + 1.0) - (a - 1.0) * cosine + slope) / a0,
        b1=sign * 2.0 * a * ((a - 1.0) - (a + 1.0) * cosine) / a0,
        b2=a * ((a + 1.0) - (a - 1.0) * cosine - slope) / a0,
        a1=sign * -2.0 * ((a - 1.0) + (a + 1.0) * cosine) / a0,
        a2=((a + 1.0) + (a - 1.0) * cosine - slope) / a0,
    )


def filtered(samples: Samples, section: Section) -> Samples:
    """Filter sound of shape ``(n_channels, n_samples)`` from silence, into new memory."""
    # Not at the top: numba takes longer to import than all the rest, and most users of genes never sound a shelf.
    from phenotune.kernels.shelf import biquad

    out = np.empty(samples.shape, dtype=np.float32)
    biquad(samples, *section, out)
    return out
