"""The boundary of a run that does again what another one did."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from phenotune.run.changes import Change, apply
from phenotune.run.edits import do_again
from phenotune.run.events import Event
from phenotune.run.script import Script, settings_of
from phenotune.run.session import Session
from phenotune.run.stages import StagePlace, with_values
from phenotune.run.whereabouts import all_placements


class Replaying:
    """Changes the run at the cycles at which the other one was changed, and ends where it ended.

    Parameters
    ----------
    session
        Changed here.
    script
        What the other one did.
    """

    heeds_stops = False

    def __init__(self, session: Session, script: Script) -> None:
        self._session = session
        self._script = script
        self._waiting = list(script.changes)

    def stopped_by(self) -> str | None:
        """``"cycles"`` after the other one's last cycle."""
        return "cycles" if self._session.cycle >= self._script.last_cycle else None

    def cross(self) -> Iterator[Event]:
        """Make the changes of this boundary."""
        while self._waiting and self._waiting[0]["cycle"] <= self._session.cycle:
            yield from self._do(self._waiting.pop(0))

    def _do(self, event: Mapping[str, Any]) -> Iterator[Event]:
        session, script, cache = self._session, self._script, self._session.cache
        name = event["event"]
        rate_hz = session.canvas.target.layout.rate_hz
        change = Change()
        if name == "inputs_read":
            session.edits.close(all_placements(session))
            change = Change(
                settings=settings_of(event["settings"]),
                library=script.library([facts["id"] for facts in event["sources"]], cache),
                target=script.open_target(event["target"], rate_hz, cache),
            )
        elif name == "edited":
            yield from do_again(session, event)
            return
        elif name == "library_changed":
            change = Change(library=script.library(event["order"], cache))
        elif name == "target_changed":
            change = Change(target=script.open_target(event["target"], rate_hz, cache))
        else:
            changed = {n: value for n, value in event["changed"].items() if n != "stage"}
            settings = with_values(session.settings, changed)
            if name == "settings_changed":
                change = Change(settings=settings)
            else:
                place = StagePlace(event["stage"] - 1, session.cycle, session.elapsed_s)
                change = Change(settings=settings, stage=place, name=event["name"])
        yield from apply(session, change)
