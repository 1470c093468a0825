"""``phenotune evolve``: rebuild a target out of a library, or go on where a run was left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phenotune.cli.options import argument, flag, option
from phenotune.cli.run_options import (
    LOOKS,
    AsJson,
    Assignments,
    Cycles,
    Inject,
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
from phenotune.cli.text import program
from phenotune.errors import ParameterError

if TYPE_CHECKING:
    from phenotune.cli.follow import Output


def evolve(
    paths: Annotated[
        list[Path],
        argument(
            "The song, then files and folders of sounds to rebuild it from; or a run folder alone, to go on with it or "
            "to start one made by hand.",
            "TARGET LIBRARY",
        ),
    ],
    *,
    out: Annotated[
        Path | None,
        option("The run folder; TARGET-mosaic if not given.", "--out", "-o", metavar="RUN"),
    ] = None,
    variants: Annotated[
        str | None,
        option(
            "Several runs to compare: a number of seeds, or styles and presets as faithful,drone.",
            metavar="N|NAMES",
        ),
    ] = None,
    preset: Preset = None,
    style: Style = None,
    seed: Seed = None,
    inject: Inject = None,
    only_licensed: OnlyLicensed = False,
    assignments: Assignments = None,
    workers: Workers = None,
    time: Time = None,
    cycles: Cycles = None,
    until: Until = None,
    plateau: Plateau = None,
    as_json: AsJson = False,
    quiet: Annotated[
        bool, flag("Nothing but the run folder's path.", "--quiet", "-q", panel=LOOKS)
    ] = False,
    verbose: Verbose = False,
) -> None:
    """Rebuild a song out of other sounds, or go on with a run.

    Ctrl-C ends the cycle, writes everything and says how to go on; a second Ctrl-C stops at once.

    While it runs, it takes up what changes in RUN: sounds in library/, another target.*, an edited phenotune.toml.

    With --variants, RUN holds a run folder for each, and compare.html, which plays them; the stops are for each.
    """
    from phenotune.cli.follow import Output
    from phenotune.cli.variants import evolve_variants

    flags = run_flags(
        seed=seed,
        workers=workers,
        cycles=cycles,
        time=time,
        until=until,
        plateau=plateau,
        inject=inject,
        only_licensed=only_licensed,
    )
    target, library, run = what_to_evolve(paths, out)
    output = Output(as_json, quiet, verbose)
    how = {"preset": preset, "style": style, "flags": flags, "assignments": assignments or []}
    if variants is None:
        run_it(output, target=target, library=library, run=run, **how)
    else:
        evolve_variants(variants, output, target=target, library=library, folder=run, **how)


def what_to_evolve(
    paths: list[Path], out: Path | None
) -> tuple[Path | None, list[Path], Path | None]:
    """Target, library and run folder, as the paths on the command line mean them.

    Raises
    ------
    ParameterError
        If they mean nothing.
    """
    first, *library = paths
    if library:
        return first, library, out
    if first.is_dir():
        if out is not None and out.absolute() != first.absolute():
            raise ParameterError(f"-o: going on with {first} writes to {first}; leave -o {out} out")
        return None, [], first
    raise ParameterError(
        f"{first}: expected a target and a library, or a run folder alone; "
        f"as in `{program()} evolve {first} FOLDER_OF_SOUNDS`"
    )


def run_it(output: Output, **arguments: Any) -> None:
    """Prepare a project, run it and say what came of it; leaves with 130 after Ctrl-C."""
    from phenotune.cli.failures import INTERRUPTED
    from phenotune.cli.follow import follow, print_ending
    from phenotune.run.api import prepare

    project = prepare(**arguments)
    ending = follow(project, output)
    print_ending(ending, output, project)
    if ending.is_interrupted:
        raise typer.Exit(INTERRUPTED)
