"""Laying placements on a canvas again: of another target, or of the same one after a stop."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from phenotune.canvas.canvas import Canvas, at_once
from phenotune.canvas.placement import Placement
from phenotune.fitness.phenotypes import Phenotypes


def lay(
    canvas: Canvas,
    phenotypes: Phenotypes,
    placements: Iterable[Placement],
    is_silent: Callable[[Placement], bool],
) -> dict[int, Placement]:
    """Place all that is neither silent nor muted, in the order given, and return the rest by id.

    Gains are made to fit the canvas: what lay on one speaker sounds from both, and two are folded to their mean.
    """
    n_speakers = canvas.target.n_speakers
    silent: dict[int, Placement] = {}
    with at_once(canvas):
        for placement in placements:
            fitting = replace(placement, gains=fitted(placement.gains, n_speakers))
            if placement.muted or is_silent(placement):
                silent[placement.id] = fitting
            else:
                canvas.place(fitting, phenotypes.recall(placement.chromosome))
    return silent


def split_muted(unheard: dict[int, Placement]) -> tuple[dict[int, Placement], dict[int, Placement]]:
    """What :func:`lay` has not placed: those beyond the end, and those that are muted."""
    return (
        {number: each for number, each in unheard.items() if not each.muted},
        {number: each for number, each in unheard.items() if each.muted},
    )


def fitted(gains: tuple[float, ...], n_speakers: int) -> tuple[float, ...]:
    """Gains for so many speakers.

    >>> fitted((0.5,), 2), fitted((1.0, 0.5), 1), fitted((1.0, 0.5), 2)
    ((0.5, 0.5), (0.75,), (1.0, 0.5))
    """
    if len(gains) == n_speakers:
        return gains
    return (sum(gains) / len(gains),) * n_speakers
