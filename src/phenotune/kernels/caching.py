"""Whether compiled kernels can be kept on this machine."""

from __future__ import annotations

from numba import njit


def _nothing():
    """Stand for any kernel."""


def _can_be_kept() -> bool:
    """Ask numba whether it finds a folder for compiled kernels: beside the sources, or in a folder of the user.

    A program that was installed by somebody else, and runs for nobody in particular, may have neither.
    """
    try:
        njit(cache=True)(_nothing)
    except RuntimeError:  # "cannot cache function: no locator available"
        return False
    return True


CACHE = _can_be_kept()
"""For ``njit(cache=...)``: without a folder, kernels are compiled at each start, which takes some seconds."""
