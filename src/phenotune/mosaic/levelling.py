"""How loud a written file shall be, and the gain that makes it so."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.levels import peak
from phenotune.errors import ParameterError
from phenotune.units import amplitude_to_db, db_to_amplitude

if TYPE_CHECKING:
    from phenotune.audio.loudness import LoudnessMeter

CEILING = 0.999
"""Highest amplitude in a file that is not normalised; above it everything is turned down together."""

Measure: TypeAlias = Literal["peak", "loudness"]
MEASURES: tuple[Measure, ...] = get_args(Measure)


@dataclass(frozen=True, slots=True)
class Normalise:
    """Turn the whole up or down until it has a level.

    Parameters
    ----------
    to
        ``"peak"``: the highest sample is at ``peak_db``. ``"loudness"``: the integrated loudness (ITU-R BS.1770-4) is
        ``lufs``, unless the highest sample would pass ``peak_db``: then that decides, and the sound stays softer.
    peak_db
        Highest sample, in decibels below full scale.
    lufs
        Integrated loudness.

    Raises
    ------
    ParameterError
        If it is neither, or a level is out of range.
    """

    to: Measure
    peak_db: float = -1.0
    lufs: float = -14.0

    def __post_init__(self) -> None:
        if self.to not in MEASURES:
            raise ParameterError(f"normalise: expected {' or '.join(MEASURES)}, got '{self.to}'")
        for name, value, unit in (("peak_db", self.peak_db, "dB"), ("lufs", self.lufs, "LUFS")):
            if not -60.0 <= value <= 0.0:
                raise ParameterError(f"{name}: expected -60 to 0 {unit}, got {value:g}")


@dataclass(frozen=True, slots=True)
class Levelling:
    """A gain, and what it does to a sound.

    Parameters
    ----------
    gain
        What everything is multiplied by.
    ceiling
        Amplitude that nothing passes; None where nothing is held back.
    peak_db
        Highest sample after the gain; minus infinity for silence.
    lufs
        Integrated loudness after the gain, where it was measured; minus infinity for silence.
    softer_by_lu
        By how much the sound stays softer than was asked for, so as not to pass the ceiling.
    """

    gain: float
    ceiling: float | None
    peak_db: float
    lufs: float | None = None
    softer_by_lu: float = 0.0

    def apply(self, samples: Samples) -> Samples:
        """Give a block its gain; the very same array where nothing had to be done."""
        if self.gain == 1.0:
            return samples
        levelled = samples * np.float32(self.gain)
        if self.ceiling is not None:
            # Rounding may leave the loudest sample one step above the ceiling.
            np.clip(levelled, -self.ceiling, self.ceiling, out=levelled, dtype=np.float32)
        return levelled


class LevelMeter:
    """Measures what is needed to level a sound that comes in blocks.

    Parameters
    ----------
    normalise
        The level that it shall have; None to turn it down only where it would clip.
    rate_hz, n_channels
        Of the sound.
    clips
        Whether the file clips beyond full scale.

    Raises
    ------
    ParameterError
        If loudness cannot be measured at this rate.
    """

    def __init__(
        self, normalise: Normalise | None, rate_hz: int, n_channels: int, *, clips: bool
    ) -> None:
        self._normalise = normalise
        self._clips = clips
        self._peak = 0.0
        self._loudness: LoudnessMeter | None = None
        if normalise is not None and normalise.to == "loudness":
            from phenotune.audio.loudness import LoudnessMeter

            self._loudness = LoudnessMeter(rate_hz, n_channels)

    @property
    def needs_two_passes(self) -> bool:
        """Whether nothing can be written before everything has been measured."""
        return self._clips or self._normalise is not None

    def add(self, samples: Samples) -> None:
        """Take the next block, float32 (n_channels, n_samples)."""
        self._peak = max(self._peak, peak(samples))
        if self._loudness is not None:
            self._loudness.add(samples)

    def levelling(self) -> Levelling:
        """The gain for all that has come."""
        ceiling = CEILING if self._clips else None
        wanted = 1.0
        if self._normalise is not None:
            ceiling = min(db_to_amplitude(self._normalise.peak_db), ceiling or 1.0)
            wanted = self._wanted(ceiling)
        gain = wanted
        if ceiling is not None and self._peak * wanted > ceiling:
            gain = ceiling / self._peak
        return Levelling(
            gain,
            ceiling,
            amplitude_to_db(gain * self._peak),
            None if self._loudness is None else self._loudness.integrated_lufs(gain),
            0.0 if self._normalise is None else max(0.0, amplitude_to_db(wanted / gain)),
        )

    def _wanted(self, ceiling: float) -> float:
        """The gain that normalising asks for; 1.0 for silence."""
        assert self._normalise is not None
        if self._peak == 0.0:
            return 1.0
        if self._loudness is None:
            return ceiling / self._peak
        gain = self._loudness.gain_to(self._normalise.lufs)
        return 1.0 if gain is None or not math.isfinite(gain) else gain
