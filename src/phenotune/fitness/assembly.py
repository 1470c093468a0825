"""Putting together what scores: the evaluator of the guided search, or one for other terms."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.correlator import Correlator
from phenotune.fitness.direction import Direction
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.objective import Objective
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.scoring import Scorer
from phenotune.fitness.settings import FitnessSettings, MixSettings, TermName
from phenotune.fitness.suggestions import Suggester
from phenotune.fitness.terms.centroid import Centroid
from phenotune.fitness.terms.correlation import Correlates, Correlation
from phenotune.fitness.terms.decibels import Decibels
from phenotune.fitness.terms.gain_search import GainLimits
from phenotune.fitness.terms.psnr import Psnr
from phenotune.fitness.terms.spectral import Spectral
from phenotune.fitness.terms.spectral_norm import SpectralNorm
from phenotune.fitness.terms.term import N_BLOCK, Term
from phenotune.fitness.terms.waveform import Waveform
from phenotune.fitness.terms_evaluator import TermsEvaluator
from phenotune.fitness.terms_placer import TermsPlacer
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds
from phenotune.spectra.analysis import analyse
from phenotune.spectra.layout import Layout


def make_evaluator(
    canvas: Canvas,
    sounds: Sounds,
    fitness: FitnessSettings,
    mix: MixSettings,
    *,
    target: Samples,
    proposal: str = "missing",
    is_heard: Callable[[Samples], bool],
    to_grid: Callable[[int], int] | None = None,
    min_samples: int = 0,
    direction: Direction | None = None,
    permits: Callable[[Chromosome, int], bool] | None = None,
) -> Scorer:
    """The evaluator that the settings ask for.

    Where spectral is the only term and onsets are proposed by what is missing, that is :class:`.evaluator.Evaluator`,
    which solves more than gains and hears stereo; otherwise :class:`.terms_evaluator.TermsEvaluator`.

    Parameters
    ----------
    canvas, sounds
        Where clips land, and where they are cut from.
    fitness, mix
        What fitness is made of, and what is solved.
    target
        The target's sound, float32 (n_channels, n_samples) at the layout's rate.
    proposal
        How onsets are proposed: by what is "missing", or by "correlation".
    is_heard, to_grid, min_samples, direction
        As for :class:`.evaluator.Evaluator`.
    permits
        Whether a chromosome may start at an onset, in samples; None: anywhere.
    """
    if fitness.is_spectral and proposal == "missing":
        return Evaluator(
            canvas,
            sounds,
            mix,
            is_heard=is_heard,
            to_grid=to_grid,
            min_samples=min_samples,
            direction=direction,
            permits=permits,
        )
    by_correlation = proposal == "correlation"
    correlator = (
        Correlator(target, canvas, fitness) if by_correlation or fitness.correlates else None
    )
    heard = canvas.target
    phenotypes = Phenotypes(sounds, heard.layout.rate_hz, heard.n_speakers, fade_ms=mix.fade_ms)
    objective = make_objective(canvas, fitness, mix, target=target, correlator=correlator)
    return TermsEvaluator(
        canvas,
        phenotypes,
        objective,
        suggester=Suggester(
            canvas,
            correlator=correlator if by_correlation else None,
            direction=direction,
            to_grid=to_grid,
            min_samples=min_samples,
        ),
        is_heard=is_heard,
        placer=TermsPlacer(
            canvas, phenotypes, objective, to_grid=to_grid, direction=direction, permits=permits
        ),
        is_correlation=not mix.solve_gain
        and all(each.term == "correlation" for each in fitness.terms),
        direction=direction,
        permits=permits,
    )


def make_objective(
    canvas: Canvas,
    fitness: FitnessSettings,
    mix: MixSettings,
    *,
    target: Samples,
    correlator: Correlates | None = None,
) -> Objective:
    """The terms that the settings ask for, with their weights; parameters as for :func:`make_evaluator`."""
    if correlator is None and fitness.correlates:
        correlator = Correlator(target, canvas, fitness)
    makers = _makers(canvas, mix, target, correlator)
    return Objective([(makers[each.term](), each.weight) for each in fitness.terms], mix)


def _makers(
    canvas: Canvas, mix: MixSettings, target: Samples, correlator: Correlates | None
) -> dict[TermName, Callable[[], Term]]:
    """How each term is made; what several of them need is made once."""
    limits = GainLimits.of(mix)

    @cache
    def magnitudes() -> NDArray[np.float32]:
        return magnitudes_of(target, canvas.target.layout, canvas.target.n_frames)

    @cache
    def waveform() -> Waveform:
        return Waveform(target, canvas, limits)

    makers: dict[TermName, Callable[[], Term]] = {
        "spectral": lambda: Spectral(canvas, mix),
        "spectral_norm": lambda: SpectralNorm(magnitudes(), canvas, limits),
        "centroid": lambda: Centroid(magnitudes(), canvas, limits),
        "waveform": waveform,
        "psnr": lambda: Psnr(waveform()),
        "decibels": lambda: Decibels(magnitudes(), canvas, limits),
    }
    if correlator is not None:
        makers["correlation"] = lambda: Correlation(
            correlator, polarity=mix.polarity, level_of=waveform().best_gain
        )
    return makers


def magnitudes_of(target: Samples, layout: Layout, n_frames: int) -> NDArray[np.float32]:
    """Magnitudes of the middle of a sound, float32 (n_frames, n_places)."""
    middle = np.asarray(target.mean(axis=0, keepdims=True), np.float32)
    out = np.empty((n_frames, layout.n_bins), np.float32)
    for first in range(0, n_frames, N_BLOCK):
        n = min(N_BLOCK, n_frames - first)
        out[first : first + n] = np.abs(analyse(middle, 0, first, n, layout)[0])
    return out
