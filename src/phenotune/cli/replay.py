"""``phenotune replay``: do a run again from its log."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import argument, flag, option
from phenotune.cli.run_options import LOOKS
from phenotune.cli.values import parse_whole

DIFFERS = 1


def replay(
    run: Annotated[Path, argument("The folder of the run to do again.", "RUN")],
    *,
    out: Annotated[Path, option("Folder of the new run.", "--out", "-o", metavar="NEW")],
    workers: Annotated[
        str | None, option("Threads; as many as the run had if not given.", metavar="N")
    ] = None,
    as_json: Annotated[
        bool, flag("One JSON object a line; the last is the verdict.", "--json", panel=LOOKS)
    ] = False,
    quiet: Annotated[bool, flag("Nothing but the verdict.", "--quiet", "-q", panel=LOOKS)] = False,
    verbose: Annotated[
        bool, flag("A line for each cycle.", "--verbose", "-v", panel=LOOKS)
    ] = False,
) -> None:
    """Do a run again from its log, with all that changed on its way, and say whether the same comes of it.

    Leaves with 0 if the two mosaics are the same bit for bit, else with 1.
    """
    from phenotune.cli.failures import INTERRUPTED
    from phenotune.cli.follow import Output, follow
    from phenotune.cli.text import print_json
    from phenotune.run.folder import RunFolder
    from phenotune.run.replay import is_same_mosaic, prepare_replay

    n_workers = None if workers is None else parse_whole(workers, "--workers")
    project = prepare_replay(run, out, n_workers)
    ending = follow(project, Output(as_json, quiet, verbose))
    if ending.is_interrupted:
        raise typer.Exit(INTERRUPTED)
    is_same = is_same_mosaic(RunFolder.open(run), project.folder)
    cycles = ending.finished.cycles
    if as_json:
        print_json({"event": "replayed", "run": str(run), "new": str(out), "is_same": is_same})
    else:
        verdict = "the same mosaic, bit for bit, as" if is_same else "another mosaic than"
        print(f"{out}: {verdict} {run} at the end of cycle {cycles}")
    if not is_same:
        raise typer.Exit(DIFFERS)
