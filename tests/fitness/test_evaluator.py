"""Scoring candidates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import UNFIT, Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip

from .conftest import FewSounds, decaying_noise, make_canvas

MIX = MixSettings(fade_ms=0.0, equaliser=False)
EQUALISING = MixSettings(fade_ms=0.0)
WHOLE = Chromosome(Clip("burst", 0, 8000))


@pytest.fixture
def sounds(rng: np.random.Generator, burst: Samples) -> FewSounds:
    wide = np.concatenate([decaying_noise(rng, 9000), decaying_noise(rng, 9000)])
    return FewSounds({"burst": burst, "wide": wide, "silence": np.zeros((1, 9000), np.float32)})


@pytest.fixture
def canvas(rng: np.random.Generator, burst: Samples) -> Canvas:
    samples = (0.02 * rng.standard_normal((2, 120_000))).astype(np.float32)
    samples[:, 51_200 : 51_200 + 8000] += 0.5 * burst
    return make_canvas(samples)


def evaluator(canvas: Canvas, sounds: FewSounds, mix: MixSettings = MIX) -> Evaluator:
    return Evaluator(canvas, sounds, mix, is_heard=lambda samples: bool(samples.any()))


def test_a_clip_of_the_target_finds_its_place_and_its_gain(
    canvas: Canvas, sounds: FewSounds
) -> None:
    """Proposals are pooled by two frames; landing looks at the frames beside."""
    trial = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, n_proposals=4))
    assert abs(trial.onset_samples - 51_200) <= 512
    landed = evaluator(canvas, sounds).land(WHOLE, trial)
    assert landed.trial.onset_samples == 51_200
    assert np.abs(trial.gains) == pytest.approx(0.5, rel=0.1)
    assert trial.n_samples == 8000
    assert trial.fitness > 0.05


def test_fitness_is_the_distance_before_minus_the_distance_after(
    canvas: Canvas, sounds: FewSounds
) -> None:
    scorer = evaluator(canvas, sounds)
    for number, chromosome in enumerate(
        [WHOLE, Chromosome(Clip("wide", 100, 7000), (Reverse(), Varispeed(-317.0)))]
    ):
        trial = scorer.score(Candidate(chromosome, 0, onsets=(30_011 + 7 * number,)))
        before = canvas.distance
        placement = Placement(number, chromosome, trial.onset_samples, trial.gains, 1, 0)
        canvas.place(placement, scorer.phenotypes.render(chromosome))
        assert before - canvas.distance == pytest.approx(trial.fitness, abs=1e-6)


def test_threads_change_nothing(
    rng: np.random.Generator, canvas: Canvas, sounds: FewSounds
) -> None:
    candidates = [
        Candidate(
            Chromosome(Clip("wide", int(rng.integers(4000)), 3000), (Varispeed(float(cents)),)),
            0, onsets=(int(rng.integers(100_000)),), n_proposals=3, around_samples=60_000,
        )
        for cents in rng.integers(-1200, 1200, 20)
    ]  # fmt: skip
    alone = evaluator(canvas, sounds).evaluate(candidates)
    with ThreadPoolExecutor(4) as pool:
        assert evaluator(canvas, sounds).evaluate(candidates, pool) == alone


def test_what_is_not_heard_is_unfit(canvas: Canvas, sounds: FewSounds) -> None:
    silence = Candidate(Chromosome(Clip("silence", 0, 9000)), 0, onsets=(0,), n_proposals=4)
    assert evaluator(canvas, sounds).score(silence) == UNFIT


def test_nowhere_to_go_is_unfit(canvas: Canvas, sounds: FewSounds) -> None:
    assert evaluator(canvas, sounds).score(Candidate(WHOLE, 0)) == UNFIT
    outside = Candidate(WHOLE, 0, onsets=(-500_000, 900_000))
    assert evaluator(canvas, sounds).score(outside) == UNFIT


def test_landing_never_scores_below_the_trial(canvas: Canvas, sounds: FewSounds) -> None:
    scorer = evaluator(canvas, sounds)
    trial = scorer.score(Candidate(WHOLE, 0, n_proposals=4))
    landed = scorer.land(WHOLE, trial)
    assert landed.trial.fitness >= trial.fitness
    assert landed.chromosome == WHOLE
    assert landed.samples.shape == (1, 8000)


def test_a_band_that_the_target_lacks_is_turned_down_by_a_gene(
    rng: np.random.Generator, burst: Samples
) -> None:
    """The target is the burst without its treble. Levels are solved, land as a gene, and are scored by the sound."""
    dull = Equaliser(0.0, 0.0, 0.0, -60.0).apply(burst, 44_100, lambda _: burst)
    canvas = make_canvas(np.pad(dull, ((0, 0), (20_480, 30_000))))
    sounds = FewSounds({"burst": burst})
    plain = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, onsets=(20_480,)))
    scorer = evaluator(canvas, sounds, EQUALISING)
    trial = scorer.score(Candidate(WHOLE, 0, onsets=(20_480,)))
    assert trial.levels[3] == 0.0
    assert trial.fitness > plain.fitness + 0.01
    landed = scorer.land(WHOLE, trial)
    (gene,) = landed.chromosome.genes
    assert isinstance(gene, Equaliser)
    assert gene.treble_db == -60.0
    assert landed.trial.fitness > 0.9 * trial.fitness
    before = canvas.distance
    placement = Placement(
        1, landed.chromosome, landed.trial.onset_samples, landed.trial.gains, 1, 0
    )
    canvas.place(placement, landed.samples)
    assert before - canvas.distance == pytest.approx(landed.trial.fitness, abs=1e-6)


def test_where_no_band_is_too_much_no_equaliser_lands(burst: Samples) -> None:
    canvas = make_canvas(np.pad(burst, ((0, 0), (20_480, 30_000))))
    scorer = evaluator(canvas, FewSounds({"burst": burst}), EQUALISING)
    trial = scorer.score(Candidate(WHOLE, 0, onsets=(20_480,)))
    assert scorer.land(WHOLE, trial).chromosome == WHOLE


def test_refitting_never_makes_a_placement_worse(
    rng: np.random.Generator, canvas: Canvas, sounds: FewSounds
) -> None:
    scorer = evaluator(canvas, sounds)
    for number in range(12):
        clip = Chromosome(Clip("wide", int(rng.integers(4000)), 4000))
        onset, gains = int(rng.integers(100_000)), tuple(0.3 * rng.standard_normal(2))
        canvas.place(Placement(number, clip, onset, gains, 1, 0), scorer.phenotypes.render(clip))
    for placement in list(canvas.placements.values()):
        before, samples = canvas.distance, scorer.phenotypes.render(placement.chromosome)
        canvas.remove(placement.id, samples)
        trial = scorer.refit(placement, samples)
        if trial.is_fit:
            refitted = Placement(
                placement.id, placement.chromosome, trial.onset_samples, trial.gains, 1, 0
            )
            canvas.place(refitted, samples)
        assert canvas.distance <= before + 1e-9


def test_a_stereo_clip_is_folded_for_a_mono_canvas(burst: Samples, sounds: FewSounds) -> None:
    canvas = make_canvas(np.pad(burst, ((0, 0), (20_000, 20_000))))
    scorer = evaluator(canvas, sounds)
    wide = sounds.samples("wide", 44_100)
    folded = scorer.phenotypes.render(Chromosome(Clip("wide", 0, 9000)))
    np.testing.assert_array_equal(folded, wide.mean(axis=0, keepdims=True))


def test_rhythm_moves_what_is_proposed(canvas: Canvas, sounds: FewSounds) -> None:
    scorer = Evaluator(
        canvas, sounds, MIX, is_heard=lambda samples: True, to_grid=lambda onset: 50_000
    )
    assert scorer.score(Candidate(WHOLE, 0, n_proposals=4)).onset_samples == 50_000
