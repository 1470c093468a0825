"""The few ways in which genes draw numbers.

Numbers are rounded to the digits that one can hear, so that a ``mosaic.json`` is pleasant to read; they never leave the
range that they are drawn from, and are plain Python numbers.
"""

from __future__ import annotations

import numpy as np


def rounded(value: float, low: float, high: float, *, digits: int) -> float:
    """Round to ``digits`` decimals and bring into ``low..high``.

    >>> rounded(3.14159, 0.0, 3.14, digits=3)
    3.14
    """
    return float(min(max(round(value, digits), low), high))


def uniform(rng: np.random.Generator, low: float, high: float, *, digits: int) -> float:
    """Any number of ``low..high``, each as likely."""
    return rounded(low + (high - low) * rng.random(), low, high, digits=digits)


def log_uniform(rng: np.random.Generator, low: float, high: float, *, digits: int) -> float:
    """Any number of ``low..high`` (above 0), each ratio as likely: as many octaves as notes."""
    return rounded(low * (high / low) ** rng.random(), low, high, digits=digits)


def near(
    rng: np.random.Generator,
    value: float,
    step: float,
    low: float,
    high: float,
    *,
    digits: int,
) -> float:
    """A normal step of standard deviation ``step`` from ``value``, brought into ``low..high``."""
    return rounded(value + step * rng.standard_normal(), low, high, digits=digits)


def log_near(
    rng: np.random.Generator,
    value: float,
    step_octaves: float,
    low: float,
    high: float,
    *,
    digits: int,
) -> float:
    """A normal step of ``step_octaves`` from ``value`` (above 0), brought into ``low..high``."""
    stepped = value * 2.0 ** (step_octaves * rng.standard_normal())
    return rounded(stepped, low, high, digits=digits)


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """Any whole number of ``low..high``, both included, each as likely."""
    return int(rng.integers(low, high, endpoint=True))


def one_off(rng: np.random.Generator, value: int, low: int, high: int) -> int:
    """A whole number one above or below ``value``, brought into ``low..high``.

    At an end of the range the step goes inwards, so that the number changes whenever it can.
    """
    step = 1 if rng.random() < 0.5 else -1
    stepped = value + step if low <= value + step <= high else value - step
    return min(max(stepped, low), high)
