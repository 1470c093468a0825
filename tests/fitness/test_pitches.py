"""Proposing a pitch: at which shift a sound fills most of what is missing."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.fitness.evaluator import Evaluator
from phenotune.fitness.heard import Heard
from phenotune.fitness.pitches import PER_SEMITONE, PitchGrid, best_shift
from phenotune.fitness.proposals import Proposer
from phenotune.fitness.settings import MixSettings
from phenotune.genome.candidate import Candidate, pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.kernels.correlation import PANEL
from phenotune.library.clip import Clip
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import LayerSettings, SpectraSettings

from .conftest import RATE_HZ, FewSounds, make_canvas, place

ONSET = 100 * 512
WHOLE = Chromosome(Clip("note", 0, RATE_HZ))
SEMITONES = range(-7, 8)


def note(frequency_hz: float = 392.0) -> Samples:
    """A struck tone of a second, with seven partials that are not equally loud."""
    t = np.arange(RATE_HZ) / RATE_HZ
    levels = (1.0, 0.5, 0.7, 0.3, 0.4, 0.1, 0.2)
    partials = [a * np.sin(2 * np.pi * frequency_hz * k * t) for k, a in enumerate(levels, 1)]
    return (0.2 * sum(partials) * np.exp(-3.0 * t))[None].astype(np.float32)


def transposed(samples: Samples, semitones: float) -> Samples:
    return Varispeed(100.0 * semitones).apply(samples, RATE_HZ, lambda _: samples)


def canvas_for(samples: Samples, n_speakers: int = 1) -> Canvas:
    """A silent canvas whose target is the sound, amid soft noise."""
    rng = np.random.default_rng(440)
    song = 0.002 * rng.standard_normal((n_speakers, 150_000))
    song[:, ONSET : ONSET + samples.shape[1]] += samples
    return make_canvas(song.astype(np.float32))


def features_of(samples: Samples, grid: PitchGrid) -> NDArray[np.float32]:
    layout = make_layout(SpectraSettings())
    _, powers = Heard(samples, layout).frames(0)
    return grid.features(np.ascontiguousarray(np.sqrt(np.sqrt(powers)).T))


@pytest.mark.parametrize("semitones", [-7, -1, 1, 4, 7])
def test_a_change_of_speed_is_a_shift_of_the_features(semitones: int) -> None:
    grid = PitchGrid(make_layout(SpectraSettings()))
    own = features_of(note(), grid).mean(axis=1)
    other = features_of(transposed(note(), semitones), grid).mean(axis=1)
    lags = range(-20, 21)
    alike = [float(np.vdot(np.roll(own, lag)[20:-20], other[20:-20])) for lag in lags]
    assert abs(lags[int(np.argmax(alike))] - PER_SEMITONE * semitones) <= 1


def test_bands_from_0_hz_on_can_be_shifted() -> None:
    """As in the preset classic."""
    layers = (LayerSettings(window=256, decimation=3, bands=64, max_hz=7350.0),)
    layout = make_layout(SpectraSettings(hop=384, layers=layers))
    assert layout.middles_hz()[0] == 0.0
    grid = PitchGrid(layout)
    features = grid.features(np.ones((layout.n_bands, 8), np.float32))
    assert features.shape[1] == 4
    np.testing.assert_allclose(features, 2.0, rtol=1e-6)


def slow_worths(
    missing: NDArray[np.float32], wanted: NDArray[np.float32], semitones: range
) -> dict[int, float]:
    """Each shift and each onset by itself, in float64."""
    worths = {}
    n_features, n_wanted = wanted.shape
    room = np.zeros((n_features, missing.shape[1] + 2 * n_wanted))
    room[:, n_wanted : n_wanted + missing.shape[1]] = missing
    for shift in semitones:
        moved = np.zeros(wanted.shape)
        for feature in range(n_features):
            if 0 <= feature - PER_SEMITONE * shift < n_features:
                moved[feature] = wanted[feature - PER_SEMITONE * shift]
        fits = [
            (room[:, lag : lag + n_wanted] * moved).sum()
            for lag in range(1, room.shape[1] - n_wanted)
        ]
        worths[shift] = max(fits) / np.sqrt((moved**2).sum())
    return worths


@pytest.mark.parametrize("n_frames", [1, 7, 8, 20])
def test_the_best_shift_is_that_of_trying_each(rng: np.random.Generator, n_frames: int) -> None:
    for _ in range(5):
        missing = rng.standard_normal((40, 3 * PANEL)).astype(np.float32)
        wanted = rng.random((40, n_frames)).astype(np.float32)
        panels = np.ascontiguousarray(missing.reshape(40, 3, PANEL).transpose(1, 0, 2))
        worths = slow_worths(missing, wanted, SEMITONES)
        found = best_shift(panels, wanted, SEMITONES)
        assert worths[found] == pytest.approx(max(worths.values()), rel=1e-5)


@pytest.mark.parametrize("lags", [(0, 5), (-6, 2), (60, 100), (140, 400)])
def test_the_best_shift_within_some_lags_is_that_of_what_is_missing_there(
    rng: np.random.Generator, lags: tuple[int, int]
) -> None:
    missing = rng.standard_normal((40, 3 * PANEL)).astype(np.float32)
    wanted = rng.random((40, 9)).astype(np.float32)
    panels = np.ascontiguousarray(missing.reshape(40, 3, PANEL).transpose(1, 0, 2))
    first, end = max(lags[0], -8), min(lags[1], missing.shape[1])
    padded = np.pad(missing, ((0, 0), (8, 16)))
    room = padded[:, first + 8 : end + 8 + 8]
    worths = {}
    for shift in SEMITONES:
        moved = np.zeros(wanted.shape)
        step = PER_SEMITONE * shift
        moved[max(0, step) : 40 + min(0, step)] = wanted[max(0, -step) : 40 - max(0, step)]
        fits = [(room[:, lag : lag + 9] * moved).sum() for lag in range(end - first)]
        worths[shift] = max(fits) / np.sqrt((moved**2).sum())
    found = best_shift(panels, wanted, SEMITONES, lags=lags)
    assert worths[found] == pytest.approx(max(worths.values()), rel=1e-5)


def test_where_nothing_is_missing_the_pitch_stays(rng: np.random.Generator) -> None:
    wanted = rng.random((40, 9)).astype(np.float32)
    full = -np.ones((1, 40, PANEL), np.float32)
    assert best_shift(full, wanted, SEMITONES) == 0
    assert best_shift(-full, np.zeros_like(wanted), SEMITONES) == 0
    assert best_shift(-full, wanted[:, :0], SEMITONES) == 0


def test_a_shift_beyond_all_features_is_passed_over(rng: np.random.Generator) -> None:
    panels = np.ones((1, 10, PANEL), np.float32)
    assert abs(best_shift(panels, np.ones((10, 9), np.float32), SEMITONES)) < 5


@pytest.mark.parametrize("semitones", SEMITONES)
def test_a_sound_is_proposed_at_the_pitch_that_it_has_in_the_target(semitones: int) -> None:
    canvas = canvas_for(transposed(note(), semitones))
    _, powers = Heard(note(), canvas.target.layout).frames(0)
    assert Proposer(canvas).propose_pitch(powers, ONSET, SEMITONES) == semitones


def test_what_has_been_placed_is_not_proposed_again() -> None:
    low, high = transposed(note(), -3), transposed(note(), 4)
    both = np.zeros((1, 60_000), np.float32)
    both[:, : low.shape[1]] += low
    both[:, : high.shape[1]] += high
    canvas = canvas_for(both)
    _, powers = Heard(note(), canvas.target.layout).frames(0)
    proposer = Proposer(canvas)
    assert proposer.propose_pitch(powers, ONSET, SEMITONES) in {-3, 4}
    place(canvas, low, ONSET, (1.0,))
    assert proposer.propose_pitch(powers, ONSET, SEMITONES) == 4


def evaluator_for(canvas: Canvas) -> Evaluator:
    mix = MixSettings(equaliser=False, envelope=False)
    return Evaluator(canvas, FewSounds({"note": note()}), mix, is_heard=lambda _: True)


@pytest.mark.parametrize("semitones", [-5, 3])
@pytest.mark.parametrize("n_speakers", [1, 2])
def test_a_candidate_is_tried_at_the_pitch_that_is_proposed(
    semitones: int, n_speakers: int
) -> None:
    """And what the trial promises is what the chromosome with that pitch among its genes brings."""
    canvas = canvas_for(transposed(note(), semitones), n_speakers)
    scorer = evaluator_for(canvas)
    plain = Candidate(WHOLE, 0, n_proposals=3, around_samples=ONSET)
    trial = scorer.score(dataclasses.replace(plain, semitones=SEMITONES))
    assert trial.cents == 100.0 * semitones
    assert trial.fitness > scorer.score(plain).fitness + 0.1
    assert abs(trial.onset_samples - ONSET) <= 1024
    same = dataclasses.replace(
        plain, chromosome=pitched(WHOLE, trial.cents), onsets=(trial.onset_samples,), n_proposals=0
    )
    assert dataclasses.replace(scorer.score(same), cents=trial.cents) == trial


def test_a_candidate_without_shifts_keeps_its_pitch() -> None:
    canvas = canvas_for(transposed(note(), 3))
    trial = evaluator_for(canvas).score(Candidate(WHOLE, 0, n_proposals=3, around_samples=ONSET))
    assert trial.cents == 0.0


def test_a_pitch_that_fits_as_it_is_stays() -> None:
    """No gene, and the trial that it has without the question."""
    scorer = evaluator_for(canvas_for(note()))
    plain = Candidate(WHOLE, 0, n_proposals=3, around_samples=ONSET)
    assert scorer.score(dataclasses.replace(plain, semitones=SEMITONES)) == scorer.score(plain)


def test_a_pitch_is_that_of_what_is_missing_within_reach() -> None:
    song = 0.002 * np.random.default_rng(440).standard_normal((1, 300_000))
    for onset, semitones in ((20_480, -3), (184_320, 5)):
        sound = transposed(note(), semitones)
        song[:, onset : onset + sound.shape[1]] += sound
    canvas = make_canvas(song.astype(np.float32))
    _, powers = Heard(note(), canvas.target.layout).frames(0)
    proposer = Proposer(canvas)
    for reach, semitones in (((0, 100_000), -3), ((150_000, 250_000), 5)):
        assert proposer.propose_pitch(powers, reach[0], SEMITONES, reach=reach) == semitones
    assert proposer.propose_pitch(powers, 0, SEMITONES) in {-3, 5}
    assert proposer.propose_pitch(powers, 0, SEMITONES, reach=(900_000, 900_001)) == 0
