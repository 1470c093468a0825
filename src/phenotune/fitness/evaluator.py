"""Scoring candidates: render, transform once, propose onsets, solve the gain, keep the best."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands, Samples, Spectra
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.gains import Fit, GainSolver
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.proposals import Proposer
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.equaliser import MIN_LEVEL_DB, Equaliser
from phenotune.genome.rendering import Sounds
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.layout import Layout
from phenotune.units import amplitude_to_db, db_to_amplitude

N_LANDING_ROUNDS = 3
N_REFIT_ROUNDS = 2
EQUALISER_GAIN = 0.02
"""An equaliser lands if it makes a clip fitter by this share."""


class Evaluator:
    """Tells how good candidates are on the canvas as it stands.

    A trial depends on the candidate and the canvas alone, so candidates can be scored in any order and by any number of
    threads.

    Parameters
    ----------
    canvas
        Read here, changed by the run between generations.
    sounds
        Where clips are cut from.
    settings
        What is solved.
    is_heard
        Whether a phenotype is loud and short enough to be tried.
    to_grid
        Moves an onset, in samples, to where rhythm wants it.

    Attributes
    ----------
    phenotypes
        The sounds of chromosomes.
    """

    def __init__(
        self,
        canvas: Canvas,
        sounds: Sounds,
        settings: MixSettings,
        *,
        is_heard: Callable[[Samples], bool],
        to_grid: Callable[[int], int] | None = None,
    ) -> None:
        self._canvas = canvas
        self.phenotypes = Phenotypes(
            sounds,
            canvas.target.layout.rate_hz,
            canvas.target.n_channels,
            fade_ms=settings.fade_ms,
        )
        self._settings = settings
        self._equalises = settings.equaliser and settings.solve_gain
        self._is_heard = is_heard
        self._to_grid = to_grid
        self._proposer = Proposer(canvas)
        self._threads = threading.local()

    def evaluate(
        self, candidates: Sequence[Candidate], pool: Executor | None = None
    ) -> list[Trial]:
        """Score candidates, in their order; a pool of threads scores them side by side."""
        if pool is None:
            return [self.score(candidate) for candidate in candidates]
        return list(pool.map(self.score, candidates))

    def score(self, candidate: Candidate) -> Trial:
        """The best of the candidate's own onsets and of those proposed for it."""
        samples = self.phenotypes.render(candidate.chromosome)
        if not self._is_heard(samples):
            return UNFIT
        heard = _Heard(samples, self._canvas.target.layout)
        onsets = [*candidate.onsets, *self._proposed(heard, candidate)]
        found = self._fitted(heard, onsets, n_rounds=1)
        if found is None:
            return UNFIT
        onset, fit = found
        trial = _trial(fit, onset, samples)
        if not self._equalises:
            return trial
        fitness, levels = self._solver().equalise(*self._at(heard, onset), fit)
        return replace(trial, fitness=fitness, levels=tuple(levels.tolist()))

    def land(self, chromosome: Chromosome, trial: Trial) -> Landed:
        """Score again, against the canvas as it stands now, at the trial's onset and the frames beside it.

        Gains are solved to the end. Where an equaliser would help, it becomes a gene, and what it brings is scored on
        the sound itself.
        """
        samples = self.phenotypes.render(chromosome)
        heard = _Heard(samples, self._canvas.target.layout)
        found = self._fitted(heard, self._beside(trial.onset_samples), N_LANDING_ROUNDS)
        if found is None:
            return Landed(UNFIT, chromosome, samples)
        onset, fit = found
        plain = Landed(_trial(fit, onset, samples), chromosome, samples)
        if not self._equalises:
            return plain
        _, levels = self._solver().equalise(*self._at(heard, onset), fit)
        if np.all(levels == 1.0):
            return plain
        equalised = self._equalised(chromosome, onset, fit, levels)
        least = plain.trial.fitness + EQUALISER_GAIN * abs(plain.trial.fitness)
        return equalised if equalised.trial.fitness > least else plain

    def refit(self, placement: Placement, samples: Samples) -> Trial:
        """Solve the gains of a placement anew, which has been taken off the canvas; unfit if it does not pay any more.

        It never comes out worse than with the gains that it had.
        """
        solver, onset = self._solver(), placement.onset_samples
        frames = self._at(_Heard(samples, self._canvas.target.layout), onset)
        starts = (solver.keep(*frames, np.array(placement.gains)), solver.rough(*frames))
        fits = [solver.refine(*frames, fit, N_REFIT_ROUNDS) for fit in starts if fit is not None]
        best = max(fits, key=lambda fit: fit.fitness, default=None)
        return UNFIT if best is None or best.fitness <= 0.0 else _trial(best, onset, samples)

    def _proposed(self, heard: _Heard, candidate: Candidate) -> list[int]:
        if candidate.n_proposals == 0:
            return []
        hop = self._canvas.target.layout.hop
        _, powers = heard.frames(0)
        frames = self._proposer.propose(powers, candidate.around_samples, candidate.n_proposals)
        onsets = [frame * hop for frame in frames]
        return onsets if self._to_grid is None else [self._to_grid(onset) for onset in onsets]

    def _equalised(
        self, chromosome: Chromosome, onset: int, fit: Fit, levels: NDArray[np.float64]
    ) -> Landed:
        """The chromosome with an equaliser of these levels behind its genes, scored by its sound."""
        least = db_to_amplitude(MIN_LEVEL_DB)
        gene = Equaliser(*(round(amplitude_to_db(max(level, least)), 1) for level in levels))
        chromosome = Chromosome(chromosome.clip, (*chromosome.genes, gene))
        samples = self.phenotypes.render(chromosome)
        frames = self._at(_Heard(samples, self._canvas.target.layout), onset)
        start = self._solver().keep(*frames, fit.gains)
        if start is None:
            return Landed(UNFIT, chromosome, samples)
        fit = self._solver().refine(*frames, start, N_LANDING_ROUNDS)
        return Landed(_trial(fit, onset, samples), chromosome, samples)

    def _beside(self, onset: int) -> list[int]:
        """An onset, and those a frame before and after it where nothing holds it to its place."""
        hop = self._canvas.target.layout.hop
        if self._to_grid is not None or not self._settings.solve_gain:
            return [onset]
        return [onset, onset - hop, onset + hop]

    def _fitted(
        self, heard: _Heard, onsets: Iterable[int], n_rounds: int
    ) -> tuple[int, Fit] | None:
        """The best of the onsets: all are fitted roughly, the most promising to the end."""
        solver = self._solver()
        rough = [
            (onset, fit)
            for onset in dict.fromkeys(onsets)
            if (fit := solver.rough(*self._at(heard, onset))) is not None
        ]
        rough.sort(key=lambda pair: -pair[1].fitness)
        fits = [
            (onset, solver.refine(*self._at(heard, onset), fit, n_rounds))
            for onset, fit in rough[: self._settings.n_exact]
        ]
        return max(fits, key=lambda pair: pair[1].fitness, default=None)

    def _at(self, heard: _Heard, onset: int) -> tuple[Spectra, Bands, int]:
        """A phenotype's frames for an onset, and the frame of the canvas under the first of them."""
        layout = self._canvas.target.layout
        return *heard.frames(onset % layout.hop), onset // layout.hop - layout.lead_frames

    def _solver(self) -> GainSolver:
        solver = getattr(self._threads, "solver", None)
        if solver is None:
            solver = self._threads.solver = GainSolver(self._canvas, self._settings)
        return solver


@dataclass(frozen=True)
class Landed:
    """What would land: the trial on the canvas as it stands, and its chromosome and phenotype.

    The chromosome may have got an equaliser that the one which was bred had not.
    """

    trial: Trial
    chromosome: Chromosome
    samples: Samples


def _trial(fit: Fit, onset: int, samples: Samples) -> Trial:
    return Trial(fit.fitness, onset, tuple(fit.gains.tolist()), samples.shape[1])


class _Heard:
    """A phenotype and its frames, computed once for every way in which onsets fall between frames."""

    def __init__(self, samples: Samples, layout: Layout) -> None:
        self.samples = samples
        self._layout = layout
        self._frames: dict[int, tuple[Spectra, Bands]] = {}

    def frames(self, residue: int) -> tuple[Spectra, Bands]:
        """Spectra and band powers for onsets that lie ``residue`` samples after a frame's centre."""
        known = self._frames.get(residue)
        if known is None:
            layout = self._layout
            n_frames = layout.n_touched(self.samples.shape[1], residue)
            spectra = analyse(self.samples, residue, -layout.lead_frames, n_frames, layout)
            known = self._frames[residue] = (spectra, bands_of(spectra, layout))
        return known
