"""``phenotune render``: the sound of a mosaic, at any rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from phenotune.cli.bar import Bar
from phenotune.cli.options import Cycle, Quiet, Sources, argument, flag, option
from phenotune.cli.text import program
from phenotune.cli.values import parse_moment
from phenotune.errors import ParameterError, RunFolderError

if TYPE_CHECKING:
    from phenotune.mosaic.levelling import Normalise
    from phenotune.mosaic.mosaic import Mosaic
    from phenotune.mosaic.writing import Written

BITS = (16, 24, 32)


def render(
    mosaic: Annotated[Path, argument("A run folder, or a mosaic.json.", "RUN|MOSAIC.json")],
    *,
    out: Annotated[
        Path | None,
        option(
            "The file, wav, flac, aiff, ogg, opus, mp3 or m4a by its suffix; beside mosaic.json if not given, "
            "with what was asked for in its name.",
            "--out",
            "-o",
            metavar="FILE",
        ),
    ] = None,
    cycle: Cycle = None,
    rate: Annotated[
        int | None, option("Sample rate; the mosaic's own if not given.", metavar="HZ")
    ] = None,
    bits: Annotated[int, typer.Option(help="16, 24, or 32 (float).", metavar="BITS")] = 24,
    dither: Annotated[
        bool | None,
        option("Noise instead of distortion at 16 bits; on if not given.", "--dither/--no-dither"),
    ] = None,
    normalise: Annotated[
        str | None,
        option(
            "Turn it up or down as a whole: to a peak, or to a loudness (ITU-R BS.1770).",
            metavar="peak|loudness",
        ),
    ] = None,
    peak_db: Annotated[
        float | None,
        option(
            "Highest sample when normalising, whichever way; -1 dBFS if not given.", metavar="DB"
        ),
    ] = None,
    lufs: Annotated[
        float | None,
        option("Loudness to normalise to; -14 LUFS if not given.", metavar="LUFS"),
    ] = None,
    from_time: Annotated[
        str | None,
        option("Begin here: 12s, 1:30; at the beginning if not given.", "--from", metavar="TIME"),
    ] = None,
    to_time: Annotated[
        str | None, option("End here; at the end if not given.", "--to", metavar="TIME")
    ] = None,
    sources: Sources = None,
    force: Annotated[
        bool, flag("Use sources that have changed since as they are.", "--force")
    ] = False,
    quiet: Quiet = False,
) -> None:
    """Render a mosaic into a sound file, at any sample rate.

    The clips are cut from the sources again, in full quality. Prints the path of the file.
    """
    from phenotune.mosaic.mosaic import Mosaic

    if bits not in BITS:
        raise ParameterError(f"--bits: expected 16, 24 or 32, got {bits}")
    if dither and bits != 16:
        raise ParameterError(f"--dither: expected --bits 16 with it, got {bits}")
    level = _normalise(normalise, peak_db, lufs)
    part = [
        None if text is None else parse_moment(text, name)
        for name, text in (("--from", from_time), ("--to", to_time))
    ]
    if cycle is None:
        document = mosaic_file(mosaic)
        wanted = Mosaic.load(document)
    else:
        document = mosaic / "out" / "mosaic.json"
        wanted = _earlier(mosaic, cycle)
    names = (cycle and f"cycle-{cycle}", rate, normalise, _part_name(part))
    path = out or _default_out(document, names)
    rate = _fitting_rate(path, wanted.rate_hz) if rate is None else rate
    with Bar(f"rendering {path.name}", quiet=quiet) as bar:
        written = wanted.write(
            path,
            rate,
            bits,
            folders=sources or (),
            normalise=level,
            dither=dither is not False,
            from_s=part[0] or 0.0,
            to_s=part[1],
            force=force,
            progress=bar.update,
        )
    for line in _remarks(written, level):
        typer.echo(line, err=True)
    print(path)


def _normalise(to: str | None, peak_db: float | None, lufs: float | None) -> Normalise | None:
    """The level that the options ask for."""
    from phenotune.mosaic.levelling import MEASURES, Normalise

    if to is None:
        for name, value in (("--peak-db", peak_db), ("--lufs", lufs)):
            if value is not None:
                raise ParameterError(f"{name}: expected --normalise with it")
        return None
    if to not in MEASURES:
        raise ParameterError(f"--normalise: expected peak or loudness, got '{to}'")
    if to == "peak" and lufs is not None:
        raise ParameterError("--lufs: expected --normalise loudness with it, got peak")
    given = {"peak_db": peak_db, "lufs": lufs}
    levels = {name: value for name, value in given.items() if value is not None}
    return Normalise("peak" if to == "peak" else "loudness", **levels)


def _fitting_rate(path: Path, rate_hz: int) -> int:
    """The mosaic's own rate, or for a format that has not got it, one that it has."""
    from phenotune.audio.writing import fitting_rate_hz

    fitting_hz = fitting_rate_hz(path, rate_hz)
    if fitting_hz != rate_hz:
        suffix = path.suffix.lower().removeprefix(".")
        typer.echo(f"at {fitting_hz} Hz, since {suffix} does not have {rate_hz} Hz", err=True)
    return fitting_hz


def _remarks(written: Written, level: Normalise | None) -> Iterator[str]:
    """What is worth knowing of a file that was written."""
    for line in written.changed:
        yield f"warning: {line}; it is used as it is"
    if level is None:
        if written.turned_down_db > 0.0:
            yield f"turned down by {written.turned_down_db:.1f} dB so as not to clip"
        return
    if written.peak_db == -math.inf:
        yield "silence, which has no level to be turned to"
        return
    direction = "down" if written.gain_db < 0.0 else "up"
    reached = f"peak {written.peak_db:.1f} dBFS"
    if written.lufs is not None:
        reached = f"{written.lufs:.1f} LUFS, {reached}"
    yield f"turned {direction} by {abs(written.gain_db):.1f} dB: {reached}"
    if written.softer_by_lu >= 0.05:
        yield (
            f"stays {written.softer_by_lu:.1f} LU softer than {level.lufs:g} LUFS, "
            f"so that no peak passes {level.peak_db:g} dBFS"
        )


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


def _default_out(document: Path, names: Iterable[object]) -> Path:
    """A file beside the mosaic's, with all in its name that makes it another sound."""
    return document.with_name(
        "-".join([document.stem, *(str(name) for name in names if name)]) + ".wav"
    )


def _part_name(part: Sequence[float | None]) -> str:
    """``from-12s-to-90s``."""
    words = zip(("from", "to"), part, strict=True)
    return "-".join(f"{word}-{seconds:g}s" for word, seconds in words if seconds is not None)
