"""Results as text for standard output: columns, numbers, times, lines of JSON."""

from __future__ import annotations

import json
import os
import sys
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

MIN_WRAPPED = 24
"""Narrower than this, wrapped text is no pleasure to read."""


def program() -> str:
    """What people type to call this program: ``phenotune``, or what ``dev.py`` says, which calls it for them."""
    return os.environ.get("PHENOTUNE_PROGRAM") or "phenotune"


def print_json(row: Mapping[str, Any]) -> None:
    """Print one JSON object on a line of its own, at once, so that a pipe has it."""
    print(json.dumps(row, ensure_ascii=False, default=_plain), flush=True)


def _plain(value: Any) -> Any:
    """What JSON has for a value of ours: settings are objects, anything else is its text."""
    dump = getattr(value, "model_dump", None)
    return dump(mode="json") if dump is not None else str(value)


def columns(
    rows: Sequence[Sequence[str]],
    *,
    header: Sequence[str] = (),
    right: Sequence[int] = (),
    indent: str = "",
    width: int | None = None,
    widest: int | None = None,
) -> str:
    """Rows as aligned columns, two spaces apart.

    Parameters
    ----------
    rows
        The cells; the last column may be of any length.
    header
        Names of the columns; none if empty.
    right
        Columns that are flush right: numbers.
    indent
        What stands before each row.
    width
        Columns of the terminal; the last column is wrapped to it, and goes below the others where there is no room
        beside them. None: nothing is wrapped, as a pipe wants it.
    widest
        Longer cells than this do not widen their column; they push the rest of their row aside.

    Examples
    --------
    >>> print(columns([["a", "1"], ["bcd", "20"]], right=[1]))
    a     1
    bcd  20
    """
    table = [list(header), *rows] if header else list(rows)
    if not table:
        return ""
    sizes = [[cells(row[i]) for row in table] for i in range(len(table[0]))]
    widths = [max((n for n in size if widest is None or n <= widest), default=0) for size in sizes]
    return "\n".join(_row(row, widths, right, indent, width) for row in table)


def _row(
    row: Sequence[str], widths: list[int], right: Sequence[int], indent: str, width: int | None
) -> str:
    padded = []
    for i, (cell, cell_width) in enumerate(zip(row, widths, strict=True)):
        padding = " " * (cell_width - cells(cell))
        padded.append(padding + cell if i in right else cell + padding)
    head = indent + "".join(cell + "  " for cell in padded[:-1])
    line = (head + padded[-1]).rstrip()
    if width is None or cells(line) <= width or not row[-1]:
        return line
    beside = cells(head)
    if width - beside >= MIN_WRAPPED:
        return head + ("\n" + " " * beside).join(textwrap.wrap(row[-1], width - beside))
    below, width = indent + " " * 4, max(width, MIN_WRAPPED)
    return "\n".join(
        [
            *textwrap.wrap(
                head.rstrip(),
                width,
                subsequent_indent=below,
                break_long_words=False,
                break_on_hyphens=False,
            ),
            *textwrap.wrap(row[-1], width, initial_indent=below, subsequent_indent=below),
        ]
    )


def cells(text: str) -> int:
    """Columns that a terminal needs for a text; some letters need two.

    >>> cells("song"), cells("歌")
    (4, 2)
    """
    if text.isascii():
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def terminal_width() -> int | None:
    """Columns of the terminal that standard output is; None if it is none."""
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def megabytes(n_bytes: int) -> str:
    """A size as people read it.

    >>> megabytes(3_400_000)
    '3.4 MB'
    """
    return f"{n_bytes / 1e6:.1f} MB"
