"""Scoring candidates."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.direction import Direction
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.own_place import OwnPlace
from phenotune.fitness.settings import MixSettings
from phenotune.fitness.style import StyleSettings
from phenotune.genome.candidate import UNFIT, Candidate
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.spectra.hearing import MIDDLE

from .conftest import RATE_HZ, FewSounds, decaying_noise, make_canvas, place

MIX = MixSettings(fade_ms=0.0, equaliser=False, envelope=False)
EQUALISING = MixSettings(fade_ms=0.0, envelope=False)
ENVELOPING = MixSettings(fade_ms=0.0, equaliser=False)
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


def is_loud(samples: Samples) -> bool:
    return bool(samples.any())


def evaluator(canvas: Canvas, sounds: FewSounds, mix: MixSettings = MIX) -> Evaluator:
    return Evaluator(canvas, sounds, mix, is_heard=is_loud)


def test_a_clip_of_the_target_finds_its_place_and_its_gain(
    canvas: Canvas, sounds: FewSounds
) -> None:
    """Proposals are pooled by two frames; landing looks at the frames beside."""
    trial = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, n_proposals=4))
    assert abs(trial.onset_samples - 51_200) <= 512
    assert trial.n_samples == 8000
    landed = evaluator(canvas, sounds).placer.land(WHOLE, trial).trial
    assert landed.onset_samples == 51_200
    assert abs(np.mean(landed.gains)) == pytest.approx(0.5, rel=0.1)
    assert landed.fitness > 0.05


def test_where_the_rest_is_there_already_a_trial_finds_the_gain_as_well(
    rng: np.random.Generator, burst: Samples, sounds: FewSounds
) -> None:
    """Against silence every attack is stronger than the target's; against what belongs there it is the target's."""
    bed = (0.02 * rng.standard_normal((2, 120_000))).astype(np.float32)
    missing = np.zeros_like(bed)
    missing[:, 51_200 : 51_200 + 8000] = 0.5 * burst
    canvas = make_canvas(bed + missing)
    place(canvas, bed, 0, (1.0, 1.0))
    onsets = (20_480, 51_200, 80_000)
    trial = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, onsets=onsets, n_proposals=4))
    assert trial.onset_samples == 51_200
    assert np.abs(trial.gains) == pytest.approx(0.5, rel=0.1)
    assert trial.fitness > 0.9 * canvas.errors[0].sum()
    landed = evaluator(canvas, sounds).placer.land(WHOLE, trial).trial
    assert np.abs(landed.gains) == pytest.approx(0.5, rel=0.02)


def test_fitness_is_the_distance_before_minus_the_distance_after_in_the_middle(
    canvas: Canvas, sounds: FewSounds
) -> None:
    """Candidates are heard in mono; a stereo one is placed by its middle here, as it was scored."""
    scorer = evaluator(canvas, sounds)
    for number, chromosome in enumerate(
        [WHOLE, Chromosome(Clip("wide", 100, 7000), (Reverse(), Varispeed(-317.0)))]
    ):
        trial = scorer.score(Candidate(chromosome, 0, onsets=(30_011 + 7 * number,)))
        before = canvas.errors[MIDDLE].sum()
        gains = trial.gains * 2
        placement = Placement(number, chromosome, trial.onset_samples, gains, 1, 0)
        canvas.place(placement, scorer.phenotypes.render_middle(chromosome))
        assert before - canvas.errors[MIDDLE].sum() == pytest.approx(trial.fitness, abs=1e-6)


def test_what_a_candidate_has_beside_its_middle_is_not_heard(
    rng: np.random.Generator, canvas: Canvas, sounds: FewSounds
) -> None:
    """Neither its own nor the canvas's."""
    candidate = Candidate(Chromosome(Clip("wide", 0, 5000)), 0, onsets=(30_011,), n_proposals=3)
    trial = evaluator(canvas, sounds).score(candidate)
    side = Placement(1, WHOLE, 20_000, (0.3, -0.3), 1, 0)
    canvas.place(side, decaying_noise(rng, 90_000))
    assert evaluator(canvas, sounds).score(candidate) == trial
    middle = sounds.sounds["wide"].mean(axis=0, keepdims=True)
    narrow = FewSounds({"wide": np.repeat(middle, 2, axis=0)})
    assert evaluator(canvas, narrow).score(candidate) == trial


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
    """For a mono clip, which the speakers lack as much as the middle does."""
    scorer = evaluator(canvas, sounds)
    trial = scorer.score(Candidate(WHOLE, 0, n_proposals=4))
    landed = scorer.placer.land(WHOLE, trial)
    assert landed.trial.fitness >= trial.fitness
    assert landed.chromosome == WHOLE
    assert landed.samples.shape == (1, 8000)


