"""C7: the boost for untouched parts helps only a little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding
from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import CORRELATION, N_GENERATIONS

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory


def _study(laboratory: Laboratory) -> Finding:
    variants = {
        "no boost": CORRELATION,
        "a boost of 0.2": {**CORRELATION, "style.untouched": 0.2},
        "a boost of 1": {**CORRELATION, "style.untouched": 1.0},
    }
    without, small, _ = variants
    found = compare(laboratory, variants, laboratory.scaled(N_GENERATIONS))
    return Finding(
        judge_help(found.gains(without, small), "little"),
        found.table(),
        found.chart("Where clips start"),
        found.figures(),
    )


CLAIM = Claim(
    id="C7",
    title="A boost for untouched parts helps only a little",
    says="a small boost for clips that fill what nothing has touched yet helps, but only a little.",
    test="three seeds without and with a small boost, judged by evenness (0.02 to 0.10 more is a little); the largest "
    "boost is shown beside it.",
    study=_study,
)
