"""Changing the list: landing the winners of a cycle, and solving the gains of all that has landed anew.

What a clip is worth depends on the frames that it touches and on no others. So clips that lie apart are scored side by
side, and the result is the same as one after the other.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.evaluator import Evaluator, Landed
from phenotune.genome.candidate import Trial
from phenotune.run.roster import Roster
from phenotune.search.landing import LandingFilter
from phenotune.search.population import Individual


@dataclass(frozen=True)
class Landing:
    """A winner whose turn to land has come.

    Parameters
    ----------
    individual
        As it was bred.
    landed
        What it is worth on the canvas as it stands now, with its chromosome and phenotype.
    replaces
        Id of the placement that has made room for it.
    """

    individual: Individual
    landed: Landed
    replaces: int | None = None

    @property
    def trial(self) -> Trial:
        """What it is worth on the canvas as it stands now."""
        return self.landed.trial


class Reviser:
    """Lands and revises, with a pool of threads.

    Parameters
    ----------
    canvas
        Changed here, and nowhere else once a sitting has begun.
    evaluator
        Scores on that canvas.
    pool
        Threads.
    max_placements
        Greatest length of the list; 0 is no limit.

    Attributes
    ----------
    roster
        What each placement is worth.
    """

    def __init__(
        self, canvas: Canvas, evaluator: Evaluator, pool: Executor, max_placements: int = 0
    ) -> None:
        self._canvas = canvas
        self._evaluator = evaluator
        self._pool = pool
        self.roster = Roster(canvas, evaluator.phenotypes, max_placements)

    def landings(
        self, ranked: Sequence[Individual], rules: LandingFilter, top: int
    ) -> Iterator[Landing]:
        """The winners that still pay, one by one, each scored against the canvas as it stands when its turn comes.

        The caller places each of them (:meth:`place`) before it asks for the next; at most ``top`` come.
        """
        waiting, n_landed = list(ranked), 0
        while waiting and n_landed < top:
            chosen, waiting = rules.choose(waiting, top - n_landed)
            landed: list[Trial] = []
            # All are scored before the first is placed: nobody may read the canvas while it changes.
            for now in list(self._pool.map(self._scored, chosen)):
                landing = self._with_room(self._scored_again(now, landed), rules)
                if landing is not None:
                    landed.append(landing.trial)
                    rules.note(landing.trial.onset_samples, landing.trial.n_samples)
                    n_landed += 1
                    yield landing

    def place(self, placement: Placement, landed: Landed) -> None:
        """Put a landing on the canvas, and remember how it sounds and what it is worth."""
        self._canvas.place(placement, landed.samples)
        self._evaluator.phenotypes.keep(landed.chromosome, landed.samples)
        self.roster.worths[placement.id] = landed.trial.fitness

    def refit_all(self) -> int:
        """Solve the gains of all placements anew, and remove those without which the mosaic is better.

        A clip that landed early stands in the way of better ones that come later, unless its gain can follow. Each is
        taken off the canvas, solved against the rest and put back: coordinate descent on the distance, which never gets
        worse. Locked placements are left alone.

        Returns
        -------
        int
            How many placements were removed.
        """
        free = [p for p in self._canvas.placements.values() if not p.locked]
        lengths = self._pool.map(self._n_samples, free)
        spans = [
            (p.onset_samples, p.onset_samples + n, p.id) for p, n in zip(free, lengths, strict=True)
        ]
        worths: dict[int, float] = {}
        for lane in lanes_apart(spans, self._canvas.clearance_samples):
            worths |= zip(lane, self._pool.map(self._refit, lane), strict=True)
        self.roster.worths = {number: worth for number, worth in worths.items() if worth > 0.0}
        return len(worths) - len(self.roster.worths)

    def _with_room(self, landing: Landing, rules: LandingFilter) -> Landing | None:
        """The landing if it may land and still pays, with room made for it where the list is full; else None."""
        if not self._may_land(landing, rules):
            return None
        if not self.roster.is_full:
            return landing
        removed = self.roster.make_room(landing.trial.fitness)
        if removed is None:
            return None
        span = Trial(0.0, removed.placement.onset_samples, (), removed.samples.shape[1])
        if self._share_frames(landing.trial, span):
            landing = self._scored(landing.individual)
        if not self._may_land(landing, rules) or landing.trial.fitness <= removed.worth:
            self.roster.put_back(removed)
            return None
        self._evaluator.phenotypes.forget(removed.placement.chromosome)
        return replace(landing, replaces=removed.placement.id)

    @staticmethod
    def _may_land(landing: Landing, rules: LandingFilter) -> bool:
        trial = landing.trial
        near_enough = rules.admits(trial.onset_samples, trial.n_samples)
        return near_enough and rules.pays(trial, landing.individual.trial)

    def _scored(self, individual: Individual) -> Landing:
        chromosome = individual.candidate.chromosome
        return Landing(individual, self._evaluator.land(chromosome, individual.trial))

    def _scored_again(self, landing: Landing, landed: Sequence[Trial]) -> Landing:
        """The landing as it is, or scored anew where a clip that has landed since touches one of its frames."""
        if any(self._share_frames(landing.trial, trial) for trial in landed):
            return self._scored(landing.individual)
        return landing

    def _share_frames(self, one: Trial, other: Trial) -> bool:
        """Whether two clips touch a common frame; the onset of one may still move by a frame."""
        clearance = self._canvas.clearance_samples
        return (
            one.onset_samples - clearance < other.onset_samples + other.n_samples
            and other.onset_samples - clearance < one.onset_samples + one.n_samples
        )

    def _n_samples(self, placement: Placement) -> int:
        return self._evaluator.phenotypes.n_samples(placement.chromosome)

    def _refit(self, placement_id: int) -> float:
        """Refit one placement, and tell what it is worth; 0 if it was removed."""
        canvas, evaluator = self._canvas, self._evaluator
        samples = evaluator.phenotypes.recall(canvas.placements[placement_id].chromosome)
        placement = canvas.remove(placement_id, samples)
        trial = evaluator.refit(placement, samples)
        if not trial.is_fit:
            evaluator.phenotypes.forget(placement.chromosome)
            return 0.0
        canvas.place(replace(placement, gains=trial.gains), samples)
        return trial.fitness


def lanes_apart(spans: Iterable[tuple[int, int, int]], clearance: int) -> list[list[int]]:
    """Deal spans of time into as few lanes as will do, with a clearance between those of a lane.

    Parameters
    ----------
    spans
        ``(start, end, id)`` each.
    clearance
        The least gap between the end of one and the start of the next in the same lane.

    Returns
    -------
    list of list of int
        Ids, in the order of their starts.

    Examples
    --------
    >>> lanes_apart([(0, 10, 1), (5, 15, 2), (12, 20, 3)], clearance=2)
    [[1, 3], [2]]
    """
    lanes: list[list[int]] = []
    free_at: list[tuple[int, int]] = []
    for start, end, number in sorted(spans):
        if free_at and free_at[0][0] + clearance <= start:
            _, lane = heapq.heappop(free_at)
        else:
            lane = len(lanes)
            lanes.append([])
        lanes[lane].append(number)
        heapq.heappush(free_at, (end, lane))
    return lanes
