"""What a run asks of fitness, whatever that is made of."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from typing import Protocol

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.fitness.direction import Direction
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.placing import Landed
from phenotune.genome.candidate import Candidate, Trial
from phenotune.genome.chromosome import Chromosome


class Lander(Protocol):
    """Scores winners and placements to the end; see :class:`phenotune.fitness.placing.Placer` for what each means."""

    def land(self, chromosome: Chromosome, trial: Trial) -> Landed:
        """Score a winner again, on the canvas as it stands."""
        ...

    def weigh(self, landed: Landed) -> Landed:
        """The same with the weight that the direction gives it now."""
        ...

    def refit(self, placement: Placement, samples: Samples) -> Trial:
        """Solve the gains of a placement anew; unfit if it does not pay any more."""
        ...

    def contest(
        self, placement: Placement, samples: Samples, rival: Chromosome, span: tuple[int, int]
    ) -> tuple[Trial, Landed | None]:
        """The same, and the rival if that does better in the placement's place."""
        ...


class Scorer(Protocol):
    """Tells how good candidates are on the canvas as it stands."""

    phenotypes: Phenotypes

    @property
    def placer(self) -> Lander:
        """Scores those that land."""
        ...

    @property
    def direction(self) -> Direction | None:
        """What weighs candidates; None where no style is asked for."""
        ...

    @property
    def distance(self) -> float:
        """Distance of the canvas to the target, as fitness counts it."""
        ...

    @property
    def clearance_samples(self) -> int:
        """Clips with at least this much between them are worth the same whether the other is there or not."""
        ...

    def evaluate(
        self, candidates: Sequence[Candidate], pool: Executor | None = None
    ) -> list[Trial]:
        """Score candidates, in their order."""
        ...

    def score(self, candidate: Candidate) -> Trial:
        """The best that a candidate can do."""
        ...
