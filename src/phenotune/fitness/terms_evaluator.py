"""Scoring candidates by terms that are free to be chosen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from typing import NamedTuple

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.direction import Direction
from phenotune.fitness.heard import Heard
from phenotune.fitness.objective import Fitted, Objective
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.suggestions import Suggester, Suggestion
from phenotune.fitness.terms_placer import TermsPlacer, own_weight
from phenotune.genome.candidate import UNFIT, Candidate, Trial, appeal, pitched
from phenotune.genome.chromosome import Chromosome

Permits = Callable[[Chromosome, int], bool]


class TermsEvaluator:
    """Tells how good candidates are on the canvas as it stands, as :class:`phenotune.fitness.evaluator.Evaluator` does.

    It hears in mono: a clip gets the same gain in both speakers. Candidates are rendered quickly, and scored again as
    they sound when their turn to land comes.

    Parameters
    ----------
    canvas
        Read here, changed by the run between generations.
    phenotypes
        The sounds of chromosomes.
    objective
        What fitness is made of.
    suggester
        Suggests pitches and onsets.
    is_heard
        Whether a phenotype is loud and short enough to be tried.
    placer
        Scores those that land.
    is_correlation
        Whether a suggestion's correlation is all that fitness is made of, and need not be worked out again.
    direction
        Weighs candidates; None where no style is asked for.
    permits
        Whether a chromosome may start at an onset, in samples; None: anywhere.

    Attributes
    ----------
    phenotypes, placer, direction
        The same.
    """

    def __init__(
        self,
        canvas: Canvas,
        phenotypes: Phenotypes,
        objective: Objective,
        *,
        suggester: Suggester,
        is_heard: Callable[[Samples], bool],
        placer: TermsPlacer,
        is_correlation: bool = False,
        direction: Direction | None = None,
        permits: Permits | None = None,
    ) -> None:
        self._canvas = canvas
        self.phenotypes = phenotypes
        self.placer = placer
        self.direction = direction
        self._objective = objective
        self._suggester = suggester
        self._is_heard = is_heard
        self._is_correlation = is_correlation
        self._permits = permits

    @property
    def distance(self) -> float:
        """Distance of the canvas to the target, as the terms count it; silence has 1."""
        return self._objective.distance()

    @property
    def clearance_samples(self) -> int:
        """More than the canvas has: what one clip is worth may depend on any other, since some terms tie all frames."""
        target = self._canvas.target
        return target.n_samples + target.layout.clearance_samples

    def evaluate(
        self, candidates: Sequence[Candidate], pool: Executor | None = None
    ) -> list[Trial]:
        """Score candidates, in their order; a pool of threads scores them side by side."""
        if pool is None:
            return [self.score(candidate) for candidate in candidates]
        return list(pool.map(self.score, candidates))

    def score(self, candidate: Candidate) -> Trial:
        """The best of the candidate's own onsets and of those suggested for it."""
        samples = self.phenotypes.render_middle(candidate.chromosome, quick=True)
        if not self._is_heard(samples):
            return UNFIT
        layout = self._canvas.target.layout
        heard, chromosome = Heard(samples, layout), candidate.chromosome
        cents = self._suggester.cents(heard, candidate)
        if cents:
            chromosome = pitched(chromosome, cents)
            heard = Heard(self.phenotypes.render_middle(chromosome, quick=True), layout)
        own = (Suggestion(onset) for onset in candidate.onsets)
        suggested = self._suggester.onsets(heard, candidate, chromosome)
        best = self._best(heard, [*own, *suggested], chromosome)
        if best is None:
            return UNFIT
        weight = best.weight
        if self.direction is not None:
            weight *= own_weight(self.direction, chromosome, heard, best.onset)
        gains = (best.fit.gain,) * self._canvas.target.n_speakers
        return Trial(best.fit.fitness, best.onset, gains, heard.n_samples, cents, weight)

    def _best(
        self, heard: Heard, suggestions: Iterable[Suggestion], chromosome: Chromosome
    ) -> _Tried | None:
        """The most appealing of the onsets; the first of those that are equal."""
        known: dict[int, Suggestion] = {}
        for suggestion in suggestions:
            if suggestion.onset not in known or suggestion.correlation is not None:
                known[suggestion.onset] = suggestion
        tried = (self._tried(heard, suggestion, chromosome) for suggestion in known.values())
        return max(
            (each for each in tried if each is not None),
            key=lambda each: appeal(each.fit.fitness, each.weight),
            default=None,
        )

    def _tried(self, heard: Heard, suggestion: Suggestion, chromosome: Chromosome) -> _Tried | None:
        onset, value = suggestion
        if self._permits is not None and not self._permits(chromosome, onset):
            return None
        is_known = self._is_correlation and value is not None and value >= 0.0
        fit = Fitted(value, 1.0) if is_known and value is not None else self._fitted(heard, onset)
        if fit is None:
            return None
        if self.direction is None:
            return _Tried(onset, fit, 1.0)
        return _Tried(onset, fit, self.direction.weight_at(chromosome, onset, heard.n_samples))

    def _fitted(self, heard: Heard, onset: int) -> Fitted | None:
        return self._objective.fitted(heard, onset)


class _Tried(NamedTuple):
    """An onset with its best gain, and what the direction thinks of a clip there."""

    onset: int
    fit: Fitted
    weight: float
