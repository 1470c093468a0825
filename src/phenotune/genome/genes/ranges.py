"""What the settings of all genes have in common, and the checks of what a gene is given.

A gene's ranges say what chance may draw. A gene's own limits are wider: they say what makes any sense at all, and hold
for a mosaic that somebody wrote by hand.
"""

from __future__ import annotations

import math
from typing import Self

from pydantic import model_validator

from phenotune.errors import ParameterError
from phenotune.settings import Settings, setting

WEIGHT_HELP = (
    "How likely the gene is drawn, relative to the weights of the others; 0 switches it off."
)


class GeneRanges(Settings):
    """The weight of a gene; each gene adds its ranges as pairs ``min_x_unit`` and ``max_x_unit``."""

    weight: float = setting(1.0, WEIGHT_HELP, ge=0.0)

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        values = dict(self)
        for name, low in values.items():
            partner = f"max_{name.removeprefix('min_')}"
            if name.startswith("min_") and low > values[partner]:
                raise ValueError(f"{name} ({low}) must not be above {partner} ({values[partner]})")
        return self


def check_number(name: str, value: float, low: float, high: float) -> None:
    """Refuse a number outside ``low..high``, or one that is not finite.

    Parameters
    ----------
    name
        What the message calls it: the field of the gene.
    value
        What came.
    low, high
        The limits, both included.

    Raises
    ------
    ParameterError
        Naming the limits and the number.
    """
    if not (math.isfinite(value) and low <= value <= high):
        raise ParameterError(f"{name}: expected {low:g} to {high:g}, got {value!r}")


def check_choice(name: str, value: str, choices: tuple[str, ...]) -> None:
    """Refuse a word that is not one of the choices.

    Raises
    ------
    ParameterError
        Naming the choices and the word.
    """
    if value not in choices:
        raise ParameterError(f"{name}: expected {' or '.join(map(repr, choices))}, got {value!r}")
