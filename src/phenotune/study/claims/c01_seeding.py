"""C1: correlating with the whole target is slow, seeding is quick."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import median
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.eras import CORRELATION

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory, Outcome

N_CLIPS_OF_THE_ARTICLE = 2000
HOPELESS_S = 3600.0
SPEED_UP = 8.0
N_GENERATIONS = 6
WIDTH_S = 0.25


def judge(full_s: float, seeded_s: float) -> Judgement:
    """Judge by the processor time of 2,000 candidates over the whole target, and near their parents' onsets."""
    factor = full_s / seeded_s
    line = (
        f"2,000 clips of 5 s against a minute take {full_s:,.0f} s of processor time a generation, and "
        f"{seeded_s:,.1f} s when seeded, {factor:.1f} times less."
    )
    is_hopeless, is_quick = full_s > HOPELESS_S, factor >= SPEED_UP
    if is_hopeless and is_quick:
        return Judgement("holds", line)
    if not is_hopeless and not is_quick:
        return Judgement("does not hold", line)
    why = (
        "seeding is as much quicker as it says, but a full generation is far from hopeless"
        if is_quick
        else "a full generation is as slow as it says, but seeding brings less"
    )
    return Judgement("depends", f"{why}: {line}")


def later_generations_s(outcome: Outcome) -> float:
    """Processor time of a candidate in the middle one of all later generations; the first looks everywhere anyway."""
    pairs = zip(outcome.cpu_s[1:], outcome.generations[1:], strict=True)
    return median(cpu_s / generation.n_candidates for cpu_s, generation in pairs)


def _study(laboratory: Laboratory) -> Finding:
    common = {
        **CORRELATION,
        "library.clip_s": 5.0,
        "variation.max_phenotype_s": 8.0,
        "search.seed_reset_every": 0,
    }
    outcomes = {
        name: laboratory.run(
            {**common, "search.seed_width_s": width_s},
            cycles=laboratory.scaled(N_GENERATIONS),
            of_a_minute=True,
        )
        for name, width_s in (("whole target", 0.0), (f"seeded, within {WIDTH_S} s", WIDTH_S))
    }
    each_s = {name: later_generations_s(outcome) for name, outcome in outcomes.items()}
    full_s, seeded_s = (N_CLIPS_OF_THE_ARTICLE * s for s in each_s.values())
    return Finding(
        judge(full_s, seeded_s),
        Table(
            ("onsets looked for", "ms a candidate", "s for 2,000 clips"),
            tuple(
                (name, f"{1000.0 * s:.2f}", f"{N_CLIPS_OF_THE_ARTICLE * s:,.1f}")
                for name, s in each_s.items()
            ),
        ),
        _chart(outcomes),
        {
            "full_generation_cpu_s": full_s,
            "seeded_generation_cpu_s": seeded_s,
            "speed_up": full_s / seeded_s,
        },
    )


def _chart(outcomes: Mapping[str, Outcome]) -> Chart:
    return Chart(
        "Processor time, generation by generation",
        "generation",
        "ms a candidate",
        tuple(
            Series(
                name,
                tuple(
                    1000.0 * cpu_s / generation.n_candidates
                    for cpu_s, generation in zip(outcome.cpu_s, outcome.generations, strict=True)
                ),
            )
            for name, outcome in outcomes.items()
        ),
        is_log_y=True,
    )


CLAIM = Claim(
    id="C1",
    title="Without seeding, a generation takes for ever",
    says="correlating about 2,000 clips of 5 s with a whole minute of target did not come to the end of one generation "
    "in an hour on six cores; looking for children only near their parents made later ones 8 to 10 times faster.",
    test="a few dozen clips of 5 s are correlated with a minute of target, at all onsets and within 0.25 s of the "
    "parent's, and the time is multiplied to 2,000 clips. Hopeless is more than an hour of processor time; quick is "
    "at least 8 times faster.",
    study=_study,
)
