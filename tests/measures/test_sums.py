from __future__ import annotations

import pytest

from phenotune.measures.sums import inner_product


@pytest.mark.parametrize("shape", [(0,), (1,), (7,), (3, 5), (1000, 13)])
def test_equals_the_sum_of_products(rng, shape):
    left, right = rng.standard_normal(shape), rng.standard_normal(shape)
    assert inner_product(left, right) == pytest.approx((left * right).sum(), abs=1e-9)


def test_views_that_are_not_contiguous(rng):
    values = rng.standard_normal((6, 8))
    assert inner_product(values[::2], values[1::2]) == pytest.approx(
        (values[::2] * values[1::2]).sum()
    )
