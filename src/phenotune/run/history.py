"""History: the mosaic as it was at the end of any cycle, told by the log alone.

The log tells the changes of each cycle (:mod:`phenotune.run.journal`); applied one after the other they give the
placements of every cycle. Cycles that a killed run did, and that were done anew when it went on, count as they were
done last.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.paths import path_as_read
from phenotune.mosaic.rendering import sources_heard
from phenotune.mosaic.schema import FORMAT, VERSION
from phenotune.run.folder import RunFolder
from phenotune.run.kept import KeptSounds
from phenotune.run.log import broken_event, read_log

READ = ("run_started", "canvas_opened", "edited", "placements_changed", "cycle_finished")


def mosaic_at(run: str | Path, cycle: int) -> Mosaic:
    """The mosaic of a run as it was at the end of a cycle, and after whatever people edited before the next one.

    Rendering it gives bit for bit what the run would have sounded like, had it been stopped there. What it explains is
    what the run told then, which counts an injected mix even where the results leave that out.

    Parameters
    ----------
    run
        The run folder; it may be evolving.
    cycle
        Counted from 1; 0 is the canvas before the first.

    Raises
    ------
    ParameterError
        If the run has not reached that cycle.
    RunFolderError
        If it is no run folder, if its log is missing or broken, or if the cycle was logged by a phenotune that did not
        log placements yet.
    """
    return next(mosaics_at(run, [cycle]))[1]


def mosaics_at(run: str | Path, cycles: Iterable[int]) -> Iterator[tuple[int, Mosaic]]:
    """The mosaics of several cycles, in the order asked for; the log is read once, as in :func:`mosaic_at`."""
    wanted = list(cycles)
    folder = RunFolder.open(run)
    if not folder.log_file.exists():
        raise RunFolderError(f"{folder.log_file}: there is no such file, so no cycle can be told")
    history = _History(set(wanted))
    for event in read_log(folder.log_file, READ):
        try:
            history.take(event)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise broken_event(folder.log_file, event, error) from error
    for cycle in wanted:
        if not 0 <= cycle <= history.reached:
            raise ParameterError(
                f"cycle: expected 0 to {history.reached}, which {folder.path} has reached, got {cycle}"
            )
        if cycle not in history.states:
            raise RunFolderError(
                f"{folder.log_file}: does not tell what lay on the canvas after cycle {cycle}; "
                f"it was logged by an older phenotune, {history.since}"
            )
        try:
            yield cycle, _mosaic(history, cycle, folder.path.absolute())
        except RunFolderError as error:
            raise RunFolderError(
                f"{folder.log_file}: what it tells of cycle {cycle} makes no sense: {error}"
            ) from error


@dataclass(frozen=True, slots=True)
class _State:
    """All that the log tells of the mosaic at the end of a cycle, as it stands in JSON."""

    canvas: dict[str, Any]
    seed: int
    explained: float
    placements: dict[int, dict[str, Any]]


class _History:
    """Applies events, and keeps the states of the cycles that are wanted."""

    def __init__(self, wanted: set[int]) -> None:
        self.reached = 0
        self.first_told: int | None = None
        self._n_edits = 0
        self._edited: float | None = None
        # Of each cycle, its state after so many edits: one that the disk has lost is forgotten again.
        self._told: dict[int, dict[int, _State]] = {}
        # The last facts count for all cycles: an id stands for a content, which may have moved since.
        self.sources: dict[str, dict[str, Any]] = {}
        self._wanted = wanted
        self._started: dict[str, Any] = {}
        self._canvas: dict[str, Any] | None = None
        self._placements: dict[int, dict[str, Any]] = {}

    @property
    def states(self) -> dict[int, _State]:
        """What was told of the cycles that are wanted: each as it was when the next one began."""
        return {cycle: told[max(told)] for cycle, told in self._told.items() if told}

    @property
    def since(self) -> str:
        """Half a sentence about the cycles that can be told."""
        if self.first_told is None:
            return "which did not log placements"
        return f"and placements are logged from cycle {self.first_told} on"

    def take(self, event: dict[str, Any]) -> None:
        """Apply one event."""
        if event["event"] == "run_started":
            self._start(event)
        elif event["event"] == "canvas_opened":
            self._canvas = event
        elif event["event"] == "edited":
            self._n_edits = int(event["number"])
            # What a regrowth begins with has a hole, and was never a result.
            self._edited = None if event["action"] == "regrow" else event["explained"]
        elif event["event"] == "placements_changed":
            self._change(event)
        else:
            self.reached = int(event["cycle"])
            self._keep(self.reached, event["explained"])

    def _start(self, event: dict[str, Any]) -> None:
        """A sitting begins: whatever was done after the cycle that it goes on from is done anew."""
        self._started, self._canvas = event, None
        self.reached = int(event["resumed_at_cycle"])
        self._n_edits, self._edited = int(event.get("n_edits", 0)), None
        self._told = {
            cycle: {n: state for n, state in told.items() if n <= self._n_edits}
            for cycle, told in self._told.items()
            if cycle <= self.reached
        }
        if self.first_told is not None and self.first_told > self.reached:
            self.first_told = None

    def _change(self, event: dict[str, Any]) -> None:
        if event["is_whole"]:
            self._placements = {}
        self.sources.update((source["id"], source) for source in event["sources"])
        self._placements.update((placement["id"], placement) for placement in event["placed"])
        for number, gains in event["gains"].items():
            self._placements[int(number)] = self._placements[int(number)] | {"gains": gains}
        for number in event["removed"]:
            del self._placements[number]
        # What a sitting takes up is known already, unless an older phenotune left it or the log was lost.
        if event["is_whole"] and not self._told.get(event["cycle"]):
            self._keep(event["cycle"], self._started["explained"])
        elif self._edited is not None:
            self._keep(event["cycle"], self._edited)
        self._edited = None

    def _keep(self, cycle: int, explained: float) -> None:
        if self._canvas is None:
            return
        self.first_told = cycle if self.first_told is None else self.first_told
        if cycle in self._wanted:
            self._told.setdefault(cycle, {})[self._n_edits] = _State(
                canvas=self._canvas,
                seed=self._started["seed"],
                explained=explained,
                placements=dict(self._placements),
            )


def _mosaic(history: _History, cycle: int, folder: Path) -> Mosaic:
    """The mosaic, checked like one that is read from a file."""
    state = history.states[cycle]
    content = {
        "format": FORMAT,
        "version": VERSION,
        "rate_hz": state.canvas["rate_hz"],
        "n_channels": state.canvas["n_channels"],
        "seed": state.seed,
        "explained": state.explained,
        "fade_ms": state.canvas["fade_ms"],
        "target": state.canvas["target"],
        "sources": list(history.sources.values()),
        "placements": [state.placements[number] for number in sorted(state.placements)],
    }
    mosaic = Mosaic.from_json(content, folder=folder)
    heard, kept = sources_heard(mosaic.placements), KeptSounds(folder / "state")
    sources = (_whereabouts(each, folder, kept) for each in mosaic.sources if each.id in heard)
    return dataclasses.replace(mosaic, sources=tuple(sources))


def _whereabouts(source: SourceFacts, folder: Path, kept: KeptSounds) -> SourceFacts:
    """The source where it lies; its kept copy if its file has gone since."""
    copy = None if path_as_read(source.path, folder).is_file() else kept.find(source.id)
    return source if copy is None else SourceFacts.of(copy)
