"""``phenotune film``: the mosaic as it came to be, to be seen and to be heard."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from phenotune.cli.options import Quiet, Sources, argument, flag, option
from phenotune.cli.values import parse_moment
from phenotune.errors import ParameterError

_SIZE = re.compile(r"(\d{1,5})\s*[x×]\s*(\d{1,5})", re.ASCII)


def film(
    run: Annotated[Path, argument("A run folder.", "RUN")],
    *,
    out: Annotated[
        Path | None,
        option(
            "The film: mp4 or webm with sound; webp, png, apng or gif without, with the sound beside it as wav; or "
            "wav, the sound alone. RUN/out/evolution.mp4 if not given.",
            "--out",
            "-o",
            metavar="FILE",
        ),
    ] = None,
    size: Annotated[
        str, typer.Option(help="Width and height; upright is fine.", metavar="WxH")
    ] = "1280x720",
    fps: Annotated[
        int, typer.Option(help="Frames a second, of films with sound.", metavar="N")
    ] = 30,
    scenes: Annotated[
        int | None,
        option(
            "How many mosaics are shown, at even steps of what they explain.",
            "--scenes",
            "--stages",
            metavar="N",
        ),
    ] = None,
    plays: Annotated[
        int | None,
        option(
            "How often the song is played; a loop until it is about a minute if not given.",
            metavar="N",
        ),
    ] = None,
    begin: Annotated[
        str | None, option("Where in the song the film begins.", "--from", metavar="TIME")
    ] = None,
    end: Annotated[str | None, option("Where it ends.", "--to", metavar="TIME")] = None,
    sources: Sources = None,
    force: Annotated[
        bool,
        flag(
            "Replace files that are there already, and use sources that have changed since as they are.",
            "--force",
        ),
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Make a film of how the mosaic came to be.

    The song plays while one mosaic follows another, from the first cycle's to the finished one. Prints the paths.
    """
    from phenotune.cli.bar import Bar
    from phenotune.run.filming import FilmOptions
    from phenotune.run.filming import film as make_film

    options = FilmOptions(
        size=_parse_size(size),
        fps=fps,
        n_scenes=scenes,
        n_times=plays,
        from_s=None if begin is None else parse_moment(begin, "--from"),
        to_s=None if end is None else parse_moment(end, "--to"),
    )
    with Bar("filming", quiet=quiet) as bar:
        made = make_film(run, out, options, folders=sources or (), force=force, progress=bar.update)
    if out is None and made.paths[0].suffix == ".webp":
        typer.echo(
            "an animation without sound, and its sound beside it; for a film with sound: "
            "pip install 'phenotune[video]'",
            err=True,
        )
    for line in made.changed:
        typer.echo(f"warning: {line}; it is used as it is", err=True)
    if made.turned_down_db > 0.0:
        typer.echo(f"turned down by {made.turned_down_db:.1f} dB so as not to clip", err=True)
    for path in made.paths:
        print(path)


def _parse_size(text: str) -> tuple[int, int]:
    """Width and height in pixels.

    >>> _parse_size("1280x720")
    (1280, 720)
    """
    found = _SIZE.fullmatch(text.strip().lower())
    if found is None:
        raise ParameterError(f"--size: expected width and height such as 1280x720, got '{text}'")
    return int(found[1]), int(found[2])
