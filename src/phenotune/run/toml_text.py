"""Settings as a commented ``phenotune.toml``; reading it back gives the same settings."""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterable
from typing import Any

from phenotune.errors import ParameterError
from phenotune.run.settings import SettingRow, explain
from phenotune.run.stage_settings import INSIDE, StageSettings
from phenotune.settings import Settings

HEAD = """\
# Every setting in force. Change what you like: the file is read again when the run goes on.
# Left out or commented out, a setting has the value of the preset.
"""

STAGE = "stage"
"""The one setting that is a list of tables."""


def settings_to_toml(settings: Settings) -> str:
    """Write every setting with its help, limits and default as a comment above it.

    Examples
    --------
    >>> from phenotune.run.settings import RunGroup
    >>> print(settings_to_toml(RunGroup(seed=7)).splitlines()[4])
    seed = 7
    """
    return HEAD + "\n" + rows_to_toml(explain(settings))


def rows_to_toml(rows: Iterable[SettingRow]) -> str:
    """Write rows as TOML, a table for each group, a comment above each setting; stages come last."""
    lines: list[str] = []
    stages: list[str] = []
    group = ""
    for row in rows:
        table, _, name = row.name.rpartition(".")
        if name == STAGE and not table:
            stages = _stage_lines(row)
            continue
        if table != group:
            lines.append(f"[{table}]")
            group = table
        lines += textwrap.wrap(
            _comment(row), 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
        )
        lines += [f"{name} = {toml_value(row.value)}", ""]
    return "\n".join([*lines, *stages])


def _stage_lines(row: SettingRow) -> list[str]:
    """A table for each stage, with what it does not leave as it is."""
    about = f"[[{STAGE}]], as often as you like. {row.help}"
    lines = textwrap.wrap(
        about, 100, initial_indent="# ", subsequent_indent="# ", break_on_hyphens=False
    )
    for stage in row.value:
        lines.append(f"[[{STAGE}]]")
        for name, field in StageSettings.model_fields.items():
            if name != "values" and stage[name] != field.default:
                # A name beside settings of its group would be two things under one key.
                path = INSIDE.get(name, name)
                is_table = any(key.startswith(f"{name}.") for key in stage["values"])
                lines.append(f"{path if is_table else name} = {toml_value(stage[name])}")
        lines += [f"{name} = {toml_value(value)}" for name, value in stage["values"].items()]
        lines.append("")
    return [*lines, ""] if lines[-1] else lines


def _comment(row: SettingRow) -> str:
    facts = [f"{row.limits} {row.unit}".strip()]
    default = toml_value(row.default)
    if "\n" not in default:
        facts.append(f"default {default}")
    known = "; ".join(fact for fact in facts if fact)
    return f"{row.help} ({known})" if known else row.help


def toml_value(value: Any) -> str:
    """A value as TOML writes it.

    >>> toml_value(True), toml_value(0.5), toml_value(("a", "b"))
    ('true', '0.5', '["a", "b"]')

    Raises
    ------
    ParameterError
        For a value that TOML does not have.
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, dict):
        pairs = (f"{name} = {toml_value(item)}" for name, item in value.items())
        return "{ " + ", ".join(pairs) + " }"
    if isinstance(value, (tuple, list)):
        items = [toml_value(item) for item in value]
        is_long = any(isinstance(item, dict) for item in value)
        return "[\n  " + ",\n  ".join(items) + ",\n]" if is_long else f"[{', '.join(items)}]"
    raise ParameterError(f"expected a value that TOML can hold, got {value!r}")
