"""How this command line writes its options: help without a default that stands elsewhere already."""

from __future__ import annotations

from typing import Any

import typer


def option(help: str, *names: str, metavar: str | None = None, panel: str | None = None) -> Any:
    """An option whose default, if any, is the settings' business, so that it is not printed here.

    Parameters
    ----------
    help
        One sentence.
    *names
        Its names, ``"--out", "-o"``; derived from the parameter when not given.
    metavar
        What stands for its value.
    panel
        The group of options that it is shown in.
    """
    return typer.Option(
        *names, help=help, metavar=metavar, rich_help_panel=panel, show_default=False
    )


def argument(help: str, metavar: str | None = None) -> Any:
    """An argument, by its help and what stands for its value."""
    return typer.Argument(help=help, metavar=metavar, show_default=False)


def flag(help: str, *names: str, panel: str | None = None) -> Any:
    """An option that is given or not, without a value."""
    return option(help, *names, metavar="", panel=panel)


AS_JSON = flag("One JSON object a line.", "--json")
