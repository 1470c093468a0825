"""``phenotune export``: a mosaic in the formats of other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Annotated, Any, cast, get_args

import typer

from phenotune.cli.bar import Bar
from phenotune.cli.options import Cycle, Sources, argument, flag, option
from phenotune.cli.render import mosaic_file
from phenotune.cli.text import columns, terminal_width
from phenotune.errors import MissingExtraError, ParameterError

if TYPE_CHECKING:
    from phenotune.export.formats import Format
    from phenotune.export.options import By, Mode, Options
    from phenotune.mosaic.mosaic import Mosaic

EVERY = "all"


def export(
    mosaic: Annotated[
        Path | None, argument("A run folder, or a mosaic.json.", "RUN|MOSAIC.json")
    ] = None,
    *,
    to: Annotated[
        list[str] | None,
        option("A format, or all of them: all; repeatable.", "--to", metavar="FORMAT"),
    ] = None,
    show_list: Annotated[bool, flag("Show the formats.", "--list")] = False,
    out: Annotated[
        Path | None,
        option(
            "The folder to make, or the file, by its suffix; of several formats the folder that theirs go into. "
            "RUN/export/FORMAT if not given.",
            "--out",
            "-o",
            metavar="PLACE",
        ),
    ] = None,
    mode: Annotated[
        str | None,
        option(
            "live: the sources with their transforms. baked: each clip as a file of its own.",
            metavar="live|baked",
        ),
    ] = None,
    by: Annotated[
        str | None,
        option("What a track, or a stem, is made of.", metavar="source|group|lane|cycle"),
    ] = None,
    parts: Annotated[
        int | None,
        option(
            "Stems: at most so many, all that is used least together in the last; by cycle: so many ranges.",
            metavar="N",
        ),
    ] = None,
    cycle: Cycle = None,
    rate: Annotated[
        int | None, option("Sample rate of sounds; the mosaic's own if not given.", metavar="HZ")
    ] = None,
    bits: Annotated[
        int, typer.Option(help="Of sounds: 16, 24, or 32 (float).", metavar="BITS")
    ] = 32,
    bpm: Annotated[
        float | None,
        option("Tempo; what the run knows or the target tells if not given.", metavar="BEATS/MIN"),
    ] = None,
    first_beat: Annotated[
        float | None, option("Where the first beat falls; likewise.", metavar="S")
    ] = None,
    sources: Sources = None,
    force: Annotated[
        bool,
        flag("Replace what is there, and take sources that have changed as they are.", "--force"),
    ] = False,
    quiet: Annotated[bool, flag("Nothing but the paths.", "--quiet", "-q")] = False,
) -> None:
    """Take a mosaic into another program: as a project, stems, clips, markers, labels, notes or tables.

    Nothing that is there is replaced unless --force is given. Prints the path of what was made, a line to a format.
    """
    if show_list or (mosaic is None and not to):
        _list_formats()
        return
    if not to:
        raise ParameterError("--to: expected a format; `phenotune export --list` shows them")
    from phenotune.export.options import By, Mode, Options

    if mosaic is None:
        raise ParameterError("export: expected a run folder or a mosaic.json before --to")
    _check_choice("--mode", mode, get_args(Mode))
    _check_choice("--by", by, get_args(By))
    options = Options(bits=bits, n_parts=parts)
    jobs = _jobs(to, options, cast("Mode | None", mode), cast("By | None", by))
    wanted, beside = _read(mosaic, cycle)
    _put(jobs, out, beside, "" if cycle is None else f"-cycle-{cycle}")
    if not force:
        _check_are_free(jobs)
    run = mosaic if mosaic.is_dir() else None
    asked: dict[str, Any] = {
        "rate_hz": rate,
        "folders": sources or (),
        "force": force,
        "name": _name(wanted, run),
    }
    if any(job.format.has_tempo for job in jobs):
        asked |= _tempo(wanted, run, bpm, first_beat, quiet)
    _export_all(wanted, jobs, asked, goes_on=EVERY in to, quiet=quiet)


@dataclass
class _Job:
    """A format to export to, what is asked of it, and where it goes."""

    format: Format
    options: Options
    out: Path = Path()


def _list_formats() -> None:
    from phenotune.export.formats import FORMATS

    rows = [
        [
            each.name,
            each.what,
            ", ".join(each.modes),
            ", ".join(each.by),
            f"extra {each.extra}" if each.extra else "",
        ]
        for each in FORMATS.values()
    ]
    header = ["--to", "", "--mode", "--by", "needs"]
    print(columns(rows, header=header, width=terminal_width()))


def _check_choice(flag: str, value: str | None, choices: Sequence[str]) -> None:
    if value is not None and value not in choices:
        raise ParameterError(f"{flag}: expected one of {', '.join(choices)}; got {value!r}")


def _jobs(names: Sequence[str], options: Options, mode: Mode | None, by: By | None) -> list[_Job]:
    """What is to be done, all of it checked: of several formats, those that can follow a wish do.

    Raises
    ------
    ParameterError
        If a format is unknown, or if none of them can do what is asked for.
    """
    from phenotune.export.formats import FORMATS, checked, format_named

    found = list(FORMATS.values()) if EVERY in names else [format_named(name) for name in names]
    formats = list(dict.fromkeys(found))
    has_mode = [each for each in formats if mode in each.modes]
    has_by = [each for each in formats if by in each.by]
    jobs = []
    for each in formats:
        # Where none can do it, the first one says what it can.
        asked_mode = mode if each in has_mode or not has_mode else None
        asked_by = by if each in has_by or not has_by else None
        jobs.append(_Job(each, checked(each, options, asked_mode, asked_by)))
    return jobs


def _read(path: Path, cycle: int | None) -> tuple[Mosaic, Path]:
    """The mosaic, and the folder that it is in, or its run."""
    from phenotune.mosaic.mosaic import Mosaic
    from phenotune.run.api import mosaic_at

    if cycle is None:
        document = mosaic_file(path)
        return Mosaic.load(document), path if path.is_dir() else document.parent
    if path.is_file():
        raise ParameterError(
            f"--cycle: expected a run folder, whose log tells of each cycle; got the file {path}"
        )
    return mosaic_at(path, cycle), path


def _put(jobs: Sequence[_Job], out: Path | None, beside: Path, which: str) -> None:
    """Decide where each format goes."""
    for job in jobs:
        if out is None:
            job.out = beside / "export" / f"{job.format.name}{which}"
        else:
            job.out = out if len(jobs) == 1 else out / job.format.name


def _check_are_free(jobs: Sequence[_Job]) -> None:
    """Make sure that nothing is there before any work is done: the last format shall not fail after minutes."""
    from phenotune.export.place import check_is_free

    for job in jobs:
        check_is_free(job.out, job.format.suffix)


def _name(mosaic: Mosaic, run: Path | None) -> str:
    """The song's name; in a folder with ``target.*`` the folder tells more than the file."""
    name = PurePath(mosaic.target.path).stem
    return run.resolve().name or name if run is not None and name == "target" else name


