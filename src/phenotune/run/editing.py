"""Editing a run by hand: lock, drop, mute, move, change levels; undo and redo.

Each is a sitting that does no cycle: the sounds are read, the placements are changed as between two cycles, and the
log, a checkpoint and the results are written, in this order. So whoever is interrupted has a run that goes on, with the
edit or without it, and ``phenotune replay`` does the edits again where they were done.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import duration_s
from phenotune.progress import Progress, unheard
from phenotune.run.edit_history import Difference, Record
from phenotune.run.edits import Asked, carry_out, redoing, undoing
from phenotune.run.events import Edited, Event, ReadingSounds, RunFinished, RunStarted
from phenotune.run.evolution import evolving
from phenotune.run.folder import RunFolder
from phenotune.run.lock import RunLock
from phenotune.run.project import PathLike, prepare
from phenotune.run.selecting import Selection, select
from phenotune.run.standing import PlacementRow, Standing, level_of, read_standing
from phenotune.units import db_to_amplitude, s_to_samples

if TYPE_CHECKING:
    from phenotune.run.session import Session

Action = Literal["lock", "unlock", "drop", "mute", "unmute", "nudge", "gain", "pan"]
MAX_GAIN_DB = 60.0
"""As far as a gain can be changed at once, up or down."""
MOST_GAIN = 1000.0
"""The greatest gain that an edit may lead to, 60 dB."""


@dataclass(frozen=True)
class Edit:
    """What is to be done to which placements.

    What a person has moved, or made louder, softer, or panned, is locked by that: the search would solve it anew
    otherwise. ``unlock`` gives it back to the search.

    Parameters
    ----------
    action
        ``"lock"``, ``"unlock"``, ``"drop"``, ``"mute"``, ``"unmute"``, ``"nudge"``, ``"gain"`` or ``"pan"``.
    selection
        The placements.
    by_s
        For a nudge: by how much, later above 0.
    at_s
        For a nudge, instead: where the first of them is to begin; the others keep their distance to it.
    gain_db
        For a gain: by how much, louder above 0.
    pan
        For a pan: from -1, right, to 1, left; 0 is the middle.
    words
        How it was asked for; put together from the rest if empty.

    Raises
    ------
    ParameterError
        If the action is unknown, or what it needs is missing, out of range, or more than it needs.
    """

    action: Action
    selection: Selection = field(default_factory=Selection)
    by_s: float | None = None
    at_s: float | None = None
    gain_db: float | None = None
    pan: float | None = None
    words: str = ""

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise ParameterError(
                f"action: expected {', '.join(get_args(Action))}, got {self.action!r}"
            )
        given = {
            name for name in ("by_s", "at_s", "gain_db", "pan") if getattr(self, name) is not None
        }
        needed = {"nudge": [{"by_s"}, {"at_s"}], "gain": [{"gain_db"}], "pan": [{"pan"}]}
        if given not in needed.get(self.action, [set()]):
            what = " or ".join(name for names in needed.get(self.action, []) for name in names)
            raise ParameterError(
                f"{self.action}: expected {what or 'no value'}, got {', '.join(sorted(given)) or 'none'}"
            )
        if any(not math.isfinite(getattr(self, name)) for name in given):
            raise ParameterError(f"{self.action}: expected a finite number")
        if self.gain_db is not None and abs(self.gain_db) > MAX_GAIN_DB:
            raise ParameterError(
                f"gain: expected -{MAX_GAIN_DB:g} to {MAX_GAIN_DB:g} dB, got {self.gain_db:g} dB"
            )
        if self.pan is not None and abs(self.pan) > 1.0:
            raise ParameterError(f"pan: expected -1 (right) to 1 (left), got {self.pan:g}")

    @property
    def told(self) -> str:
        """It in words, as the history and the log keep it."""
        if self.words:
            return self.words
        values = ""
        if self.by_s is not None:
            values = f" {self.by_s * 1000.0:+g}ms"
        elif self.at_s is not None:
            values = f" {self.at_s:g}s"
        elif self.gain_db is not None:
            values = f" {self.gain_db:+g}dB"
        elif self.pan is not None:
            values = f" {self.pan:g}"
        return f"{self.action}{values} {self.selection.words}"


@dataclass(frozen=True)
class EditOutcome:
    """What an edit came to.

    Parameters
    ----------
    run
        The run folder.
    action, words
        What was done, and how it was asked for.
    ids
        Of the placements that it has changed, or would change if it only was to be tried.
    kept
        Ids of those that it could not bring back as they were, each with the reason.
    explained_before, explained
        Share explained before and after; None where nothing was done.
    n_placements
        That are heard afterwards; None where nothing was done.
    number
        Of the edit in the log; None where nothing was done.
    """

    run: Path
    action: str
    words: str
    ids: tuple[int, ...]
    kept: tuple[tuple[int, str], ...] = ()
    explained_before: float | None = None
    explained: float | None = None
    n_placements: int | None = None
    number: int | None = None


def edit(
    run: PathLike, wanted: Edit, *, is_dry_run: bool = False, progress: Progress | None = None
) -> EditOutcome:
    """Change placements of a run that rests, and write its results anew.

    Parameters
    ----------
    run
        The run folder.
    wanted
        What to do.
    is_dry_run
        Whether to find out which placements it is about, and no more.
    progress
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If the selection is empty, or a clip would be moved out of the song.
    WorldError
        If the run is being evolved, if it has no checkpoint, or if sounds that it was made of are missing.

    Examples
    --------
    >>> import phenotune as pt
    >>> pt.edit("my-mosaic", pt.Edit("mute", pt.Selection(source="vocals.wav", from_s=12, to_s=18)))  # doctest: +SKIP
    """
    standing, _ = read_standing(run)
    asked = asked_by(wanted, standing)
    if is_dry_run or not asked.differences:
        if progress is not None:
            progress(1.0)
        return EditOutcome(standing.folder, asked.action, asked.words, _ids(asked))
    return _sit(run, partial(_edits, wanted), progress)[0]


def undo(run: PathLike, n: int = 1, *, progress: Progress | None = None) -> tuple[EditOutcome, ...]:
    """Take back the last edits of a run, the latest first; a regrowth is one edit.

    It may have gone on since. What the search has changed in other ways stays as it is, and is told
    (:attr:`EditOutcome.kept`).

    Parameters
    ----------
    run
        The run folder.
    n
        How many.
    progress
        Called with the share that is done.

    Raises
    ------
    ParameterError
        If there are not so many.
    """
    _check_number(run, n, "done", "undo")
    return _sit(run, partial(_turns, undoing, n), progress)


def redo(run: PathLike, n: int = 1, *, progress: Progress | None = None) -> tuple[EditOutcome, ...]:
    """Do edits again that were undone, the earliest first; the parameters are those of :func:`undo`.

    Raises
    ------
    ParameterError
        If there are not so many: an edit makes those past that were undone before it.
    """
    _check_number(run, n, "undone", "redo")
    return _sit(run, partial(_turns, redoing, n), progress)


def edits_of(run: PathLike) -> tuple[Record, ...]:
    """The edits of a run, oldest first."""
    return tuple(read_standing(run)[1].records)


def placements_of(run: PathLike, selection: Selection | None = None) -> tuple[PlacementRow, ...]:
    """The placements of a run that a selection means, as people see them; all of them when None.

    Raises
    ------
    ParameterError
        If there is none.
    """
    standing, _ = read_standing(run)
    return standing.rows(None if selection is None else select(standing, selection))


def asked_by(wanted: Edit, standing: Standing) -> Asked:
    """What an edit changes of the placements as they stand.

    Raises
    ------
    ParameterError
        If it means none of them, or cannot be done to one.
    """
    chosen = select(standing, wanted.selection)
    change = _change(wanted, standing, chosen)
    pairs = ((each, change(each)) for each in chosen)
    differences = (Difference.between(was, now) for was, now in pairs)
    found = tuple(each for each in differences if each is not None)
    return Asked(wanted.action, wanted.told, found)


def _change(
    wanted: Edit, standing: Standing, chosen: Sequence[Placement]
) -> Callable[[Placement], Placement | None]:
    """What an edit makes of a placement; None if it goes."""
    match wanted.action:
        case "lock" | "unlock":
            return lambda each: replace(each, locked=wanted.action == "lock")
        case "mute" | "unmute":
            return lambda each: replace(each, muted=wanted.action == "mute")
        case "drop":
            return lambda each: None
        case "nudge":
            return _nudge(wanted, standing, chosen)
        case "gain":
            factor = db_to_amplitude(wanted.gain_db or 0.0)
            return lambda each: _with_gains(each, tuple(gain * factor for gain in each.gains))
        case "pan":
            return lambda each: _with_gains(each, _panned(each.gains, wanted.pan or 0.0))


def _nudge(
    wanted: Edit, standing: Standing, chosen: Sequence[Placement]
) -> Callable[[Placement], Placement]:
    rate_hz = standing.rate_hz
    if wanted.at_s is not None:
        first = min(placement.onset_samples for placement in chosen)
        by = s_to_samples(wanted.at_s, rate_hz) - first
    else:
        by = s_to_samples(wanted.by_s or 0.0, rate_hz)
    rates_hz = {name: float(source.rate_hz) for name, source in standing.sources.items()}
    for placement in chosen:
        onset = placement.onset_samples + by
        end = onset + round(duration_s(placement.chromosome, rates_hz) * rate_hz)
        if onset >= standing.n_samples or end <= 0:
            raise ParameterError(
                f"nudge: clip {placement.id} would sound from {onset / rate_hz:.3f} s to {end / rate_hz:.3f} s, "
                f"outside of the song, which ends at {standing.duration_s:.3f} s"
            )
    return lambda each: replace(each, onset_samples=each.onset_samples + by, locked=True)


def _with_gains(placement: Placement, gains: tuple[float, ...]) -> Placement:
    if any(abs(gain) > MOST_GAIN for gain in gains):
        raise ParameterError(
            f"gain: clip {placement.id} would get a gain of more than {MOST_GAIN:g}; change it by less"
        )
    return replace(placement, gains=gains, locked=True)


def _panned(gains: tuple[float, ...], pan: float) -> tuple[float, ...]:
    if len(gains) == 1:
        raise ParameterError("pan: expected a mosaic in stereo; this one has one channel")
    level = level_of(gains)
    return level * (1.0 + pan), level * (1.0 - pan)


def _ids(asked: Asked) -> tuple[int, ...]:
    return tuple(difference.id for difference in asked.differences)


def _check_number(run: PathLike, n: int, state: str, verb: str) -> None:
    there_are = sum(record.state == state for record in edits_of(run))
    if there_are == 0:
        raise ParameterError(f"{verb}: {run}: there is no edit to {verb}")
    if not 1 <= n <= there_are:
        raise ParameterError(f"{verb}: expected 1 to {there_are} edits of {run}, got {n}")


def _edits(wanted: Edit, session: Session) -> Iterator[Event]:
    yield from carry_out(session, asked_by(wanted, Standing.of_session(session)))


def _turns(turn: Callable[[Session], Asked | None], n: int, session: Session) -> Iterator[Event]:
    for _ in range(n):
        asked = turn(session)
        if asked is not None:
            yield from carry_out(session, asked)


class Editing:
    """The boundary of a sitting that edits, and does no cycle.

    Parameters
    ----------
    step
        Edits the session.
    session
        Edited here.
    """

    heeds_stops = False

    def __init__(self, step: Callable[[Session], Iterator[Event]], session: Session) -> None:
        self._step = step
        self._session = session

    def stopped_by(self) -> str | None:
        """``"edit"``, before the first cycle."""
        return "edit"

    def cross(self) -> Iterator[Event]:
        """Edit."""
        yield from self._step(self._session)
        # The time that people take is not the run's.
        self._session.earlier_s -= self._session.sitting_s


def _sit(
    run: PathLike, step: Callable[[Session], Iterator[Event]], progress: Progress | None
) -> tuple[EditOutcome, ...]:
    """A sitting that edits: what came of each edit."""
    tell = progress or unheard
    folder = RunFolder.open(run)
    with RunLock(folder.state) as lock:
        # Before anything else: who evolves there would be told of what he has not asked for.
        lock.take()
    project = replace(prepare(run=run), errand=partial(Editing, step))
    edited: list[Edited] = []
    before, finished = 0.0, None
    for event in evolving(project):
        if isinstance(event, ReadingSounds):
            tell(0.1)
        elif isinstance(event, RunStarted):
            before = event.explained
            tell(0.6)
        elif isinstance(event, Edited):
            edited.append(event)
            tell(0.8)
        elif isinstance(event, RunFinished):
            finished = event
    tell(1.0)
    return tuple(_outcomes(folder.path, before, edited, finished))


def _outcomes(
    run: Path, before: float, edited: Sequence[Edited], finished: RunFinished | None
) -> Iterator[EditOutcome]:
    for event in edited:
        yield EditOutcome(
            run=run,
            action=event.action,
            words=event.words,
            ids=tuple(change["id"] for change in event.changes),
            kept=event.kept,
            explained_before=before,
            explained=event.explained,
            n_placements=None if finished is None else finished.n_placements,
            number=event.number,
        )
        before = event.explained
