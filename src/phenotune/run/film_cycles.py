"""Which cycles a film shows: those that rebuilt the song of today, at even steps of what they explain."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from phenotune.errors import RunFolderError
from phenotune.report.film.timeline import even_steps
from phenotune.run.folder import RunFolder
from phenotune.run.history import mosaic_at
from phenotune.run.log import broken_event, read_log

READ = ("run_started", "canvas_opened", "cycle_finished")


@dataclass(frozen=True, slots=True)
class FinishedCycle:
    """What the log tells of the end of a cycle.

    Parameters
    ----------
    cycle
        Its number.
    elapsed_s
        Time of the run until then.
    explained
        Share explained.
    canvas
        What the canvas was opened for: the target's content, rate and channels; None in a log that does not tell.
    """

    cycle: int
    elapsed_s: float
    explained: float
    canvas: tuple[str, int, int] | None


def filmed_cycles(folder: RunFolder) -> list[FinishedCycle]:
    """All cycles that a film can be made of: those since the last change of the target, as they were done last.

    Raises
    ------
    RunFolderError
        If there is none, or if the log is broken or was written by a phenotune that did not log placements yet.
    """
    finished = _finished(folder)
    if not finished:
        raise RunFolderError(
            f"{folder.path}: no cycle is done yet, so there is nothing to film; "
            f"`phenotune evolve {folder.path}` goes on with it"
        )
    last = finished[-1]
    if last.canvas is None:
        mosaic_at(folder.path, last.cycle)  # knows best what the log lacks
        raise RunFolderError(f"{folder.log_file}: does not tell what the canvas was opened for")
    since = len(finished)
    while since > 0 and finished[since - 1].canvas == last.canvas:
        since -= 1
    return finished[since:]


def chosen(cycles: Sequence[FinishedCycle], n_scenes: int) -> list[FinishedCycle]:
    """As many cycles as a film has scenes, the first and the last among them."""
    return [cycles[i] for i in even_steps([each.explained for each in cycles], n_scenes)]


def _finished(folder: RunFolder) -> list[FinishedCycle]:
    cycles: dict[int, FinishedCycle] = {}
    canvas: tuple[str, int, int] | None = None
    for event in read_log(folder.log_file, READ):
        try:
            if event["event"] == "run_started":
                reached, canvas = event["resumed_at_cycle"], None
                cycles = {cycle: each for cycle, each in cycles.items() if cycle <= reached}
            elif event["event"] == "canvas_opened":
                canvas = event["target"]["sha256"], event["rate_hz"], event["n_channels"]
            else:
                told = (event["cycle"], event["elapsed_s"], event["explained"])
                cycles[event["cycle"]] = FinishedCycle(*told, canvas)
        except (KeyError, TypeError) as error:
            raise broken_event(folder.log_file, event, error) from error
    return [cycles[cycle] for cycle in sorted(cycles)]
