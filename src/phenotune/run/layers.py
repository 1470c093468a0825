"""Layers of settings: each says some values under dotted names, and the later one wins.

A dotted name is the path through the tree of settings, ``search.population`` or ``genes.varispeed.weight``. Everything
here works on any tree of :class:`phenotune.settings.Settings`; which tree it is stands in ``phenotune.run.settings``.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.tree import (
    fields_of,
    limits_text,
    unit_of,
    unknown_inside,
    unknown_setting,
)
from phenotune.settings import Settings

TreeT = TypeVar("TreeT", bound=Settings)

_PLAINER = {"tuple_type": "expected a list", "string_type": "expected text"}
"""What pydantic calls otherwise than the people who write settings."""


@dataclass(frozen=True, slots=True)
class Layer:
    """Values that one place sets.

    Parameters
    ----------
    origin
        The place as a message names it: ``"RUN/phenotune.toml"``, ``"--set"``; "" where it goes without saying.
    values
        Dotted name to value.
    """

    origin: str
    values: Mapping[str, Any]


def flatten(values: Mapping[str, Any], tree: type[Settings], origin: str) -> Layer:
    """Turn nested tables, dotted names, or a mixture of both into a layer.

    Raises
    ------
    ParameterError
        For a name that the tree does not have, with the nearest one that it has; for a value where a group stands.
    """
    flat: dict[str, Any] = {}
    _flatten_into(flat, values, "", tree, origin)
    return Layer(origin, flat)


def _flatten_into(
    flat: dict[str, Any],
    values: Mapping[str, Any],
    prefix: str,
    tree: type[Settings],
    origin: str,
) -> None:
    known = fields_of(tree)
    for key, value in values.items():
        name = f"{prefix}{key}"
        is_group = any(other.startswith(f"{name}.") for other in known)
        if name in known:
            flat[name] = value
        elif not is_group:
            raise ParameterError(_at(origin) + unknown_setting(name, tree))
        elif isinstance(value, Mapping):
            _flatten_into(flat, value, f"{name}.", tree, origin)
        else:
            raise ParameterError(
                f"{_at(origin)}'{name}' is a group of settings, got {value!r}; "
                f"set one of it, as '{_first_below(name, tree)}'"
            )


def _first_below(group: str, tree: type[Settings]) -> str:
    return next(name for name in fields_of(tree) if name.startswith(f"{group}."))


def combine(tree: type[TreeT], layers: Sequence[Layer]) -> TreeT:
    """Settings in force when the layers are laid over the defaults, the last one on top.

    Raises
    ------
    ParameterError
        For each value out of range or of a wrong type: its name, its limits and unit, and the layer it came from.
    """
    merged: dict[str, tuple[Any, str]] = {}
    for layer in layers:
        merged.update({name: (value, layer.origin) for name, value in layer.values.items()})
    nested: dict[str, Any] = {}
    for name, (value, _) in merged.items():
        *groups, last = name.split(".")
        table = nested
        for group in groups:
            table = table.setdefault(group, {})
        table[last] = value
    problems = [
        _problem(name, value, origin, fields_of(tree)[name], "expected a number, got true or false")
        for name, (value, origin) in merged.items()
        if isinstance(value, bool) and fields_of(tree)[name].annotation in (int, float)
    ]
    if not problems:
        try:
            return tree.model_validate(nested)
        except ValidationError as error:
            problems = [_explain_problem(detail, merged, tree) for detail in error.errors()]
    raise ParameterError("\n".join(problems))


def _explain_problem(
    detail: Any, merged: Mapping[str, tuple[Any, str]], tree: type[Settings]
) -> str:
    message = _PLAINER.get(detail["type"]) or str(detail["msg"]).removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    location = [str(part) for part in detail["loc"]]
    for depth in range(len(location), 0, -1):
        name = ".".join(location[:depth])
        if name in merged:
            value, origin = merged[name]
            if depth == len(location):
                return _problem(name, value, origin, fields_of(tree)[name], message)
            # The path goes on inside a setting that is a list.
            inner = "".join(f"[{p}]" if p.isdigit() else f".{p}" for p in location[depth:])
            place = f"{_at(origin)}{name}{inner}"
            if detail["type"] == "extra_forbidden":
                return f"{place}: {unknown_inside(location[-1], fields_of(tree)[name])}"
            return f"{place}: {message}, got {detail['input']!r}"
    group = ".".join(location) or "settings"
    origins = sorted({place for name, (_, place) in merged.items() if name.startswith(f"{group}.")})
    return f"{_at(', '.join(filter(None, origins)))}{group}: {message}"


def _problem(name: str, value: Any, origin: str, field: FieldInfo, message: str) -> str:
    allowed, unit = limits_text(field), unit_of(field)
    expected = f"expected {_kind(field, value)}{allowed} {unit}".rstrip() if allowed else message
    return f"{_at(origin)}{name}: {expected}, got {value!r}"


def _kind(field: FieldInfo, value: Any) -> str:
    """What kind of number was expected, where the value is of another; limits say enough of one that is."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    is_whole = is_number and (isinstance(value, int) or value.is_integer())
    if field.annotation is int and not is_whole:
        return "a whole number, "
    return "a number, " if field.annotation is float and not is_number else ""


