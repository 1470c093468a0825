"""Solving the gain of a phenotype at an onset, in one channel: level and polarity, and levels of groups of bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.channel import Channel
from phenotune.fitness.heard import Frames
from phenotune.fitness.settings import MixSettings
from phenotune.genome.genes.equaliser import CROSSOVERS_HZ
from phenotune.kernels.bands import OCTET
from phenotune.kernels.scoring import cross_terms, errors_at_gains, fit_level, refine_gain
from phenotune.spectra.target import TargetSpectra
from phenotune.units import db_to_amplitude

BRACKET = 1.6
"""A gain is refined between itself divided and itself multiplied by this ratio, 4 dB; later rounds look nearer."""


LEVELS = (0.0, 0.2, 0.45, 0.7, 1.0, 1.5)
"""Levels of a group of bands, or of a step of time, that are tried, linear."""


_Rows: TypeAlias = NDArray[np.float32]
_Aims: TypeAlias = tuple[_Rows, _Rows, _Rows, _Rows, NDArray[np.int64], _Rows, float]


@dataclass(frozen=True)
class Fit:
    """The best gain found for one onset.

    Parameters
    ----------
    fitness
        Distance before minus distance after, in this channel.
    gain
        Linear; negative is turned polarity.
    """

    fitness: float
    gain: float


@dataclass(frozen=True)
class Shape:
    """Levels on top of a gain that make a phenotype fit better: of groups of bands, or of steps of time.

    Parameters
    ----------
    fitness
        What it promises.
    groups
        Linear level of each group of bands; empty where bands are left as they are.
    steps
        Linear level of each step; empty where there is no envelope.
    """

    fitness: float
    groups: tuple[float, ...] = ()
    steps: tuple[float, ...] = ()


class GainSolver:
    """Fits phenotypes to channels of a canvas. Holds scratch memory, so each thread has its own.

    Parameters
    ----------
    target
        What the channels are compared with.
    settings
        What is solved, and the limits.
    """

    def __init__(self, target: TargetSpectra, settings: MixSettings) -> None:
        layout = target.layout
        self._solves = settings.solve_gain
        self._equalises = settings.equaliser
        self._envelopes = settings.envelope
        self._lead_frames = layout.lead_frames
        self._n_signs = 2 if settings.polarity else 1
        gains_db = (settings.min_gain_db, settings.max_gain_db)
        self._limits = np.array([db_to_amplitude(gain_db) for gain_db in gains_db])
        self._law = (target.laws, target.floors)
        self._octets = layout.octets
        self._groups = layout.group_of_band(CROSSOVERS_HZ)
        self._n_groups = len(CROSSOVERS_HZ) + 1
        self._bins = np.empty(OCTET, np.float32)
        self._rows = np.empty((3, layout.n_bands), np.float32)
        self._lanes = np.empty((2, layout.n_bands), np.float64)
        self._cross = np.empty((0, layout.n_bands), np.float32)
        self._work = np.empty(2)

    def rough(self, channel: Channel, frames: Frames) -> Fit | None:
        """Fit by level; None where nothing is missing that the phenotype has.

        Parameters
        ----------
        channel
            Read, never changed.
        frames
            The phenotype's.
        """
        if not self._solves:
            return self.keep(channel, frames, 1.0)
        touched = self._touched(channel, frames)
        if touched is None:
            return None
        fitness = fit_level(
            channel.amplitudes, channel.spectra, channel.powers, channel.errors, frames.spectra, frames.powers,
            *touched, self._octets, *self._aims(channel), self._limits, self._n_signs,
            self._bins, self._rows, self._lanes, self._cross, self._work,
        )  # fmt: skip
        return None if fitness == -np.inf else Fit(fitness, float(self._work[0]))

    def refine(self, channel: Channel, frames: Frames, fit: Fit, n_rounds: int = 1) -> Fit:
        """Improve a fit by parabolas through three gains; see :func:`phenotune.kernels.scoring.refine_gain`.

        It never comes out worse.
        """
        touched = self._touched(channel, frames)
        if touched is None or not self._solves:
            return fit
        self._work[0] = fit.gain
        fitness = refine_gain(
            channel.spectra, channel.powers, channel.errors, frames.spectra, frames.powers,
            *touched, self._octets, *self._aims(channel), self._limits, n_rounds, BRACKET,
            self._bins, self._rows, self._lanes, self._cross, self._work,
        )  # fmt: skip
        return Fit(fitness, float(self._work[0]))

    def keep(self, channel: Channel, frames: Frames, gain: float) -> Fit | None:
        """What this very gain is worth; None outside the canvas."""
        found = self._errors(channel, frames, np.array([gain]), 1)
        if found is None:
            return None
        before, errors = found
        return Fit(before - float(errors.sum()), gain)

    def worths(
        self, channel: Channel, frames: Frames, gains: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """What each of some gains is worth, float64 (n_gains,); nothing outside the canvas."""
        found = self._errors(channel, frames, gains, 1)
        if found is None:
            return np.zeros(gains.size)
        before, errors = found
        worths: NDArray[np.float64] = before - errors.sum(axis=(1, 2))
        return worths

    def shape(self, channel: Channel, frames: Frames, fit: Fit, n_steps: int) -> Shape:
        """Solve a level for each group of bands, or else for each step of time, on top of the gain of a fit.

        Groups share no band and steps no frame, so each takes the best of the levels tried whatever the others do;
        onsets, which all bands have in common, are left as the fit has them where groups are solved.

        Parameters
        ----------
        channel, frames
            As for :meth:`rough`.
        n_steps
            Steps of equal length that the phenotype is divided into.

        Returns
        -------
        Shape
            What promises more. It is exact for filters that end where the groups do, and for levels that change between
            frames; the sound itself must be scored again.
        """
        found = self._errors(channel, frames, np.array(LEVELS) * fit.gain, n_steps)
        if found is None:
            return Shape(fit.fitness)
        before, errors = found
        levels = np.array(LEVELS)
        as_it_is = LEVELS.index(1.0)
        plain = before - float(errors[as_it_is].sum())
        best = Shape(plain)
        if self._equalises:
            by_group = errors.sum(axis=1)
            of_groups, of_onsets = by_group[:, :-1], float(by_group[as_it_is, -1])
            after = float(of_groups.min(axis=0).sum()) + of_onsets
            chosen = levels[of_groups.argmin(axis=0)]
            best = Shape(before - after, groups=tuple(chosen.tolist()))
        if self._envelopes and n_steps > 1:
            by_step = errors.sum(axis=2)
            after = float(by_step.min(axis=0).sum())
            if before - after > best.fitness:
                best = Shape(before - after, steps=tuple(levels[by_step.argmin(axis=0)].tolist()))
        return best

    def _aims(self, channel: Channel) -> _Aims:
        """What the channel is compared with, as the kernels take it."""
        own = channel.compressed, channel.onsets, channel.masks, channel.weights
        return *own, *self._law, channel.onset_weight

    def _touched(self, channel: Channel, frames: Frames) -> tuple[int, int, int] | None:
        """The frames inside the canvas: first there, first of the phenotype, how many; None if there is none."""
        first = max(0, -frames.first)
        n_frames = min(frames.spectra.shape[0], channel.n_frames - frames.first) - first
        if n_frames <= 0:
            return None
        if self._cross.shape[0] < n_frames:
            self._cross = np.empty((n_frames + 64, self._cross.shape[1]), np.float32)
        return frames.first + first, first, n_frames

    def _errors(
        self, channel: Channel, frames: Frames, gains: NDArray[np.float64], n_steps: int
    ) -> tuple[float, NDArray[np.float64]] | None:
        """Error of the touched frames before, and at each gain by step and group of bands."""
        touched = self._touched(channel, frames)
        if touched is None:
            return None
        at, first, n_frames = touched
        cross_terms(
            channel.spectra, at, frames.spectra, first, n_frames, self._octets, self._bins, self._cross
        )  # fmt: skip
        out = np.empty((gains.size, n_steps, self._n_groups + 1))
        errors_at_gains(
            channel.powers, at, self._cross, frames.powers, first, n_frames,
            self._ends(frames, first, n_frames, n_steps), *self._aims(channel),
            gains, self._rows, self._lanes, self._groups, out,
        )  # fmt: skip
        return float(channel.errors[at : at + n_frames + 1].sum()), out

    def _ends(self, frames: Frames, first: int, n_frames: int, n_steps: int) -> NDArray[np.int64]:
        """The touched frame before which each step of the phenotype ends."""
        lead = self._lead_frames
        n_sounding = frames.spectra.shape[0] - 2 * lead
        ends = lead + np.arange(1, n_steps + 1) * n_sounding // n_steps - first
        ends[-1] = n_frames
        inside: NDArray[np.int64] = np.clip(ends, 0, n_frames)
        return inside
