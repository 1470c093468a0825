"""Reading a ``mosaic.json`` some placements at a time: an hour has a hundred thousand, too many to check at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache

from pydantic import TypeAdapter

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic.encode import placements_from_models
from phenotune.mosaic.schema import MosaicModel, PlacementModel, read_model

N_AT_ONCE = 256
"""Placements that are models at the same time."""

_SPACE = frozenset(" \t\n\r")
_DECODER = json.JSONDecoder()


def read_mosaic(content: str | bytes) -> tuple[MosaicModel, tuple[Placement, ...]]:
    """Check a mosaic's text, and give what it says: a model without the placements, and the placements.

    Raises
    ------
    RunFolderError
        As :func:`phenotune.mosaic.schema.read_model`.
    ParameterError
        As :func:`phenotune.mosaic.encode.placements_from_models`.
    """
    try:
        return _read_in_pieces(content if isinstance(content, str) else content.decode("utf-8"))
    except (ValueError, RecursionError, ParameterError, RunFolderError):
        # Something is wrong. Read as a whole, it is told with its place.
        model = read_model(content)
        return model, placements_from_models(model.placements)


def _read_in_pieces(text: str) -> tuple[MosaicModel, tuple[Placement, ...]]:
    """The same; some error where something is wrong."""
    others: list[str] = []
    placements: list[Placement] = []
    at = _after("{", text, 0)
    while True:
        begin = at
        name, at = _DECODER.raw_decode(text, at)
        at = _after(":", text, at)
        if name == "placements":
            if placements:
                raise ValueError("placements come twice")
            items, at = _items(text, at)
            placements = _placements(text, items)
            others.append('"placements": []')
        else:
            _, at = _DECODER.raw_decode(text, at)
            others.append(text[begin:at])
        at = _skipped(text, at)
        if text[at : at + 1] == "}":
            break
        at = _after(",", text, at)
    if text[at + 1 :].strip(" \t\n\r"):
        raise ValueError("more comes after the mosaic")
    if len({placement.id for placement in placements}) < len(placements):
        raise ValueError("an id comes twice")
    return read_model("{" + ",".join(others) + "}"), tuple(placements)


def _items(text: str, at: int) -> tuple[list[slice], int]:
    """Where the items of a list are, and where what comes after it begins."""
    items: list[slice] = []
    at = _after("[", text, at)
    if text[at : at + 1] == "]":
        return items, at + 1
    while True:
        _, end = _DECODER.raw_decode(text, at)
        items.append(slice(at, end))
        at = _skipped(text, end)
        if text[at : at + 1] == "]":
            return items, at + 1
        at = _after(",", text, at)


def _placements(text: str, items: Sequence[slice]) -> list[Placement]:
    """Check placements and make them, a few at a time."""
    found: list[Placement] = []
    for first in range(0, len(items), N_AT_ONCE):
        some = ",".join(text[item] for item in items[first : first + N_AT_ONCE])
        found.extend(placements_from_models(_adapter().validate_json(f"[{some}]")))
    return found


def _skipped(text: str, at: int) -> int:
    """The next place that is no space."""
    while text[at : at + 1] in _SPACE:
        at += 1
    return at


def _after(sign: str, text: str, at: int) -> int:
    """The place behind a sign and the space around it."""
    at = _skipped(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"expected {sign}")
    return _skipped(text, at + 1)


@cache
def _adapter() -> TypeAdapter[list[PlacementModel]]:
    return TypeAdapter(list[PlacementModel])
