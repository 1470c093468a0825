"""Scoring candidates: render, transform once, propose onsets, solve the gain, keep the best."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.direction import Direction
from phenotune.fitness.gains import Fit, GainSolver
from phenotune.fitness.heard import Heard
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.placing import Placer
from phenotune.fitness.settings import MixSettings
from phenotune.fitness.suggestions import Suggester
from phenotune.genome.candidate import UNFIT, Candidate, Trial, appeal, pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds
from phenotune.spectra.hearing import MIDDLE


class Evaluator:
    """Tells how good candidates are on the canvas as it stands.

    Candidates are heard in mono, against the middle of the canvas; who lands is scored in all channels by the placer.
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
    min_samples
        No pitch is proposed at which a phenotype gets shorter.
    direction
        Weighs candidates; None where no style is asked for.
    permits
        Whether a chromosome may start at an onset, in samples of the canvas; None where all may start anywhere.

    Attributes
    ----------
    direction
        The same.
    phenotypes
        The sounds of chromosomes.
    placer
        Scores those that land.
    """

    def __init__(
        self,
        canvas: Canvas,
        sounds: Sounds,
        settings: MixSettings,
        *,
        is_heard: Callable[[Samples], bool],
        to_grid: Callable[[int], int] | None = None,
        min_samples: int = 0,
        direction: Direction | None = None,
        permits: Callable[[Chromosome, int], bool] | None = None,
    ) -> None:
        self.direction = direction
        self._canvas = canvas
        self.phenotypes = Phenotypes(
            sounds,
            canvas.target.layout.rate_hz,
            canvas.target.n_speakers,
            fade_ms=settings.fade_ms,
        )
        self._settings = settings
        self._rate_hz = canvas.target.layout.rate_hz
        self._shapes = settings.shapes
        self._is_heard = is_heard
        self._permits = permits
        self._suggester = Suggester(
            canvas, direction=direction, to_grid=to_grid, min_samples=min_samples
        )
        self.placer = Placer(
            canvas,
            self.phenotypes,
            settings,
            to_grid=to_grid,
            direction=direction,
            permits=permits,
        )
        self._threads = threading.local()

    @property
    def distance(self) -> float:
        """Distance of the canvas to the target, as fitness counts it."""
        return self._canvas.distance

    @property
    def clearance_samples(self) -> int:
        """Clips with at least this much between them are worth the same whether the other is there or not."""
        return self._canvas.target.layout.clearance_samples

    def evaluate(
        self, candidates: Sequence[Candidate], pool: Executor | None = None
    ) -> list[Trial]:
        """Score candidates, in their order; a pool of threads scores them side by side."""
        if pool is None:
            return [self.score(candidate) for candidate in candidates]
        return list(pool.map(self.score, candidates))

    def score(self, candidate: Candidate) -> Trial:
        """The best of the candidate's own onsets and of those proposed for it."""
        samples = self.phenotypes.render_middle(candidate.chromosome)
        if not self._is_heard(samples):
            return UNFIT
        heard = Heard(samples, self._canvas.target.layout)
        chromosome = candidate.chromosome
        cents = self._suggester.cents(heard, candidate)
        if cents:
            chromosome = pitched(chromosome, cents)
            heard = Heard(self.phenotypes.render_middle(chromosome), self._canvas.target.layout)
        suggested = self._suggester.onsets(heard, candidate, chromosome)
        onsets = [*candidate.onsets, *(suggestion.onset for suggestion in suggested)]
        found = self._fitted(heard, onsets, chromosome)
        if found is None:
            return UNFIT
        onset, fit = found
        fitness = fit.fitness
        if self._shapes:
            n_steps = self._settings.n_steps(heard.n_samples, self._rate_hz)
            channel, frames = self._canvas.channel(MIDDLE), heard.at(onset)
            fitness = self._solver().shape(channel, frames, fit, n_steps).fitness
        weight = self._weight(heard, onset, chromosome)
        return Trial(fitness, onset, (fit.gain,), heard.n_samples, cents, weight)

    def _fitted(
        self, heard: Heard, onsets: Iterable[int], chromosome: Chromosome
    ) -> tuple[int, Fit] | None:
        """The most appealing of the onsets: all are fitted roughly, the most promising to the end."""
        solver, channel = self._solver(), self._canvas.channel(MIDDLE)
        rough = [
            (onset, fit, self._weight_at(heard, onset, chromosome))
            for onset in dict.fromkeys(onsets)
            if (self._permits is None or self._permits(chromosome, onset))
            and (fit := solver.rough(channel, heard.at(onset))) is not None
        ]
        rough.sort(key=lambda found: -appeal(found[1].fitness, found[2]))
        fits = [
            (onset, solver.refine(channel, heard.at(onset), fit), weight)
            for onset, fit, weight in rough[: self._settings.n_exact]
        ]
        if not fits:
            return None
        onset, fit, _ = max(fits, key=lambda found: appeal(found[1].fitness, found[2]))
        return onset, fit

    def _weight_at(self, heard: Heard, onset: int, chromosome: Chromosome) -> float:
        if self.direction is None:
            return 1.0
        return self.direction.weight_at(chromosome, onset, heard.n_samples)

    def _weight(self, heard: Heard, onset: int, chromosome: Chromosome) -> float:
        """What the direction thinks of the sound, and of it there."""
        if self.direction is None:
            return 1.0
        _, powers = heard.frames(0)
        own_weight = self.direction.own_weight(chromosome, heard.n_samples, powers)
        return own_weight * self._weight_at(heard, onset, chromosome)

    def _solver(self) -> GainSolver:
        solver = getattr(self._threads, "solver", None)
        if solver is None:
            solver = self._threads.solver = GainSolver(self._canvas.target, self._settings)
        return solver
