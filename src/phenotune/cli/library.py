"""``phenotune library``: what of a library would be used, what is skipped and why, and whose sounds they are."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from phenotune.cli.options import AS_JSON, argument, flag, option
from phenotune.cli.text import columns, print_json, terminal_width
from phenotune.words import clock, counted

if TYPE_CHECKING:
    from phenotune.library.library import Library
    from phenotune.library.source import Source


def library(
    paths: Annotated[list[Path], argument("Sound files and folders.", "LIBRARY")],
    *,
    exclude: Annotated[
        list[str] | None,
        option("Leave out what fits the pattern, as '*vocals*'; repeatable.", metavar="PATTERN"),
    ] = None,
    only_licensed: Annotated[
        bool, flag("Leave out what states no licence or may not be changed.", "--only-licensed")
    ] = False,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Show which sounds would be used, who made them, and under which licence.

    Files that cannot be used are listed with the reason.
    """
    from phenotune.library.library import open_library
    from phenotune.library.licences import licence_warnings

    opened = open_library(paths, exclude=tuple(exclude or ()), only_licensed=only_licensed)
    if as_json:
        _print_rows(opened)
    else:
        _print_table(opened)
    for warning in licence_warnings((each.path.name, each.credit) for each in opened.sources):
        print(f"warning: {warning}", file=sys.stderr)


def _print_table(opened: Library) -> None:
    print(f"{counted(len(opened.sources), 'sound')}, {clock(round(opened.duration_s))} in all")
    cells = [_cells(source) for source in opened.sources]
    width = terminal_width()
    print(columns(cells, right=[0, 1, 2], indent="  ", width=width))
    if opened.skipped:
        print(f"\n{counted(len(opened.skipped), 'file')} skipped")
        reasons = [[str(skip.path), skip.reason] for skip in opened.skipped]
        print(columns(reasons, indent="  ", width=width))


def _cells(source: Source) -> list[str]:
    from phenotune.library.licences import licence_of

    channels = {1: "mono", 2: "stereo"}.get(source.n_channels, f"{source.n_channels} channels")
    return [
        f"{source.duration_s:.2f} s",
        f"{source.rate_hz} Hz",
        channels,
        str(source.path),
        licence_of(source.credit).name or "no licence",
        f"by {source.credit}" if source.credit else "",
    ]


def _print_rows(opened: Library) -> None:
    from phenotune.library.licences import licence_of

    for source in opened.sources:
        print_json(
            {
                "use": str(source.path),
                "id": source.id,
                "duration_s": source.duration_s,
                "rate_hz": source.rate_hz,
                "n_channels": source.n_channels,
                "sha256": source.sha256,
                "credit": source.credit,
                "licence": asdict(licence_of(source.credit)),
            }
        )
    for skip in opened.skipped:
        print_json({"skip": str(skip.path), "reason": skip.reason})
