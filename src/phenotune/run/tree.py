"""What a tree of settings says of itself: the names in it, and the units, limits and help of each."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo

from phenotune.settings import Settings


@cache
def fields_of(tree: type[Settings]) -> Mapping[str, FieldInfo]:
    """Every single setting of a tree under its dotted name, in the order of the tree; do not change it."""
    return dict(_walk(tree, ""))


def _walk(tree: type[Settings], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in tree.model_fields.items():
        group = _group(field)
        if group is None:
            yield prefix + name, field
        else:
            yield from _walk(group, f"{prefix}{name}.")


def _group(field: FieldInfo) -> type[Settings] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, Settings) else None


def unknown_setting(name: str, tree: type[Settings]) -> str:
    """Half a message about a name that is no setting: it suggests the nearest that is one."""
    known = [*fields_of(tree), *_groups(tree)]
    last = name.rpartition(".")[2]
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.8)
    near = near or [other for other in known if other.rpartition(".")[2] == last]
    near = near or difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    hint = f"did you mean '{near[0]}'?" if near else "`phenotune presets guided` lists them all"
    return f"unknown setting '{name}'; {hint}"


def unknown_inside(name: str, field: FieldInfo) -> str:
    """Half a message about a name that the groups in a list do not have: it suggests the nearest that they have."""
    kinds = [kind for kind in get_args(field.annotation) if isinstance(kind, type)]
    known = [inner for kind in kinds if issubclass(kind, Settings) for inner in kind.model_fields]
    near = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(known)}"
    return f"unknown setting '{name}'; {hint}"


def _groups(tree: type[Settings]) -> list[str]:
    parts = [name.split(".") for name in fields_of(tree)]
    return list(dict.fromkeys(".".join(p[:depth]) for p in parts for depth in range(1, len(p))))


def unit_of(field: FieldInfo) -> str:
    """Unit of a setting as a user writes it; "" for a plain number or a choice."""
    extra = field.json_schema_extra
    return str(extra.get("unit", "")) if isinstance(extra, dict) else ""


def help_text(field: FieldInfo) -> str:
    """What a setting does; for a list of groups also what each of them holds."""
    parts = [field.description or ""]
    for kind in get_args(field.annotation):
        if isinstance(kind, type) and issubclass(kind, Settings):
            parts += [f"{name}: {inner.description}" for name, inner in kind.model_fields.items()]
    return " ".join(parts)


def limits_text(field: FieldInfo) -> str:
    """What a setting may be, in words: ``"0 to 1"``, ``"at least 1"``, ``"true or false"``, ``"'a' or 'b'"``.

    Free text and lists have no limits, and give "".
    """
    kind = field.annotation
    if kind is bool:
        return "true or false"
    if get_origin(kind) is Literal:
        return " or ".join(repr(choice) for choice in get_args(kind))
    low, high = _low(field), _high(field)
    if low and high:
        plain = low.startswith("at least ") and high.startswith("at most ")
        return f"{low[9:]} to {high[8:]}" if plain else f"{low} and {high}"
    if low or high:
        return low or high
    if kind is int:
        return "a whole number"
    return "a number" if kind is float else ""


def _low(field: FieldInfo) -> str:
    for limit in field.metadata:
        if hasattr(limit, "ge"):
            return f"at least {_number(limit.ge)}"
        if hasattr(limit, "gt"):
            return f"more than {_number(limit.gt)}"
    return ""


def _high(field: FieldInfo) -> str:
    for limit in field.metadata:
        if hasattr(limit, "le"):
            return f"at most {_number(limit.le)}"
        if hasattr(limit, "lt"):
            return f"less than {_number(limit.lt)}"
    return ""


def _number(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
