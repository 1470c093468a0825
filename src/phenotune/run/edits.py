"""Changing placements by hand, between two cycles: what an edit does to a sitting, and what the log is told of it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from phenotune.canvas.canvas import at_once
from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips
from phenotune.run.edit_history import Difference, Record
from phenotune.run.events import Edited, Event
from phenotune.run.journal import journal_turned
from phenotune.run.laying import fitted
from phenotune.run.whereabouts import all_placements

if TYPE_CHECKING:
    from phenotune.run.session import Session

REGROW, UNDO, REDO = "regrow", "undo", "redo"
SOUND_IS_GONE = "a sound that it was cut from is gone"


@dataclass(frozen=True)
class Asked:
    """What is to be changed.

    Parameters
    ----------
    action, words
        What is to be done, and how it was asked for.
    differences
        Of each placement, in the order in which they are made.
    about
        Number of the edit that is undone, or done again.
    """

    action: str
    words: str
    differences: tuple[Difference, ...]
    about: int | None = None


def carry_out(session: Session, asked: Asked) -> Iterator[Event]:
    """Change the placements of a sitting, note it in the history of edits, and tell of it.

    What is not there any more, or is not what it was, is left as it is, and told.
    """
    before = all_placements(session)
    session.edits.close(before)
    version = session.canvas.version
    done, kept = _make(session, asked, {placement.id: placement for placement in before})
    if session.canvas.version != version:
        # What the last cycle's best promised holds for a canvas that is gone.
        session.engine.state = replace(session.engine.state, best_distance=math.inf)
    session.canvas.placements = dict(sorted(session.canvas.placements.items()))
    session.edits.n_made += 1
    _note(session, asked, tuple(done))
    if asked.action == REGROW:
        session.edits.open(before)
    edited = Edited(
        cycle=session.cycle,
        number=session.edits.n_made,
        action=asked.action,
        words=asked.words,
        about=asked.about,
        changes=tuple(difference.to_json() for difference in done),
        kept=tuple(kept),
        explained=session.canvas.explained,
    )
    return iter((edited, journal_turned(session)))


def undoing(session: Session) -> Asked | None:
    """What takes back the last edit that stands; None if there is none."""
    record = session.edits.last_done
    if record is None:
        return None
    differences = tuple(difference.back() for difference in reversed(record.differences))
    return Asked(UNDO, f"undo {record.words}", differences, record.number)


def redoing(session: Session) -> Asked | None:
    """What does the edit again that was undone last; None if there is none."""
    record = session.edits.first_undone
    if record is None:
        return None
    return Asked(REDO, f"redo {record.words}", record.differences, record.number)


def do_again(session: Session, event: Mapping[str, Any]) -> Iterator[Event]:
    """Make an edit of another run, as its log tells it."""
    differences = tuple(Difference(**each) for each in event["changes"])
    return carry_out(session, Asked(event["action"], event["words"], differences, event["about"]))


def _note(session: Session, asked: Asked, done: tuple[Difference, ...]) -> None:
    """Note in the history what was done."""
    edits = session.edits
    if asked.about is None:
        edits.add(Record(edits.n_made, session.cycle, asked.action, asked.words, done))
    elif asked.action == UNDO:
        back = tuple(difference.back() for difference in reversed(done))
        edits.turn(asked.about, "undone", back)
    else:
        edits.turn(asked.about, "done", done)


def _make(
    session: Session, asked: Asked, placements: Mapping[int, Placement]
) -> tuple[list[Difference], list[tuple[int, str]]]:
    """Make the differences, and give those that were made, and why others were not."""
    done: list[Difference] = []
    kept: list[tuple[int, str]] = []
    known = {source.id for source in session.library.known}
    n_speakers = session.canvas.target.n_speakers
    with at_once(session.canvas):
        for difference in asked.differences:
            now = placements.get(difference.id)
            wanted, why = difference.met(now)
            if wanted is not None and any(c.source not in known for c in clips(wanted.chromosome)):
                wanted, why = now, SOUND_IS_GONE
            if wanted is not None:
                wanted = replace(wanted, gains=fitted(wanted.gains, n_speakers))
            made = Difference.between(now, wanted)
            if made is not None:
                _put(session, difference.id, wanted)
                done.append(made)
            if why:
                kept.append((difference.id, why))
    return done, kept


def _put(session: Session, number: int, wanted: Placement | None) -> None:
    """Have a placement as it is wanted: on the canvas, muted, beyond the end, or nowhere."""
    canvas, phenotypes = session.canvas, session.evaluator.phenotypes
    session.silent.pop(number, None)
    session.muted.pop(number, None)
    old = canvas.placements.get(number)
    if old is not None:
        if wanted is not None and replace(old, locked=wanted.locked) == wanted:
            canvas.placements[number] = wanted
            return
        canvas.remove(number, phenotypes.recall(old.chromosome))
        # What it was worth was another thing; the next time that gains are solved anew it is found out.
        session.reviser.roster.worths.pop(number, None)
    if wanted is None or wanted.muted:
        if old is not None:
            phenotypes.forget(old.chromosome)
        if wanted is not None:
            session.muted[number] = wanted
    elif wanted.onset_samples >= canvas.target.n_samples:
        session.silent[number] = wanted
    else:
        canvas.place(wanted, phenotypes.recall(wanted.chromosome))
