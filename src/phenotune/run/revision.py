"""Changing the list: landing the winners of a cycle, and solving the gains of all that has landed anew.

What a clip is worth depends on the frames that it touches and on no others. So clips that lie apart are scored side by
side, and the result is the same as one after the other.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace

import numpy as np

from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.placing import Landed
from phenotune.fitness.scoring import Scorer
from phenotune.genome.candidate import Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.run.roster import Removed, Roster
from phenotune.search.landing import LandingFilter, begins_within
from phenotune.search.population import Individual

LEAST_STEP = 0.005
"""A gain that would change by less than this share, 0.04 dB, is left as it is."""
MAX_REMOVED = 3
"""Placements that make room for one clip, at most, where so many may sound at once and no more."""


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
    also_replaces
        Ids of others that had to go with that one, where so many may sound at once and no more.
    """

    individual: Individual
    landed: Landed
    replaces: int | None = None
    also_replaces: tuple[int, ...] = ()

    @property
    def trial(self) -> Trial:
        """What it is worth on the canvas as it stands now."""
        return self.landed.trial

    def placement(self, number: int, cycle: int) -> Placement:
        """It as it lies on the canvas, under this id."""
        return Placement(
            id=number,
            chromosome=self.landed.chromosome,
            onset_samples=self.trial.onset_samples,
            gains=self.trial.gains,
            cycle=cycle,
            lineage=self.individual.candidate.lineage,
        )


@dataclass(frozen=True)
class Refitted:
    """What a re-fit of the whole list came to: how many placements went, and how many gave way to a rival."""

    n_removed: int
    n_exchanged: int


