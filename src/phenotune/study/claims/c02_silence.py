"""C2: the first model leaves mostly silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding, Judgement
from phenotune.study.comparison import Comparison, compare
from phenotune.study.eras import CORRELATION, N_CYCLES, SPECTROGRAM_ALONE

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

N_GENERATIONS = 100
MOSTLY, HARDLY = 0.5, 0.25
ERA_1, ERA_3 = "correlation", "spectrogram"


def judge(silent: float, silent_later: float, n_generations: int) -> Judgement:
    """Judge by the share of the mosaic that is silent, in the first model and in the last."""
    line = (
        f"{silent:.0%} of the mosaic is silent after {n_generations} generations; "
        f"with the spectrogram model it is {silent_later:.0%}."
    )
    if silent >= MOSTLY:
        return Judgement("holds", line)
    return Judgement("does not hold" if silent < HARDLY else "depends", line)


def _study(laboratory: Laboratory) -> Finding:
    n_generations = laboratory.scaled(N_GENERATIONS)
    first = compare(laboratory, {ERA_1: CORRELATION}, n_generations, n_seeds=2)
    last = compare(laboratory, {ERA_3: SPECTROGRAM_ALONE}, laboratory.scaled(N_CYCLES), n_seeds=2)
    both = Comparison({**first.outcomes, **last.outcomes})
    silent, silent_later = (both.mean(name, lambda o: o.silent) for name in both.outcomes)
    return Finding(
        judge(silent, silent_later, n_generations),
        both.table(),
        both.chart("Where clips start"),
        both.figures(),
    )


CLAIM = Claim(
    id="C2",
    title="The first model leaves mostly silence",
    says="after 100 generations of cross-correlation the output is mostly silence, because the same few clips land on "
    "the same few spots.",
    test="100 generations with seeding and none of the later aids, two seeds. Silent is what lies 30 dB or more below "
    "the loudest moment; mostly is half of the song, and less than a quarter is not.",
    study=_study,
)