def test_a_candidate_is_worth_more_where_levels_of_bands_are_solved(burst: Samples) -> None:
    """The target is the burst without its treble; what the trial promises, the sound that lands keeps."""
    dull = Equaliser(0.0, 0.0, 0.0, -60.0, -60.0).apply(burst, 44_100, lambda _: burst)
    canvas = make_canvas(np.pad(dull, ((0, 0), (20_480, 30_000))))
    sounds = FewSounds({"burst": burst})
    plain = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, onsets=(20_480,)))
    scorer = evaluator(canvas, sounds, EQUALISING)
    trial = scorer.score(Candidate(WHOLE, 0, onsets=(20_480,)))
    assert trial.fitness > plain.fitness + 0.01
    landed = scorer.placer.land(WHOLE, trial)
    assert landed.trial.fitness > 0.9 * trial.fitness


def test_a_candidate_is_worth_more_where_levels_of_steps_are_solved(
    rng: np.random.Generator,
) -> None:
    """The target is the middle third of a steady noise; what the trial promises, the sound that lands keeps."""
    noise = (0.3 * rng.standard_normal((1, 3 * 10_600))).astype(np.float32)
    sounds = FewSounds({"burst": noise})
    chromosome = Chromosome(Clip("burst", 0, noise.shape[1]))
    middle = noise.copy()
    middle[:, :10_600] = 0.0
    middle[:, -10_600:] = 0.0
    canvas = make_canvas(np.pad(middle, ((0, 0), (20_480, 30_000))))
    plain = evaluator(canvas, sounds).score(Candidate(chromosome, 0, onsets=(20_480,)))
    scorer = evaluator(canvas, sounds, ENVELOPING)
    trial = scorer.score(Candidate(chromosome, 0, onsets=(20_480,)))
    assert trial.fitness > plain.fitness + 0.1
    landed = scorer.placer.land(chromosome, trial)
    assert [gene.tag for gene in landed.chromosome.genes[:1]] == ["envelope"]
    assert landed.trial.fitness > 0.8 * trial.fitness


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


def note(midi: float, duration_s: float = 0.4) -> Samples:
    """A tone with overtones that dies away."""
    t = np.arange(round(duration_s * 44_100)) / 44_100
    hz = 440.0 * 2.0 ** ((midi - 69.0) / 12.0)
    overtones = sum(np.sin(2 * np.pi * k * hz * t) / k**1.5 for k in range(1, 9))
    return (0.2 * overtones * np.exp(-6.0 * t))[None].astype(np.float32)


def test_a_pitch_is_proposed_and_the_sound_scored_at_it(rng: np.random.Generator) -> None:
    samples = np.pad(note(64), ((0, 0), (20_480, 60_000)))
    canvas, sounds = make_canvas(samples), FewSounds({"low": note(61), "burst": note(64)})
    low = Chromosome(Clip("low", 0, note(61).shape[1]))
    scorer = evaluator(canvas, sounds)
    plain, trial = (
        scorer.score(Candidate(low, 0, n_proposals=3, semitones=semitones))
        for semitones in (range(0), range(-7, 8))
    )
    assert (plain.cents, trial.cents) == (0.0, 300.0)
    assert trial.fitness > plain.fitness + 0.1
    raised = Chromosome(low.clip, (Varispeed(300.0),))
    assert trial.n_samples == scorer.phenotypes.render_middle(raised).shape[1]
    again = scorer.score(Candidate(raised, 0, n_proposals=3))
    assert trial == replace(again, cents=300.0)


