"""Where candidates are looked for.

A founder is looked for anywhere. A child is looked for near its parent's onset, its onset seed, where
``search.seed_width_s`` says how near; every so many generations it is looked for in the whole target again, and some
children get a false seed, drawn anywhere.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from phenotune.genome.candidate import Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.search.sections import Section
from phenotune.search.settings import SearchSettings
from phenotune.search.state import Parent
from phenotune.search.streams import Purpose

Chance = Callable[[Purpose], np.random.Generator]
"""The stream of one candidate for a purpose."""


class Seeding:
    """Makes candidates of chromosomes.

    Parameters
    ----------
    settings
        Number of onsets; onset seeds.
    section
        Where onsets may lie.
    width_samples
        How far from its onset seed a child is looked for; 0: as far as proposals reach.
    to_grid
        Moves an onset to where rhythm wants it; it may leave its section by that.
    """

    def __init__(
        self,
        settings: SearchSettings,
        section: Section,
        *,
        width_samples: int = 0,
        to_grid: Callable[[int], int] | None = None,
    ) -> None:
        self._settings = settings
        self._section = section
        self._width_samples = width_samples
        self._to_grid = to_grid

    def is_reset(self, age: int) -> bool:
        """Whether a population's generation of this age looks at the whole target again."""
        every = self._settings.seed_reset_every
        return every > 0 and age % every == 0

    def founder(
        self, chromosome: Chromosome, lineage: int, around: int, semitones: range, chance: Chance
    ) -> Candidate:
        """A founder, looked for around a sample, and at other pitches."""
        return Candidate(
            chromosome=chromosome,
            lineage=lineage,
            onsets=self._random_onsets(chance),
            n_proposals=self._settings.proposed_onsets,
            around_samples=around,
            semitones=semitones,
            span=self._section.span,
        )

    def child(
        self, chromosome: Chromosome, parent: Parent, chance: Chance, *, is_reset: bool = False
    ) -> Candidate:
        """A child, looked for where its parent's onset, or a false seed, leads."""
        around = self._section.nearest(parent.onset_samples)
        is_false = False
        if is_reset or self._settings.false_seeds:
            rng = chance(Purpose.SEED)
            is_false = not is_reset and rng.random() < self._settings.false_seeds
            around = self._anywhere(rng) if is_reset or is_false else around
        # A false seed is to mislead: the parent's own onset is not tried.
        has_onset = parent.is_fit and self._settings.proposed_onsets > 0 and not is_false
        inherited = (parent.onset_samples,) if has_onset else ()
        return Candidate(
            chromosome=chromosome,
            lineage=parent.lineage,
            onsets=inherited + self._random_onsets(chance),
            n_proposals=self._n_proposals(len(inherited)),
            around_samples=around,
            within_samples=0 if is_reset else self._width_samples,
            span=self._section.span,
        )

    def again(self, parent: Parent, chance: Chance, *, is_reset: bool = False) -> Candidate:
        """An individual that lives on, to be scored anew: where it was, and where a child of it would be looked for."""
        around = self._section.nearest(parent.onset_samples)
        own = (parent.onset_samples,) if parent.is_fit else ()
        return Candidate(
            chromosome=parent.chromosome,
            lineage=parent.lineage,
            onsets=own + self._random_onsets(chance),
            n_proposals=self._n_proposals(len(own)),
            around_samples=self._anywhere(chance(Purpose.SEED)) if is_reset else around,
            within_samples=0 if is_reset else self._width_samples,
            span=self._section.span,
        )

    def _n_proposals(self, n_inherited: int) -> int:
        """As many as are left beside what was inherited; where the sound itself is correlated, one at least."""
        settings = self._settings
        is_looked_for = self._width_samples > 0 or settings.proposal == "correlation"
        return max(1 if is_looked_for else 0, settings.proposed_onsets - n_inherited)

    def _anywhere(self, rng: np.random.Generator) -> int:
        return int(rng.integers(self._section.first_samples, self._section.end_samples))

    def _random_onsets(self, chance: Chance) -> tuple[int, ...]:
        n = self._settings.random_onsets
        if n == 0:
            return ()
        rng, section = chance(Purpose.ONSET), self._section
        drawn = rng.integers(section.first_samples, section.end_samples, size=n)
        onsets = [int(onset) for onset in drawn]
        return tuple(onsets if self._to_grid is None else map(self._to_grid, onsets))
