"""C4: false seeding helps a little."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding
from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import CORRELATION, N_GENERATIONS

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory


def _study(laboratory: Laboratory) -> Finding:
    variants = {
        "true seeds": CORRELATION,
        "a fifth are false": {**CORRELATION, "search.false_seeds": 0.2},
    }
    found = compare(laboratory, variants, laboratory.scaled(N_GENERATIONS))
    return Finding(
        judge_help(found.gains(*variants), "little"),
        found.table(),
        found.chart("Where clips start"),
        found.figures(),
    )


CLAIM = Claim(
    id="C4",
    title="False seeding helps a little",
    says="a mutation that gives a child a random, misleading place to look at helps a little against the same spots "
    "being filled over and over.",
    test="three seeds with and without a fifth of the children misled. A little help is 0.02 to 0.10 more evenness of "
    "the onsets (entropy of their histogram over twenty parts of the song; 1 is perfectly even).",
    study=_study,
)
