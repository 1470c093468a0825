"""C11: clips get shorter and shorter."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.comparison import N_SEEDS
from phenotune.study.eras import N_CYCLES, SPECTROGRAM_ALONE

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory, Outcome

N_STAGES = 5
ARTICLE_S = (0.2, 0.3)
TOLERANCE = 1.5
"""A median within this factor of the article's 0.2 to 0.3 s counts as the same."""


def judge(first_s: float, last_s: float) -> Judgement:
    """Judge by the median length of the clips that land in the first fifth of a run and in the last."""
    line = (
        f"the median of what lands goes from {first_s:.2f} s in the first fifth of the run to {last_s:.2f} s in the "
        "last; the article says 0.2 to 0.3 s."
    )
    low_s, high_s = ARTICLE_S
    if last_s >= first_s:
        return Judgement("does not hold", line)
    if low_s / TOLERANCE <= last_s <= high_s * TOLERANCE:
        return Judgement("holds", line)
    return Judgement("depends", f"it drifts, but not as far as that: {line}")


def stages(outcome: Outcome) -> list[list[float]]:
    """Lengths in seconds of what landed in each fifth of a run, in the order of landing."""
    lengths_s = [clip.duration_s for clip in outcome.placed]
    bounds = [round(i * len(lengths_s) / N_STAGES) for i in range(N_STAGES + 1)]
    return [lengths_s[a:b] for a, b in pairwise(bounds)]


def _study(laboratory: Laboratory) -> Finding:
    outcomes = [
        laboratory.run(SPECTROGRAM_ALONE, cycles=laboratory.scaled(N_CYCLES), seed=seed)
        for seed in range(N_SEEDS)
    ]
    of_stages = [
        sorted(length_s for outcome in outcomes for length_s in stages(outcome)[i])
        for i in range(N_STAGES)
    ]
    medians_s = [median(lengths_s) if lengths_s else 0.0 for lengths_s in of_stages]
    return Finding(
        judge(medians_s[0], medians_s[-1]),
        Table(
            ("part of the run", "clips landed", "half are below", "a quarter is below"),
            tuple(
                (f"{i + 1} of {N_STAGES}", f"{len(s)}", f"{m:.2f} s", f"{_quarter(s):.2f} s")
                for i, (s, m) in enumerate(zip(of_stages, medians_s, strict=True))
            ),
        ),
        Chart(
            "Median length of the clips that land",
            "fifth of the run",
            "s",
            (Series("median", tuple(medians_s)),),
        ),
        {"first_median_s": medians_s[0], "last_median_s": medians_s[-1]},
    )


def _quarter(lengths_s: Sequence[float]) -> float:
    return lengths_s[len(lengths_s) // 4] if lengths_s else 0.0


CLAIM = Claim(
    id="C11",
    title="Clips get shorter and shorter",
    says="where nothing guides it, the length of clips drifts down to 0.2 to 0.3 s.",
    test="three runs of the spectrogram model that begin with clips of 3 s; the median length of what lands, in fifths "
    "of the run. It holds when the last one is within half as much again of 0.2 to 0.3 s.",
    study=_study,
)
