"""What fitness suggests for a candidate: a pitch, and onsets."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.direction import Direction
from phenotune.fitness.heard import Heard
from phenotune.fitness.proposals import Proposer
from phenotune.fitness.terms.correlation import Correlates
from phenotune.genome.candidate import Candidate
from phenotune.genome.chromosome import Chromosome


class Suggestion(NamedTuple):
    """An onset in samples, and the correlation there if that is how it was found."""

    onset: int
    correlation: float | None = None


class Suggester:
    """Suggests by what is missing, or by correlation.

    Parameters
    ----------
    canvas
        What is looked at.
    correlator
        Finds onsets; None: they are those at which most is missing that the sound has.
    direction
        Weighs what is missing; None where no style is asked for.
    to_grid
        Moves an onset, in samples, to where rhythm wants it.
    min_samples
        No pitch is suggested at which a phenotype gets shorter.
    """

    def __init__(
        self,
        canvas: Canvas,
        *,
        correlator: Correlates | None = None,
        direction: Direction | None = None,
        to_grid: Callable[[int], int] | None = None,
        min_samples: int = 0,
    ) -> None:
        self._hop = canvas.target.layout.hop
        self._correlator = correlator
        self._direction = direction
        self._to_grid = to_grid
        self._min_samples = min_samples
        self._proposer = Proposer(canvas)

    def cents(self, heard: Heard, candidate: Candidate) -> float:
        """The pitch at which most is missing, of those asked for at which the sound does not get too short."""
        shifts = candidate.semitones
        if not shifts:
            return 0.0
        if self._min_samples:
            highest = math.floor(12.0 * math.log2(heard.n_samples / self._min_samples))
            shifts = range(shifts.start, min(shifts.stop, highest + 1))
        _, powers = heard.frames(0)
        weight = None
        if self._direction is not None:
            weight = partial(self._direction.pitch_weight, chromosome=candidate.chromosome)
        around = candidate.around_samples
        return 100.0 * self._proposer.propose_pitch(
            powers, around, shifts, weight, reach=candidate.reach
        )

    def onsets(
        self, heard: Heard, candidate: Candidate, chromosome: Chromosome
    ) -> list[Suggestion]:
        """As many onsets as the candidate asks for, or fewer; in its neighbourhood and its section, best first."""
        n_onsets = candidate.n_proposals
        if n_onsets == 0:
            return []
        found = (
            self._missing(heard, candidate, chromosome)
            if self._correlator is None
            else self._correlated(self._correlator, heard, candidate)
        )
        return [self._on_grid(suggestion) for suggestion in found]

    def _correlated(
        self, correlator: Correlates, heard: Heard, candidate: Candidate
    ) -> list[Suggestion]:
        peaks = correlator.peaks(
            heard.samples,
            candidate.n_proposals,
            around=candidate.around_samples,
            within=candidate.within_samples,
            span=candidate.span,
        )
        return [Suggestion(onset, value) for onset, value in peaks]

    def _missing(
        self, heard: Heard, candidate: Candidate, chromosome: Chromosome
    ) -> list[Suggestion]:
        _, powers = heard.frames(0)
        weights = None
        if self._direction is not None:
            weights = self._direction.curve(chromosome, heard.n_samples)
        frames = self._proposer.propose(
            powers,
            candidate.around_samples,
            candidate.n_proposals,
            weights,
            reach=candidate.reach,
        )
        return [Suggestion(frame * self._hop) for frame in frames]

    def _on_grid(self, suggestion: Suggestion) -> Suggestion:
        if self._to_grid is None:
            return suggestion
        onset = self._to_grid(suggestion.onset)
        return suggestion if onset == suggestion.onset else Suggestion(onset)
