"""``phenotune demo``: make sounds, rebuild one out of the others, and say what to listen to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import option
from phenotune.cli.text import program
from phenotune.cli.values import parse_duration, parse_whole


def demo(
    *,
    out: Annotated[
        Path,
        typer.Option("--out", "-o", help="Where to put sounds and run.", metavar="FOLDER"),
    ] = Path("phenotune-demo"),
    time: Annotated[str, typer.Option(help="How long to evolve: 30s, 2m.", metavar="TIME")] = "30s",
    seed: Annotated[str | None, option("The same seed gives the same mosaic.", metavar="N")] = None,
) -> None:
    """Try it without sounds of your own.

    A song and a library are made, and the song is rebuilt out of the library.
    """
    from phenotune.cli.evolve import run_it
    from phenotune.cli.follow import Output
    from phenotune.demo.make import has_demo, make_demo

    time_s = parse_duration(time, "--time")
    seed_number = None if seed is None else parse_whole(seed, "--seed")
    if not has_demo(out):
        typer.echo(f"making a song and a library in {out}", err=True)
    files = make_demo(out)
    run = _free_folder(out)
    settings = {"run.time_s": time_s, "run.seed": seed_number}
    run_it(
        Output(),
        target=files.target,
        library=[files.library],
        run=run,
        flags={name: value for name, value in settings.items() if value is not None},
    )
    print(
        f"\nThe run folder is {run}. Listen to {files.target}, then to {run / 'out' / 'mosaic.wav'},\n"
        f"and look at {run / 'out' / 'mosaic.png'}. With sounds of your own: "
        f"{program()} evolve SONG FOLDER_OF_SOUNDS"
    )


def _free_folder(out: Path) -> Path:
    """The first of ``mosaic``, ``mosaic-2``, ... that is not there yet, so that the demo can be run again."""
    number, path = 1, out / "mosaic"
    while path.exists():
        number += 1
        path = out / f"mosaic-{number}"
    return path
