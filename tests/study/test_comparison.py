from __future__ import annotations

import pytest

from phenotune.study.comparison import compare, judge_help
from phenotune.study.eras import SPECTROGRAM_ALONE
from phenotune.study.laboratory import Laboratory


@pytest.mark.parametrize(
    ("gains", "expected", "verdict"),
    [
        ((0.01, 0.0, -0.01), "little", "does not hold"),
        ((0.05, 0.04, 0.06), "little", "holds"),
        ((0.05, 0.04, 0.06), "some", "holds"),
        ((0.05, 0.04, 0.06), "much", "depends"),
        ((0.2, 0.3, 0.1), "much", "holds"),
        ((0.2, 0.3, 0.1), "some", "holds"),
        ((0.2, 0.3, 0.1), "little", "depends"),
        ((-0.2, 0.3, 0.1), "some", "depends"),
        ((-0.2, -0.1, -0.3), "some", "does not hold"),
    ],
)
def test_help_is_judged_by_its_size(gains: tuple[float, ...], expected: str, verdict: str) -> None:
    judgement = judge_help(gains, expected)  # type: ignore[arg-type]
    assert judgement.verdict == verdict
    assert f"{sum(gains) / 3:+.2f} on average of 3 seeds" in judgement.line


@pytest.mark.slow
def test_variants_are_run_with_the_same_seeds(laboratory: Laboratory) -> None:
    small = {**SPECTROGRAM_ALONE, "search.population": 10, "search.capacity": 10}
    found = compare(laboratory, {"a": small, "same": small}, cycles=2, n_seeds=2)
    assert found.gains("a", "same") == (0.0, 0.0)
    assert [outcome.n_candidates > 0 for outcome in found.outcomes["a"]] == [True, True]
    assert [row[0] for row in found.table().rows] == ["a", "same"]
    assert [series.name for series in found.chart("x").series] == ["a", "same"]
    assert found.figures()["evenness_a"] == found.mean("same", lambda outcome: outcome.evenness)
