"""Revising what has landed: every gain solved anew, and what no longer pays removed.

Sound only adds, so a clip that landed early stands in the way of better ones that come later, unless its gain can
follow. One pass over the list, each placement taken off the canvas, solved against the rest and put back, is coordinate
descent on the distance: it never gets worse.
"""

from __future__ import annotations

from dataclasses import replace

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.evaluator import Evaluator


def refit_all(canvas: Canvas, evaluator: Evaluator) -> int:
    """Solve the gains of all placements anew, in the order of landing, but for those that are locked.

    Returns
    -------
    int
        How many placements were removed, since the mosaic is better without them.
    """
    n_removed = 0
    for placement_id in sorted(canvas.placements):
        placement = canvas.placements[placement_id]
        if placement.locked:
            continue
        samples = evaluator.phenotype(placement.chromosome)
        canvas.remove(placement.id, samples)
        trial = evaluator.refit(placement, samples)
        if trial.is_fit:
            canvas.place(replace(placement, gains=trial.gains), samples)
        else:
            n_removed += 1
    return n_removed
