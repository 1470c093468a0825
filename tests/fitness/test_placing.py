"""Landing and refitting: what is promised is what the canvas gets."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.beat import Beat
from phenotune.fitness.direction import Direction
from phenotune.fitness.phenotypes import Phenotypes
from phenotune.fitness.placing import Landed, Placer
from phenotune.fitness.settings import MixSettings
from phenotune.fitness.style import StyleSettings
from phenotune.genome.candidate import UNFIT, Trial
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.library.clip import Clip

from .conftest import RATE_HZ, FewSounds, decaying_noise, make_canvas

WHOLE = Chromosome(Clip("burst", 0, 8000))
ONSET = 51_200


@pytest.fixture
def sounds(rng: np.random.Generator, burst: Samples) -> FewSounds:
    """A burst in mono, and two that differ, left and right."""
    wide = np.concatenate([decaying_noise(rng, 9000), decaying_noise(rng, 9000)])
    return FewSounds({"burst": burst, "wide": wide})


def song(rng: np.random.Generator, burst: Samples, *gains: float) -> Samples:
    """The burst at these gains of its speakers, amid soft noise."""
    samples = 0.02 * rng.standard_normal((len(gains), 120_000))
    samples[:, ONSET : ONSET + 8000] += np.array(gains)[:, None] * burst
    return samples.astype(np.float32)


@pytest.fixture(params=[1, 2], ids=["mono", "stereo"])
def canvas(rng: np.random.Generator, burst: Samples, request: pytest.FixtureRequest) -> Canvas:
    return make_canvas(song(rng, burst, *(0.7, 0.3)[: request.param]))


@pytest.fixture
def stereo(rng: np.random.Generator, burst: Samples) -> Canvas:
    return make_canvas(song(rng, burst, 0.7, 0.3))


def phenotypes_for(canvas: Canvas, sounds: FewSounds) -> Phenotypes:
    return Phenotypes(sounds, RATE_HZ, canvas.target.n_speakers, fade_ms=0.0)


PLAIN = {"equaliser": False, "envelope": False}


def placer_for(canvas: Canvas, sounds: FewSounds, **settings: object) -> Placer:
    mix = MixSettings.model_validate(settings)
    return Placer(canvas, phenotypes_for(canvas, sounds), mix)


def clip_of(rng: np.random.Generator, source: str) -> Chromosome:
    return Chromosome(Clip(source, int(rng.integers(3000)), int(rng.integers(2000, 5000))))


def at(onset: int) -> Trial:
    """A trial that says no more than where."""
    return Trial(0.0, onset, (1.0,), 0)


def place(canvas: Canvas, chromosome: Chromosome, trial: Trial, samples: Samples) -> float:
    """Place what has landed, and tell by how much the distance has fallen."""
    before, number = canvas.distance, len(canvas.placements) + 1
    canvas.place(Placement(number, chromosome, trial.onset_samples, trial.gains, 1, 0), samples)
    return before - canvas.distance


SETTINGS: list[dict[str, object]] = [
    {},
    {"pan": False},
    {"polarity": False},
    {"solve_gain": False},
    {"equaliser": False},
    {"envelope": False},
    {"pan": False, "polarity": False, "equaliser": False, "envelope": False},
]


def name_of(settings: dict[str, object]) -> str:
    return ", ".join(f"no {name}" for name in settings) or "all"


@pytest.mark.parametrize("settings", SETTINGS, ids=name_of)
@pytest.mark.parametrize("source", ["burst", "wide"])
def test_landing_promises_what_placing_brings(
    rng: np.random.Generator,
    canvas: Canvas,
    sounds: FewSounds,
    source: str,
    settings: dict[str, object],
) -> None:
    """Sound in mono and in stereo, on canvases of one and two channels, over both ends of them as well."""
    placer = placer_for(canvas, sounds, **settings)
    for onset in (ONSET, 30_011, 77_777, -1500, 118_000):
        landed = placer.land(clip_of(rng, source), at(onset))
        if landed.trial == UNFIT:
            continue
        gains = landed.trial.gains
        assert len(gains) == canvas.target.n_speakers
        # The level is the mean: where no speaker is turned against the other, the pan is no larger than the level.
        assert min(gains) * max(gains) >= 0.0
        assert "pan" not in settings or len(set(gains)) == 1
        assert "polarity" not in settings or min(gains) >= 0.0
        assert "solve_gain" not in settings or set(gains) == {1.0}
        brought = place(canvas, landed.chromosome, landed.trial, landed.samples)
        assert brought == pytest.approx(landed.trial.fitness, abs=1e-6)
    assert len(canvas.placements) >= 3


@pytest.mark.parametrize("settings", SETTINGS, ids=name_of)
@pytest.mark.parametrize("source", ["burst", "wide"])
def test_refitting_promises_what_the_canvas_gets_and_never_makes_it_worse(
    rng: np.random.Generator,
    canvas: Canvas,
    sounds: FewSounds,
    source: str,
    settings: dict[str, object],
) -> None:
    placer, phenotypes = placer_for(canvas, sounds, **settings), phenotypes_for(canvas, sounds)
    for number, onset in enumerate((ONSET, ONSET + 2000, ONSET + 3333, -1500, 118_000)):
        level = 0.3 * rng.random()
        gains = (level, level * rng.random())[: canvas.target.n_speakers]
        gains = gains[:1] * len(gains) if "pan" in settings else gains
        chromosome = clip_of(rng, source)
        canvas.place(
            Placement(number, chromosome, onset, gains, 1, 0), phenotypes.render(chromosome)
        )
    for placement in list(canvas.placements.values()):
        samples, distance = phenotypes.render(placement.chromosome), canvas.distance
        trial = placer.refit(placement, samples)
        canvas.remove(placement.id, samples)
        bare = canvas.distance
        if not trial.is_fit:
            assert bare <= distance + 1e-6
            continue
        assert min(trial.gains) * max(trial.gains) >= 0.0
        assert "pan" not in settings or len(set(trial.gains)) == 1
        assert "polarity" not in settings or min(trial.gains) >= 0.0
        canvas.place(dataclasses.replace(placement, gains=trial.gains), samples)
        assert bare - canvas.distance == pytest.approx(trial.fitness, abs=2e-6)
        assert canvas.distance <= distance + 1e-6


def test_refitting_looks_and_does_not_touch(stereo: Canvas, sounds: FewSounds) -> None:
    placement = Placement(1, WHOLE, ONSET, (0.1, 0.3), 1, 0)
    stereo.place(placement, sounds.sounds["burst"])
    before, version = stereo.errors.copy(), stereo.version
    trial = placer_for(stereo, sounds).refit(placement, sounds.sounds["burst"])
    assert trial.fitness > 0.0
    np.testing.assert_array_equal(stereo.errors, before)
    assert stereo.version == version
    assert stereo.placements == {1: placement}


def test_what_does_not_pay_any_more_is_unfit(stereo: Canvas, sounds: FewSounds) -> None:
    """What it would fill is full already."""
    burst = sounds.sounds["burst"]
    stereo.place(Placement(1, WHOLE, ONSET, (0.9, 0.9), 1, 0), burst)
    extra = Placement(2, WHOLE, ONSET, (0.5, 0.5), 1, 0)
    stereo.place(extra, burst)
    assert placer_for(stereo, sounds, polarity=False).refit(extra, burst) == UNFIT


@pytest.mark.parametrize("onset", [-500_000, 500_000])
def test_outside_the_canvas_nothing_is_fit(stereo: Canvas, sounds: FewSounds, onset: int) -> None:
    placer, burst = placer_for(stereo, sounds), sounds.sounds["burst"]
    assert placer.land(WHOLE, at(onset)).trial == UNFIT
    placement = Placement(1, WHOLE, onset, (0.5, 0.5), 1, 0)
    stereo.place(placement, burst)
    assert placer.refit(placement, burst) == UNFIT


def test_landing_looks_at_the_frames_beside(stereo: Canvas, sounds: FewSounds) -> None:
    """Proposals are pooled by two frames."""
    placer = placer_for(stereo, sounds, **PLAIN)
    for beside in (-512, 0, 512):
        trial = placer.land(WHOLE, at(ONSET + beside)).trial
        assert trial.onset_samples == ONSET
        assert abs(sum(trial.gains)) == pytest.approx(1.0, rel=0.1)


def test_on_the_grid_a_clip_stays_where_rhythm_has_put_it(
    stereo: Canvas, sounds: FewSounds
) -> None:
    phenotypes = phenotypes_for(stereo, sounds)
    placer = Placer(stereo, phenotypes, MixSettings(), to_grid=lambda onset: onset)
    assert placer.land(WHOLE, at(ONSET + 512)).trial.onset_samples == ONSET + 512


@pytest.mark.parametrize(("left", "right"), [(0.8, 0.0), (0.0, 0.8)])
def test_a_target_that_is_hard_left_is_served_on_the_left(
    burst: Samples, sounds: FewSounds, left: float, right: float
) -> None:
    """From an empty canvas, and where a part of it is there already."""
    canvas = make_canvas(
        np.pad(burst, ((0, 0), (ONSET, 30_000))) * np.array([[left], [right]], np.float32)
    )
    placer = placer_for(canvas, sounds, **PLAIN)
    gains = placer.land(WHOLE, at(ONSET)).trial.gains
    assert np.abs(gains) == pytest.approx((left, right), abs=0.02)
    canvas.place(Placement(1, WHOLE, ONSET, (0.25 * left, 0.25 * right), 1, 0), burst)
    gains = placer.land(WHOLE, at(ONSET)).trial.gains
    assert gains == pytest.approx((0.75 * left, 0.75 * right), abs=0.02)


def test_an_equaliser_lands_where_the_target_lacks_a_band(
    burst: Samples, sounds: FewSounds
) -> None:
    """The target is the burst without its treble; levels land as a gene, and are scored by the sound."""
    dull = Equaliser(0.0, 0.0, 0.0, -60.0, -60.0).apply(burst, RATE_HZ, lambda _: burst)
    canvas = make_canvas(np.pad(dull, ((0, 0), (20_480, 30_000))))
    plain = placer_for(canvas, sounds, **PLAIN).land(WHOLE, at(20_480))
    landed = placer_for(canvas, sounds, envelope=False).land(WHOLE, at(20_480))
    assert plain.chromosome == WHOLE
    (gene,) = landed.chromosome.genes
    assert isinstance(gene, Equaliser)
    assert gene.treble_db == gene.air_db == -60.0
    assert landed.trial.fitness > plain.trial.fitness + 0.01
    np.testing.assert_array_equal(
        landed.samples, phenotypes_for(canvas, sounds).render(landed.chromosome)
    )


def test_an_envelope_lands_where_the_target_lacks_a_step(burst: Samples, sounds: FewSounds) -> None:
    """The target is the second half of the clip; the first is silenced."""
    whole = np.concatenate([burst[:, ::-1], burst], axis=1)
    half = whole.copy()
    half[:, :8000] = 0.0
    sounds.sounds["both"] = whole
    canvas = make_canvas(np.pad(half, ((0, 0), (20_480, 30_000))))
    chromosome = Chromosome(Clip("both", 0, 16_000))
    plain = placer_for(canvas, sounds, **PLAIN).land(chromosome, at(20_480))
    landed = placer_for(canvas, sounds, equaliser=False).land(chromosome, at(20_480))
    gene = landed.chromosome.genes[0]
    assert isinstance(gene, Envelope)
    assert max(gene.levels_db[: len(gene.levels_db) // 2 - 1]) <= -13.0
    assert landed.trial.fitness > plain.trial.fitness + 0.05


def test_where_nothing_is_too_much_nothing_is_shaped(burst: Samples, sounds: FewSounds) -> None:
    canvas = make_canvas(np.pad(burst, ((0, 0), (20_480, 30_000))))
    assert placer_for(canvas, sounds).land(WHOLE, at(20_480)).chromosome == WHOLE


def test_a_clip_that_would_be_silent_does_not_land(stereo: Canvas, sounds: FewSounds) -> None:
    """Whatever the last bits say that nothing is worth."""
    burst = sounds.sounds["burst"]
    stereo.place(Placement(1, WHOLE, ONSET, (0.9, 0.9), 1, 0), burst)
    for onset in (ONSET, ONSET + 100, ONSET + 512):
        landed = placer_for(stereo, sounds, polarity=False).land(WHOLE, at(onset))
        assert landed.trial == UNFIT or any(landed.trial.gains)


def test_a_band_that_is_not_needed_is_silenced(
    rng: np.random.Generator, burst: Samples, sounds: FewSounds
) -> None:
    """The target is loud below, and so soft above that treble is worth next to nothing either way."""
    shaped = Equaliser(0.0, 0.0, 0.0, 0.0, -60.0).apply(burst, RATE_HZ, lambda _: burst)
    canvas = make_canvas(np.pad(shaped, ((0, 0), (20_480, 30_000))))
    hiss = rng.standard_normal(burst.shape).astype(np.float32)
    high = Equaliser(-60.0, -60.0, -60.0, -60.0, 0.0).apply(hiss, RATE_HZ, lambda _: hiss)
    sounds.sounds["hissing"] = burst + np.float32(1e-3) * high
    chromosome = Chromosome(Clip("hissing", 0, 8000))
    landed = placer_for(canvas, sounds, envelope=False).land(chromosome, at(20_480))
    (gene,) = landed.chromosome.genes
    assert isinstance(gene, Equaliser)
    assert len(set(gene.levels_db[:4])) == 1
    assert gene.air_db == -60.0


RISING = Chromosome(Clip("rising", 0, 8000))
LATE = Chromosome(Clip("rising", 5000, 3000))
LEFT_OUT = (0, 120_000)
"""A span that leaves no onset out."""


@pytest.fixture
def rising(burst: Samples, sounds: FewSounds) -> Canvas:
    """The target is a sound that swells, and only its end is on the canvas."""
    sounds.sounds["rising"] = burst[:, ::-1].copy()
    canvas = make_canvas(np.pad(sounds.sounds["rising"], ((0, 0), (ONSET, 30_000))))
    end = Placement(1, LATE, ONSET + 5000, (1.0,), 1, 0)
    canvas.place(end, phenotypes_for(canvas, sounds).render(LATE))
    return canvas


def contest(
    canvas: Canvas, placer: Placer, sounds: FewSounds, rival: Chromosome, span: tuple[int, int]
) -> tuple[Trial, Landed | None]:
    """The placement on the canvas against a rival."""
    samples = phenotypes_for(canvas, sounds).render(canvas.placements[1].chromosome)
    return placer.contest(canvas.placements[1], samples, rival, span)


def test_a_rival_is_tried_where_both_end_together(rising: Canvas, sounds: FewSounds) -> None:
    before, version = rising.errors.copy(), rising.version
    placer = placer_for(rising, sounds, **PLAIN)
    own, winner = contest(rising, placer, sounds, RISING, LEFT_OUT)
    np.testing.assert_array_equal(rising.errors, before)
    assert rising.version == version
    assert winner is not None
    assert winner.chromosome == RISING
    assert winner.trial.onset_samples == ONSET
    assert winner.trial.gains == pytest.approx((1.0,), rel=1e-3)
    assert winner.trial.fitness > own.fitness > 0.0
    late = phenotypes_for(rising, sounds).render(LATE)
    assert own == placer.refit(rising.placements[1], late)
    bare = Canvas(rising.target).distance
    won = dataclasses.replace(
        rising.placements[1], chromosome=RISING, onset_samples=ONSET, gains=winner.trial.gains
    )
    rising.exchange(won, winner.samples, late)
    assert bare - rising.distance == pytest.approx(winner.trial.fitness, abs=1e-6)


def test_a_rival_keeps_to_its_span_and_to_the_grid(rising: Canvas, sounds: FewSounds) -> None:
    """Where it may not begin earlier it begins where the other did, and there it is no better."""
    placer = placer_for(rising, sounds, **PLAIN)
    assert contest(rising, placer, sounds, RISING, (ONSET + 5000, 120_000))[1] is None
    phenotypes = phenotypes_for(rising, sounds)
    held = Placer(
        rising, phenotypes, MixSettings.model_validate(PLAIN), to_grid=lambda onset: onset
    )
    assert contest(rising, held, sounds, RISING, LEFT_OUT)[1] is None
    assert contest(rising, placer, sounds, RISING, (ONSET + 6000, ONSET + 7000))[1] is None


def test_a_rival_that_is_silent_or_no_better_loses(rising: Canvas, sounds: FewSounds) -> None:
    sounds.sounds["silence"] = np.zeros((1, 9000), np.float32)
    placer = placer_for(rising, sounds, **PLAIN)
    for rival in (Chromosome(Clip("silence", 0, 5000)), Chromosome(Clip("rising", 0, 400))):
        own, winner = contest(rising, placer, sounds, rival, LEFT_OUT)
        assert own.is_fit
        assert winner is None


def test_a_rival_wins_where_the_other_does_not_pay_any_more(
    rising: Canvas, sounds: FewSounds
) -> None:
    """The placement lies where the target is silent; so does the rival at first, and then it is the target."""
    late = phenotypes_for(rising, sounds).render(LATE)
    rising.remove(1, late)
    rising.place(Placement(1, LATE, ONSET - 3000, (1.0,), 1, 0), late)
    sounds.sounds["delayed"] = np.pad(sounds.sounds["rising"], ((0, 0), (3000, 0)))
    delayed = Chromosome(Clip("delayed", 0, 11_000))
    own, winner = contest(rising, placer_for(rising, sounds, **PLAIN), sounds, delayed, LEFT_OUT)
    assert own == UNFIT
    assert winner is not None
    assert winner.trial.onset_samples == ONSET - 3000
    assert winner.trial.fitness == pytest.approx(Canvas(rising.target).distance, rel=1e-3)


def test_a_clip_lands_where_it_may_and_not_beside(canvas: Canvas, sounds: FewSounds) -> None:
    def only_there(chromosome: Chromosome, onset: int) -> bool:
        return onset == ONSET - 512

    held = Placer(canvas, phenotypes_for(canvas, sounds), MixSettings(), permits=only_there)
    free = Placer(canvas, phenotypes_for(canvas, sounds), MixSettings())
    near = at(ONSET - 512)
    assert free.land(WHOLE, near).trial.onset_samples == ONSET
    assert held.land(WHOLE, near).trial.onset_samples == ONSET - 512
    assert held.land(WHOLE, at(ONSET + 512)).trial == UNFIT


def test_a_clip_lands_at_the_most_appealing_of_the_frames_beside(
    canvas: Canvas, sounds: FewSounds
) -> None:
    """Off the beat it would fit better; that is worth less there."""
    beat = Beat(0.0, lambda onset: ONSET - 1024, 0.001)
    direction = Direction(canvas, StyleSettings(), {"burst": RATE_HZ}, beat)
    placer = Placer(canvas, phenotypes_for(canvas, sounds), MixSettings(), direction=direction)
    landed = placer.land(WHOLE, at(ONSET - 512)).trial
    assert landed.onset_samples in (ONSET - 1024, ONSET - 512)
    assert landed.weight == 1.0


def test_a_rival_may_not_begin_where_it_is_not_permitted(rising: Canvas, sounds: FewSounds) -> None:
    for refused, wins in ((ONSET, False), (ONSET + 5000, True)):
        placer = Placer(
            rising,
            phenotypes_for(rising, sounds),
            MixSettings.model_validate(PLAIN),
            permits=lambda chromosome, onset, refused=refused: onset != refused,  # type: ignore[misc]
        )
        assert (contest(rising, placer, sounds, RISING, LEFT_OUT)[1] is not None) == wins
