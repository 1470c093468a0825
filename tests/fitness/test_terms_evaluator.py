"""Scoring candidates by chosen terms."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.assembly import make_evaluator
from phenotune.fitness.direction import Direction
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.heard import Heard
from phenotune.fitness.settings import FitnessSettings, MixSettings, TermSettings
from phenotune.fitness.style import StyleSettings
from phenotune.fitness.terms_evaluator import TermsEvaluator
from phenotune.genome.candidate import UNFIT, Candidate, appeal
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip

from .conftest import FewSounds, decaying_noise, make_canvas, place

PLAIN = MixSettings(fade_ms=0.0, solve_gain=False)
SOLVING = MixSettings(fade_ms=0.0)
WHOLE = Chromosome(Clip("burst", 0, 8000))
ONSET = 51_200
ALL_BUT_CORRELATION = ["spectral", "spectral_norm", "centroid", "waveform", "psnr", "decibels"]


@pytest.fixture
def song(rng: np.random.Generator, burst: Samples) -> Samples:
    """The burst at half its level, amid soft noise."""
    samples = (0.02 * rng.standard_normal((2, 120_000))).astype(np.float32)
    samples[:, ONSET : ONSET + 8000] += 0.5 * burst
    return samples


@pytest.fixture
def canvas(song: Samples) -> Canvas:
    return make_canvas(song)


@pytest.fixture
def sounds(rng: np.random.Generator, burst: Samples) -> FewSounds:
    wide = np.concatenate([decaying_noise(rng, 9000), decaying_noise(rng, 9000)])
    return FewSounds({"burst": burst, "wide": wide, "silence": np.zeros((1, 9000), np.float32)})


def scorer(
    canvas: Canvas, sounds: FewSounds, song: Samples, *terms: str, **more: Any
) -> TermsEvaluator:
    mix = more.pop("mix", SOLVING)
    fitness = FitnessSettings(terms=tuple(TermSettings(term=term) for term in terms))
    is_heard = lambda samples: bool(samples.any())  # noqa: E731
    found = make_evaluator(canvas, sounds, fitness, mix, target=song, is_heard=is_heard, **more)
    assert isinstance(found, TermsEvaluator)
    return found


@pytest.mark.parametrize("term", ["waveform", "psnr", "spectral_norm", "spectral"])
def test_a_clip_of_the_target_finds_its_place_and_its_gain(
    canvas: Canvas, sounds: FewSounds, song: Samples, term: str
) -> None:
    evaluator = scorer(canvas, sounds, song, term, "waveform")
    trial = evaluator.score(Candidate(WHOLE, 0, (20_000, ONSET, 80_001)))
    assert trial.onset_samples == ONSET
    assert trial.n_samples == 8000
    assert trial.gains == pytest.approx((0.5, 0.5), rel=0.1)


@pytest.mark.parametrize("term", ALL_BUT_CORRELATION)
def test_what_is_promised_is_what_placing_brings(
    canvas: Canvas, sounds: FewSounds, song: Samples, term: str
) -> None:
    evaluator = scorer(canvas, sounds, song, term, mix=PLAIN, proposal="correlation")
    trial = evaluator.score(Candidate(WHOLE, 0, (ONSET,)))
    assert trial.gains == (1.0, 1.0)
    landed = evaluator.placer.land(WHOLE, trial)
    assert landed.trial == trial
    before = evaluator.distance
    place(canvas, landed.samples, ONSET, landed.trial.gains)
    assert before - evaluator.distance == pytest.approx(trial.fitness, abs=1e-5)


def test_missing_and_correlation_propose_the_onset(
    canvas: Canvas, sounds: FewSounds, song: Samples
) -> None:
    for proposal in ("missing", "correlation"):
        evaluator = scorer(canvas, sounds, song, "waveform", proposal=proposal)
        trial = evaluator.score(Candidate(WHOLE, 0, n_proposals=4))
        assert abs(trial.onset_samples - ONSET) <= (512 if proposal == "missing" else 0)


def test_proposals_keep_to_the_neighbourhood_and_the_section(
    canvas: Canvas, sounds: FewSounds, song: Samples
) -> None:
    near = Candidate(WHOLE, 0, n_proposals=3, around_samples=20_000, within_samples=4000)
    section = Candidate(WHOLE, 0, n_proposals=3, span=(60_000, 100_000))
    for proposal in ("missing", "correlation"):
        evaluator = scorer(canvas, sounds, song, "waveform", proposal=proposal)
        assert abs(evaluator.score(near).onset_samples - 20_000) <= 4000
        assert 60_000 <= evaluator.score(section).onset_samples < 100_000


def test_correlation_alone_is_not_worked_out_twice(
    canvas: Canvas, sounds: FewSounds, song: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluator = scorer(canvas, sounds, song, "correlation", proposal="correlation", mix=PLAIN)
    known = evaluator.score(Candidate(WHOLE, 0, (ONSET,)))
    monkeypatch.setattr(evaluator, "_fitted", None)
    trial = evaluator.score(Candidate(WHOLE, 0, n_proposals=1))
    assert trial.onset_samples == ONSET
    assert trial.fitness == pytest.approx(known.fitness, rel=1e-6)
    assert evaluator.distance == 1.0


def test_onsets_are_pulled_to_the_grid_and_scored_there(
    canvas: Canvas, sounds: FewSounds, song: Samples
) -> None:
    grid = {"to_grid": lambda onset: onset // 10_000 * 10_000}
    for term in ("correlation", "waveform"):
        evaluator = scorer(canvas, sounds, song, term, proposal="correlation", mix=PLAIN, **grid)
        trial = evaluator.score(Candidate(WHOLE, 0, n_proposals=1))
        assert trial == evaluator.score(Candidate(WHOLE, 0, (50_000,)))


def test_nothing_starts_where_it_may_not(canvas: Canvas, sounds: FewSounds, song: Samples) -> None:
    evaluator = scorer(
        canvas, sounds, song, "waveform", permits=lambda chromosome, onset: onset < 50_000
    )
    assert evaluator.score(Candidate(WHOLE, 0, (20_000, ONSET))).onset_samples == 20_000
    assert evaluator.score(Candidate(WHOLE, 0, (ONSET,))) == UNFIT


def test_silence_and_what_lies_outside_are_unfit(
    canvas: Canvas, sounds: FewSounds, song: Samples
) -> None:
    evaluator = scorer(canvas, sounds, song, "waveform", "decibels")
    silence = Chromosome(Clip("silence", 0, 9000))
    assert evaluator.score(Candidate(silence, 0, (100,))) == UNFIT
    assert evaluator.score(Candidate(WHOLE, 0, (10_000_000,))) == UNFIT
    assert evaluator.score(Candidate(WHOLE, 0)) == UNFIT


def test_a_pitch_is_proposed_where_it_is_asked_for(
    canvas: Canvas, sounds: FewSounds, song: Samples
) -> None:
    evaluator = scorer(canvas, sounds, song, "waveform")
    higher = Chromosome(Clip("burst", 0, 8000), (Varispeed(700.0),))
    trial = evaluator.score(Candidate(higher, 0, n_proposals=3, semitones=range(-12, 13)))
    assert trial.cents % 100.0 == 0.0
    lengthened = 8000 / 2 ** ((700.0 + trial.cents) / 1200.0)
    assert trial.n_samples == pytest.approx(lengthened, abs=2)


@pytest.mark.parametrize("term", ["waveform", "decibels"])
def test_a_key_hears_the_bands_at_the_onset(
    canvas: Canvas, sounds: FewSounds, song: Samples, term: str
) -> None:
    """As the guided search weighs it, whatever the terms."""
    style = StyleSettings(in_key=1.0, key="F major", min_clip_s=0.0)
    direction = Direction(canvas, style, {"burst": 44_100.0})
    directed = scorer(canvas, sounds, song, term, direction=direction, mix=PLAIN)
    trial = directed.score(Candidate(WHOLE, 0, (ONSET,)))
    powers = Heard(sounds.sounds["burst"], canvas.target.layout).at(ONSET).powers
    assert trial.weight == direction.own_weight(WHOLE, 8000, powers) < 1.0
    assert directed.placer.land(WHOLE, trial).own_weight == trial.weight


class Lopsided:
    """A direction that would rather have clips late, and thinks half of them anyhow."""

    key = None

    def curve(self, chromosome: Chromosome, n_samples: int) -> Any:
        return lambda frames: np.ones(frames.size)

    def pitch_weight(self, semitones: int) -> float:
        return 1.0

    def own_weight(self, chromosome: Chromosome, n_samples: int, powers: Any) -> float:
        return 0.5

    def weight_at(self, chromosome: Chromosome, onset: int, n_samples: int) -> float:
        return 1.0 if onset > 60_000 else 0.01


def test_a_direction_weighs_onsets_and_the_candidate(
    sounds: FewSounds, song: Samples, burst: Samples
) -> None:
    """It fits better at the first onset, and the second is preferred."""
    song[:, 70_000:78_000] += 0.25 * burst
    plain = scorer(make_canvas(song), sounds, song, "waveform")
    assert plain.score(Candidate(WHOLE, 0, (ONSET, 70_000))).onset_samples == ONSET
    directed = scorer(make_canvas(song), sounds, song, "waveform", direction=Lopsided())
    trial = directed.score(Candidate(WHOLE, 0, (ONSET, 70_000)))
    assert (trial.onset_samples, trial.weight) == (70_000, 0.5)
    assert trial.appeal == appeal(trial.fitness, 0.5)


def test_the_order_and_the_threads_do_not_matter(
    canvas: Canvas, sounds: FewSounds, song: Samples, rng: np.random.Generator
) -> None:
    evaluator = scorer(canvas, sounds, song, *ALL_BUT_CORRELATION)
    candidates = [
        Candidate(Chromosome(Clip("wide", 0, int(n))), 0, (int(onset),), 2, int(onset))
        for n, onset in rng.integers(1000, 9000, (12, 2))
    ]
    with ThreadPoolExecutor(3) as pool:
        side_by_side = evaluator.evaluate(candidates, pool)
    assert evaluator.evaluate(candidates[::-1]) == side_by_side[::-1]


def test_spectral_alone_is_scored_as_ever(canvas: Canvas, sounds: FewSounds, song: Samples) -> None:
    found = make_evaluator(
        canvas, sounds, FitnessSettings(), SOLVING, target=song, is_heard=lambda _: True
    )
    assert isinstance(found, Evaluator)
    assert found.distance == canvas.distance
    assert found.clearance_samples == canvas.target.layout.clearance_samples


def test_any_clip_may_matter_to_any_other(canvas: Canvas, sounds: FewSounds, song: Samples) -> None:
    evaluator = scorer(canvas, sounds, song, "decibels")
    assert evaluator.clearance_samples > canvas.target.n_samples
