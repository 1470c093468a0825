"""C12: cycles need more and more generations."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import fmean, variance
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.comparison import N_SEEDS
from phenotune.study.eras import N_CYCLES, SPECTROGRAM_ALONE

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

N_FIRST = 20
ABOUT_ONE = 1.5
"""Below, a mean is about one; from there on it is two or more."""


def judge(first_cycles: Sequence[int], last_cycles: Sequence[int], n_cycles: int) -> Judgement:
    """Judge by the numbers of generations of the first twenty cycles and of the last twenty, over all seeds.

    They climb when the means differ by more than twice the standard error of the difference.
    """
    first, last = fmean(first_cycles), fmean(last_cycles)
    error = math.sqrt(sum(variance(each) / len(each) for each in (first_cycles, last_cycles)))
    line = (
        f"{first:.2f} generations a cycle in the first {N_FIRST} cycles, {last:.2f} in the last {N_FIRST} of "
        f"{n_cycles}, with a standard error of {error:.2f}."
    )
    if last - first <= 2.0 * error:
        return Judgement("does not hold", line)
    if first >= ABOUT_ONE:
        return Judgement("depends", f"it climbs, but does not begin at one: {line}")
    if last < ABOUT_ONE:
        return Judgement("depends", f"it climbs, but has not come to two: {line}")
    return Judgement("holds", line)


def by_tens(numbers: Sequence[Sequence[int]]) -> list[float]:
    """The mean of each ten cycles over all runs."""
    n_cycles = len(numbers[0])
    return [
        fmean(n for run in numbers for n in run[start : start + 10])
        for start in range(0, n_cycles, 10)
    ]


def _study(laboratory: Laboratory) -> Finding:
    outcomes = [
        laboratory.run(SPECTROGRAM_ALONE, cycles=laboratory.scaled(N_CYCLES), seed=seed)
        for seed in range(N_SEEDS)
    ]
    numbers = [[cycle.n_generations for cycle in outcome.cycles] for outcome in outcomes]
    tens = by_tens(numbers)
    first = [n for run in numbers for n in run[:N_FIRST]]
    last = [n for run in numbers for n in run[-N_FIRST:]]
    return Finding(
        judge(first, last, len(numbers[0])),
        Table(
            ("cycles", "generations a cycle"),
            tuple((f"{10 * i + 1} to {10 * i + 10}", f"{n:.2f}") for i, n in enumerate(tens)),
        ),
        Chart(
            "Generations until a cycle beats the one before",
            "cycle",
            "generations, mean of ten cycles",
            (Series("mean", tuple(tens), tuple(10.0 * i + 5.5 for i in range(len(tens)))),),
        ),
        {"first_cycles": fmean(first), "last_cycles": fmean(last)},
    )


CLAIM = Claim(
    id="C12",
    title="Cycles need more and more generations",
    says="a cycle needs one generation to beat the one before for about the first twenty cycles; then the number "
    "climbs to two, three and more.",
    test="three runs of eighty cycles of the spectrogram model, each cycle at most six generations. It holds when the "
    "first twenty need less than 1.5 on average and the last twenty more, and the difference is clear: more than twice "
    "its standard error.",
    study=_study,
)
