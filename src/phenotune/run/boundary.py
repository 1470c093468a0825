"""The boundary between two cycles, where a run looks up from its work."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from phenotune.run.events import Event
from phenotune.run.live import Live
from phenotune.run.replaying import Replaying
from phenotune.run.session import Session


class Boundary(Protocol):
    """Where changes come from."""

    @property
    def heeds_stops(self) -> bool:
        """Whether the stops of the settings end the run."""
        ...

    def stopped_by(self) -> str | None:
        """What ends the run here, besides the stops of the settings; asked once before each cycle."""
        ...

    def cross(self) -> Iterator[Event]:
        """Change what is to be changed before the next cycle."""
        ...


def boundary_of(session: Session) -> Boundary:
    """What changes a run on its way: people and stages, the script that it follows, or its errand."""
    project = session.project
    if project.errand is not None:
        return project.errand(session)
    script = project.script
    return Live(session) if script is None else Replaying(session, script)
