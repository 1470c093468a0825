"""What the search carries over a change of settings or of the target, on the way or while nobody looked."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from phenotune.search.engine import Engine, EngineState

RESCALED = ("spectra.", "style.brightness_db_per_octave", "fitness.")
"""Settings that make distances from before and after incomparable."""

STRETCH = ("search.from_s", "search.to_s")
"""Settings that say where in the target clips are looked for."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """How founders, each the first of a lineage, were numbered in the last cycle.

    Parameters
    ----------
    n_founders
        Of a cycle.
    lives_on
        Whether the founders of the first cycle are all that there are.
    offset
        What was added to their numbers.
    n_given
        All numbers below this one have been given.
    """

    n_founders: int
    lives_on: bool
    offset: int
    n_given: int

    @classmethod
    def of(cls, engine: Engine, cycle: int, last: Numbering | None) -> Numbering:
        """That of an engine in a cycle, and how it was before that; None if there was none."""
        n_given = engine.lineage_offset + engine.n_founders * (1 if engine.lives_on else cycle)
        n_given = max(n_given, 0 if last is None else last.n_given)
        return cls(engine.n_founders, engine.lives_on, engine.lineage_offset, n_given)

    def offset_for(self, engine: Engine, cycle: int) -> int:
        """What to add to the numbers of another engine's founders, such that they are counted on from all these.

        However often an engine is made anew between two cycles, it does not matter: what counts is who has bred.

        Parameters
        ----------
        engine
            Works from the next cycle on.
        cycle
            The last one that has ended.
        """
        if (engine.n_founders, engine.lives_on) == (self.n_founders, self.lives_on):
            return self.offset
        return self.n_given - (0 if engine.lives_on else engine.n_founders * cycle)


def carried(state: EngineState, changed: Iterable[str], *, is_new_target: bool) -> EngineState:
    """The state of the search when these settings have changed, by their dotted names."""
    if is_new_target:
        # What lived on was bred for onsets of the old target.
        return EngineState()
    changed = tuple(changed)
    if any(name in STRETCH for name in changed):
        # What lived on was bred for another stretch.
        return EngineState()
    if any(name.startswith(RESCALED) for name in changed):
        return replace(state, best_distance=math.inf)
    return state


def names_changed(
    before: Mapping[str, Any], now: Mapping[str, Any], prefix: str = ""
) -> Iterator[str]:
    """Dotted names of the settings that differ between two trees; what only one of them has is passed over.

    >>> list(names_changed({"a": {"x": 1, "y": 2}, "old": 1}, {"a": {"x": 1, "y": 3}}))
    ['a.y']
    """
    for name in before.keys() & now.keys():
        one, other = before[name], now[name]
        if isinstance(one, Mapping) and isinstance(other, Mapping):
            yield from names_changed(one, other, f"{prefix}{name}.")
        elif one != other:
            yield f"{prefix}{name}"
