from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from phenotune.errors import ParameterError
from phenotune.genome.genes.catalogue import RANGES
from phenotune.genome.genes.ranges import GeneRanges, check_choice, check_number

PAIRS = [
    (tag, name, f"max_{name.removeprefix('min_')}")
    for tag, ranges in RANGES.items()
    for name in ranges.model_fields
    if name.startswith("min_")
]


def test_weight_is_never_negative():
    assert GeneRanges().weight == 1.0
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        GeneRanges(weight=-0.1)
    with pytest.raises(ValidationError, match="finite"):
        GeneRanges(weight=float("inf"))


@pytest.mark.parametrize(("tag", "low", "high"), PAIRS)
def test_ranges_out_of_order_are_refused(tag, low, high):
    fields = RANGES[tag].model_fields
    wrong = {low: fields[high].default, high: fields[low].default}
    with pytest.raises(ValidationError, match=rf"{low} \(.*\) must not be above {high} \(.*\)"):
        RANGES[tag](**wrong)


@pytest.mark.parametrize(("tag", "low", "high"), PAIRS)
def test_a_range_may_be_a_single_value(tag, low, high):
    only = RANGES[tag].model_fields[low].default
    ranges = RANGES[tag](**{low: only, high: only})
    assert getattr(ranges, low) == getattr(ranges, high) == only


def test_unknown_names_are_refused():
    with pytest.raises(ValidationError, match="Extra inputs"):
        GeneRanges(wieght=1.0)


@pytest.mark.parametrize("value", [1.0, 2.0, 3, np.float32(1.5)])
def test_numbers_within_the_limits_pass(value):
    check_number("x", value, 1.0, 3.0)


@pytest.mark.parametrize("value", [0.999, 3.001, float("nan"), float("inf"), -float("inf")])
def test_numbers_outside_the_limits_are_refused(value):
    with pytest.raises(ParameterError, match=r"^x: expected 1 to 3, got"):
        check_number("x", value, 1.0, 3.0)


def test_choices():
    check_choice("keep", "head", ("head", "tail"))
    with pytest.raises(ParameterError, match=r"^keep: expected 'head' or 'tail', got 'body'"):
        check_choice("keep", "body", ("head", "tail"))
