"""Cross-correlation of clips with the target, over every onset: the fitness that the article began with.

    raw:  c[d] = sum over k of x[k] * t[d + k] / sum of t squared        unit:  c[d] = the same sum / (|x| * |t|)

for the clip *x* and the middle of the target *t*, or of what the canvas lacks of it. What is divided by stays the same
for all onsets, and as the canvas grows.

Transforms find the onsets; they round as float32 does. So every onset that they cannot tell from the highest is worked
out as a plain sum in float64, and it is that sum which decides and which is given. A value is thus the same whichever
way it was found, and the peak is exact to the sample.
"""

from __future__ import annotations

import math
import threading

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.errors import ParameterError
from phenotune.fitness.pages import Curve, PagedSound
from phenotune.fitness.settings import FitnessSettings
from phenotune.genome.rendering import to_channels
from phenotune.kernels.lags import product_at

APART_MS = 10.0
"""Peaks lie at least so far from one another."""
ROUNDING = 1e-6
"""What transforms may be off, as a share of the norm of the clip times that of what lies under it."""
MAX_TIED = 64
"""Of onsets that transforms cannot tell apart, as a looped tone has them by thousands, how many are worked out."""


class Correlator:
    """Correlates clips with the target. Several threads may use it at once.

    Parameters
    ----------
    target
        float32 (n_channels, n_samples) at the rate of the layout; the mean of its channels is what clips are compared
        with.
    canvas
        What the target lacks where ``correlate_with`` is ``"missing"``; it must stand still while peaks are looked for.
    settings
        ``correlate_with`` and ``correlation_scale``.

    Raises
    ------
    ParameterError
        If target and canvas are not of the same length.
    """

    def __init__(self, target: Samples, canvas: Canvas, settings: FitnessSettings) -> None:
        if target.shape[1] != canvas.target.n_samples:
            raise ParameterError(
                f"target: expected {canvas.target.n_samples} samples as on the canvas, got {target.shape[1]}"
            )
        self._canvas = canvas
        self._is_missing = settings.correlate_with == "missing"
        self._is_unit = settings.correlation_scale == "unit"
        self._apart_samples = round(APART_MS * canvas.target.layout.rate_hz / 1000.0)
        self._target = np.ascontiguousarray(to_channels(target, 1)[0])
        self._energy = product_at(self._target, self._target, 0)
        self._paged = PagedSound(self._target)
        self._version = 0
        if self._is_missing:
            self._version = canvas.version
            self._paged.change(0, self._lacking(0, self._target.size))
        self._lock = threading.Lock()

    def peaks(
        self,
        samples: Samples,
        n_peaks: int,
        *,
        around: int = 0,
        within: int = 0,
        span: tuple[int, int] | None = None,
    ) -> list[tuple[int, float]]:
        """The onsets at which a clip correlates most.

        Parameters
        ----------
        samples
            The clip, float32 (1, n_samples). What would sound after the target's end counts nothing.
        n_peaks
            How many are wanted; there may be fewer.
        around, within
            Onsets lie at most ``within`` samples from ``around``; 0 is anywhere.
        span
            The first onset permitted and the one after the last; None is all of the target.

        Returns
        -------
        list
            Onset in samples and value, the highest first, none of them 0 or below. The second is the highest onset of
            those that lie 10 ms or more from the first, and not on the slope that comes down from there; and so on.
            Of two that are equal the earlier comes first.
        """
        sound = _row(samples)
        lags = self._lags(around, within, span)
        energy = product_at(sound, sound, 0)
        factor = self._factor(energy)
        if n_peaks < 1 or not lags or factor == 0.0:
            return []
        self._follow_canvas()
        curve = self._paged.correlate(sound, lags)
        greatest = energy * self._paged.greatest_energy(lags, sound.size)
        found = self._highest(curve, sound, n_peaks, ROUNDING * math.sqrt(greatest))
        return [(onset, factor * product) for onset, product in found]

    def value(self, samples: Samples, onset: int) -> float:
        """How a clip correlates at one onset, which may lie before the beginning.

        Parameters
        ----------
        samples
            The clip, float32 (1, n_samples).
        onset
            In samples.
        """
        sound = _row(samples)
        factor = self._factor(product_at(sound, sound, 0))
        first, last = max(0, -onset), min(sound.size, self._target.size - onset)
        if first >= last or factor == 0.0:
            return 0.0
        if not self._is_missing:
            return float(factor * product_at(sound, self._target, onset))
        # The canvas may be changing elsewhere, so it is not followed as a whole.
        lacking = self._lacking(onset + first, last - first)
        return float(factor * product_at(sound[first:last], lacking, 0))

    def _highest(
        self, curve: Curve, sound: NDArray[np.float32], n_peaks: int, rounding: float
    ) -> list[tuple[int, float]]:
        """Peaks one after the other, each the highest by the exact sum of those that might be it."""
        exact: dict[int, float] = {}
        found: list[tuple[int, float]] = []
        while len(found) < n_peaks and (top := curve.highest()) > -rounding:
            tied = sorted(curve.at_least(top - 2.0 * rounding), key=lambda each: -each[1])
            for onset, _ in tied[:MAX_TIED]:
                if onset not in exact:
                    exact[onset] = product_at(sound, self._paged.samples, onset)
            onset = max((onset for onset, _ in tied[:MAX_TIED]), key=lambda o: (exact[o], -o))
            if exact[onset] <= 0.0:
                break
            found.append((onset, exact[onset]))
            curve.strike_hill(onset, self._apart_samples - 1)
        # Among those that a transform cannot tell apart the order of finding is no order.
        return sorted(found, key=lambda each: (-each[1], each[0]))

    def _lags(self, around: int, within: int, span: tuple[int, int] | None) -> range:
        first, last = (0, self._target.size) if span is None else span
        if within > 0:
            first, last = max(first, around - within), min(last, around + within + 1)
        return range(max(0, first), min(last, self._target.size))

    def _factor(self, energy: float) -> float:
        """What sums of products are multiplied by, for a clip of this energy; 0 where it or the target is silent."""
        if energy == 0.0 or self._energy == 0.0:
            return 0.0
        return 1.0 / (math.sqrt(energy * self._energy) if self._is_unit else self._energy)

    def _follow_canvas(self) -> None:
        """Learn what has changed on the canvas since peaks were last looked for."""
        if not self._is_missing or self._version == self._canvas.version:
            return
        with self._lock:
            version = self._canvas.version
            lacking = self._lacking(0, self._target.size)
            changed = np.flatnonzero(lacking != self._paged.samples)
            if changed.size:
                first, last = int(changed[0]), int(changed[-1]) + 1
                self._paged.change(first, lacking[first:last])
            self._version = version

    def _lacking(self, first: int, n_samples: int) -> NDArray[np.float32]:
        """What the canvas lacks of a stretch of the target, float32 (n_samples,)."""
        canvas = to_channels(self._canvas.samples(first, n_samples), 1)[0]
        lacking: NDArray[np.float32] = self._target[first : first + n_samples] - canvas
        return lacking


def _row(samples: Samples) -> NDArray[np.float32]:
    if samples.ndim != 2 or samples.shape[0] != 1:
        raise ParameterError(f"samples: expected shape (1, n_samples), got {samples.shape}")
    return np.ascontiguousarray(samples[0])
