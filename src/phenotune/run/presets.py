"""Presets: named values for settings, kept as data.

A preset is a TOML file of a few settings that differ from the defaults. ``guided`` and ``classic`` come with
phenotune; anyone can put a ``NAME.toml`` of their own into ``presets/`` of the folder that :func:`config_folder` gives,
and start it with ``extends = "guided"``::

    about = "Few, long clips."
    extends = "guided"

    [library]
    min_clip_s = 1.0
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

DEFAULT_PRESET = "guided"

BUILT_IN = Path(__file__).with_name("presets")
"""Folder of the presets that come with phenotune."""


@dataclass(frozen=True, slots=True)
class Preset:
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
    """Folder of the user's own settings and presets: ``$PHENOTUNE_CONFIG``, or where the system keeps such things."""
    named = os.environ.get("PHENOTUNE_CONFIG")
    if named:
        return Path(named).expanduser()
    return Path(platformdirs.user_config_dir("phenotune", appauthor=False))


def preset_paths(folder: Path | None = None) -> dict[str, Path]:
    """Every preset's file by its name: the default one, the others that are built in, and the user's.

    Parameters
    ----------
    folder
        Folder of the user's settings; :func:`config_folder` when None.

    Raises
    ------
    ParameterError
        If one of the user's presets takes the name of a built-in one: then nobody would know which is meant.
    """
    found = {path.stem: path for path in sorted(BUILT_IN.glob("*.toml"))}
    built_in = {DEFAULT_PRESET: found[DEFAULT_PRESET], **found}
    own_folder = (config_folder() if folder is None else folder) / "presets"
    own = {path.stem: path for path in sorted(own_folder.glob("*.toml"))}
    for name in sorted(own.keys() & built_in.keys()):
        raise ParameterError(
            f"{own[name]}: '{name}' is the name of a preset that comes with phenotune; "
            f'call yours otherwise, and let it say extends = "{name}"'
        )
    return built_in | own


def read_preset(name: str, tree: type[Settings], folder: Path | None = None) -> Preset:
    """Read a preset with all that it inherits.

    Parameters
    ----------
    name
        Its name.
    tree
        The tree of settings that its names must belong to.
    folder
        Folder of the user's settings; :func:`config_folder` when None.

    Raises
    ------
    ParameterError
        If there is no such preset, if it extends itself, or if it has a name that is no setting.
    """
    paths = preset_paths(folder)
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
            raise ParameterError(asker + unknown_preset(following, paths))
        path = paths[following]
        chain.append(following)
        table = read_toml(path)
        following = table.pop("extends", None)
        about = about or str(table.pop("about", ""))
        table.pop("about", None)
        if "preset" in table:
            raise ParameterError(f"{path}: a preset says 'extends', not 'preset'")
        values = {**flatten(table, tree, str(path)).values, **values}
    return Preset(name, about, paths[name], values)


def unknown_preset(name: Any, known: Iterable[str]) -> str:
    """Half a message about a name that is no preset: it suggests the nearest that is one."""
    known = list(known)
    near = difflib.get_close_matches(str(name), known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
    return f"unknown preset '{name}'; {hint}"
