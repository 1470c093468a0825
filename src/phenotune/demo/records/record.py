"""What a record of the library is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from phenotune.demo.signals import Signal

Maker = Callable[[np.random.Generator, int], Signal]
"""Makes a sound at a rate: mono ``(n,)`` or stereo ``(2, n)``."""


@dataclass(frozen=True, slots=True)
class Record:
    """One file of the library.

    Parameters
    ----------
    path
        Inside the library, with the suffix that chooses the format.
    rate_hz
        Sampling rate of the file.
    peak_db
        How loud it was cut; records differ.
    make
        Makes it.
    title
        Its title, for the tags and the credits.
    """

    path: str
    rate_hz: int
    peak_db: float
    make: Maker
    title: str
