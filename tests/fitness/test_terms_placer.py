"""Landing and refitting by chosen terms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.assembly import make_evaluator
from phenotune.fitness.settings import FitnessSettings, MixSettings, TermSettings
from phenotune.fitness.terms_placer import TermsPlacer
from phenotune.genome.candidate import UNFIT, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip

from .conftest import FewSounds, decaying_noise, make_canvas

WHOLE = Chromosome(Clip("burst", 0, 8000))
WIDE = Chromosome(Clip("wide", 0, 9000))
ONSET = 51_200
SOLVING = MixSettings(fade_ms=0.0)
TERMS = ["spectral", "spectral_norm", "centroid", "waveform", "psnr", "decibels", "correlation"]


class Stage:
    """A canvas with some clips on it, and a placer."""

    def __init__(self, rng: np.random.Generator, burst: Samples, *terms: str, **more: Any) -> None:
        song = (0.02 * rng.standard_normal((2, 120_000))).astype(np.float32)
        song[:, ONSET : ONSET + 8000] += 0.5 * burst
        wide = np.concatenate([decaying_noise(rng, 9000), decaying_noise(rng, 9000)])
        self.sounds = FewSounds({"burst": burst, "wide": wide})
        self.canvas: Canvas = make_canvas(song)
        fitness = FitnessSettings(terms=tuple(TermSettings(term=term) for term in terms))
        mix = more.pop("mix", SOLVING)
        self.evaluator = make_evaluator(
            self.canvas, self.sounds, fitness, mix, target=song, is_heard=lambda _: True,
            proposal="correlation", **more,
        )  # fmt: skip
        assert isinstance(self.evaluator.placer, TermsPlacer)
        self.placer = self.evaluator.placer
        self.put(1, WIDE, 10_000, (0.1, 0.1))

    def put(
        self, number: int, chromosome: Chromosome, onset: int, gains: tuple[float, ...]
    ) -> Placement:
        placement = Placement(number, chromosome, onset, gains, 1, 0)
        self.canvas.place(placement, self.sound(chromosome))
        return placement

    def sound(self, chromosome: Chromosome) -> Samples:
        return self.evaluator.phenotypes.render(chromosome)


@pytest.mark.parametrize("term", TERMS)
def test_refitting_never_makes_it_worse_and_leaves_the_canvas_as_it_was(
    rng: np.random.Generator, burst: Samples, term: str
) -> None:
    stage = Stage(rng, burst, term)
    placement = stage.put(2, WHOLE, ONSET, (0.2, 0.2))
    before, sound = stage.evaluator.distance, stage.canvas.samples()
    trial = stage.placer.refit(placement, stage.sound(WHOLE))
    np.testing.assert_array_equal(stage.canvas.samples(), sound)
    assert list(stage.canvas.placements) == [1, 2]
    assert stage.evaluator.distance == before
    samples = stage.sound(WHOLE)
    stage.canvas.remove(2, samples)
    without = stage.evaluator.distance
    if term != "correlation":
        assert trial.fitness >= without - before - 1e-9
        stage.put(2, WHOLE, ONSET, trial.gains)
        assert without - stage.evaluator.distance == pytest.approx(trial.fitness, abs=1e-5)
    else:
        assert trial.fitness > 0.0


def test_gains_that_differ_keep_their_ratio(rng: np.random.Generator, burst: Samples) -> None:
    stage = Stage(rng, burst, "waveform")
    placement = stage.put(2, WHOLE, ONSET, (0.1, 0.2))
    trial = stage.placer.refit(placement, stage.sound(WHOLE))
    assert trial.gains[1] == pytest.approx(2.0 * trial.gains[0])
    assert sum(trial.gains) == pytest.approx(1.0, rel=0.1)


def test_what_does_not_pay_is_unfit(rng: np.random.Generator, burst: Samples) -> None:
    stage = Stage(rng, burst, "waveform", mix=MixSettings(fade_ms=0.0, solve_gain=False))
    loud = stage.put(2, WIDE, 80_000, (3.0, 3.0))
    assert stage.placer.refit(loud, stage.sound(WIDE)) == UNFIT
    silent = stage.put(3, WIDE, 80_000, (0.0, 0.0))
    assert stage.placer.refit(silent, stage.sound(WIDE)) == UNFIT


def test_a_rival_wins_where_it_does_better(rng: np.random.Generator, burst: Samples) -> None:
    stage = Stage(rng, burst, "waveform")
    placement = stage.put(2, WIDE, ONSET, (0.1, 0.1))
    span = (ONSET, ONSET + 9000)
    own, won = stage.placer.contest(placement, stage.sound(WIDE), WHOLE, span)
    assert won is not None
    assert won.chromosome == WHOLE
    assert won.trial.onset_samples == ONSET
    assert won.trial.gains == pytest.approx((0.5, 0.5), rel=0.1)
    assert won.trial.fitness > max(0.0, own.fitness)
    _, lost = stage.placer.contest(placement, stage.sound(WIDE), WHOLE, (ONSET + 1, ONSET + 9000))
    assert lost is None or lost.trial.onset_samples == ONSET + 1000


def test_a_rival_that_is_worse_or_may_not_start_there_loses(
    rng: np.random.Generator, burst: Samples
) -> None:
    stage = Stage(rng, burst, "waveform")
    placement = stage.put(2, WHOLE, ONSET, (0.5, 0.5))
    span = (ONSET - 2000, ONSET + 12_000)
    own, won = stage.placer.contest(placement, stage.sound(WHOLE), WIDE, span)
    assert won is None
    assert own.fitness > 0.3
    barred = Stage(rng, burst, "waveform", permits=lambda chromosome, onset: False)
    placement = barred.put(2, WIDE, ONSET, (0.1, 0.1))
    assert barred.placer.contest(placement, barred.sound(WIDE), WHOLE, span)[1] is None


def test_a_winner_lands_in_the_middle_as_it_was_bred(
    rng: np.random.Generator, burst: Samples
) -> None:
    stage = Stage(rng, burst, "decibels", mix=MixSettings(fade_ms=0.0, solve_gain=False))
    landed = stage.placer.land(WHOLE, Trial(0.1, ONSET, (1.0, 1.0), 8000))
    assert landed.chromosome == WHOLE
    assert landed.trial.gains == (1.0, 1.0)
    assert landed.trial.weight == landed.own_weight == 1.0
    assert stage.placer.weigh(landed) is landed
    outside = stage.placer.land(WHOLE, Trial(0.1, 10_000_000, (1.0, 1.0), 8000))
    assert outside.trial.fitness == 0.0
