"""``phenotune evolve --variants``: several runs over one song, a table of them, and a page to hear them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from phenotune.cli.bar import Bar
from phenotune.cli.follow import Output
from phenotune.cli.series import following
from phenotune.cli.text import columns, print_json, program
from phenotune.errors import ParameterError
from phenotune.words import counted

if TYPE_CHECKING:
    from phenotune.run.comparison import Figures


def evolve_variants(
    variants: str, output: Output, *, target: Path | None, library: Sequence[Path], **how: Any
) -> None:
    """Run the variants that are asked for, and compare those there are; leaves with 1 if one failed, 130 after Ctrl-C.

    Parameters
    ----------
    variants
        As in :func:`phenotune.run.variants.variants_called`.
    output
        What to show.
    target, library
        The song and the other sounds.
    **how
        The other parameters of :func:`phenotune.run.variants.plan_variants`.
    """
    from phenotune.cli.failures import INTERRUPTED
    from phenotune.run.series import check_settings
    from phenotune.run.variants import PAGE, plan_variants

    if target is None:
        raise ParameterError(
            f"--variants: expected a target and a library; to hear runs that are there, `{program()} compare RUN...`"
        )
    if output.is_quiet:
        output = replace(output, as_json=False)
    plan = plan_variants(variants, target, library, **how)
    check_settings(plan.jobs)
    plan.make_folder()
    outcomes = list(following(plan.jobs, output, "variant"))
    there = [each.job for each in outcomes if each.finished is not None]
    if there:
        show_comparison(
            [job.folder for job in there],
            plan.folder / PAGE,
            output,
            names=[job.name for job in there],
        )
    if output.is_quiet:
        print(plan.folder)
    if any(each.is_interrupted for each in outcomes):
        if not (output.as_json or output.is_quiet):
            n_left = len(plan.jobs) - sum(not each.is_interrupted for each in outcomes)
            typer.echo(f"{counted(n_left, 'variant')} to go; the same command goes on", err=True)
        raise typer.Exit(INTERRUPTED)
    if len(there) < len(plan.jobs):
        raise typer.Exit(1)


def show_comparison(
    runs: Sequence[Path], page: Path, output: Output, *, names: Sequence[str] | None = None
) -> list[Figures]:
    """Compare runs, write the page, and print the table and where the page is."""
    from phenotune.run.comparison import compare_runs

    with Bar("comparing", quiet=output.is_quiet or output.as_json) as bar:
        rows = compare_runs(runs, page=page, names=names, progress=bar.update)
    if output.as_json:
        print_json(
            {"event": "compared", "page": str(page), "variants": [as_row(row) for row in rows]}
        )
    elif not output.is_quiet:
        print(comparison_table(rows))
        print(page)
    return rows


def comparison_table(rows: Sequence[Figures]) -> str:
    """Runs as a table, a row each, with a last row that says which way is better."""
    from phenotune.run.comparison import cells_of, columns_for

    named = columns_for([row.folder for row in rows])
    cells = [[row.name, *cells_of(row)] for row in rows]
    cells.append(["better", *(better for _, _, better in named)])
    header = ["", *(name for name, _, _ in named)]
    return columns(cells, header=header, right=range(1, len(header)))


def as_row(row: Figures) -> dict[str, Any]:
    """A run's figures for JSON."""
    found = row.measures
    return {
        "name": row.name,
        "run": str(row.folder),
        "seed": row.seed,
        "explained": row.explained,
        "n_clips": row.n_clips,
        "clips_per_s": row.clips_per_s,
        "median_clip_s": row.median_clip_s,
        "n_sources": row.n_sources,
        "lmsd_db": None if found is None else found.lmsd_db,
        "sc": None if found is None else found.sc,
        "chroma": None if found is None else found.chroma,
        "onset_r": None if found is None else found.onset_r,
    }
