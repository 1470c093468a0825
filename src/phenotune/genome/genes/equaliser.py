"""Equaliser: five bands, each with a level of its own, down to nothing."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.genome.genes.draws import near, uniform
from phenotune.genome.genes.ranges import GeneRanges, check_number
from phenotune.settings import setting

if TYPE_CHECKING:
    from phenotune.genome.chromosome import Chromosome, RenderChromosome

CROSSOVERS_HZ = (250.0, 1000.0, 4000.0, 9000.0)
"""Where one band gives way to the next."""
N_BANDS = len(CROSSOVERS_HZ) + 1
CROSSOVER_OCTAVES = 2.0 / 3.0
"""How wide each crossover is."""
MIN_LEVEL_DB, MAX_LEVEL_DB = -60.0, 24.0
"""The least and the most that a band is lowered or lifted at all."""
RINGING_S = 0.05
"""Silence that is filtered along, so that the ringing at the end does not come back at the start."""

_STEP_DB = 4.0


class EqualiserRanges(GeneRanges):
    """How much the bands may be lowered and lifted."""

    weight: float = setting(
        0.0,
        "How likely the gene is drawn, relative to the weights of the others; the search solves it anyway "
        "(mix.equaliser).",
        ge=0.0,
    )
    min_level_db: float = setting(
        -24.0, "Deepest cut of a band.", unit="dB", ge=MIN_LEVEL_DB, le=MAX_LEVEL_DB
    )
    max_level_db: float = setting(
        6.0, "Strongest lift of a band.", unit="dB", ge=MIN_LEVEL_DB, le=MAX_LEVEL_DB
    )


@dataclass(frozen=True, slots=True)
class Equaliser:
    """Five bands with levels of their own, and no phase shift, so that what is solved in spectra is what sounds.

    Parameters
    ----------
    bass_db
        Level below 250 Hz.
    low_mid_db
        Level from 250 Hz to 1 kHz.
    high_mid_db
        Level from 1 to 4 kHz.
    treble_db
        Level from 4 to 9 kHz.
    air_db
        Level above 9 kHz.
    """

    bass_db: float
    low_mid_db: float
    high_mid_db: float
    treble_db: float
    air_db: float

    tag: ClassVar[str] = "equaliser"

    def __post_init__(self) -> None:
        for name, level_db in zip(_NAMES, self.levels_db, strict=True):
            check_number(name, level_db, MIN_LEVEL_DB, MAX_LEVEL_DB)

    @property
    def levels_db(self) -> tuple[float, ...]:
        """The levels, from bass to air."""
        return self.bass_db, self.low_mid_db, self.high_mid_db, self.treble_db, self.air_db

    @classmethod
    def random(cls, rng: np.random.Generator, ranges: EqualiserRanges, mate: Chromosome) -> Self:
        """Draw each level evenly in decibels."""
        low, high = ranges.min_level_db, ranges.max_level_db
        return cls(*(uniform(rng, low, high, digits=1) for _ in range(N_BANDS)))

    def mutate(self, rng: np.random.Generator, ranges: EqualiserRanges) -> Self:
        """Step one of the levels by about 4 dB."""
        index = int(rng.integers(N_BANDS))
        low, high = ranges.min_level_db, ranges.max_level_db
        level_db = near(rng, self.levels_db[index], _STEP_DB, low, high, digits=1)
        return dataclasses.replace(self, **{_NAMES[index]: level_db})

    def apply(self, samples: Samples, rate_hz: int, render: RenderChromosome) -> Samples:
        """Weight the spectrum of the whole sound; the length stays."""
        from scipy import fft

        n_samples = samples.shape[1]
        n_padded = fft.next_fast_len(n_samples + round(RINGING_S * rate_hz), real=True)
        spectrum = fft.rfft(samples, n_padded, axis=1)
        spectrum *= response(self.levels_db, n_padded, rate_hz)
        filtered = fft.irfft(spectrum, n_padded, axis=1)[:, :n_samples]
        return np.ascontiguousarray(filtered, dtype=np.float32)


_NAMES = tuple(field.name for field in dataclasses.fields(Equaliser))


def response(levels_db: tuple[float, ...], n_padded: int, rate_hz: int) -> NDArray[np.float32]:
    """Amplitude at each frequency of a transform: levels in decibels, joined by raised cosines over log frequency.

    >>> response((0.0, -6.0, -6.0, -6.0, -6.0), 8, 8000).round(2).tolist()
    [1.0, 0.5, 0.5, 0.5, 0.5]
    """
    shares = _shares(n_padded, rate_hz)
    curve_db = np.full(shares.shape[1], levels_db[0], np.float32)
    # No product of matrices: it would wake the threads of a BLAS, which promises no order of its sums either.
    for before, after, share in zip(levels_db, levels_db[1:], shares, strict=False):
        if after != before:
            curve_db += np.float32(after - before) * share
    return np.asarray(np.float32(10.0) ** (curve_db / np.float32(20.0)), np.float32)


@lru_cache(maxsize=64)
def _shares(n_padded: int, rate_hz: int) -> NDArray[np.float32]:
    """How far each crossover is passed at each frequency, 0 to 1; float32 (n_crossovers, n_bins)."""
    hz = np.arange(n_padded // 2 + 1) * (rate_hz / n_padded)
    octaves = np.log2(np.maximum(hz, 1e-3) / np.array(CROSSOVERS_HZ)[:, None])
    passed = np.clip(octaves / CROSSOVER_OCTAVES + 0.5, 0.0, 1.0)
    shares: NDArray[np.float32] = (0.5 - 0.5 * np.cos(np.pi * passed)).astype(np.float32)
    shares.flags.writeable = False
    return shares
