"""The state of the search as JSON, the form in which checkpoints hold it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from phenotune.genome.encode import chromosome_to_json
from phenotune.mosaic.encode import chromosome_from_model
from phenotune.mosaic.schema import ChromosomeModel
from phenotune.search.state import EngineState, Parent, Stock
from phenotune.units import samples_at_rate


def state_to_json(state: EngineState) -> dict[str, Any]:
    """The state as plain dicts, lists, strings and numbers; who breeds and lives on as well is written once."""
    content: dict[str, Any] = {"best_distance": state.best_distance}
    if state.stocks:
        content["stocks"] = [_stock_to_json(stock) for stock in state.stocks]
    return content


def state_from_json(content: Mapping[str, Any], counted_at_hz: int, rate_hz: int) -> EngineState:
    """The state that :func:`state_to_json` has written; other keys are left alone.

    Parameters
    ----------
    content
        As read.
    counted_at_hz, rate_hz
        Rate at which its onsets were counted, and at which they are wanted.

    Raises
    ------
    KeyError, TypeError, ValueError
        If anything is missing, or is not what it should be.
    """
    stocks = content.get("stocks", [])
    return EngineState(
        float(content["best_distance"]),
        tuple(_stock(stock, counted_at_hz, rate_hz) for stock in stocks),
    )


def _stock_to_json(stock: Stock) -> dict[str, Any]:
    parents = list(dict.fromkeys([*stock.survivors, *stock.kept]))
    places = {parent: place for place, parent in enumerate(parents)}
    return {
        "age": stock.age,
        "parents": [
            {
                "lineage": parent.lineage,
                "onset_samples": parent.onset_samples,
                "is_fit": parent.is_fit,
                "chromosome": chromosome_to_json(parent.chromosome),
            }
            for parent in parents
        ],
        "survivors": [places[parent] for parent in stock.survivors],
        "kept": [places[parent] for parent in stock.kept],
    }


def _stock(content: Mapping[str, Any], counted_at_hz: int, rate_hz: int) -> Stock:
    parents = [_parent(parent, counted_at_hz, rate_hz) for parent in content["parents"]]
    return Stock(
        int(content["age"]),
        _chosen(parents, content["survivors"]),
        _chosen(parents, content["kept"]),
    )


def _parent(content: Mapping[str, Any], counted_at_hz: int, rate_hz: int) -> Parent:
    # Checked as JSON: there tuples are lists.
    model = ChromosomeModel.model_validate_json(json.dumps(content["chromosome"]))
    return Parent(
        chromosome_from_model(model, "chromosome"),
        int(content["lineage"]),
        samples_at_rate(int(content["onset_samples"]), counted_at_hz, rate_hz),
        bool(content["is_fit"]),
    )


def _chosen(parents: Sequence[Parent], places: Sequence[int]) -> tuple[Parent, ...]:
    if any(not 0 <= place < len(parents) for place in places):
        raise ValueError(f"expected places from 0 to {len(parents) - 1}, got {list(places)}")
    return tuple(parents[place] for place in places)
