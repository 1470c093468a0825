"""``phenotune evolve``: rebuild a target out of a library, or go on where a run was left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from phenotune.cli.options import argument, flag, option
from phenotune.cli.text import program
from phenotune.cli.values import parse_duration, parse_percent, parse_whole
from phenotune.errors import ParameterError

if TYPE_CHECKING:
    from phenotune.cli.follow import Output

STOPS = "When to stop (whichever comes first; with none given, after 60s)"
LOOKS = "What to show"


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
    preset: Annotated[
        str | None,
        option("What the settings start from; see `phenotune presets`.", metavar="NAME"),
    ] = None,
    style: Annotated[
        str | None,
        option("What the mosaic shall be like; see `phenotune styles`.", metavar="NAME"),
    ] = None,
    seed: Annotated[str | None, option("The same seed gives the same mosaic.", metavar="N")] = None,
    inject: Annotated[
        Path | None,
        option("A sound as long as the song that the mosaic starts from.", metavar="FILE"),
    ] = None,
    assignments: Annotated[
        list[str] | None,
        option("Any setting, as search.population=60; repeatable.", "--set", metavar="NAME=VALUE"),
    ] = None,
    workers: Annotated[
        str | None,
        option(
            "Threads; one for each processor if not given. The result is the same.", metavar="N"
        ),
    ] = None,
    time: Annotated[
        str | None, option("After this time: 60s, 2m, 1h30m.", metavar="TIME", panel=STOPS)
    ] = None,
    cycles: Annotated[str | None, option("After so many cycles.", metavar="N", panel=STOPS)] = None,
    until: Annotated[
        str | None, option("When so much is explained: 85%.", metavar="PERCENT", panel=STOPS)
    ] = None,
    plateau: Annotated[
        str | None,
        option("When it has got no better for so long: 20s.", metavar="TIME", panel=STOPS),
    ] = None,
    as_json: Annotated[
        bool, flag("One JSON object a line; the last is the result.", "--json", panel=LOOKS)
    ] = False,
    quiet: Annotated[
        bool, flag("Nothing but the run folder's path.", "--quiet", "-q", panel=LOOKS)
    ] = False,
    verbose: Annotated[
        bool,
        flag("A line for each cycle and each skipped file.", "--verbose", "-v", panel=LOOKS),
    ] = False,
) -> None:
    """Rebuild a song out of other sounds, or go on with a run.

    Ctrl-C ends the cycle, writes everything and says how to go on; a second Ctrl-C stops at once.

    While it runs, it takes up what changes in RUN: sounds in library/, another target.*, an edited phenotune.toml.
    """
    from phenotune.cli.follow import Output

    flags = {
        "run.seed": None if seed is None else parse_whole(seed, "--seed"),
        "run.workers": None if workers is None else parse_whole(workers, "--workers"),
        "run.cycles": None if cycles is None else parse_whole(cycles, "--cycles"),
        "run.time_s": None if time is None else parse_duration(time, "--time"),
        "run.until_percent": None if until is None else parse_percent(until, "--until"),
        "run.inject": None if inject is None else str(inject.absolute()),
        "run.plateau_s": None if plateau is None else parse_duration(plateau, "--plateau"),
    }
    target, library, run = what_to_evolve(paths, out)
    run_it(
        Output(as_json, quiet, verbose),
        target=target,
        library=library,
        run=run,
        preset=preset,
        style=style,
        flags={name: value for name, value in flags.items() if value is not None},
        assignments=assignments or [],
    )


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