@dataclass(frozen=True)
class _Contest:
    placement: Placement
    rival: Chromosome | None
    span: tuple[int, int]


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
    stretch
        Placements that begin elsewhere are left alone, and not counted; None: all are revised.

    Attributes
    ----------
    roster
        What each placement is worth.
    """

    def __init__(
        self,
        canvas: Canvas,
        evaluator: Scorer,
        pool: Executor,
        max_placements: int = 0,
        *,
        stretch: tuple[int, int] | None = None,
    ) -> None:
        self._canvas = canvas
        self._evaluator = evaluator
        self._pool = pool
        self._stretch = stretch
        self.roster = Roster(
            canvas,
            evaluator.phenotypes,
            max_placements,
            distance=lambda: evaluator.distance,
            stretch=stretch,
        )

    def landings(
        self, ranked: Sequence[Individual], rules: LandingFilter, top: int
    ) -> Iterator[Landing]:
        """The winners that still pay, one by one, each scored against the canvas as it stands when its turn comes.

        The caller places each of them (:meth:`place`) before it asks for the next; at most ``top`` come.
        """
        waiting, n_landed = list(ranked), 0
        while waiting and n_landed < top:
            self.look()
            clearance = self._evaluator.clearance_samples
            chosen, waiting = rules.choose(waiting, top - n_landed, clearance)
            changed: list[Trial] = []
            # All are scored before the first is placed: nobody may read the canvas while it changes.
            for now in list(self._pool.map(self._scored, chosen)):
                landing = self._with_room(self._scored_again(now, changed), rules, changed)
                if landing is not None:
                    changed.append(landing.trial)
                    rules.note(landing.trial.onset_samples, landing.trial.n_samples)
                    n_landed += 1
                    yield landing
                    self.look()

    def look(self) -> None:
        """Let the direction, if there is one, take in the placements as they stand; never while others score."""
        if self._evaluator.direction is not None:
            self._evaluator.direction.look(self._evaluator.phenotypes.n_samples)

    def place(self, placement: Placement, landed: Landed) -> None:
        """Put a landing on the canvas, and remember how it sounds and what it is worth."""
        self._canvas.place(placement, landed.samples)
        self._evaluator.phenotypes.keep(landed.chromosome, landed.samples)
        self.roster.worths[placement.id] = landed.trial.fitness

    def refit_all(self, rival_of: Callable[[Placement], Chromosome] | None = None) -> Refitted:
        """Solve the gains of all placements anew, and remove those without which the mosaic is better.

        A clip that landed early stands in the way of better ones that come later, unless it can follow. Each is taken
        off the canvas, solved against the rest and put back: coordinate descent on the distance, which never gets
        worse. Locked placements are left alone, and so are those outside of the stretch.

        Parameters
        ----------
        rival_of
            Gives a chromosome that might do better in a placement's place; it takes the place if it does.
        """
        free = [p for p in self._canvas.placements.values() if self.roster.is_free(p)]
        lengths = self._pool.map(self._n_samples, free)
        contests = {p.id: self._contest(p, n, rival_of) for p, n in zip(free, lengths, strict=True)}
        spans = [(*contest.span, number) for number, contest in contests.items()]
        worths: dict[int, float] = {}
        n_exchanged = 0
        for lane in lanes_apart(spans, self._evaluator.clearance_samples):
            outcomes = self._pool.map(self._refit, [contests[number] for number in lane])
            for number, (worth, is_exchanged) in zip(lane, outcomes, strict=True):
                worths[number] = worth
                n_exchanged += is_exchanged
        known = self.roster.worths if self._stretch is not None else {}
        kept = {number: worth for number, worth in worths.items() if worth > 0.0}
        # Of those outside of a stretch nothing new is known; what was known still holds.
        outside = {number: worth for number, worth in known.items() if number not in worths}
        self.roster.worths = {**outside, **kept}
        return Refitted(len(worths) - len(kept), n_exchanged)

    def _with_room(
        self, landing: Landing, rules: LandingFilter, changed: list[Trial]
    ) -> Landing | None:
        """The landing if it may land and still pays, with room made for it where the list is full; else None.

        What has made room is added to what has changed.
        """
        if not self._may_land(landing, rules):
            return None
        removed = self._room_for(landing.trial)
        if not removed:
            return landing if removed is not None else None
        self.look()
        spans = [Trial(0.0, r.placement.onset_samples, (), r.samples.shape[1]) for r in removed]
        if any(self._share_frames(landing.trial, span) for span in spans):
            landing = self._scored(landing.individual)
        lost = sum(each.worth for each in removed)
        if (
            not self._may_land(landing, rules)
            or landing.trial.appeal <= lost
            or self._is_crowded(landing.trial)
        ):
            self._put_back(removed)
            return None
        for each in removed:
            self._evaluator.phenotypes.forget(each.placement.chromosome)
        changed.extend(spans)
        numbers = tuple(each.placement.id for each in removed)
        return replace(landing, replaces=numbers[0], also_replaces=numbers[1:])

    def _room_for(self, trial: Trial) -> list[Removed] | None:
        """Those that were taken off the canvas to make room, often none; None if there is no room to be had.

        Where as many clips sound as may sound at once, the weakest of them have to go, whatever they are worth: whether
        that pays is for the caller to find out. Where the list is full, one that is worth less than the newcomer.
        """
        removed: list[Removed] = []
        while self._is_crowded(trial):
            crowd = self._evaluator.direction.in_the_way(trial.onset_samples, trial.n_samples)  # type: ignore[union-attr]
            weakest = self.roster.weakest(crowd) if len(removed) < MAX_REMOVED else None
            if weakest is None:
                self._put_back(removed)
                return None
            removed.append(self.roster.remove(weakest))
            self.look()
        if not removed and self.roster.is_full:
            one = self.roster.make_room(trial.fitness)
            return None if one is None else [one]
        return removed

    def _put_back(self, removed: Sequence[Removed]) -> None:
        for each in reversed(removed):
            self.roster.put_back(each)
        self.look()

    def _is_crowded(self, trial: Trial) -> bool:
        """Whether as many clips as may sound at once do so somewhere in the trial's span."""
        direction = self._evaluator.direction
        return direction is not None and direction.is_full(trial.onset_samples, trial.n_samples)

    @staticmethod
    def _may_land(landing: Landing, rules: LandingFilter) -> bool:
        trial = landing.trial
        near_enough = rules.admits(trial.onset_samples, trial.n_samples)
        return near_enough and rules.pays(trial, landing.individual.trial)

    def _scored(self, individual: Individual) -> Landing:
        chromosome = individual.candidate.chromosome
        return Landing(individual, self._evaluator.placer.land(chromosome, individual.trial))

    def _scored_again(self, landing: Landing, changed: Sequence[Trial]) -> Landing:
        """The landing weighed anew, and scored anew where a clip that has come or gone touches one of its frames."""
        if any(self._share_frames(landing.trial, trial) for trial in changed):
            return self._scored(landing.individual)
        if not changed:
            return landing
        return replace(landing, landed=self._evaluator.placer.weigh(landing.landed))

    def _share_frames(self, one: Trial, other: Trial) -> bool:
        """Whether two clips touch a common frame; the onset of one may still move by a frame."""
        clearance = self._evaluator.clearance_samples
        return (
            one.onset_samples - clearance < other.onset_samples + other.n_samples
            and other.onset_samples - clearance < one.onset_samples + one.n_samples
        )

    def _n_samples(self, placement: Placement) -> int:
        return self._evaluator.phenotypes.n_samples(placement.chromosome)

    def _contest(
        self,
        placement: Placement,
        n_samples: int,
        rival_of: Callable[[Placement], Chromosome] | None,
    ) -> _Contest:
        """A placement with its rival, if it is to have one, and the samples that either may cover.

        Where a direction counts what sounds at once, a rival keeps to the placement's own samples.
        """
        onset, end = placement.onset_samples, placement.onset_samples + n_samples
        if rival_of is None:
            return _Contest(placement, None, (onset, end))
        rival = rival_of(placement)
        if rival == placement.chromosome:
            return _Contest(placement, None, (onset, end))
        if self._evaluator.direction is not None:
            return _Contest(placement, rival, (onset, end))
        n_rival = self._evaluator.phenotypes.about_n_samples(rival)
        return _Contest(placement, rival, (min(onset, end - n_rival), max(end, onset + n_rival)))

    def _refit(self, contest: _Contest) -> tuple[float, bool]:
        """Refit one placement, and tell what it is worth, 0 if it was removed, and whether its rival took the place."""
        canvas, evaluator, placement = self._canvas, self._evaluator, contest.placement
        samples = evaluator.phenotypes.recall(placement.chromosome)
        if contest.rival is None:
            trial, winner = evaluator.placer.refit(placement, samples), None
        else:
            trial, winner = evaluator.placer.contest(
                placement, samples, contest.rival, contest.span
            )
        if winner is not None and begins_within(winner.trial.onset_samples, self._stretch):
            won = replace(
                placement,
                chromosome=winner.chromosome,
                onset_samples=winner.trial.onset_samples,
                gains=winner.trial.gains,
            )
            canvas.exchange(won, winner.samples, samples)
            evaluator.phenotypes.forget(placement.chromosome)
            evaluator.phenotypes.keep(winner.chromosome, winner.samples)
            return winner.trial.fitness, True
        if not trial.is_fit:
            canvas.remove(placement.id, samples)
            evaluator.phenotypes.forget(placement.chromosome)
            return 0.0, False
        if not np.allclose(trial.gains, placement.gains, rtol=LEAST_STEP, atol=0.0):
            canvas.replace(replace(placement, gains=trial.gains), samples)
        return trial.fitness, False


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
