"""C3: an elite lets one lineage take over."""

from __future__ import annotations

from statistics import fmean
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.comparison import Comparison, compare
from phenotune.study.eras import CORRELATION, Values

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory, Outcome

POPULATION = 24
TAKEN_OVER, FACTOR = 0.5, 1.5
ELITES = (0, 1, 2)
ONE_CHILD_EACH: Values = {
    "search.survival": 1.0,
    "search.offspring": 1,
    "search.capacity": POPULATION,
    "search.crossover": 0.0,
    "genes.split.weight": 0.0,
    "genes.chunk.weight": 0.0,
    "genes.duplicate.weight": 0.0,
    "library.rms_gate": 0.0,
}
"""Everybody has one child, none comes in several pieces, none is too quiet to live: nothing selects but the elite."""

BREEDING: dict[str, tuple[Values, int]] = {
    "all breed": (ONE_CHILD_EACH, 100),
    "the best breed": ({}, 30),
}
"""Who breeds, and for how many generations."""


def judge(everybody: tuple[float, float, float], best: tuple[float, float, float]) -> Judgement:
    """Judge by the largest lineage's share of the population, with an elite of none, one and two.

    Parameters
    ----------
    everybody
        Where everybody breeds, and the elite is all that selects.
    best
        Where the best breed anyway.
    """
    line = (
        f"in the end the largest lineage has {_words(everybody)} of the population with an "
        f"elite of 0, 1 and 2 where everybody breeds, and {_words(best)} where only the best do."
    )
    makes_it = [_takes_over(shares) for shares in (everybody, best)]
    if all(makes_it):
        return Judgement("holds", line)
    if makes_it[0]:
        return Judgement("depends", f"on whether anything else selects: {line}")
    return Judgement("depends" if makes_it[1] else "does not hold", line)


def _takes_over(shares: tuple[float, float, float]) -> bool:
    """Whether one lineage has half because of the elite, and has far less without."""
    most = max(shares[1:])
    return most >= TAKEN_OVER and most >= FACTOR * shares[0]


def _words(shares: tuple[float, float, float]) -> str:
    none, one, two = (f"{share:.0%}" for share in shares)
    return f"{none}, {one} and {two}"


def with_elite(n: int, breeding: Values) -> Values:
    """The first model with an elite of so many in each generation."""
    elite = {"search.elite_schedule": "constant", "search.elite": n} if n else {}
    return {**CORRELATION, "search.population": POPULATION, **breeding, **elite}


def _study(laboratory: Laboratory) -> Finding:
    outcomes: dict[str, tuple[Outcome, ...]] = {}
    for name, (breeding, n_generations) in BREEDING.items():
        variants = {f"{name}, elite of {n}": with_elite(n, breeding) for n in ELITES}
        outcomes |= compare(laboratory, variants, laboratory.scaled(n_generations)).outcomes
    found = Comparison(outcomes)
    shares = [found.mean(name, lambda o: o.largest_lineage_share) for name in outcomes]
    everybody, best = (shares[0], shares[1], shares[2]), (shares[3], shares[4], shares[5])
    return Finding(
        judge(everybody, best),
        Table(
            ("", "generations", "largest lineage", "lineages left"),
            tuple(
                (
                    name,
                    f"{len(outcomes[name][0].generations)}",
                    f"{share:.0%}",
                    f"{found.mean(name, lambda o: o.generations[-1].n_lineages):.0f}",
                )
                for name, share in zip(outcomes, shares, strict=True)
            ),
        ),
        _chart(found),
        {
            f"share_{who}_elite_{n}": row[n]
            for who, row in (("everybody_breeds", everybody), ("best_breed", best))
            for n in ELITES
        },
    )


def _chart(found: Comparison) -> Chart:
    return Chart(
        "The largest lineage, mean of the seeds",
        "generation",
        "share of the population",
        tuple(
            Series(name, tuple(map(fmean, zip(*map(_shares, outcomes), strict=True))))
            for name, outcomes in found.outcomes.items()
        ),
    )


def _shares(outcome: Outcome) -> tuple[float, ...]:
    return tuple(generation.largest_lineage_share for generation in outcome.generations)


CLAIM = Claim(
    id="C3",
    title="An elite lets one lineage take over",
    says="elitism, even of one or two individuals a generation, lets the descendants of one clip take over.",
    test="three seeds without an elite, with one and with two, drawn by rank as in the article; once where everybody "
    "has one child, so that nothing but the elite selects, and once where the best 40 % breed. It is a takeover when "
    "one lineage has half of the population, and at least one and a half times what it has without.",
    study=_study,
)
