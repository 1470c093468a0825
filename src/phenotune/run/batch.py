"""Landing together: a batch lands as it was bred, and is judged as a whole.

The winners of a cycle were scored when they were bred, each alone, on the canvas as it was then. Here they land at once
and unscored, as in the article; what they are worth together shows afterwards. Where the mosaic is worse for it, all of
them are taken back, unless regression is allowed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.fitness.placing import Landed
from phenotune.run.revision import Landing
from phenotune.run.roster import Removed
from phenotune.search.population import Individual

if TYPE_CHECKING:
    from phenotune.run.session import Session


@dataclass(frozen=True)
class Batch:
    """What became of clips that landed together.

    Parameters
    ----------
    placed
        Each with its landing, in their order.
    distance, distance_with
        Of the mosaic before, and with them.
    is_refused
        Whether they were taken back.
    """

    placed: tuple[tuple[Placement, Landing], ...]
    distance: float
    distance_with: float
    is_refused: bool


def land_batch(session: Session, chosen: Sequence[Individual]) -> Batch:
    """Land individuals as they were bred, and take all of them back if that made the mosaic worse.

    Ids are counted on from the session's next one; it is for the caller to move that on.

    Parameters
    ----------
    session
        Its canvas is changed.
    chosen
        Who lands, best first. Where the list is full each needs a placement that is worth less, and where as many clips
        sound as may sound at once it stays away.
    """
    before = session.evaluator.distance
    phenotypes = session.evaluator.phenotypes
    sounds = session.pool.map(lambda each: phenotypes.render(each.candidate.chromosome), chosen)
    attempt = _Attempt(session)
    # All are rendered before the first is placed: what is kept must not depend on the order of threads.
    for individual, samples in zip(chosen, list(sounds), strict=True):
        attempt.land(individual, samples)
    after = session.evaluator.distance
    is_refused = after > before and not session.settings.search.regression
    if is_refused:
        attempt.undo()
    else:
        attempt.forget_removed()
    session.reviser.look()
    return Batch(tuple(attempt.placed), before, after, is_refused)


class _Attempt:
    """Clips on the canvas that may have to be taken back."""

    def __init__(self, session: Session) -> None:
        self.placed: list[tuple[Placement, Landing]] = []
        self._session = session
        self._steps: list[tuple[Placement, Samples] | Removed] = []

    def land(self, individual: Individual, samples: Samples) -> None:
        """Land one as it was bred, if there is room for it."""
        session, trial = self._session, individual.trial
        direction, roster = session.evaluator.direction, session.reviser.roster
        session.reviser.look()
        if direction is not None and direction.is_full(trial.onset_samples, trial.n_samples):
            return
        gone = None
        if roster.is_full:
            gone = roster.make_room(trial.fitness)
            if gone is None:
                return
            self._steps.append(gone)
        landing = self._landing(individual, samples, gone)
        placement = landing.placement(session.next_id + len(self.placed), session.cycle)
        session.reviser.place(placement, landing.landed)
        self._steps.append((placement, samples))
        self.placed.append((placement, landing))

    def undo(self) -> None:
        """Take back all steps, the last one first."""
        session = self._session
        for step in reversed(self._steps):
            if isinstance(step, Removed):
                session.reviser.roster.put_back(step)
                continue
            placement, samples = step
            session.canvas.remove(placement.id, samples)
            session.reviser.roster.worths.pop(placement.id, None)
            session.evaluator.phenotypes.forget(placement.chromosome)

    def forget_removed(self) -> None:
        """Keep no sound of those that have made room for good."""
        for step in self._steps:
            if isinstance(step, Removed):
                self._session.evaluator.phenotypes.forget(step.placement.chromosome)

    def _landing(self, individual: Individual, samples: Samples, gone: Removed | None) -> Landing:
        """As it was bred: what was scored in the middle sounds alike from all speakers."""
        trial, n_speakers = individual.trial, self._session.canvas.target.n_speakers
        if len(trial.gains) == 1:
            trial = replace(trial, gains=trial.gains * n_speakers)
        landed = Landed(trial, individual.candidate.chromosome, samples)
        return Landing(individual, landed, None if gone is None else gone.placement.id)
