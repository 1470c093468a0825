"""``phenotune presets``: which presets there are, and every setting of one."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, argument
from phenotune.cli.text import columns, print_json, terminal_width

if TYPE_CHECKING:
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
    if name is None:
        _list_presets(as_json)
    else:
        _list_settings(name, as_json)


def _list_presets(as_json: bool) -> None:
    from phenotune.run.presets import config_folder, preset_paths, read_preset
    from phenotune.run.settings import RunSettings

    found = [read_preset(name, RunSettings) for name in preset_paths()]
    if as_json:
        for preset in found:
            print_json({"preset": preset.name, "about": preset.about, "path": str(preset.path)})
        return
    rows = [[preset.name, preset.about] for preset in found]
    print(columns(rows, width=terminal_width()))
    print(
        f"\n`phenotune presets {found[0].name}` shows every setting of one. "
        f"Your own go to {config_folder() / 'presets'}."
    )


def _list_settings(name: str, as_json: bool) -> None:
    from phenotune.run.settings import explain

    settings = preset_settings(name)
    rows = [row for row in explain(settings) if row.name != "preset"]
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


def preset_settings(name: str | None) -> RunSettings:
    """The settings of a preset alone, without the user's own files and environment.

    Parameters
    ----------
    name
        Its name; None for the default one.

    Raises
    ------
    ParameterError
        If there is no such preset.
    """
    from phenotune.run.layers import Layer, combine
    from phenotune.run.presets import DEFAULT_PRESET, read_preset
    from phenotune.run.settings import RunSettings

    preset = read_preset(name or DEFAULT_PRESET, RunSettings)
    layers = [Layer(str(preset.path), preset.values), Layer("preset", {"preset": preset.name})]
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
