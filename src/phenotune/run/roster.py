"""What each placement is worth, and who makes room when there are enough of them.

A mosaic of five thousand crumbs may measure better than one of a thousand clips, but nobody can hear its records in it,
or take it into a studio. So the list has a greatest length. When it is reached, a newcomer must be worth more than the
weakest placement, which then makes room.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.search.landing import begins_within

N_TRIES = 4


@dataclass(frozen=True)
class Removed:
    """A placement that was taken off the canvas to make room.

    Parameters
    ----------
    placement, samples
        To put it back.
    worth
        How much worse the mosaic is without it.
    """

    placement: Placement
    samples: Samples
    worth: float


class Roster:
    """Knows what placements are worth.

    Parameters
    ----------
    canvas
        Where they lie.
    phenotypes
        How they sound.
    max_placements
        Greatest length of the list; 0 is no limit.
    distance
        How far the canvas is from the target, as fitness counts it; None: as the canvas itself does.

    stretch
        The samples in which placements must begin to be revised, and to be counted; None: all of them.

    Attributes
    ----------
    worths
        How much worse the mosaic would be without each placement, when that was last found out; by id.
    """

    def __init__(
        self,
        canvas: Canvas,
        phenotypes: Phenotypes,
        max_placements: int,
        *,
        distance: Callable[[], float] | None = None,
        stretch: tuple[int, int] | None = None,
    ) -> None:
        self._canvas = canvas
        self._phenotypes = phenotypes
        self._max_placements = max_placements
        self._distance = self._of_canvas if distance is None else distance
        self._stretch = stretch
        self.worths: dict[int, float] = {}

    def _of_canvas(self) -> float:
        return self._canvas.distance

    @property
    def is_full(self) -> bool:
        """Whether a newcomer must take somebody's place."""
        return 0 < self._max_placements <= self.n_counted

    @property
    def n_counted(self) -> int:
        """Placements that the greatest length holds for: all, or those that begin in the stretch."""
        placements = self._canvas.placements
        if self._stretch is None:
            return len(placements)
        return sum(begins_within(p.onset_samples, self._stretch) for p in placements.values())

    def is_free(self, placement: Placement) -> bool:
        """Whether the search may touch a placement: nobody has locked it, and it is not outside of the stretch."""
        return not placement.locked and begins_within(placement.onset_samples, self._stretch)

    def make_room(self, worth: float) -> Removed | None:
        """Take a placement off the canvas that is worth less than this, and is free; None if there is none.

        What was once found out may have changed, so it is measured again; the few that seem the weakest are tried.
        """
        placements = self._canvas.placements
        free = [
            (known, number)
            for number, known in self.worths.items()
            if known < worth and self.is_free(placements[number])
        ]
        for _, number in sorted(free)[:N_TRIES]:
            removed = self.remove(number)
            if removed.worth < worth:
                return removed
            self.put_back(removed)
        return None

    def weakest(self, among: Iterable[int]) -> int | None:
        """Which of these ids seems to be worth least; None if none of them is free."""
        free = [number for number in among if self.is_free(self._canvas.placements[number])]
        return min(free, key=lambda number: (self.worths.get(number, 0.0), number), default=None)

    def remove(self, number: int) -> Removed:
        """Take a placement off the canvas, and find out what it was worth."""
        samples = self._phenotypes.recall(self._canvas.placements[number].chromosome)
        before = self._distance()
        placement = self._canvas.remove(number, samples)
        self.worths.pop(number, None)
        return Removed(placement, samples, self._distance() - before)

    def put_back(self, removed: Removed) -> None:
        """Undo :meth:`make_room` or :meth:`remove`."""
        self._canvas.place(removed.placement, removed.samples)
        self.worths[removed.placement.id] = removed.worth
