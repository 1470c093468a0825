"""Solving the gain of a phenotype at an onset: level, polarity, and the place between the speakers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands, Spectra
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.settings import MixSettings
from phenotune.kernels.scoring import cross_terms, errors_at_gains, level_sums
from phenotune.units import db_to_amplitude

Gains = NDArray[np.float64]
BRACKET = 1.6
"""A gain is refined between itself divided and itself multiplied by this ratio, 4 dB; later rounds look nearer."""


@dataclass(frozen=True)
class Fit:
    """The best gains found for one onset.

    Parameters
    ----------
    fitness
        Distance before minus distance after.
    gains
        float64 (n_channels,).
    """

    fitness: float
    gains: Gains


class GainSolver:
    """Fits phenotypes to a canvas. Holds scratch memory, so each thread has its own.

    Parameters
    ----------
    canvas
        Read, never changed.
    settings
        What is solved, and the limits.
    """

    def __init__(self, canvas: Canvas, settings: MixSettings) -> None:
        layout = canvas.target.layout
        self._canvas = canvas
        self._settings = settings
        self._max_gain = db_to_amplitude(settings.max_gain_db)
        self._min_gain = db_to_amplitude(settings.min_gain_db)
        self._bins = np.empty(layout.n_bins, np.float32)
        self._rows = np.empty((2, layout.n_bands), np.float32)
        self._lanes = np.empty((2, layout.n_bands), np.float64)
        self._cross = np.empty((canvas.target.n_channels, 0, layout.n_bands), np.float32)

    def rough(self, spectra: Spectra, powers: Bands, first_frame: int) -> Fit | None:
        """Fit by level, in both polarities; None where nothing is missing that the phenotype has.

        Parameters
        ----------
        spectra, powers
            The phenotype's frames and their band powers.
        first_frame
            The frame of the canvas under the phenotype's frame 0.
        """
        touched = self._touch(spectra, powers, first_frame)
        if touched is None:
            return None
        if not self._settings.solve_gain:
            return self._best(touched, np.ones((1, self._canvas.target.n_channels)))
        level = self._level(touched)
        if not level.any():
            return None
        signs = (1.0, -1.0) if self._settings.polarity else (1.0,)
        return self._best(touched, np.array([sign * level for sign in signs]))

    def keep(self, spectra: Spectra, powers: Bands, first_frame: int, gains: Gains) -> Fit | None:
        """What these very gains are worth; None outside the canvas."""
        touched = self._touch(spectra, powers, first_frame)
        if touched is None:
            return None
        saved = touched.before - self._errors(touched, gains[None])
        return Fit(float(saved.sum()), gains)

    def refine(
        self, spectra: Spectra, powers: Bands, first_frame: int, fit: Fit, n_rounds: int = 1
    ) -> Fit:
        """Improve a fit by parabolas through three gains (in decibels), the Newton step of a curve without derivatives.

        A channel never gets worse than silent, and never better than a gain that was really tried.
        """
        touched = self._touch(spectra, powers, first_frame)
        if touched is None or not self._settings.solve_gain:
            return fit
        ratio = BRACKET
        for _ in range(n_rounds):
            low, high = self._limited(fit.gains / ratio), self._limited(fit.gains * ratio)
            errors = self._errors(touched, np.array([low, fit.gains, high]))
            step = _vertex(self._joined(errors))
            vertex = self._limited(fit.gains * ratio**step)
            fit = self._best(touched, np.array([low, high, vertex]), fit)
            if np.all(np.abs(step) < 1.0):
                ratio = float(np.sqrt(ratio))
        return fit

    def _touch(self, spectra: Spectra, powers: Bands, first_frame: int) -> _Touched | None:
        """Restrict to the frames inside the canvas and compute their cross terms."""
        canvas = self._canvas
        first = max(0, -first_frame)
        n_frames = min(spectra.shape[1], canvas.target.n_frames - first_frame) - first
        if n_frames <= 0:
            return None
        if self._cross.shape[1] < n_frames:
            self._cross = np.empty(
                (self._cross.shape[0], n_frames + 64, self._cross.shape[2]), np.float32
            )
        at = first_frame + first
        edges = canvas.target.layout.edges
        cross_terms(canvas.spectra, at, spectra, first, n_frames, edges, self._bins, self._cross)
        before = canvas.errors[:, at : at + n_frames].sum(axis=1)
        return _Touched(at, first, n_frames, powers, before)

    def _level(self, touched: _Touched) -> Gains:
        """Gain per channel that fits amplitudes best, phases left out; 0 where the canvas is loud enough already."""
        target = self._canvas.target
        sums = np.empty((2, target.n_channels))
        level_sums(
            target.amplitudes, self._canvas.powers, touched.at, touched.powers, touched.first,
            touched.n_frames, self._lanes, sums,
        )  # fmt: skip
        if not self._settings.pan:
            sums = np.repeat(sums.sum(axis=1, keepdims=True), target.n_channels, axis=1)
        missing, own = sums
        level: Gains = np.divide(
            np.maximum(missing, 0.0), own, out=np.zeros_like(own), where=own > 0.0
        )
        return self._limited(level)

    def _limited(self, gains: Gains) -> Gains:
        size = np.minimum(np.abs(gains), self._max_gain)
        size[size < self._min_gain] = 0.0
        return np.copysign(size, gains)

    def _errors(self, touched: _Touched, gains: Gains) -> Gains:
        """Error of the touched frames at each gain, float64 (n_gains, n_channels)."""
        target, out = self._canvas.target, np.empty(gains.shape)
        errors_at_gains(
            self._canvas.powers, touched.at, self._cross, touched.powers, touched.first,
            touched.n_frames, target.compressed, target.weights, target.laws, target.floors,
            np.ascontiguousarray(gains), self._rows, self._lanes, out,
        )  # fmt: skip
        return out

    def _joined(self, errors: Gains) -> Gains:
        """Errors per channel where channels are free; where they are tied, the sum in each of them."""
        if self._settings.pan and self._settings.solve_gain:
            return errors
        return np.repeat(errors.sum(axis=1, keepdims=True), errors.shape[1], axis=1)

    def _best(self, touched: _Touched, gains: Gains, known: Fit | None = None) -> Fit:
        """The best of the gains tried; channels are free, but share one polarity.

        A channel that only loses is silenced. Rows of one polarity are joined channel by channel.
        """
        if known is not None:
            gains = np.vstack([known.gains, gains])
        saved = touched.before - self._errors(touched, gains)
        if not (self._settings.solve_gain and self._settings.pan):
            row = int(np.argmax(saved.sum(axis=1)))
            return Fit(float(saved[row].sum()), gains[row])
        fits = []
        for sign in (1.0, -1.0):
            of_sign = np.where(np.copysign(1.0, gains) == sign, saved, -np.inf)
            rows = of_sign.argmax(axis=0)
            gain = np.array([gains[row, channel] for channel, row in enumerate(rows)])
            won = of_sign.max(axis=0)
            gain[won <= 0.0] = 0.0
            fits.append(Fit(float(np.maximum(won, 0.0).sum()), gain))
        return max(fits, key=lambda fit: fit.fitness)


@dataclass(frozen=True)
class _Touched:
    """The frames that a phenotype touches: where on the canvas, where in itself, and their error before."""

    at: int
    first: int
    n_frames: int
    powers: Bands
    before: Gains


def _vertex(errors: Gains) -> Gains:
    """Where the parabola through errors at -1, 0 and 1 has its minimum, within -1.5 to 1.5; float64 (n_channels,)."""
    slope = (errors[2] - errors[0]) / 2.0
    bend = errors[2] - 2.0 * errors[1] + errors[0]
    downhill = -1.5 * np.sign(slope)
    vertex = np.divide(-slope, bend, out=downhill, where=bend > 1e-300)
    return np.asarray(np.clip(vertex, -1.5, 1.5))