def _at(origin: str) -> str:
    return f"{origin}: " if origin else ""


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file of settings.

    Raises
    ------
    ParameterError
        If it is not TOML, with the line.
    RunFolderError
        If it cannot be read.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise RunFolderError(f"{path}: could not be read ({error.strerror or error})") from error
    except UnicodeDecodeError as error:
        raise ParameterError(f"{path}: is not UTF-8 text, at byte {error.start}") from error
    except tomllib.TOMLDecodeError as error:
        raise ParameterError(f"{path}: is not TOML: {error}") from error


def parse_value(text: str) -> Any:
    """The right side of ``name=value``: a TOML value, or else the bare words as a string.

    >>> parse_value("60"), parse_value("true"), parse_value("long clips"), parse_value("['a', 'b']")
    (60, True, 'long clips', ['a', 'b'])
    """
    try:
        table = tomllib.loads(f"value = {text}")
    except tomllib.TOMLDecodeError:
        return text.strip()
    return table["value"] if len(table) == 1 else text.strip()


def parse_assignments(assignments: Sequence[str], tree: type[Settings]) -> Layer:
    """A layer out of ``--set search.population=60`` and its like.

    Raises
    ------
    ParameterError
        Where the equals sign is missing or the name is unknown.
    """
    values: dict[str, Any] = {}
    for assignment in assignments:
        name, equals, text = assignment.partition("=")
        if not equals or not name.strip():
            raise ParameterError(
                f"--set: expected NAME=VALUE, as search.population=60, got '{assignment}'"
            )
        values[name.strip()] = parse_value(text)
    return flatten(values, tree, "--set")


def parse_environment(environment: Mapping[str, str], tree: type[Settings]) -> list[Layer]:
    """A layer for each ``PHENOTUNE_GROUP__NAME`` in the environment, in alphabetical order.

    ``PHENOTUNE_PRESET`` is the one setting without a group; any other variable without a double underscore, such as
    ``PHENOTUNE_CACHE``, is not a setting.

    Raises
    ------
    ParameterError
        If the name behind a variable is unknown, or is one but for its underscores.
    """
    layers = []
    written = {name.replace(".", "_"): name for name in fields_of(tree)}
    for variable in sorted(environment):
        path = variable.removeprefix("PHENOTUNE_").lower()
        if not variable.startswith("PHENOTUNE_"):
            continue
        name = path.replace("__", ".")
        if "__" in path or path in fields_of(tree):
            layers.append(flatten({name: parse_value(environment[variable])}, tree, variable))
        elif path in written:
            right = written[path].replace(".", "__").upper()
            raise ParameterError(f"{variable}: is not a setting; write PHENOTUNE_{right}")
    return layers
