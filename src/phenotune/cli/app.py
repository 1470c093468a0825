"""The Typer app: one command a file. Heavy imports happen inside the commands, so that ``--help`` is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from phenotune.cli.batch import batch
from phenotune.cli.compare import compare
from phenotune.cli.demo import demo
from phenotune.cli.doctor import doctor
from phenotune.cli.edit import EditCommand, edit
from phenotune.cli.evolve import evolve
from phenotune.cli.export import export
from phenotune.cli.film import film
from phenotune.cli.genes import genes
from phenotune.cli.library import library
from phenotune.cli.lineages import lineages
from phenotune.cli.measure import measure
from phenotune.cli.options import PlainCommand, PlainGroup
from phenotune.cli.presets import presets
from phenotune.cli.regrow import regrow
from phenotune.cli.render import render
from phenotune.cli.replay import replay
from phenotune.cli.report import report
from phenotune.cli.study import study
from phenotune.cli.styles import styles
from phenotune.cli.tempo import tempo

app = typer.Typer(
    name="phenotune",
    cls=PlainGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from phenotune.cli.doctor import package_version

        print(f"phenotune {package_version('phenotune')}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version.",
            metavar="",
            callback=_print_version,
            is_eager=True,
        ),
    ] = False,
) -> None:
    """Rebuild a song out of other sounds, by a genetic algorithm."""


for _command in (
    evolve, batch, compare, replay, edit, regrow, render, export, report, film, lineages, measure, tempo, library,
    presets, styles, genes, study, demo, doctor,
):  # fmt: skip
    app.command(cls=EditCommand if _command is edit else PlainCommand)(_command)
