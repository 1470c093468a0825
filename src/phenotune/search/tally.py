"""What came of the children of a generation, by the operator that made them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from phenotune.genome.candidate import Trial
from phenotune.search.state import Parent

OperatorCount = tuple[str, int, int]
"""An operator, how many children it has made, and how many of them are fitter than their parent."""


class Tally:
    """Counts children by operator, and those that are fitter than their parent.

    Nothing in the search depends on it. A child is compared with its parent on the same canvas or not at all: where
    parents die with their generation, as where only children go on, theirs are not counted.
    """

    def __init__(self) -> None:
        self._worth: dict[Parent, float] = {}
        self._bred: list[tuple[str, Parent]] = []

    def know(self, worth: Mapping[Parent, float]) -> None:
        """Learn what parents are worth on the canvas as it stands."""
        self._worth.update(worth)

    def clear(self) -> None:
        """Begin a generation that has no children yet."""
        self._bred = []

    def add(self, operator: str, parent: Parent) -> None:
        """Note one more child, in the order in which they are asked for."""
        self._bred.append((operator, parent))

    def counts(self, trials: Sequence[Trial]) -> tuple[OperatorCount, ...]:
        """Count by operator, in the order of their names.

        Parameters
        ----------
        trials
            Those of the children, in their order. Children that were left out because the generation was full have
            none.
        """
        found: dict[str, tuple[int, int]] = {}
        for (operator, parent), trial in zip(self._bred, trials, strict=False):
            if parent in self._worth:
                n, n_better = found.get(operator, (0, 0))
                is_better = trial.is_fit and trial.fitness > self._worth[parent]
                found[operator] = n + 1, n_better + is_better
        return tuple((name, *found[name]) for name in sorted(found))


def together(counts: Iterable[Sequence[OperatorCount]]) -> tuple[OperatorCount, ...]:
    """Add up the counts of several populations.

    >>> together([(("new gain", 2, 1),), (("new gain", 1, 0), ("slid clip", 1, 1))])
    (('new gain', 3, 1), ('slid clip', 1, 1))
    """
    found: dict[str, tuple[int, int]] = {}
    for name, n, n_better in (count for each in counts for count in each):
        before, before_better = found.get(name, (0, 0))
        found[name] = before + n, before_better + n_better
    return tuple((name, *found[name]) for name in sorted(found))
