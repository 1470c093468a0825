"""Streams of chance, keyed by where they are used and never by who uses them.

The same seed gives the same numbers to the same individual, whatever the number of threads, and whether the run was
stopped in between or not.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np


class Purpose(IntEnum):
    """What a stream is for; two purposes never share numbers."""

    FOUNDER = 0
    VARIATION = 1
    ONSET = 2
    REVISION = 3
    ELITE = 4
    SEED = 5


def stream(
    seed: int,
    cycle: int,
    generation: int,
    individual: int,
    purpose: Purpose,
    *,
    section: int = 0,
) -> np.random.Generator:
    """The stream of one individual.

    Parameters
    ----------
    seed
        The run's only seed.
    cycle, generation, individual
        Where it stands, each counted from 0 or 1 as the caller likes, but never negative.
    purpose
        What for.
    section
        Of the target, counted from 0.

    Examples
    --------
    >>> a = stream(7, 1, 2, 3, Purpose.ONSET).integers(1000)
    >>> b = stream(7, 1, 2, 3, Purpose.ONSET).integers(1000)
    >>> bool(a == b)
    True
    """
    key = (cycle, generation, individual, int(purpose))
    sequence = np.random.SeedSequence(entropy=seed, spawn_key=(*key, section) if section else key)
    return np.random.Generator(np.random.PCG64(sequence))
