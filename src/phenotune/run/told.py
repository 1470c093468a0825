"""What the log of a run tells people: how it went, cycle by cycle, and what was changed on its way.

Whatever another phenotune has logged otherwise is left out and counted, so that an old log still tells what it can.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from phenotune.errors import RunFolderError
from phenotune.report.page.facts import CurvePoint, Mark
from phenotune.run.log import read_log

READ = (
    "run_started", "inputs_read", "clip_placed", "cycle_finished", "settings_changed", "stage_started",
    "library_changed", "target_changed", "mix_injected", "edited", "gains_refitted", "generation_scored", "finished",
)  # fmt: skip


@dataclass
class Told:
    """What a log has told so far.

    Attributes
    ----------
    curve
        The end of each cycle and each edit that gave results, by the cycle and the number of edits until then.
    fitness
        What each placement was worth when it landed, by its id.
    n_landed
        Clips that have landed, those that are gone again included.
    n_exchanged, n_removed
        Placements that re-fits of the gains have exchanged for a variation, and dropped.
    marks
        What was changed on the way.
    first
        The event ``inputs_read`` that the run began with.
    started
        The last event ``run_started``.
    finished
        The event ``finished``; None while a sitting goes on, or where it was interrupted.
    operators
        Of each operator of variation, how many children it has made, and how many were fitter than their parent.
    n_not_understood
        Events that say what makes no sense here.
    problem
        Why the log could not be read to its end; None where it could.
    """

    curve: dict[tuple[int, int], CurvePoint] = field(default_factory=dict)
    fitness: dict[int, float] = field(default_factory=dict)
    n_landed: int = 0
    n_exchanged: int = 0
    n_removed: int = 0
    marks: list[Mark] = field(default_factory=list)
    first: dict[str, Any] | None = None
    started: dict[str, Any] | None = None
    finished: dict[str, Any] | None = None
    operators: dict[str, tuple[int, int]] = field(default_factory=dict)
    n_not_understood: int = 0
    problem: str | None = None
    _landed_by: dict[int, int] = field(default_factory=dict)
    _n_edits: int = 0

    def take(self, event: dict[str, Any]) -> None:
        """Take an event; it may raise what a broken one brings with it."""
        name = event["event"]
        if name == "run_started":
            self._start(event)
        elif name == "inputs_read":
            self.first = event if event["cycle"] == 0 else self.first
        elif name == "clip_placed":
            self.fitness[int(event["id"])] = float(event["fitness"])
            self.n_landed += 1
        elif name == "generation_scored":
            self._count(event.get("operators", ()))
        elif name == "gains_refitted":
            self.n_exchanged += int(event.get("n_exchanged", 0))
            self.n_removed += int(event["n_removed"])
        elif name == "cycle_finished":
            self._finish_cycle(event)
        elif name == "edited":
            self._edit(event)
        elif name == "finished":
            self.finished = event
        else:
            self.marks.append(Mark(int(event["cycle"]), _in_words(event)))

    def _start(self, event: dict[str, Any]) -> None:
        """A sitting begins: what was done after the cycle that it goes on from is done anew."""
        reached = int(event.get("resumed_at_cycle", 0))
        self.started, self.finished = event, None
        self._n_edits = int(event.get("n_edits", 0))
        self.curve = {
            (cycle, n_edits): point
            for (cycle, n_edits), point in self.curve.items()
            if cycle <= reached and n_edits <= self._n_edits
        }
        self.marks = [
            mark for mark in self.marks if mark.cycle <= reached and mark.edit <= self._n_edits
        ]
        self.n_landed = self._landed_by.get(reached, 0 if reached == 0 else self.n_landed)

    def _count(self, operators: Iterable[tuple[str, int, int]]) -> None:
        for name, n, n_better in operators:
            before, before_better = self.operators.get(name, (0, 0))
            self.operators[name] = before + int(n), before_better + int(n_better)

    def _finish_cycle(self, event: dict[str, Any]) -> None:
        cycle = int(event["cycle"])
        self._landed_by[cycle] = self.n_landed
        self.curve[cycle, self._n_edits] = CurvePoint(
            elapsed_s=float(event["elapsed_s"]),
            cycle=cycle,
            explained=float(event["explained"]),
            n_placements=int(event["n_placements"]),
        )

    def _edit(self, event: dict[str, Any]) -> None:
        cycle, words, changes = int(event["cycle"]), str(event["words"]), event["changes"]
        n_more = sum(_heard(each["now"]) - _heard(each["was"]) for each in changes)
        before = self.curve.get((cycle, self._n_edits))
        self._n_edits = int(event["number"])
        n_clips = f"{len(changes):,} clip{'' if len(changes) == 1 else 's'}"
        self.marks.append(Mark(cycle, f"{words} ({n_clips})", self._n_edits))
        # What a regrowth begins with has a hole, and was never a result.
        if before is not None and event["action"] != "regrow":
            self.curve[cycle, self._n_edits] = replace(
                before,
                explained=float(event["explained"]),
                n_placements=before.n_placements + n_more,
            )


def _heard(side: Mapping[str, Any] | None) -> int:
    """Whether a placement is heard, by those of its fields that an edit has changed, 1 or 0."""
    return int(side is not None and not side.get("muted", False))


def read_told(path: Path) -> Told:
    """Read a log as far as it can be read; a log that is not there tells nothing."""
    told = Told()
    try:
        for event in read_log(path, READ):
            try:
                told.take(event)
            except (AttributeError, IndexError, KeyError, TypeError, ValueError):
                told.n_not_understood += 1
    except RunFolderError as error:
        told.problem = str(error)
    return told


def _in_words(event: dict[str, Any]) -> str:
    name = event["event"]
    if name == "settings_changed":
        return "settings: " + ", ".join(
            f"{key} = {value}" for key, value in event["changed"].items()
        )
    if name == "stage_started":
        return f"stage {event['stage']}: {event['name']}".rstrip(": ")
    if name == "library_changed":
        return f"library: {len(event['added'])} sounds came, {len(event['removed'])} went"
    if name == "target_changed":
        return f"another target: {Path(event['target']['path']).name}"
    return "a mix was injected"