def _tempo(
    mosaic: Mosaic,
    run: Path | None,
    bpm: float | None,
    first_beat_s: float | None,
    quiet: bool,
) -> dict[str, float]:
    """The tempo, and word of where it comes from."""
    from phenotune.run.known_tempo import known_tempo

    folder = mosaic.folder or Path.cwd()
    tempo = known_tempo(mosaic.target, folder, run, bpm=bpm, first_beat_s=first_beat_s)
    if bpm is None and not quiet:
        typer.echo(
            f"tempo: {tempo.bpm:.1f} beats/min, {tempo.how}; first beat at {tempo.first_beat_s:.3f} s "
            "(--bpm and --first-beat set them)",
            err=True,
        )
    return {"bpm": tempo.bpm, "first_beat_s": tempo.first_beat_s}


def _export_all(
    mosaic: Mosaic, jobs: Sequence[_Job], asked: dict[str, Any], *, goes_on: bool, quiet: bool
) -> None:
    """Export one after the other; what lacks an extra is left out where all were asked for."""
    for job in jobs:
        notes: list[str] = []
        try:
            with Bar(f"exporting {job.format.name}", quiet=quiet) as bar:
                options = replace(job.options, progress=bar.update, note=notes.append)
                asked |= {
                    "mode": options.mode if job.format.modes else None,
                    "by": options.by if job.format.by else None,
                }
                path = mosaic.export(job.format.name, job.out, options=options, **asked)
        except MissingExtraError as error:
            if not goes_on:
                raise
            typer.echo(f"{job.format.name}: left out, for {error}", err=True)
            continue
        for note in () if quiet else notes:
            typer.echo(f"{job.format.name}: {note}", err=True)
        print(path, flush=True)
