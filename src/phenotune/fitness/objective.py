"""The objective: a weighted sum of terms."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from phenotune.fitness.heard import Heard
from phenotune.fitness.settings import MixSettings
from phenotune.fitness.terms.term import Term


class Fitted(NamedTuple):
    """A gain and what it is worth."""

    fitness: float
    gain: float


class Objective:
    """What fitness is made of; weights are shares, so that silence has the distance 1.

    Parameters
    ----------
    terms
        Each with its weight, above 0.
    mix
        Whether gains are solved.
    """

    def __init__(self, terms: Sequence[tuple[Term, float]], mix: MixSettings) -> None:
        total = math.fsum(weight for _, weight in terms)
        self._terms = [(term, weight / total) for term, weight in terms]
        self._solves = mix.solve_gain

    def distance(self) -> float:
        """Distance of the canvas as it stands: silence has 1."""
        return math.fsum(share * term.distance() for term, share in self._terms)

    def fitness(self, heard: Heard, onset: int, gain: float) -> float:
        """Distance before minus distance after placing a sound; see :class:`phenotune.fitness.terms.term.Term`."""
        return math.fsum(share * term.fitness(heard, onset, gain) for term, share in self._terms)

    def fitted(self, heard: Heard, onset: int, own: tuple[float, ...] = ()) -> Fitted | None:
        """The best of the gains that the terms like best, each by itself; None where there is none.

        Parameters
        ----------
        heard, onset
            As for :meth:`fitness`.
        own
            Gains that are tried as well. Where gains are not solved they are the only ones, or else 1 is.
        """
        tried = list(own)
        if self._solves:
            liked = (term.best_gain(heard, onset) for term, _ in self._terms)
            tried += [gain for gain in liked if gain is not None]
        elif not own:
            tried = [1.0]
        found = [Fitted(self.fitness(heard, onset, gain), gain) for gain in dict.fromkeys(tried)]
        return max(found, key=lambda fit: fit.fitness, default=None)
