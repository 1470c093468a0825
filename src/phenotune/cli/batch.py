"""``phenotune batch``: many songs out of one library, one after the other."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phenotune.cli.options import argument, flag, option
from phenotune.cli.run_options import (
    LOOKS,
    AsJson,
    Assignments,
    Cycles,
    OnlyLicensed,
    Plateau,
    Preset,
    Seed,
    Style,
    Time,
    Until,
    Verbose,
    Workers,
    run_flags,
)
from phenotune.cli.text import columns, print_json
from phenotune.words import clock

if TYPE_CHECKING:
    from phenotune.cli.follow import Output
    from phenotune.run.series import Outcome

SUMMARY = "summary.json"


def batch(
    targets: Annotated[list[str], argument("Songs: files, folders, or patterns.", "TARGET")],
    *,
    library: Annotated[
        list[Path],
        option(
            "Files and folders of sounds to rebuild them from; repeatable.",
            "--library",
            "-l",
            metavar="LIBRARY",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", help="Where the run folders go.", metavar="FOLDER")
    ] = Path("mosaics"),
    again: Annotated[
        bool, flag("Go on with the runs that were done before, too.", "--again")
    ] = False,
    preset: Preset = None,
    style: Style = None,
    seed: Seed = None,
    only_licensed: OnlyLicensed = False,
    assignments: Assignments = None,
    workers: Workers = None,
    time: Time = None,
    cycles: Cycles = None,
    until: Until = None,
    plateau: Plateau = None,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, flag("Nothing but the paths of the run folders.", "--quiet", "-q", panel=LOOKS)
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Rebuild many songs, one after the other, each in a run folder of its own; the stops are for each.

    A song that fails does not stop the others. The same command goes on where it was left, and leaves alone what is
    done. Ends with a table, and summary.json beside the runs; exits with 1 if any song failed.
    """
    from phenotune.cli.follow import Output
    from phenotune.cli.series import following
    from phenotune.run.series import check_settings
    from phenotune.run.songs import batch_jobs

    flags = run_flags(
        seed=seed,
        workers=workers,
        cycles=cycles,
        time=time,
        until=until,
        plateau=plateau,
        only_licensed=only_licensed,
    )
    jobs = batch_jobs(
        targets,
        library,
        out,
        preset=preset,
        style=style,
        flags=flags,
        assignments=assignments or [],
    )
    check_settings(jobs)
    output = Output(as_json and not quiet, quiet, verbose)
    outcomes: list[Outcome] = []
    try:
        for outcome in following(jobs, output, "song", is_again=again):
            outcomes.append(outcome)
            _write(out, outcomes, len(jobs))
    finally:
        # Ctrl-C twice leaves by an error, and shows what there is all the same.
        _show(outcomes, output, out, len(jobs))
    _leave(outcomes)


def _write(folder: Path, outcomes: Sequence[Outcome], n_songs: int) -> None:
    """Write the summary so far, so that whatever ends the batch, it is there."""
    from phenotune.cli.series import outcome_row
    from phenotune.whole_files import write_whole

    folder.mkdir(parents=True, exist_ok=True)
    rows = [outcome_row(outcome) for outcome in outcomes]
    summary = {"n_songs": n_songs, "runs": rows}
    write_whole(folder / SUMMARY, json.dumps(summary, indent=1) + "\n")


def _show(outcomes: Sequence[Outcome], output: Output, folder: Path, n_songs: int) -> None:
    from phenotune.cli.series import outcome_row

    if output.is_quiet:
        for outcome in outcomes:
            if outcome.finished is not None:
                print(outcome.job.folder)
    elif output.as_json:
        runs = [outcome_row(outcome) for outcome in outcomes]
        print_json({"event": "summary", "n_songs": n_songs, "runs": runs})
    elif outcomes:
        print(summary_table(outcomes))
        n_failed = sum(outcome.finished is None for outcome in outcomes)
        n_left = n_songs - len(outcomes) + sum(outcome.is_interrupted for outcome in outcomes)
        tail = [f"{n_songs - n_left - n_failed} of {n_songs} done"]
        tail += [f"{n_failed} failed"] if n_failed else []
        tail += [f"{n_left} to go; the same command goes on"] if n_left else []
        print(f"{', '.join(tail)}: {folder / SUMMARY}")


def summary_table(outcomes: Sequence[Outcome]) -> str:
    """What came of each song, a row each."""
    cells = []
    for outcome in outcomes:
        finished = outcome.finished
        figures = (
            ["failed", "", "", outcome.error.partition("\n")[0]]
            if finished is None
            else [
                f"{finished.explained:.1%}",
                f"{finished.n_placements:,}",
                clock(round(finished.elapsed_s)),
                f"{outcome.job.folder}{' (done before)' if outcome.was_done else ''}",
            ]
        )
        cells.append([outcome.job.name, *figures])
    return columns(cells, header=["", "explained", "clips", "time", "run"], right=[1, 2, 3])


def _leave(outcomes: Sequence[Outcome]) -> None:
    from phenotune.cli.failures import INTERRUPTED

    if any(outcome.is_interrupted for outcome in outcomes):
        raise typer.Exit(INTERRUPTED)
    if any(outcome.finished is None for outcome in outcomes):
        raise typer.Exit(1)