def test_no_pitch_is_proposed_at_which_a_clip_gets_too_short(rng: np.random.Generator) -> None:
    samples = np.pad(note(64), ((0, 0), (20_480, 60_000)))
    canvas, sounds = make_canvas(samples), FewSounds({"low": note(61)})
    low = Chromosome(Clip("low", 0, note(61).shape[1]))
    n_samples = note(61).shape[1]
    for n_shortest, highest in ((n_samples // 2, 12), (round(n_samples / 1.13), 2), (n_samples, 0)):
        scorer = Evaluator(canvas, sounds, MIX, is_heard=is_loud, min_samples=n_shortest)
        trial = scorer.score(Candidate(low, 0, n_proposals=3, semitones=range(-7, 8)))
        assert trial.cents <= 100.0 * highest
        assert trial.n_samples >= n_shortest
        assert (trial.cents == 300.0) == (highest >= 3)


class OneSided(Direction):
    """Wants nothing before a frame, halves whatever sounds, and tells what it was asked."""

    def __init__(self, canvas: Canvas, first: int) -> None:
        super().__init__(canvas, StyleSettings(), {"burst": 44_100})
        self.first = first

    def own_weight(self, chromosome, n_samples, powers):  # type: ignore[no-untyped-def]
        assert powers.ndim == 2
        return 0.5 ** (1 + len(chromosome.genes))

    def weight_at(self, chromosome, onset, n_samples):  # type: ignore[no-untyped-def]
        return 1.0 if onset >= 512 * self.first else 0.01

    def curve(self, chromosome, n_samples):  # type: ignore[no-untyped-def]
        return lambda frames: np.where(frames >= self.first, 1.0, 0.01)


def test_the_direction_weighs_what_is_proposed_and_what_is_chosen(
    rng: np.random.Generator, sounds: FewSounds, burst: Samples
) -> None:
    samples = (0.01 * rng.standard_normal((1, 150_000))).astype(np.float32)
    for onset, gain in ((20_480, 0.6), (102_400, 0.4)):
        samples[:, onset : onset + 8000] += gain * burst
    canvas = make_canvas(samples)
    plain = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, n_proposals=1))
    assert abs(plain.onset_samples - 20_480) <= 512
    assert (plain.weight, plain.appeal) == (1.0, plain.fitness)
    scorer = Evaluator(canvas, sounds, MIX, is_heard=is_loud, direction=OneSided(canvas, 100))
    for candidate in (
        Candidate(WHOLE, 0, n_proposals=1),
        Candidate(WHOLE, 0, onsets=(20_480, 102_400)),
    ):
        trial = scorer.score(candidate)
        assert abs(trial.onset_samples - 102_400) <= 512
        assert (trial.weight, trial.appeal) == (0.5, 0.5 * trial.fitness)
    assert scorer.score(Candidate(WHOLE, 0, onsets=(20_480,))).weight == 0.005
    same = evaluator(canvas, sounds).score(Candidate(WHOLE, 0, onsets=(102_400,)))
    assert scorer.score(Candidate(WHOLE, 0, onsets=(102_400,))) == replace(same, weight=0.5)


