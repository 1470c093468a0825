"""Scoring candidates: render, transform once, propose onsets, solve the gain, keep the best."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

import numpy as np

from phenotune.arrays import Bands, Samples, Spectra
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.gains import Fit, GainSolver
from phenotune.fitness.proposals import Proposer
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import UNFIT, Candidate, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render
from phenotune.spectra.analysis import analyse, bands_of
from phenotune.spectra.layout import Layout

N_LANDING_ROUNDS = 3
N_REFIT_ROUNDS = 2


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
        self._sounds = sounds
        self._settings = settings
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
        samples = self.phenotype(candidate.chromosome)
        if not self._is_heard(samples):
            return UNFIT
        heard = _Heard(samples, self._canvas.target.layout)
        onsets = [*candidate.onsets, *self._proposed(heard, candidate)]
        return self._best(heard, onsets, n_rounds=1)

    def land(self, chromosome: Chromosome, trial: Trial) -> tuple[Trial, Samples]:
        """Score again, against the canvas as it stands now, at the trial's onset and the frames beside it.

        Returns
        -------
        tuple
            The trial with its gains solved to the end, and the phenotype to be placed.
        """
        samples = self.phenotype(chromosome)
        onset, hop = trial.onset_samples, self._canvas.target.layout.hop
        onsets = [onset]
        if self._settings.solve_gain and self._to_grid is None:
            onsets += [onset - hop, onset + hop]
        heard = _Heard(samples, self._canvas.target.layout)
        return self._best(heard, onsets, n_rounds=N_LANDING_ROUNDS), samples

    def refit(self, placement: Placement, samples: Samples) -> Trial:
        """Solve the gains of a placement anew, which has been taken off the canvas; unfit if it does not pay any more.

        It never comes out worse than with the gains that it had.
        """
        solver, heard = self._solver(), _Heard(samples, self._canvas.target.layout)
        onset = placement.onset_samples
        frames = heard.frames(onset % self._canvas.target.layout.hop)
        first = self._first_frame(onset)
        had = solver.keep(*frames, first, np.array(placement.gains))
        fresh = solver.rough(*frames, first)
        fits = [
            solver.refine(*frames, first, fit, N_REFIT_ROUNDS)
            for fit in (had, fresh)
            if fit is not None
        ]
        best = max(fits, key=lambda fit: fit.fitness, default=None)
        if best is None or best.fitness <= 0.0:
            return UNFIT
        return Trial(best.fitness, onset, tuple(best.gains.tolist()), samples.shape[1])

    def phenotype(self, chromosome: Chromosome) -> Samples:
        """The sound of a chromosome as it would land, float32 (1 or 2, n_samples), folded to the canvas's channels."""
        samples = render(
            chromosome,
            self._sounds,
            self._canvas.target.layout.rate_hz,
            fade_ms=self._settings.fade_ms,
        )
        if samples.shape[0] > self._canvas.target.n_channels:
            return np.asarray(samples.mean(axis=0, keepdims=True))
        return samples

    def _proposed(self, heard: _Heard, candidate: Candidate) -> list[int]:
        if candidate.n_proposals == 0:
            return []
        hop = self._canvas.target.layout.hop
        _, powers = heard.frames(0)
        frames = self._proposer.propose(powers, candidate.around_samples, candidate.n_proposals)
        onsets = [frame * hop for frame in frames]
        return onsets if self._to_grid is None else [self._to_grid(onset) for onset in onsets]

    def _best(self, heard: _Heard, onsets: Iterable[int], n_rounds: int) -> Trial:
        """The best of the onsets: all are fitted roughly, the most promising to the end."""
        solver, hop = self._solver(), self._canvas.target.layout.hop
        rough: list[tuple[int, Fit]] = []
        for onset in dict.fromkeys(onsets):
            fit = solver.rough(*heard.frames(onset % hop), self._first_frame(onset))
            if fit is not None:
                rough.append((onset, fit))
        if not rough:
            return UNFIT
        rough.sort(key=lambda pair: -pair[1].fitness)
        fits = []
        for onset, fit in rough[: self._settings.n_exact]:
            frames = heard.frames(onset % hop)
            fits.append((onset, solver.refine(*frames, self._first_frame(onset), fit, n_rounds)))
        onset, fit = max(fits, key=lambda pair: pair[1].fitness)
        return Trial(fit.fitness, onset, tuple(fit.gains.tolist()), heard.samples.shape[1])

    def _first_frame(self, onset: int) -> int:
        layout = self._canvas.target.layout
        return onset // layout.hop - layout.lead_frames

    def _solver(self) -> GainSolver:
        solver = getattr(self._threads, "solver", None)
        if solver is None:
            solver = self._threads.solver = GainSolver(self._canvas, self._settings)
        return solver


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
