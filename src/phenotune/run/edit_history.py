"""What people have changed of the placements of a run, kept such that it can be taken back.

It stands in every checkpoint, so that it goes wherever the run goes: an edit that a checkpoint holds is one that can be
undone. What differs is kept field by field, as it stands in ``mosaic.json``. So an edit can be taken back even when the
search has gone on since: whatever it has changed in other ways stays as the search has left it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal, Self

from phenotune.canvas.placement import Placement
from phenotune.mosaic.encode import chromosome_from_model, placement_to_json, placements_from_models
from phenotune.mosaic.schema import ChromosomeModel, PlacementModel
from phenotune.units import samples_at_rate

State = Literal["done", "undone", "left"]
FREE = ("locked", "muted")
"""What no search changes: it can be set back whatever has happened since."""
WHY_NOT = {
    "chromosome": "a variation has taken its place since",
    "onset_samples": "it has been moved since",
    "gains": "its gains have been solved anew since",
}
GONE = "it is not there any more"


@dataclass(frozen=True, slots=True)
class Difference:
    """What was changed of one placement.

    Parameters
    ----------
    id
        Of the placement.
    was, now
        Its fields that differ, before and after, as JSON holds them; all of them where it came or went, and None where
        it was not there.
    """

    id: int
    was: Mapping[str, Any] | None
    now: Mapping[str, Any] | None

    @classmethod
    def between(cls, was: Placement | None, now: Placement | None) -> Self | None:
        """What differs between two states of a placement; None if nothing does."""
        if was == now:
            return None
        told = None if was is None else _fields(was)
        telling = None if now is None else _fields(now)
        number = (now or was).id  # type: ignore[union-attr]
        if told is None or telling is None:
            return cls(number, told, telling)
        names = [name for name in told if told[name] != telling[name]]
        return cls(number, {n: told[n] for n in names}, {n: telling[n] for n in names})

    def back(self) -> Difference:
        """The same the other way round."""
        return Difference(self.id, self.now, self.was)

    def met(self, placement: Placement | None) -> tuple[Placement | None, str]:
        """Make the difference, as far as it makes sense.

        Parameters
        ----------
        placement
            As it is now, None if it is not there; it need not be as the difference expects it.

        Returns
        -------
        tuple
            The placement as it is to be, None if it is to go; and why not all of it could be met, "" if it could.
        """
        if self.now is None:
            return None, ""
        if self.was is None:
            return (_placement(self.now) if placement is None else placement), ""
        if placement is None:
            return None, GONE
        present = _fields(placement)
        moved = [
            name
            for name in self.now
            if name not in FREE and present[name] not in (self.was[name], self.now[name])
        ]
        # A chromosome, its onset and its gains belong together.
        if moved and "chromosome" in self.now:
            moved = [name for name in self.now if name not in FREE]
        values = {name: value for name, value in self.now.items() if name not in moved}
        why = next((WHY_NOT[name] for name in WHY_NOT if name in moved), "")
        return _changed(placement, values), why

    def at_rate(self, from_hz: int, to_hz: int) -> Difference:
        """The same with onsets that count at another rate."""
        sides = []
        for side in (self.was, self.now):
            if side is not None and "onset_samples" in side:
                onset = samples_at_rate(side["onset_samples"], from_hz, to_hz)
                side = {**side, "onset_samples": onset}
            sides.append(side)
        return Difference(self.id, *sides)

    def to_json(self) -> dict[str, Any]:
        """As JSON holds it."""
        return {"id": self.id, "was": self.was, "now": self.now}


@dataclass(frozen=True)
class Record:
    """An edit.

    Parameters
    ----------
    number
        Counted from 1; undoing and redoing have numbers as well, and no record.
    cycle
        The last one that was finished before.
    action, words
        What was done, and how it was asked for.
    differences
        What taking it back takes back; what doing it again does, where it has been undone.
    state
        ``"done"``; ``"undone"``, and can be done again; or ``"left"``: undone before another edit, and past.
    """

    number: int
    cycle: int
    action: str
    words: str
    differences: tuple[Difference, ...]
    state: State = "done"


@dataclass
class EditHistory:
    """The edits of a run, oldest first.

    Parameters
    ----------
    records
        The edits.
    n_made
        How many there have been, undoing and redoing included.
    """

    records: list[Record] = field(default_factory=list)
    n_made: int = 0
    _open: dict[int, Placement] | None = None

    @property
    def last_done(self) -> Record | None:
        """What undoing takes back."""
        return next((record for record in reversed(self.records) if record.state == "done"), None)

    @property
    def first_undone(self) -> Record | None:
        """What redoing does again."""
        return next((record for record in self.records if record.state == "undone"), None)

    def add(self, record: Record) -> None:
        """Note a new edit; what was undone before it cannot be done again any more."""
        self.records = [
            replace(each, state="left") if each.state == "undone" else each for each in self.records
        ]
        self.records.append(record)

    def turn(self, number: int, state: State, differences: Iterable[Difference]) -> None:
        """Note that an edit was undone or done again, and what that would be turned back by."""
        self.records = [
            replace(each, state=state, differences=tuple(differences))
            if each.number == number
            else each
            for each in self.records
        ]

    def open(self, before: Iterable[Placement]) -> None:
        """Let the last edit take in all that happens from now on, beginning with these placements."""
        self._open = {placement.id: placement for placement in before}

    def follow(self, now: Iterable[Placement]) -> None:
        """Let an edit that is open know how the placements are now."""
        if self._open is None:
            return
        before, after = self._open, {placement.id: placement for placement in now}
        pairs = ((before.get(i), after.get(i)) for i in sorted(before.keys() | after.keys()))
        found = (Difference.between(was, is_now) for was, is_now in pairs)
        differences = tuple(each for each in found if each is not None)
        self.records[-1] = replace(self.records[-1], differences=differences)

    def close(self, now: Iterable[Placement]) -> None:
        """What happens from now on belongs to no edit."""
        self.follow(now)
        self._open = None

    def at_rate(self, from_hz: int, to_hz: int) -> EditHistory:
        """The same with onsets that count at another rate."""
        if from_hz == to_hz:
            return self
        records = [
            replace(
                record, differences=tuple(d.at_rate(from_hz, to_hz) for d in record.differences)
            )
            for record in self.records
        ]
        return EditHistory(records, self.n_made)

    def to_json(self) -> dict[str, Any]:
        """As checkpoints hold it."""
        return {"n_made": self.n_made, "records": [asdict(record) for record in self.records]}

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Self:
        """What :meth:`to_json` gives; an empty one of what an older checkpoint holds, which is nothing.

        Raises
        ------
        KeyError, TypeError, ValueError
            If it makes no sense.
        """
        records = [
            Record(
                **{name: value for name, value in told.items() if name != "differences"},
                differences=tuple(Difference(**each) for each in told["differences"]),
            )
            for told in content.get("records", [])
        ]
        return cls(records, int(content.get("n_made", 0)))


def _fields(placement: Placement) -> dict[str, Any]:
    """A placement as JSON holds it, muted or not."""
    return {**placement_to_json(placement), "muted": placement.muted}


def _placement(fields: Mapping[str, Any]) -> Placement:
    # Checked as JSON: there tuples are lists.
    model = PlacementModel.model_validate_json(json.dumps(fields))
    return placements_from_models([model])[0]


def _chromosome(fields: Mapping[str, Any]) -> Any:
    model = ChromosomeModel.model_validate_json(json.dumps(fields))
    return chromosome_from_model(model, "chromosome")


def _changed(placement: Placement, values: Mapping[str, Any]) -> Placement:
    """A placement with some of its fields as JSON holds them."""
    changed = dict(values)
    if "gains" in changed:
        changed["gains"] = tuple(changed["gains"])
    if "chromosome" in changed:
        changed["chromosome"] = _chromosome(changed["chromosome"])
    return replace(placement, **changed)
