"""What a winner is worth on the canvas as it stands, and how it would lie there: level, equaliser, envelope, pan."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.direction import Direction
from phenotune.fitness.gains import Fit, GainSolver, Shape
from phenotune.fitness.ground import Ground, Spread, whole, without
from phenotune.fitness.panning import Panner
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import UNFIT, Trial, appeal
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import MIN_LEVEL_DB, Equaliser
from phenotune.units import amplitude_to_db, db_to_amplitude

N_LANDING_ROUNDS = 3
N_REFIT_ROUNDS = 2
N_SHAPES = 2
"""Equalisers and envelopes that a clip may get as it lands."""
LEAST_SHAPE_GAIN = 0.02
"""One lands if it makes a clip more appealing by this share."""


@dataclass(frozen=True)
class Landed:
    """What would land: the trial on the canvas as it stands, and its chromosome and phenotype.

    The chromosome may have got an equaliser or an envelope that the one which was bred had not. Of the trial's weight,
    ``own_weight`` is the part that is the same wherever it lands.
    """

    trial: Trial
    chromosome: Chromosome
    samples: Samples
    own_weight: float = 1.0


@dataclass(frozen=True)
class _Shaped:
    """A chromosome on its way to land, with its sound, what it is worth in the middle, and what it weighs anywhere."""

    chromosome: Chromosome
    samples: Samples
    spread: Spread
    fit: Fit
    own_weight: float

    @property
    def appeal(self) -> float:
        """Fitness as the direction sees it, but for the place, which is the same whatever the shape."""
        return appeal(self.fit.fitness, self.own_weight)


class Placer:
    """Scores winners and placements to the end, in all channels of the canvas.

    Parameters
    ----------
    canvas
        Read here; the caller changes it between calls.
    phenotypes
        The sounds of chromosomes.
    settings
        What is solved.
    to_grid
        Moves an onset, in samples, to where rhythm wants it.
    direction
        Weighs what lands; None where no style is asked for.
    permits
        Whether a chromosome may start at an onset, in samples of the canvas; None where all may start anywhere.
    """

    def __init__(
        self,
        canvas: Canvas,
        phenotypes: Phenotypes,
        settings: MixSettings,
        *,
        to_grid: Callable[[int], int] | None = None,
        direction: Direction | None = None,
        permits: Callable[[Chromosome, int], bool] | None = None,
    ) -> None:
        self._canvas = canvas
        self._phenotypes = phenotypes
        self._settings = settings
        self._to_grid = to_grid
        self._direction = direction
        self._permits = permits
        self._threads = threading.local()

    def land(self, chromosome: Chromosome, trial: Trial) -> Landed:
        """Score again, against the canvas as it stands now, at the trial's onset and the frames beside it.

        Gains are solved to the end. Where an equaliser or an envelope would help, it becomes a gene, and what it brings
        is scored on the sound itself.
        """
        samples = self._phenotypes.render(chromosome)
        spread, ground = Spread(samples, self._canvas), whole(self._canvas)
        onsets = self._beside(trial.onset_samples)
        found = self._fitted(ground, spread, onsets, chromosome)
        if found is None:
            return Landed(UNFIT, chromosome, samples)
        onset, fit = found
        best = _Shaped(chromosome, samples, spread, fit, self._own_weight(chromosome, spread))
        for _ in range(N_SHAPES if self._settings.shapes else 0):
            shaped = self._shaped(ground, best, onset)
            if shaped is None:
                break
            best = shaped
        trial = self._trial(ground, best.spread, onset, best.fit)
        return self.weigh(Landed(trial, best.chromosome, best.samples, best.own_weight))

    def weigh(self, landed: Landed) -> Landed:
        """The same with the weight that the direction gives it, as the canvas stood when that last looked."""
        if self._direction is None:
            return landed
        trial = landed.trial
        here = self._weight_at(landed.chromosome, trial.onset_samples, trial.n_samples)
        return replace(landed, trial=replace(trial, weight=landed.own_weight * here))

    def refit(self, placement: Placement, samples: Samples) -> Trial:
        """Solve the gains of a placement anew, against the canvas without it; unfit if it does not pay any more.

        It never comes out worse than with the gains that it has.
        """
        onset, spread = placement.onset_samples, Spread(samples, self._canvas)
        ground = without(self._canvas, spread, onset, placement.gains)
        return self._refitted(ground, spread, placement)

    def contest(
        self, placement: Placement, samples: Samples, rival: Chromosome, span: tuple[int, int]
    ) -> tuple[Trial, Landed | None]:
        """The same, and whether a rival would do better in the placement's place.

        Parameters
        ----------
        placement, samples
            As for :meth:`refit`.
        rival
            Another chromosome; it is tried where the placement begins, and where both end together if no grid holds it.
        span
            The samples that it may cover.

        Returns
        -------
        tuple
            The placement's own trial, and the rival if it is better and appeals more than that.
        """
        onset, spread = placement.onset_samples, Spread(samples, self._canvas)
        ground = without(self._canvas, spread, onset, placement.gains, span)
        own = self._refitted(ground, spread, placement)
        sound = self._phenotypes.render(rival)
        other = Spread(sound, self._canvas)
        tried = [onset]
        if self._to_grid is None and other.n_samples != spread.n_samples:
            tried.append(onset + spread.n_samples - other.n_samples)
        onsets = [t for t in tried if span[0] <= t and t + other.n_samples <= span[1]]
        found = self._fitted(ground, other, onsets, rival) if sound.shape[1] else None
        if found is None:
            return own, None
        landed = self.weigh(
            Landed(self._trial(ground, other, *found), rival, sound, self._own_weight(rival, other))
        )
        if landed.trial.fitness <= max(0.0, own.fitness):
            return own, None
        if self._direction is not None and own.is_fit:
            weight = self._own_weight(placement.chromosome, spread)
            stays = self.weigh(Landed(own, placement.chromosome, samples, weight))
            return own, landed if landed.trial.appeal > stays.trial.appeal else None
        return own, landed

    def _refitted(self, ground: Ground, spread: Spread, placement: Placement) -> Trial:
        if ground.middle.n_frames == 0:
            return UNFIT
        onset, level = placement.onset_samples, sum(placement.gains) / len(placement.gains)
        solver, frames = self._solver(), ground.under(spread.middle, onset)
        starts = (solver.keep(ground.middle, frames, level), solver.rough(ground.middle, frames))
        fits = [
            solver.refine(ground.middle, frames, start, N_REFIT_ROUNDS)
            for start in starts
            if start is not None
        ]
        best = max(fits, key=lambda fit: fit.fitness, default=None)
        if best is None:
            return UNFIT
        trial = self._trial(ground, spread, onset, best)
        worth = self._panner().worth(ground, spread, onset, placement.gains)
        if worth >= trial.fitness:
            trial = Trial(worth, onset, placement.gains, spread.n_samples)
        return trial if trial.fitness > 0.0 else UNFIT

    def _shaped(self, ground: Ground, plain: _Shaped, onset: int) -> _Shaped | None:
        """The same with an equaliser or an envelope behind its genes, scored by its sound; None if it is no better."""
        solver, fit = self._solver(), plain.fit
        n_steps = self._settings.n_steps(plain.spread.n_samples, self._canvas.target.layout.rate_hz)
        frames = ground.under(plain.spread.middle, onset)
        shape = solver.shape(ground.middle, frames, fit, n_steps)
        least = plain.appeal + LEAST_SHAPE_GAIN * abs(plain.appeal)
        gene = _gene_of(shape)
        if gene is None or appeal(shape.fitness, plain.own_weight) <= least:
            return None
        chromosome = Chromosome(plain.chromosome.clip, (*plain.chromosome.genes, gene))
        samples = self._phenotypes.render(chromosome)
        spread = Spread(samples, self._canvas)
        frames = ground.under(spread.middle, onset)
        start = solver.keep(ground.middle, frames, fit.gain)
        if start is None:
            return None
        found = solver.refine(ground.middle, frames, start, N_LANDING_ROUNDS)
        own_weight = self._own_weight(chromosome, spread)
        shaped = _Shaped(chromosome, samples, spread, found, own_weight)
        return shaped if shaped.appeal > least else None

    def _own_weight(self, chromosome: Chromosome, spread: Spread) -> float:
        if self._direction is None:
            return 1.0
        _, powers = spread.middle.frames(0)
        return self._direction.own_weight(chromosome, spread.n_samples, powers)

    def _weight_at(self, chromosome: Chromosome, onset: int, n_samples: int) -> float:
        if self._direction is None:
            return 1.0
        return self._direction.weight_at(chromosome, onset, n_samples)

    def _trial(self, ground: Ground, spread: Spread, onset: int, fit: Fit) -> Trial:
        """The fit with the best pan for it; unfit if it is silent, whatever rounding makes of that."""
        if fit.gain == 0.0:
            return UNFIT
        if len(ground.channels) == 1:
            return Trial(fit.fitness, onset, (fit.gain,), spread.n_samples)
        fitness, gains = self._panner().pan(ground, spread, onset, fit)
        return Trial(fitness, onset, gains, spread.n_samples)

    def _fitted(
        self, ground: Ground, spread: Spread, onsets: list[int], chromosome: Chromosome
    ) -> tuple[int, Fit] | None:
        """The most appealing of the onsets at which it may start, fitted to the end in the middle."""
        solver, channel = self._solver(), ground.middle
        rough = [
            (onset, fit, self._weight_at(chromosome, onset, spread.n_samples))
            for onset in onsets
            if (self._permits is None or self._permits(chromosome, onset))
            and (fit := solver.rough(channel, ground.under(spread.middle, onset))) is not None
        ]
        if not rough:
            return None
        onset, fit, _ = max(rough, key=lambda found: appeal(found[1].fitness, found[2]))
        frames = ground.under(spread.middle, onset)
        return onset, solver.refine(channel, frames, fit, N_LANDING_ROUNDS)

    def _beside(self, onset: int) -> list[int]:
        """An onset, and those a frame before and after it where nothing holds it to its place."""
        hop = self._canvas.target.layout.hop
        if self._to_grid is not None or not self._settings.solve_gain:
            return [onset]
        return [onset, onset - hop, onset + hop]

    def _solver(self) -> GainSolver:
        solver = getattr(self._threads, "solver", None)
        if solver is None:
            solver = self._threads.solver = GainSolver(self._canvas.target, self._settings)
        return solver

    def _panner(self) -> Panner:
        return Panner(self._solver(), pans=self._settings.pan and self._settings.solve_gain)


def _gene_of(shape: Shape) -> Gene | None:
    """The gene that gives a sound these levels; None where they are all as they were."""
    if any(level != 1.0 for level in shape.groups):
        return Equaliser(*(_level_db(level) for level in shape.groups))
    if any(level != 1.0 for level in shape.steps):
        return Envelope(tuple(_level_db(level) for level in shape.steps))
    return None


def _level_db(level: float) -> float:
    return round(amplitude_to_db(max(level, db_to_amplitude(MIN_LEVEL_DB))), 1)
