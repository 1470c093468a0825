"""How this command line writes its options: help without a default that stands elsewhere already, and without types."""

from __future__ import annotations

from typing import Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption


def _plainly(parameters: list[Any]) -> list[Any]:
    """The same parameters, whose help no longer shows the types of Python: ``<bool>`` behind ``--help``."""
    for parameter in parameters:
        if isinstance(parameter, TyperOption) and parameter.is_flag and parameter.metavar is None:
            parameter.metavar = ""
        if isinstance(parameter, TyperArgument):
            parameter.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
    return parameters


class PlainCommand(TyperCommand):
    """A command whose help is for people who do not know Python."""

    def get_params(self, ctx: Any) -> Any:
        """Its options and arguments, that of ``--help`` included."""
        return _plainly(super().get_params(ctx))


class PlainGroup(TyperGroup):
    """All commands together, their help likewise."""

    def get_params(self, ctx: Any) -> Any:
        """Its options, that of ``--help`` included."""
        return _plainly(super().get_params(ctx))


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
