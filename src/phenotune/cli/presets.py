"""``phenotune presets``: which presets there are, and every setting of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, argument
from phenotune.cli.text import columns, print_json, terminal_width

if TYPE_CHECKING:
    from phenotune.run.named import Kind
    from phenotune.run.settings import RunSettings


WIDEST = 32
"""Cells longer than this, lists mostly, do not widen their column."""


def presets(
    name: Annotated[str | None, argument("Show every setting of this preset.", "NAME")] = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List the presets, or every setting of one.

    A setting is shown with its value, unit, limits and help.
    """
    from phenotune.run.presets import PRESETS

    if name is None:
        list_all(PRESETS, as_json)
    else:
        list_settings(preset_settings(name), as_json)


def list_all(kind: Kind, as_json: bool) -> None:
    """List all presets, or all styles, each with what it is for."""
    from phenotune.run.named import config_folder, paths_of, read_named
    from phenotune.run.settings import RunSettings

    found = [read_named(kind, name, RunSettings) for name in paths_of(kind)]
    if as_json:
        for one in found:
            print_json({kind.word: one.name, "about": one.about, "path": str(one.path)})
        return
    print(columns([[one.name, one.about] for one in found], width=terminal_width()))
    print(
        f"\n`phenotune {kind.built_in.name} {found[0].name}` shows every setting of one. "
        f"Your own go to {config_folder() / kind.built_in.name}."
    )


def list_settings(settings: RunSettings, as_json: bool) -> None:
    """List every setting with its value, unit, limits and help; the names of preset and style are not among them."""
    from phenotune.run.settings import explain

    rows = [row for row in explain(settings) if row.name not in ("preset", "style.name")]
    if as_json:
        for row in rows:
            print_json(asdict(row))
        return
    cells = [
        [
            "*" if row.value != row.default else "",
            row.name,
            value_text(row.value, row.unit),
            row.limits,
            row.help,
        ]
        for row in rows
    ]
    header = ["", "setting", "value", "limits", "help"]
    print(columns(cells, header=header, width=terminal_width(), widest=WIDEST))
    print("\n* differs from the default. Change any with --set NAME=VALUE, or in phenotune.toml.")


def preset_settings(name: str | None, style: str | None = None) -> RunSettings:
    """The settings of a preset, and of a style over it, without the user's own files and environment.

    Parameters
    ----------
    name
        The preset's name; None for the default one.
    style
        The style's name; None for none.

    Raises
    ------
    ParameterError
        If there is no such preset, or no such style.
    """
    from phenotune.run.layers import Layer, combine
    from phenotune.run.presets import DEFAULT_PRESET, read_preset
    from phenotune.run.settings import RunSettings
    from phenotune.run.styles import read_style

    preset = read_preset(name or DEFAULT_PRESET, RunSettings)
    layers = [Layer(str(preset.path), preset.values), Layer("", {"preset": preset.name})]
    if style is not None:
        found = read_style(style, RunSettings)
        layers += [Layer(str(found.path), found.values), Layer("", {"style.name": found.name})]
    return combine(RunSettings, layers)


def value_text(value: Any, unit: str) -> str:
    """A value and its unit as a user reads them.

    >>> value_text(0.5, "s"), value_text(True, ""), value_text(("a", "b"), "")
    ('0.5 s', 'true', '["a", "b"]')
    """
    from phenotune.run.toml_text import toml_value

    if isinstance(value, (bool, tuple, list)):
        return " ".join(toml_value(value).split())
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f"{text} {unit}".rstrip()
