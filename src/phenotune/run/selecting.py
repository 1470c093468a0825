"""Which placements are meant: by id, by time, by source, by cycle, by lineage."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TypeAlias

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import duration_s
from phenotune.run.standing import Standing, sources_of
from phenotune.units import samples_to_s

Ranges: TypeAlias = Collection[int | tuple[int, int]]
"""Whole numbers and ranges of them, the last one included: ``[17, (20, 25)]``."""


@dataclass(frozen=True)
class Selection:
    """Which placements are meant: those to which all that is named here applies.

    Parameters
    ----------
    ids, cycles, lineages
        Numbers and ranges, ``[17, (20, 25)]``.
    from_s, to_s
        Those that sound between these moments, or at least begin to or still do; None is the beginning, or the end.
    only_begin
        With a time: only those that begin between these moments.
    source
        Those that are made of a source of this name, or id; a name may hold ``*`` and ``?``.
    is_all
        All of them; nothing else is named then.
    """

    ids: Ranges = ()
    from_s: float | None = None
    to_s: float | None = None
    only_begin: bool = False
    source: str = ""
    cycles: Ranges = ()
    lineages: Ranges = ()
    is_all: bool = False

    @property
    def words(self) -> str:
        """It as it is typed on the command line.

        >>> Selection(ids=[17, (20, 25)], from_s=1.5).words
        '--id 17,20-25 --from 1.5s'
        """
        named = [
            ("--id", ranges_words(self.ids)),
            ("--from", "" if self.from_s is None else f"{self.from_s:g}s"),
            ("--to", "" if self.to_s is None else f"{self.to_s:g}s"),
            ("--source", self.source),
            ("--cycle", ranges_words(self.cycles)),
            ("--lineage", ranges_words(self.lineages)),
        ]
        words = [f"{option} {value}" for option, value in named if value]
        words += ["--begin"] if self.only_begin else []
        return " ".join(words + (["--all"] if self.is_all else []))


def select(standing: Standing, selection: Selection) -> tuple[Placement, ...]:
    """The placements that are meant, in the order of landing.

    Raises
    ------
    ParameterError
        If nothing is named, if what is named is not there, or if there is no placement to which all of it applies.
    """
    _check(standing, selection)
    chosen = tuple(
        placement
        for placement in standing.placements
        if _is_among(placement.id, selection.ids)
        and _is_among(placement.cycle, selection.cycles)
        and _is_among(placement.lineage, selection.lineages)
        and _is_in_time(standing, placement, selection)
        and _is_of(standing, placement, selection.source)
    )
    if not chosen:
        raise ParameterError(
            f"no clip of {standing.folder} matches {selection.words}; there are {what_there_is(standing)}"
        )
    return chosen


def what_there_is(standing: Standing) -> str:
    """A few words on the placements of a run, for whoever has found none."""
    placements = standing.placements
    if not placements:
        return "no clips at all"
    numbers = [placement.id for placement in placements]
    cycles = [placement.cycle for placement in placements]
    n_sources = len({name for placement in placements for name in sources_of(placement)})
    return (
        f"{len(placements)} clips, with ids from {min(numbers)} to {max(numbers)}, of cycles {min(cycles)} to "
        f"{max(cycles)}, made of {n_sources} sources, in {standing.duration_s:.2f} s"
    )


def _check(standing: Standing, selection: Selection) -> None:
    named = (selection.ids, selection.cycles, selection.lineages, selection.source)
    has_time = selection.from_s is not None or selection.to_s is not None
    has_any = any(named) or has_time
    if selection.is_all and has_any:
        raise ParameterError("all: expected nothing else to be named beside it; leave it out")
    if not has_any and not selection.is_all:
        raise ParameterError(
            "expected which clips are meant: by id, time, source, cycle or lineage, or all of them"
        )
    if selection.only_begin and not has_time:
        raise ParameterError("begin: expected a time beside it, from or to")
    if has_time:
        _check_time(standing, selection)
    known = {placement.id for placement in standing.placements}
    missing = [each for each in selection.ids if isinstance(each, int) and each not in known]
    if missing:
        numbers = ", ".join(map(str, missing[:10]))
        raise ParameterError(
            f"there is no clip {numbers} in {standing.folder}, or not any more; "
            f"there are {what_there_is(standing)}"
        )
    if selection.source and not any(
        _is_of(standing, placement, selection.source) for placement in standing.placements
    ):
        raise ParameterError(_no_such_source(standing, selection.source))


def _check_time(standing: Standing, selection: Selection) -> None:
    first_s, last_s = selection.from_s or 0.0, selection.to_s
    if first_s < 0.0 or first_s >= standing.duration_s:
        raise ParameterError(
            f"from: expected 0 s to the end of the song at {standing.duration_s:.2f} s, got {first_s:g} s"
        )
    if last_s is not None and last_s <= first_s:
        raise ParameterError(f"to: expected a time after {first_s:g} s (from), got {last_s:g} s")
    if last_s is not None and last_s > standing.duration_s + 0.005:
        raise ParameterError(
            f"to: expected no later than the end of the song at {standing.duration_s:.2f} s, got {last_s:g} s"
        )


def _is_among(number: int, ranges: Ranges) -> bool:
    if not ranges:
        return True
    return any(
        number == each if isinstance(each, int) else each[0] <= number <= each[1] for each in ranges
    )


def _is_in_time(standing: Standing, placement: Placement, selection: Selection) -> bool:
    if selection.from_s is None and selection.to_s is None:
        return True
    onset_s = samples_to_s(placement.onset_samples, standing.rate_hz)
    rates_hz = {name: float(source.rate_hz) for name, source in standing.sources.items()}
    first_s = selection.from_s or 0.0
    last_s = standing.duration_s if selection.to_s is None else selection.to_s
    if selection.only_begin:
        return first_s <= onset_s < last_s
    return onset_s < last_s and onset_s + duration_s(placement.chromosome, rates_hz) > first_s


def _is_of(standing: Standing, placement: Placement, wanted: str) -> bool:
    if not wanted:
        return True
    pattern = wanted.lower()
    for number in sources_of(placement):
        path = Path(standing.sources[number].path)
        if number == wanted or pattern in (path.name.lower(), path.stem.lower()):
            return True
        if fnmatchcase(path.name.lower(), pattern):
            return True
    return False


def _no_such_source(standing: Standing, wanted: str) -> str:
    used = {number for placement in standing.placements for number in sources_of(placement)}
    names = sorted({Path(standing.sources[number].path).name for number in used})
    near = difflib.get_close_matches(wanted, names, n=1)
    some = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    hint = f"did you mean '{near[0]}'?" if near else f"there are clips of: {some}"
    return f"source: no clip of {standing.folder} is made of '{wanted}'; {hint}"


def ranges_words(ranges: Ranges) -> str:
    """Numbers and ranges as they are typed.

    >>> ranges_words([17, (20, 25)])
    '17,20-25'
    """
    return ",".join(
        str(each) if isinstance(each, int) else f"{each[0]}-{each[1]}" for each in ranges
    )


def ranges_of(numbers: Sequence[int]) -> list[int | tuple[int, int]]:
    """Numbers as ranges, for people.

    >>> ranges_of([1, 2, 3, 7, 9, 10])
    [(1, 3), 7, (9, 10)]
    """
    found: list[int | tuple[int, int]] = []
    for number in sorted(numbers):
        last = found[-1] if found else None
        if isinstance(last, int) and number == last + 1:
            found[-1] = (last, number)
        elif isinstance(last, tuple) and number == last[1] + 1:
            found[-1] = (last[0], number)
        else:
            found.append(number)
    return found
