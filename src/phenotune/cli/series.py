"""Several runs, one after the other, on the command line: what is shown of each, and what becomes of Ctrl-C."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from phenotune.cli.follow import Output, follow
from phenotune.cli.lines import stop_words
from phenotune.cli.text import print_json
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from phenotune.run.events import RunFinished
    from phenotune.run.project import Project
    from phenotune.run.series import Job, Outcome


def following(
    jobs: Sequence[Job], output: Output, tag: str, *, is_again: bool = False
) -> Iterator[Outcome]:
    """Do jobs one after the other, show each, and say in a line what came of it.

    Parameters
    ----------
    jobs
        What to do.
    output
        What to show.
    tag
        Under which name a job's own name stands in the lines of JSON.
    is_again
        Whether to go on with those that have been done before.
    """
    from phenotune.run.series import doing

    told: set[str] = set()
    numbers = {job.name: number for number, job in enumerate(jobs, 1)}

    def evolve(job: Job, project: Project) -> RunFinished:
        if not (output.as_json or output.is_quiet):
            print(f"{numbers[job.name]} of {len(jobs)}: {job.name}", file=sys.stderr, flush=True)
        own = replace(output, tags={tag: job.name})
        return follow(project, own, is_first=False, told=told).finished

    for outcome in doing(jobs, evolve, is_again=is_again):
        _tell(outcome, output, tag)
        yield outcome


def _tell(outcome: Outcome, output: Output, tag: str) -> None:
    name = outcome.job.name
    if output.as_json and outcome.finished is None:
        print_json({tag: name, "event": "failed", "error": outcome.error})
    if outcome.finished is None:
        # Errors about a song begin with its path, which is its name in a batch.
        words = outcome.error.removeprefix(f"{name}: ")
        print(f"error: {name}: {words}", file=sys.stderr, flush=True)
    elif not (output.as_json or output.is_quiet):
        print(f"{name}: {outcome_words(outcome)}", file=sys.stderr, flush=True)


def outcome_words(outcome: Outcome) -> str:
    """What came of a job, in half a line."""
    finished = outcome.finished
    if finished is None:
        return outcome.error
    words = f"{finished.explained:.1%} explained by {counted(finished.n_placements, 'clip')}"
    if outcome.was_done:
        return f"{words}; done before, and left alone"
    return f"{words}, {clock(round(finished.elapsed_s))}, {stop_words(finished.stopped_by)}"


def outcome_row(outcome: Outcome) -> dict[str, Any]:
    """What came of a job, for JSON."""
    finished = outcome.finished
    status = "failed" if finished is None else "stopped" if outcome.is_interrupted else "done"
    row: dict[str, Any] = {
        "name": outcome.job.name,
        "run": str(outcome.job.folder),
        "status": status,
        "was_done": outcome.was_done,
    }
    if finished is None:
        return {**row, "error": outcome.error}
    return {
        **row,
        "explained": finished.explained,
        "n_placements": finished.n_placements,
        "cycles": finished.cycles,
        "elapsed_s": round(finished.elapsed_s, 3),
        "stopped_by": finished.stopped_by,
    }
