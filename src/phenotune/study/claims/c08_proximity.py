"""C8: the proximity filter helps enormously."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding
from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import CORRELATION, N_GENERATIONS

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory


def _study(laboratory: Laboratory) -> Finding:
    variants = {
        "no filter": CORRELATION,
        "0.5 s apart": {**CORRELATION, "search.proximity_ms": 500.0},
    }
    found = compare(laboratory, variants, laboratory.scaled(N_GENERATIONS))
    return Finding(
        judge_help(found.gains(*variants), "much"),
        found.table(),
        found.chart("Where clips start"),
        found.figures(),
    )


CLAIM = Claim(
    id="C8",
    title="The proximity filter helps enormously",
    says="letting no clip of a generation start too near another helps enormously.",
    test="three seeds without the filter and with half a second between any two clips of a generation. Much help is at "
    "least 0.10 more evenness of the onsets.",
    study=_study,
)
