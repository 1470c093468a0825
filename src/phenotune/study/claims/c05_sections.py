"""C5: sections help."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding
from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import CORRELATION, N_GENERATIONS

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

N_SECTIONS = 4


def _study(laboratory: Laboratory) -> Finding:
    # As many individuals and landings in all, so that sections get nothing for free.
    in_sections = {
        **CORRELATION,
        "search.section_s": laboratory.target_s / N_SECTIONS,
        "search.population": 10,
        "search.capacity": 20,
        "search.top": 3,
    }
    variants = {"the whole song": {**CORRELATION, "search.top": 12}, "four sections": in_sections}
    found = compare(laboratory, variants, laboratory.scaled(N_GENERATIONS))
    return Finding(
        judge_help(found.gains(*variants), "some"),
        found.table(),
        found.chart("Where clips start"),
        found.figures(),
    )


CLAIM = Claim(
    id="C5",
    title="Sections help",
    says="cutting the target into sections, each evolved by itself, helps.",
    test="three seeds on the whole song and on four sections of it, with as many individuals and landings in all. Help "
    "is at least 0.02 more evenness of the onsets.",
    study=_study,
)
