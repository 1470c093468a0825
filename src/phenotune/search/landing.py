"""Which of the ranked may land together: not too near to one another, and not on top of one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from phenotune.genome.candidate import Trial
from phenotune.search.population import Individual
from phenotune.search.settings import SearchSettings


class LandingFilter:
    """Remembers what has landed in this cycle, and says who may still land.

    Parameters
    ----------
    settings
        ``proximity_ms``, ``overlap``, ``landing_share``, ``regression``, ``from_s`` and ``to_s``.
    rate_hz
        Of the onsets.
    """

    def __init__(self, settings: SearchSettings, rate_hz: int) -> None:
        self._settings = settings
        self._rate_hz = rate_hz
        self._nearest = settings.proximity_ms * rate_hz / 1000.0
        self._stretch = settings.stretch_samples(rate_hz)
        self._landed: list[tuple[int, int]] = []

    def choose(
        self, waiting: Sequence[Individual], n_wanted: int, clearance_samples: int = 0
    ) -> tuple[list[Individual], list[Individual]]:
        """Choose who may land together, all of them, as things stand.

        Nobody is chosen who is in reach of one that waits before him, so that whoever is scored together may land one
        after the other as if each had been scored when his turn came.

        Parameters
        ----------
        waiting
            The ranked that have not had their turn, best first.
        n_wanted
            How many at most.
        clearance_samples
            Clips with at least this much between them are out of one another's reach.

        Returns
        -------
        tuple
            The chosen; and those who must wait, since they are too near to one of the chosen or are too many. Whoever
            is too near to what has landed already is in neither.
        """
        expected = LandingFilter(self._settings, self._rate_hz)
        expected._landed = list(self._landed)
        chosen: list[Individual] = []
        left: list[Individual] = []
        reach: list[tuple[int, int]] = []
        for individual in waiting:
            place = individual.trial.onset_samples, individual.trial.n_samples
            if not self.admits(*place):
                continue
            first, last = place[0] - clearance_samples, sum(place) + clearance_samples
            is_apart = all(last <= start or end <= first for start, end in reach)
            reach.append((place[0], sum(place)))
            if is_apart and len(chosen) < n_wanted and expected.admits(*place):
                expected.note(*place)
                chosen.append(individual)
            else:
                left.append(individual)
        return chosen, left

    def together(self, waiting: Sequence[Individual], n_wanted: int) -> list[Individual]:
        """Choose who lands in a batch, as they were scored when bred: the best whom proximity and overlap let pass.

        Parameters
        ----------
        waiting
            The ranked, best first.
        n_wanted
            How many at most.
        """
        expected = LandingFilter(self._settings, self._rate_hz)
        expected._landed = list(self._landed)
        chosen: list[Individual] = []
        for individual in waiting:
            place = individual.trial.onset_samples, individual.trial.n_samples
            if len(chosen) < n_wanted and any(individual.trial.gains) and expected.admits(*place):
                expected.note(*place)
                chosen.append(individual)
        return chosen

    def admits(self, onset_samples: int, n_samples: int) -> bool:
        """Whether a clip there keeps its distance to those that have landed, and lies over them little enough.

        Where the search keeps to a stretch it must begin there: its onset may have moved since it was bred.
        """
        if not begins_within(onset_samples, self._stretch):
            return False
        if any(abs(onset_samples - first) < self._nearest for first, _ in self._landed):
            return False
        if self._settings.overlap >= 1.0:
            return True
        covered = sum(
            max(0, min(last, onset_samples + n_samples) - max(first, onset_samples))
            for first, last in self._landed
        )
        return covered <= self._settings.overlap * n_samples

    def pays(self, now: Trial, bred: Trial) -> bool:
        """Whether a clip, scored again on the canvas as it stands, still earns its place.

        It must better the mosaic, and appeal to the direction, by no less than a share of what it promised when it was
        bred; otherwise others have filled its place. With regression it need only sound.
        """
        if not any(now.gains):
            return False
        if self._settings.regression:
            return True
        return now.fitness > 0.0 and now.appeal >= self._settings.landing_share * bred.appeal

    def note(self, onset_samples: int, n_samples: int) -> None:
        """Remember a clip that has landed."""
        self._landed.append((onset_samples, onset_samples + n_samples))


def begins_within(onset_samples: int, stretch: tuple[int, int] | None) -> bool:
    """Whether an onset lies in a stretch, its first sample and the one after the last; anything lies in None.

    >>> begins_within(5, (5, 9)), begins_within(9, (5, 9)), begins_within(9, None)
    (True, False, True)
    """
    return stretch is None or stretch[0] <= onset_samples < stretch[1]


def contenders(population: Sequence[Individual], regression: bool) -> Iterator[Individual]:
    """The ranked that want to land: those that would better the mosaic, or all that can be placed if it may regress."""
    for individual in population:
        if individual.trial.is_fit and (regression or individual.fitness > 0.0):
            yield individual
