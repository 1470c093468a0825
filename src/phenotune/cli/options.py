"""How this command line writes its options: help without a default that stands elsewhere already, and without types."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from phenotune.errors import ParameterError


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

    def invoke(self, ctx: Any) -> Any:
        """Run it; what is wrong is told by the flag that was typed, and not by the name that Python has for it."""
        try:
            return super().invoke(ctx)
        except ParameterError as error:
            flags = {name for parameter in self.params for name in parameter.opts}
            error.args = (by_their_flags(str(error), flags), *error.args[1:])
            raise


def by_their_flags(message: str, flags: set[str]) -> str:
    """A message that begins with the name of a parameter, with the flag of that name in its place.

    Parameters
    ----------
    message
        ``"from_s: expected ..."``; ``"from, to: expected ..."`` names two.
    flags
        All that the command knows, ``"--from"``. A name without a flag stays.

    Examples
    --------
    >>> by_their_flags("from_s: expected less than 20, got 90", {"--from", "--to"})
    '--from: expected less than 20, got 90'
    """
    names, colon, rest = message.partition(": ")
    if not colon or not re.fullmatch(r"[a-z][a-z_]*(, [a-z][a-z_]*)*", names):
        return message
    found = []
    for name in names.split(", "):
        bare = re.sub(r"^n_|_(s|hz|db|ms)$", "", name)
        spelt = [f"--{each.replace('_', '-')}" for each in (name, bare)]
        found.append(next((flag for flag in spelt if flag in flags), name))
    return f"{', '.join(found)}: {rest}"


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

Sources = Annotated[
    list[Path] | None,
    option(
        "A folder to look for sources that have moved or have another name now; repeatable.",
        metavar="FOLDER",
    ),
]
Cycle = Annotated[
    int | None,
    option("The mosaic of a run as it was at the end of this cycle.", metavar="N"),
]
Quiet = Annotated[bool, flag("Show no progress.", "--quiet", "-q")]