def test_what_lands_is_weighed_with_the_shape_that_it_got(
    sounds: FewSounds, burst: Samples
) -> None:
    """A shape costs half the weight here, so that one lands only where it doubles the fitness."""
    dull = Equaliser(-60.0, 0.0, 0.0, -60.0, -60.0).apply(burst, 44_100, lambda _: burst)
    for part, genes in ((0.8, 0), (1.0, 1)):
        target = part * dull + (1.0 - part) * burst
        canvas = make_canvas(np.pad(target, ((0, 0), (20_480, 30_000))))
        plain = evaluator(canvas, sounds, EQUALISING)
        trial = plain.score(Candidate(WHOLE, 0, onsets=(20_480,)))
        assert len(plain.placer.land(WHOLE, trial).chromosome.genes) == 1
        scorer = Evaluator(
            canvas, sounds, EQUALISING, is_heard=is_loud, direction=OneSided(canvas, 0)
        )
        landed = scorer.placer.land(WHOLE, trial)
        assert len(landed.chromosome.genes) == genes
        assert landed.trial.weight == landed.own_weight == 0.5 ** (1 + genes)
        elsewhere = replace(landed, trial=replace(landed.trial, onset_samples=-512))
        assert scorer.placer.weigh(elsewhere).trial.weight == 0.01 * landed.own_weight


def test_a_candidate_is_looked_for_near_its_onset_seed_and_in_its_section(
    canvas: Canvas, sounds: FewSounds
) -> None:
    scoring = evaluator(canvas, sounds)
    near = Candidate(WHOLE, 0, n_proposals=4, around_samples=50_000, within_samples=3000)
    assert abs(scoring.score(near).onset_samples - 51_200) <= 512
    misled = replace(near, around_samples=90_000)
    assert abs(scoring.score(misled).onset_samples - 90_000) <= 3000
    elsewhere = replace(near, within_samples=0, span=(0, 40_000))
    assert 0 <= scoring.score(elsewhere).onset_samples < 40_000
    assert scoring.distance == canvas.distance


def test_where_a_clip_may_not_start_it_is_not_tried(canvas: Canvas, sounds: FewSounds) -> None:
    made = evaluator(canvas, sounds)
    candidate = Candidate(WHOLE, 0, onsets=(51_200, 20_480), n_proposals=4)
    assert made.score(candidate).onset_samples == 51_200

    def elsewhere(chromosome: Chromosome, onset: int) -> bool:
        assert chromosome == WHOLE
        return abs(onset - 51_200) > 1000

    held = Evaluator(canvas, sounds, MIX, is_heard=is_loud, permits=elsewhere)
    trial = held.score(candidate)
    assert trial.is_fit
    assert abs(trial.onset_samples - 51_200) > 1000
    nowhere = Evaluator(canvas, sounds, MIX, is_heard=is_loud, permits=lambda *_: False)
    assert nowhere.score(candidate) == UNFIT


def test_proposals_go_where_a_clip_of_the_target_may_start(
    canvas: Canvas, sounds: FewSounds
) -> None:
    """All that is proposed lies there: what may not be does not take the places of what may."""
    own_place = OwnPlace(["burst"], {"burst": RATE_HZ}, RATE_HZ, own_place_s=1.5)
    direction = Direction(canvas, StyleSettings(), {"burst": RATE_HZ}, own_place=own_place)
    made = Evaluator(
        canvas,
        sounds,
        MIX,
        is_heard=is_loud,
        direction=direction,
        permits=own_place.permits,
    )
    late = Chromosome(Clip("burst", 0, 8000))
    trial = made.score(Candidate(late, 0, n_proposals=2))
    assert trial.is_fit
    assert trial.onset_samples >= 1.5 * RATE_HZ


def test_a_pitch_that_may_not_sound_is_not_proposed(canvas: Canvas, sounds: FewSounds) -> None:
    own_place = OwnPlace(["burst"], {"burst": RATE_HZ}, RATE_HZ, other_octave=True)
    direction = Direction(canvas, StyleSettings(), {"burst": RATE_HZ}, own_place=own_place)
    made = Evaluator(
        canvas, sounds, MIX, is_heard=is_loud, direction=direction, permits=own_place.permits
    )
    down = Chromosome(Clip("burst", 0, 8000), (Varispeed(-1200.0),))
    trial = made.score(Candidate(down, 0, n_proposals=4, semitones=range(-7, 8)))
    assert trial.is_fit
    assert trial.cents <= 100.0
    assert made.score(Candidate(WHOLE, 0, n_proposals=4)) == UNFIT
