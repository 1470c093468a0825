"""Sums of products, in the same order on every run."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def inner_product(left: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    """Sum of the products of all values of two arrays of the same shape.

    In one thread, where ``np.vdot`` would hand the work to BLAS. The sum of BLAS depends on the number of its threads,
    and they wait for each other by spinning: on a busy machine one second of sound took 2.5 s to measure, not 0.03.

    >>> inner_product(np.array([[1.0, 2.0]]), np.array([[3.0, 4.0]]))
    11.0
    """
    return float(np.einsum("i,i->", left.ravel(), right.ravel()))
