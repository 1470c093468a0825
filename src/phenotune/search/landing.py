"""Which of the ranked may land together: not too near to one another (M21), and not on top of one another."""

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
        ``proximity_ms``, ``overlap``, ``landing_share`` and ``regression``.
    rate_hz
        Of the onsets.
    """

    def __init__(self, settings: SearchSettings, rate_hz: int) -> None:
        self._nearest = settings.proximity_ms * rate_hz / 1000.0
        self._overlap = settings.overlap
        self._landing_share = settings.landing_share
        self._regression = settings.regression
        self._landed: list[tuple[int, int]] = []

    def admits(self, onset_samples: int, n_samples: int) -> bool:
        """Whether a clip there keeps its distance to those that have landed, and lies over them little enough."""
        if any(abs(onset_samples - first) < self._nearest for first, _ in self._landed):
            return False
        covered = sum(
            max(0, min(last, onset_samples + n_samples) - max(first, onset_samples))
            for first, last in self._landed
        )
        return covered <= self._overlap * n_samples

    def pays(self, now: Trial, bred: Trial) -> bool:
        """Whether a clip, scored again on the canvas as it stands, still earns its place.

        It must better the mosaic, by no less than a share of what it promised when it was bred; otherwise others have
        filled its place. With regression it need only sound.
        """
        if not any(now.gains):
            return False
        if self._regression:
            return True
        return now.fitness > 0.0 and now.fitness >= self._landing_share * bred.fitness

    def note(self, onset_samples: int, n_samples: int) -> None:
        """Remember a clip that has landed."""
        self._landed.append((onset_samples, onset_samples + n_samples))


def contenders(population: Sequence[Individual], regression: bool) -> Iterator[Individual]:
    """The ranked that want to land: those that would better the mosaic, or all that can be placed if it may regress."""
    for individual in population:
        if individual.trial.is_fit and (regression or individual.fitness > 0.0):
            yield individual
