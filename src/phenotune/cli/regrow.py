"""``phenotune regrow``: evolve a stretch of a run again, and keep all the rest."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import argument, flag, option
from phenotune.cli.run_options import LOOKS, AsJson
from phenotune.cli.text import program
from phenotune.cli.values import parse_duration, parse_whole

STOPS = "When to stop (whichever comes first; with none given, after 30s)"


def regrow(
    run: Annotated[Path, argument("The folder of a run that rests.", "RUN")],
    *,
    from_time: Annotated[
        str, option("Where the stretch begins: 12s, 1m30s.", "--from", metavar="TIME")
    ],
    to_time: Annotated[str, option("Where it ends.", "--to", metavar="TIME")],
    keep: Annotated[
        bool, flag("Keep what is there, and make it better; else it is dropped first.", "--keep")
    ] = False,
    seed: Annotated[
        str | None, option("Another seed of chance, for this time alone.", metavar="N")
    ] = None,
    assignments: Annotated[
        list[str] | None,
        option("Any setting, for this time alone; repeatable.", "--set", metavar="NAME=VALUE"),
    ] = None,
    time: Annotated[
        str | None, option("After this time: 30s, 2m.", metavar="TIME", panel=STOPS)
    ] = None,
    cycles: Annotated[
        str | None, option("After so many cycles more.", metavar="N", panel=STOPS)
    ] = None,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, flag("Nothing but the run folder's path.", "--quiet", "-q", panel=LOOKS)
    ] = False,
    verbose: Annotated[
        bool, flag("A line for each cycle.", "--verbose", "-v", panel=LOOKS)
    ] = False,
) -> None:
    """Evolve a stretch of a run again, with all the rest kept.

    Clips that begin in the stretch are dropped first, but for those that are locked or muted.

    New ones begin there as well, and nothing outside is touched; `phenotune edit RUN undo` takes it back whole.
    """
    from phenotune.cli.failures import INTERRUPTED
    from phenotune.cli.follow import Output, follow, print_ending
    from phenotune.run.api import prepare_regrow

    project = prepare_regrow(
        run,
        parse_duration(from_time, "--from"),
        parse_duration(to_time, "--to"),
        keeps=keep,
        time_s=None if time is None else parse_duration(time, "--time"),
        cycles=None if cycles is None else parse_whole(cycles, "--cycles"),
        seed=None if seed is None else parse_whole(seed, "--seed"),
        assignments=assignments or [],
    )
    output = Output(as_json, quiet, verbose)
    ending = follow(project, output)
    print_ending(ending, output, project)
    if not (as_json or quiet):
        print(f"take it back: {program()} edit {shlex.quote(str(run))} undo", file=sys.stderr)
    if ending.is_interrupted:
        raise typer.Exit(INTERRUPTED)
