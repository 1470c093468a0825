"""``docs/log.md`` is held to the events: each has a section, and each of its fields a row there."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path
from typing import Any, get_args

import pytest

from phenotune.run.events import Event, event_name

PAGE = Path(__file__).resolve().parents[2] / "docs" / "log.md"
SECTIONS = {
    found[1]: re.findall(r"^\| `(\w+)` \|", found[2], re.MULTILINE)
    for found in re.finditer(
        r"^### `(\w+)`\n(.*?)(?=^##|\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
}


def name_of(kind: Any) -> str:
    return event_name(object.__new__(kind))


@pytest.mark.parametrize("kind", get_args(Event), ids=name_of)
def test_every_event_and_its_fields_are_told(kind: Any) -> None:
    assert SECTIONS[name_of(kind)] == [field.name for field in fields(kind)]


def test_nothing_else_is_told() -> None:
    assert set(SECTIONS) == {name_of(kind) for kind in get_args(Event)}
