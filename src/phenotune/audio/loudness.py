"""Loudness after ITU-R BS.1770-4, measured block by block; the only place that imports pyloudnorm.

pyloudnorm measures a sound that lies in memory as a whole. Here its filters run over one block after the other and keep
their state in between, and of the sound nothing is kept but its power in each tenth of a second, from which the gates
are computed at the end. The filters are those of the recommendation's tables at any rate (in pyloudnorm "DeMan").
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import ParameterError
from phenotune.units import db_to_amplitude, samples_to_s

BLOCK_S = 0.4
"""Length of a gating block; three quarters of it lie in the next one too."""
STEPS_IN_BLOCK = 4
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
OFFSET_LU = -0.691
"""Makes up for the gain of the filters at 997 Hz (BS.1770-4, equation 2)."""

MIN_RATE_HZ = 4000
"""Below, the corner of the shelf would be beyond half the rate."""

# Level, Q and corner of the two stages, as Brecht De Man derived them from the tables of the recommendation.
_SHELF = (3.99984385397, 0.7071752369554193, 1681.9744509555319)
_HIGH_PASS = (0.0, 0.5003270373253953, 38.13547087613982)


class LoudnessMeter:
    """Measures the integrated loudness of a sound that comes in blocks.

    Parameters
    ----------
    rate_hz
        Its rate, at least 4 kHz.
    n_channels
        1, or 2 for left and right; both count alike.

    Raises
    ------
    ParameterError
        If the rate is too low, or if there are more channels.
    """

    def __init__(self, rate_hz: int, n_channels: int) -> None:
        if rate_hz < MIN_RATE_HZ:
            raise ParameterError(
                f"rate_hz: expected {MIN_RATE_HZ} Hz or more to measure loudness, got {rate_hz}"
            )
        if n_channels not in (1, 2):
            raise ParameterError(f"n_channels: expected 1 or 2, got {n_channels}")
        self._rate_hz = rate_hz
        self._sections = _sections(rate_hz)
        self._state = np.zeros((len(self._sections), n_channels, 2))
        self._n_samples = 0
        self._energies: list[float] = []
        self._unfinished = 0.0

    def add(self, samples: Samples) -> None:
        """Take the next block, float32 (n_channels, n_samples)."""
        from scipy import signal

        if samples.shape[1] == 0:
            return
        weighted, self._state = signal.sosfilt(
            self._sections, samples.astype(np.float64), axis=1, zi=self._state
        )
        power = np.square(weighted, out=weighted).sum(axis=0)
        start = 0
        while (border := self._border(len(self._energies) + 1) - self._n_samples) <= power.size:
            self._energies.append(self._unfinished + float(power[start:border].sum()))
            self._unfinished, start = 0.0, border
        self._unfinished += float(power[start:].sum())
        self._n_samples += power.size

    def integrated_lufs(self, gain: float = 1.0) -> float:
        """Loudness of all that has come, gated; minus infinity where nothing is above the gate of -70 LUFS.

        Parameters
        ----------
        gain
            A gain that the sound is thought of as having: the gate at -70 LUFS stays where it is.

        Notes
        -----
        BS.1770-4, equations 3 to 7. A sound shorter than a block is one block of its own length, which the
        recommendation does not speak of.
        """
        powers = self._block_powers() * gain * gain
        heard = powers[_lufs(powers) >= ABSOLUTE_GATE_LUFS]
        if heard.size == 0:
            return -math.inf
        gate = float(_lufs(heard.mean(keepdims=True))[0]) + RELATIVE_GATE_LU
        loud = heard[_lufs(heard) > max(gate, ABSOLUTE_GATE_LUFS)]
        return float(_lufs(loud.mean(keepdims=True))[0]) if loud.size else -math.inf

    def gain_to(self, lufs: float) -> float | None:
        """Gain under which the sound has a loudness; None for silence, which has none under any gain.

        Where a sound is so soft that a gain lifts more of it over the gate of -70 LUFS, that is taken into account.
        """
        powers = self._block_powers()
        mean = float(powers.mean()) if powers.size else 0.0
        if mean <= 0.0:
            return None
        gain = db_to_amplitude(lufs - float(_lufs(np.array([mean]))[0]))
        for _ in range(20):
            missing_lu = lufs - self.integrated_lufs(gain)
            if abs(missing_lu) < 1e-4 or not math.isfinite(missing_lu):
                break
            gain *= db_to_amplitude(missing_lu)
        return gain

    def _border(self, number: int) -> int:
        """Where the step with a number begins, in samples from the beginning; steps are a tenth of a second."""
        return number * self._rate_hz // 10

    def _block_powers(self) -> NDArray[np.float64]:
        """Mean power of each gating block, all channels added up."""
        duration_s = samples_to_s(self._n_samples, self._rate_hz)
        steps = np.array([*self._energies, self._unfinished])
        if self._n_samples == 0:
            return np.zeros(0)
        if duration_s < BLOCK_S:
            return np.array([steps.sum() / self._n_samples])
        # A last block is measured when at least half of its last step is there, as pyloudnorm does.
        n_blocks = int(np.round((duration_s - BLOCK_S) * STEPS_IN_BLOCK / BLOCK_S)) + 1
        padded = np.pad(steps, (0, STEPS_IN_BLOCK))
        sums = sum(padded[k : k + n_blocks] for k in range(STEPS_IN_BLOCK))
        return np.asarray(sums) / (BLOCK_S * self._rate_hz)


def _lufs(powers: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(divide="ignore"):
        return OFFSET_LU + 10.0 * np.log10(powers)


def _sections(rate_hz: int) -> NDArray[np.float64]:
    """The two filters as second-order sections (2, 6)."""
    from pyloudnorm.iirfilter import IIRfilter

    shelf = IIRfilter(*_SHELF, rate_hz, "high_shelf_DeMan")
    high_pass = IIRfilter(*_HIGH_PASS, rate_hz, "high_pass_DeMan")
    return np.array([[*shelf.b, *shelf.a], [*high_pass.b, *high_pass.a]])
