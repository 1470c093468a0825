"""``phenotune render``: the sound of a mosaic, at any rate."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import argument, option
from phenotune.cli.text import program
from phenotune.errors import ParameterError, RunFolderError

BITS = (16, 24, 32)


def render(
    mosaic: Annotated[Path, argument("A run folder, or a mosaic.json.", "RUN|MOSAIC.json")],
    *,
    out: Annotated[
        Path | None,
        option(
            "The file, wav, flac, ogg or mp3 by its suffix; beside mosaic.json if not given.",
            "--out",
            "-o",
            metavar="FILE",
        ),
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
    document = mosaic_file(mosaic)
    path = out or _default_out(document, rate)
    turned_down_db = Mosaic.load(document).write(path, rate, bits, folders=sources or ())
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


def _default_out(document: Path, rate: int | None) -> Path:
    return document.with_name(f"{document.stem}{f'-{rate}' if rate else ''}.wav")
