"""Regrowing: a stretch of a run is evolved again, and all the rest is kept.

It is a sitting whose search keeps to the stretch (``search.from_s``, ``search.to_s``); these settings, and all others
that are named for it, hold for this sitting alone. In the history it is one edit, taken back whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from phenotune.errors import ParameterError
from phenotune.run.edit_history import Difference
from phenotune.run.edits import REGROW, Asked, carry_out
from phenotune.run.events import Event
from phenotune.run.project import PathLike, Project, prepare
from phenotune.run.standing import read_standing

if TYPE_CHECKING:
    from phenotune.run.session import Session

DEFAULT_TIME_S = 30.0


def prepare_regrow(
    run: PathLike,
    from_s: float,
    to_s: float,
    *,
    keeps: bool = False,
    time_s: float | None = None,
    cycles: int | None = None,
    seed: int | None = None,
    settings: Mapping[str, Any] | None = None,
    assignments: Sequence[str] = (),
) -> Project:
    """A project that evolves a stretch of a run again.

    Parameters
    ----------
    run
        The run folder.
    from_s, to_s
        The stretch.
    keeps
        Whether what begins in it is kept, to be made better; else what is neither locked nor muted is dropped first.
    time_s, cycles
        When to stop, whichever comes first: cycles are those of this sitting. Half a minute if neither is given.
    seed
        Of chance; the run's if None. Cycles are counted on, so that the same seed brings something else.
    settings, assignments
        Other settings, for this sitting alone: by dotted name, and as ``--set`` takes them.

    Raises
    ------
    ParameterError
        If the stretch is empty or not in the song, or a setting is none.
    RunFolderError
        If the run has come to no checkpoint.
    """
    standing, _ = read_standing(run)
    end_s = standing.duration_s
    if not 0.0 <= from_s < end_s:
        raise ParameterError(
            f"from: expected 0 s to the end of the song at {end_s:.2f} s, got {from_s:g} s"
        )
    if to_s <= from_s:
        raise ParameterError(f"to: expected a time after {from_s:g} s (from), got {to_s:g} s")
    if to_s > end_s + 0.005:
        raise ParameterError(
            f"to: expected no later than the end of the song at {end_s:.2f} s, got {to_s:g} s"
        )
    if cycles is not None and cycles < 1:
        raise ParameterError(f"cycles: expected at least 1, got {cycles}")
    has_stop = time_s is not None or cycles is not None
    flags = {
        **(settings or {}),
        "search.from_s": from_s,
        "search.to_s": to_s,
        "run.watch": False,
        "run.time_s": (0.0 if has_stop else DEFAULT_TIME_S) if time_s is None else time_s,
        "run.cycles": 0 if cycles is None else standing.cycle + cycles,
        "run.until_percent": 0.0,
        "run.plateau_s": 0.0,
        **({} if seed is None else {"run.seed": seed}),
    }
    words = f"regrow --from {from_s:g}s --to {to_s:g}s{' --keep' if keeps else ''}"
    project = prepare(run=run, flags=flags, assignments=assignments)
    return replace(project, errand=partial(Regrowing, words, keeps))


class Regrowing:
    """The boundary of a sitting that regrows a stretch: before its first cycle it drops what lies there.

    Parameters
    ----------
    words
        How it was asked for.
    keeps
        Whether nothing is dropped.
    session
        Changed here.
    """

    heeds_stops = True

    def __init__(self, words: str, keeps: bool, session: Session) -> None:
        self._words = words
        self._keeps = keeps
        self._session = session
        self._has_begun = False

    def stopped_by(self) -> str | None:
        """Nothing but the stops of the settings."""
        return None

    def cross(self) -> Iterator[Event]:
        """Drop what is free in the stretch, once."""
        if self._has_begun:
            return
        self._has_begun = True
        session = self._session
        placements = session.canvas.placements.values()
        free = [each for each in placements if session.reviser.roster.is_free(each)]
        gone = (Difference.between(each, None) for each in ([] if self._keeps else free))
        differences = tuple(each for each in gone if each is not None)
        yield from carry_out(session, Asked(REGROW, self._words, differences))
