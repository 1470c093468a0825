"""``phenotune render``: the sound of a mosaic, at any rate."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phenotune.cli.options import argument, option
from phenotune.cli.text import program
from phenotune.errors import ParameterError, RunFolderError

if TYPE_CHECKING:
    from phenotune.mosaic.mosaic import Mosaic

BITS = (16, 24, 32)


def render(
    mosaic: Annotated[Path, argument("A run folder, or a mosaic.json.", "RUN|MOSAIC.json")],
    *,
    out: Annotated[
        Path | None,
        option(
            "The file, wav, flac, ogg or mp3 by its suffix; beside mosaic.json if not given, "
            "with the cycle and the rate that were asked for in its name.",
            "--out",
            "-o",
            metavar="FILE",
        ),
    ] = None,
    cycle: Annotated[
        int | None,
        option("The mosaic of a run as it was at the end of this cycle.", metavar="N"),
    ] = None,
    rate: Annotated[
        int | None, option("Sample rate; the mosaic's own if not given.", metavar="HZ")
    ] = None,
    bits: Annotated[int, typer.Option(help="16, 24, or 32 (float).", metavar="BITS")] = 24,
    sources: Annotated[
        list[Path] | None,
        option("A folder to look for sources that have moved; repeatable.", metavar="FOLDER"),
    ] = None,
) -> None:
    """Render a mosaic into a sound file, at any sample rate.

    The clips are cut from the sources again, in full quality. Prints the path of the file.
    """
    from phenotune.mosaic.mosaic import Mosaic

    if bits not in BITS:
        raise ParameterError(f"--bits: expected 16, 24 or 32, got {bits}")
    if cycle is None:
        document = mosaic_file(mosaic)
        wanted = Mosaic.load(document)
    else:
        document = mosaic / "out" / "mosaic.json"
        wanted = _earlier(mosaic, cycle)
    path = out or _default_out(document, cycle, rate)
    turned_down_db = wanted.write(path, rate, bits, folders=sources or ())
    if turned_down_db > 0.0:
        typer.echo(f"turned down by {turned_down_db:.1f} dB so as not to clip", err=True)
    print(path)


def mosaic_file(path: Path) -> Path:
    """The ``mosaic.json`` that a path stands for: the file itself, or the one of a run folder.

    Raises
    ------
    RunFolderError
        If there is none.
    """
    if not path.is_dir():
        return path
    document = path / "out" / "mosaic.json"
    if not document.exists():
        raise RunFolderError(
            f"{path}: has no out/mosaic.json yet; `{program()} evolve {path}` makes one"
        )
    return document


def _earlier(run: Path, cycle: int) -> Mosaic:
    """What the log of a run tells of the end of a cycle."""
    from phenotune.run.api import mosaic_at

    if run.is_file():
        raise ParameterError(
            f"--cycle: expected a run folder, whose log tells of each cycle; got the file {run}"
        )
    return mosaic_at(run, cycle)


def _default_out(document: Path, cycle: int | None, rate: int | None) -> Path:
    which = "" if cycle is None else f"-cycle-{cycle}"
    return document.with_name(f"{document.stem}{which}{f'-{rate}' if rate else ''}.wav")
