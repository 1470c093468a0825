"""C6: smaller clips and sections even out the onsets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding
from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import CORRELATION, N_GENERATIONS, Values

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory


def cut_small(laboratory: Laboratory, n_sections: int, clip_s: float) -> Values:
    """The first model on so many sections, with clips of this length, and 16 landings a generation in all."""
    return {
        **CORRELATION,
        "library.clip_s": clip_s,
        "variation.max_phenotype_s": 2.0 * clip_s,
        "search.section_s": laboratory.target_s / n_sections,
        "search.population": 40 // n_sections,
        "search.capacity": 80 // n_sections,
        "search.top": 16 // n_sections,
    }


def _study(laboratory: Laboratory) -> Finding:
    variants = {
        "2 sections, clips of 1 s": cut_small(laboratory, 2, 1.0),
        "4 sections, clips of 0.5 s": cut_small(laboratory, 4, 0.5),
        "8 sections, clips of 0.25 s": cut_small(laboratory, 8, 0.25),
    }
    large, _, small = variants
    found = compare(laboratory, variants, laboratory.scaled(N_GENERATIONS))
    return Finding(
        judge_help(found.gains(large, small), "some"),
        found.table(),
        found.chart("Where clips start"),
        found.figures(),
    )


CLAIM = Claim(
    id="C6",
    title="Smaller clips and sections even out the onsets",
    says="with smaller clips and smaller sections the onsets are spread more evenly.",
    test="three seeds each with large, middling and small clips and sections, and as many landings in all. Evened out "
    "is at least 0.02 more evenness from the largest to the smallest.",
    study=_study,
)
