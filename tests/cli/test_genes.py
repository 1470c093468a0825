from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from phenotune.cli.genes import describe_gene
from phenotune.genome.genes.catalogue import GENES
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.settings import setting


class WobbleRanges(GeneRanges):
    """Ranges of a made-up gene."""

    min_depth_db: float = setting(-6.0, "Least.", unit="dB")
    max_depth_db: float = setting(6.0, "Most.", unit="dB")
    min_turns: int = setting(1, "Fewest.")
    max_turns: int = setting(4, "Most.")


@dataclass
class Wobble:
    """Turn the sound up
    and down.

    And more about it.
    """

    depth_db: float
    n_turns: int
    shape: str


def test_a_gene_is_described_by_its_class_and_its_ranges() -> None:
    assert describe_gene("wobble", Wobble, WobbleRanges(weight=0.5)) == {
        "gene": "wobble",
        "is_on": True,
        "is_solved": False,
        "weight": 0.5,
        "parameters": [
            {"name": "depth_db", "min": -6.0, "max": 6.0, "unit": "dB"},
            {"name": "turns", "min": 1, "max": 4, "unit": ""},
            {"name": "shape"},
        ],
        "about": "Turn the sound up and down.",
    }


def test_every_gene_has_a_line(call: Callable[..., Any]) -> None:
    called = call("genes")
    assert (called.code, called.err) == (0, "")
    lines = {line.split()[0]: line for line in called.out.splitlines() if line}
    assert lines.keys() >= GENES.keys()
    assert "on " in lines["varispeed"]
    assert "-1200 to 1200 cents" in lines["varispeed"]
    assert "gain -24 to 12 dB, corner 100 to 1000 Hz" in lines["low_shelf"]
    assert "off" in lines["duplicate"]
    assert lines["equaliser"].split()[1:3] == lines["envelope"].split()[1:3] == ["solved", "0"]


def test_another_preset_has_other_ranges(call: Callable[..., Any]) -> None:
    rows = [
        json.loads(row)
        for row in call("genes", "--preset", "classic", "--json").out.split("\n")[:-1]
    ]
    assert [row["gene"] for row in rows] == list(GENES)
    varispeed = next(row for row in rows if row["gene"] == "varispeed")
    assert varispeed["parameters"] == [
        {"name": "cents", "min": -600.0, "max": 600.0, "unit": "cents"}
    ]


def test_a_gene_that_is_solved_is_on_where_the_mix_solves_it(call: Callable[..., Any]) -> None:
    def equaliser(preset: str) -> tuple[bool, bool, float]:
        rows = map(json.loads, call("genes", "--preset", preset, "--json").out.splitlines())
        row = next(row for row in rows if row["gene"] == "equaliser")
        return row["is_on"], row["is_solved"], row["weight"]

    assert equaliser("guided") == (True, True, 0.0)
    assert equaliser("classic") == (False, False, 0.0)
