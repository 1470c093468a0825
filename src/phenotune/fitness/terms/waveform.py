"""The waveform term: mean squared error in the time domain, of the middle."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.heard import Heard
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.term import Followed
from phenotune.kernels.terms import products


class Waveform(Followed):
    """Squared error of the canvas's middle, over that of silence.

    With the missing sound ``r = t - c``, placing ``g x`` lowers the squared error by ``2 g <r, x> - g**2 <x, x>``,
    which is most at ``g = <r, x> / <x, x>``; only what lies on the target counts.

    Parameters
    ----------
    target
        float32 (n_speakers, n_samples) at the layout's rate.
    canvas
        What is compared with it.
    limits
        What gains may be.
    """

    def __init__(self, target: Samples, canvas: Canvas, limits: GainLimits) -> None:
        super().__init__(canvas)
        self._limits = limits
        self._n_samples = min(target.shape[1], canvas.target.n_samples)
        n_padded = self._n_frames * self._layout.hop
        self._target = np.zeros(n_padded, np.float32)
        self._target[: self._n_samples] = target[:, : self._n_samples].mean(axis=0)
        self._missing = self._target.copy()
        silence = float(np.square(self._target, dtype=np.float64).sum())
        self._scale = 1.0 / max(silence, 1e-30)

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after; see :meth:`phenotune.fitness.terms.term.Term.fitness`."""
        cross, own = self._products(heard, onset)
        return (2.0 * gain * cross - gain * gain * own) * self._scale

    def best_gain(self, heard: Heard, onset: int) -> float | None:
        """The closed form, within the limits."""
        cross, own = self._products(heard, onset)
        return self._limits.held(cross / own) if own > 0.0 else None

    def _products(self, heard: Heard, onset: int) -> tuple[float, float]:
        self._follow()
        first = min(max(0, onset), self._n_samples)
        last = max(first, min(onset + heard.n_samples, self._n_samples))
        out = np.empty(2)
        sound = heard.samples[0, first - onset : last - onset]
        products(self._missing[first:last], sound, out)
        return float(out[0]), float(out[1])

    def _refresh(self, first: int, last: int) -> None:
        hop = self._layout.hop
        stretch = slice(first * hop, last * hop)
        middle = self._canvas.samples(first * hop, (last - first) * hop).mean(axis=0)
        missing = self._missing[stretch]
        missing[:] = self._target[stretch] - middle
        missing[max(0, self._n_samples - first * hop) :] = 0.0
        self._errors[first:last] = self._scale * _squares(missing, hop)


def _squares(samples: NDArray[np.float32], hop: int) -> NDArray[np.float64]:
    """Sum of the squares of each ``hop`` samples, float64."""
    squares: NDArray[np.float64] = np.square(samples, dtype=np.float64).reshape(-1, hop).sum(axis=1)
    return squares
