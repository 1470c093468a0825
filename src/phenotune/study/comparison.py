"""Runs beside one another: the same search with one thing changed, each with several seeds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Literal

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Judgement, Table
from phenotune.study.eras import Values

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory, Outcome

LITTLE, MUCH = 0.02, 0.10
"""From how much more evenness something helps at all, and from how much it helps a lot."""

N_SEEDS = 3


@dataclass(frozen=True)
class Comparison:
    """What came of each variant, a run for each seed, in the order in which they were named."""

    outcomes: Mapping[str, tuple[Outcome, ...]]

    def mean(self, variant: str, figure: Callable[[Outcome], float]) -> float:
        """A figure of a variant, the mean of its seeds."""
        return fmean(figure(outcome) for outcome in self.outcomes[variant])

    def gains(self, before: str, after: str) -> tuple[float, ...]:
        """By how much more evenly the onsets of ``after`` are spread than those of ``before``, for each seed."""
        pairs = zip(self.outcomes[before], self.outcomes[after], strict=True)
        return tuple(b.evenness - a.evenness for a, b in pairs)

    def table(self) -> Table:
        """How the clips of each variant are spread."""
        rows = []
        for name in self.outcomes:
            n_placements = self.mean(name, lambda outcome: outcome.n_placements)
            rows.append(
                (
                    name,
                    f"{n_placements:.0f}",
                    f"{self.mean(name, lambda outcome: outcome.evenness):.2f}",
                    f"{self.mean(name, lambda outcome: outcome.covered):.0%}",
                    f"{self.mean(name, lambda outcome: outcome.silent):.0%}",
                    f"{self.mean(name, lambda outcome: outcome.largest_lineage_share):.0%}",
                )
            )
        return Table(
            ("", "clips", "evenness of onsets", "covered", "silent", "largest lineage"), tuple(rows)
        )

    def chart(self, title: str) -> Chart:
        """Where the clips of each variant start, with the first seed."""
        first = {name: outcomes[0] for name, outcomes in self.outcomes.items()}
        target_s = next(iter(first.values())).target_s
        return Chart(
            title,
            "onset (s)",
            "",
            tuple(Series(name, outcome.onsets_s) for name, outcome in first.items()),
            kind="marks",
            span=(0.0, target_s),
        )

    def figures(self) -> dict[str, float]:
        """The same for scripts."""
        found: dict[str, float] = {}
        for name in self.outcomes:
            key = "_".join(name.replace(",", "").replace(".", "_").split())
            found[f"evenness_{key}"] = self.mean(name, lambda outcome: outcome.evenness)
            found[f"silent_{key}"] = self.mean(name, lambda outcome: outcome.silent)
            found[f"covered_{key}"] = self.mean(name, lambda outcome: outcome.covered)
        return found


def compare(
    laboratory: Laboratory,
    variants: Mapping[str, Values],
    cycles: int,
    *,
    preset: str = "classic",
    n_seeds: int = N_SEEDS,
) -> Comparison:
    """Make a run of each variant with each seed.

    Parameters
    ----------
    laboratory
        Where.
    variants
        Settings by the name of the variant.
    cycles
        Of each run.
    preset
        What the settings lie over.
    n_seeds
        How many runs of each; the first has the study's own seed.
    """
    return Comparison(
        {
            name: tuple(
                laboratory.run(settings, cycles=cycles, preset=preset, seed=seed)
                for seed in range(n_seeds)
            )
            for name, settings in variants.items()
        }
    )


def judge_help(gains: tuple[float, ...], expected: Literal["little", "some", "much"]) -> Judgement:
    """Judge whether something helps as much as the article says, by how much more evenly onsets are spread.

    Less than 0.02 is nothing, from 0.10 on it is much. Where seeds disagree about the sign, it depends.

    Parameters
    ----------
    gains
        Of evenness, one for each seed.
    expected
        What the article says: a little, at all, or very much.

    Examples
    --------
    >>> judge_help((0.3, 0.2), "much").verdict, judge_help((0.3, 0.2), "little").verdict
    ('holds', 'depends')
    """
    mean = fmean(gains)
    size = "none" if mean < LITTLE else "little" if mean < MUCH else "much"
    line = (
        f"evenness changes by {mean:+.2f} on average of {len(gains)} seeds "
        f"({min(gains):+.2f} to {max(gains):+.2f}), which is {_words(size)}."
    )
    if min(gains) < -LITTLE and max(gains) > LITTLE:
        return Judgement("depends", f"on the seed: {line}")
    if size == expected or (expected == "some" and size != "none"):
        return Judgement("holds", line)
    if expected == "much" and size == "little":
        return Judgement("depends", f"it helps less than that: {line}")
    if expected == "little" and size == "much":
        return Judgement("depends", f"it helps more than that: {line}")
    return Judgement("does not hold", line)


def _words(size: str) -> str:
    return {"none": "no help", "little": "a little help", "much": "much help"}[size]
