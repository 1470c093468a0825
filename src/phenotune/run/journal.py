"""The journal: what has changed on the canvas, cycle by cycle, so that the mosaic of any cycle can be told later.

It compares the placements at the end of a cycle with those at the end of the one before. So it holds everything,
whoever changed it: landing, making room, a re-fit, a rival, or a person. Placements are frozen and the canvas keeps the
very objects, so that comparing costs next to nothing. :mod:`phenotune.run.history` reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from phenotune.canvas.placement import Placement
from phenotune.library.library import Library
from phenotune.mosaic.encode import placement_to_json
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.paths import path_as_written
from phenotune.mosaic.rendering import sources_heard
from phenotune.run.events import CanvasOpened, Event, PlacementsChanged
from phenotune.run.whereabouts import delivered

if TYPE_CHECKING:
    from phenotune.run.session import Session


class Journal:
    """Remembers the placements as they were when they were last told.

    Attributes
    ----------
    ever
        Ids of all sources that this sitting has told of: the mosaic of some cycle is made of each.
    """

    def __init__(self) -> None:
        self.ever: set[str] = set()
        self._before: dict[int, Placement] = {}
        self._library: Library | None = None
        self._told: set[str] = set()

    def whole(
        self, cycle: int, placements: Mapping[int, Placement], library: Library, folder: Path
    ) -> PlacementsChanged:
        """Tell all that lies on the canvas, as a sitting does with what it takes up.

        Parameters
        ----------
        cycle
            The cycle that has ended; 0 before the first.
        placements
            By id.
        library
            Knows their sources.
        folder
            The run folder, which paths are written relative to.
        """
        self._before, self._library = {}, None
        told = self.turn(cycle, placements, library, folder)
        return replace(told, is_whole=True)

    def turn(
        self, cycle: int, placements: Mapping[int, Placement], library: Library, folder: Path
    ) -> PlacementsChanged:
        """Tell what has changed since the last time; the parameters are those of :meth:`whole`."""
        before, self._before = self._before, dict(placements)
        placed: list[Placement] = []
        gains: dict[int, tuple[float, ...]] = {}
        for number, now in self._before.items():
            then = before.get(number)
            if then is now or then == now:
                continue
            if then is not None and replace(then, gains=now.gains) == now:
                gains[number] = tuple(map(float, now.gains))
            else:
                placed.append(now)
        removed = tuple(number for number in before if number not in placements)
        sources = self._sources(placed, library, folder)
        told = tuple(placement_to_json(placement) for placement in placed)
        return PlacementsChanged(cycle, tuple(sources), told, gains, removed)

    def _sources(
        self, placed: Iterable[Placement], library: Library, folder: Path
    ) -> Iterator[dict[str, Any]]:
        """Facts of the sources that have not been told yet; of all in use where the library is another one."""
        if library is not self._library:
            self._library, self._told = library, set()
            placed = self._before.values()
        for name in sorted(sources_heard(placed) - self._told):
            self._told.add(name)
            self.ever.add(name)
            source = library.source(name)
            facts = asdict(SourceFacts.of(source))
            yield facts | {"path": path_as_written(source.path, folder)}


def journal_opened(session: Session) -> Iterator[Event]:
    """What everything after it is counted from: the canvas, and what lies on it already.

    To be told anew when a session gets another canvas.
    """
    mosaic, folder = session.mosaic(), session.project.folder.path
    target = asdict(mosaic.target)
    yield CanvasOpened(
        cycle=session.cycle,
        target=target | {"path": path_as_written(Path(mosaic.target.path), folder)},
        rate_hz=mosaic.rate_hz,
        n_channels=mosaic.n_channels,
        fade_ms=mosaic.fade_ms,
    )
    yield session.journal.whole(session.cycle, delivered(session), session.library, folder)


def journal_turned(session: Session) -> PlacementsChanged:
    """What the cycle that ends has changed on the canvas."""
    return session.journal.turn(
        session.cycle,
        delivered(session),
        session.library,
        session.project.folder.path,
    )
