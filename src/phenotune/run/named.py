"""Named values for settings, kept as data: presets, which a run starts from, and styles, which are laid over a preset.

Each is a TOML file of a few settings that differ from what lies below, with a sentence about it::

    about = "Few, long clips."
    extends = "guided"

    [library]
    min_clip_s = 1.0

Some come with phenotune; anyone can put a ``NAME.toml`` of their own into ``presets/`` or ``styles/`` of the folder
that :func:`config_folder` gives.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import platformdirs

from phenotune.errors import ParameterError
from phenotune.run.layers import flatten, read_toml
from phenotune.settings import Settings


@dataclass(frozen=True, slots=True)
class Kind:
    """What there are several of.

    Parameters
    ----------
    word
        What one is called: ``"preset"``.
    setting
        The setting that holds its name.
    built_in
        Folder of those that come with phenotune; the user's own lie in one that is called the same.
    first
        Which of the built-in ones is listed first.
    """

    word: str
    setting: str
    built_in: Path
    first: str


@dataclass(frozen=True, slots=True)
class Named:
    """A named set of values.

    Parameters
    ----------
    name
        Its name: the file's, without ``.toml``.
    about
        What it is for, in a sentence.
    path
        Where it stands.
    values
        Dotted name to value, with what it inherits.
    """

    name: str
    about: str
    path: Path
    values: Mapping[str, Any]


def config_folder() -> Path:
    """Folder of the user's own settings: ``$PHENOTUNE_CONFIG``, or where the system keeps such things."""
    named = os.environ.get("PHENOTUNE_CONFIG")
    if named:
        return Path(named).expanduser()
    return Path(platformdirs.user_config_dir("phenotune", appauthor=False))


def paths_of(kind: Kind, folder: Path | None = None) -> dict[str, Path]:
    """Every file of a kind by its name: the first one, the others that are built in, and the user's.

    Parameters
    ----------
    kind
        Which.
    folder
        Folder of the user's settings; :func:`config_folder` when None.

    Raises
    ------
    ParameterError
        If one of the user's takes the name of a built-in one: then nobody would know which is meant.
    """
    found = {path.stem: path for path in sorted(kind.built_in.glob("*.toml"))}
    built_in = {kind.first: found[kind.first], **found}
    own_folder = (config_folder() if folder is None else folder) / kind.built_in.name
    own = {path.stem: path for path in sorted(own_folder.glob("*.toml"))}
    for name in sorted(own.keys() & built_in.keys()):
        raise ParameterError(
            f"{own[name]}: '{name}' is the name of a {kind.word} that comes with phenotune; "
            f'call yours otherwise, and let it say extends = "{name}"'
        )
    return built_in | own


def read_named(kind: Kind, name: str, tree: type[Settings], folder: Path | None = None) -> Named:
    """Read one with all that it inherits.

    Parameters
    ----------
    kind
        Which.
    name
        Its name.
    tree
        The tree of settings that its names must belong to.
    folder
        Folder of the user's settings; :func:`config_folder` when None.

    Raises
    ------
    ParameterError
        If there is none of that name, if it extends itself, or if it has a name that is no setting.
    """
    paths = paths_of(kind, folder)
    chain: list[str] = []
    values: dict[str, Any] = {}
    about = ""
    following: Any = name
    while following is not None:
        if following in chain:
            raise ParameterError(
                f"{paths[chain[-1]]}: extends '{following}', which extends this one in turn"
            )
        if following not in paths:
            asker = f"{paths[chain[-1]]}: extends an " if chain else ""
            raise ParameterError(asker + unknown(kind, following, paths))
        path = paths[following]
        chain.append(following)
        table = read_toml(path)
        following = table.pop("extends", None)
        about = about or str(table.pop("about", ""))
        table.pop("about", None)
        _check_no_names(kind, table, path)
        values = {**flatten(table, tree, str(path)).values, **values}
    return Named(name, about, paths[name], values)


def _check_no_names(kind: Kind, table: Mapping[str, Any], path: Path) -> None:
    """Refuse a set of values that names another one: it extends it, or leaves the choice to whoever uses it."""
    style = table.get("style")
    names_style = "style.name" in table or (isinstance(style, Mapping) and "name" in style)
    for setting, is_named in (("preset", "preset" in table), ("style.name", names_style)):
        if is_named and setting == kind.setting:
            raise ParameterError(f"{path}: a {kind.word} says 'extends', not '{setting}'")
        if is_named:
            raise ParameterError(f"{path}: a {kind.word} cannot set '{setting}'; leave it out")


def unknown(kind: Kind, name: Any, known: Iterable[str]) -> str:
    """Half a message about a name that is none: it suggests the nearest that is one."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
    return f"unknown {kind.word} '{name}'; {hint}"
