"""What the direction thinks of candidates, and of places."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.beat import Beat
from phenotune.fitness.direction import (
    FULL_WEIGHT,
    LEAST_WEIGHT,
    Direction,
    strangeness,
)
from phenotune.fitness.key import Key
from phenotune.fitness.own_place import OwnPlace
from phenotune.fitness.proposals import Proposer
from phenotune.fitness.style import StyleSettings
from phenotune.genome.candidate import pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.spectra.analysis import analyse, bands_of

from .conftest import decaying_noise, make_canvas

RATE_HZ, HOP = 44_100, 512
RATES_HZ = {"s0": RATE_HZ, "s1": RATE_HZ, "s2": RATE_HZ}
SECOND = Chromosome(Clip("s0", 0, RATE_HZ))
NOTHING = np.zeros((1, 1), np.float32)


@pytest.fixture
def canvas(rng: np.random.Generator) -> Canvas:
    return make_canvas((0.1 * rng.standard_normal((1, 10 * RATE_HZ))).astype(np.float32))


def place(canvas: Canvas, number: int, chromosome: Chromosome, onset: int) -> None:
    silence = np.zeros((1, n_samples_of(chromosome)), np.float32)
    canvas.place(Placement(number, chromosome, onset, (1.0,), 1, 0), silence)


def n_samples_of(chromosome: Chromosome) -> int:
    return chromosome.clip.length_samples


def direction(
    canvas: Canvas,
    beat: Beat | None = None,
    *,
    longest_s: float = 0.0,
    own_place: OwnPlace | None = None,
    **style: object,
) -> Direction:
    settings = StyleSettings.model_validate(style)
    made = Direction(canvas, settings, RATES_HZ, beat, longest_s=longest_s, own_place=own_place)
    made.look(n_samples_of)
    return made


def test_clips_of_the_typical_length_weigh_most(canvas: Canvas) -> None:
    of = direction(canvas, typical_clip_s=1.0, clip_spread_octaves=0.5)
    weights = [of.own_weight(SECOND, round(s * RATE_HZ), NOTHING) for s in (0.25, 0.5, 1.0, 2.0)]
    assert weights == pytest.approx([np.exp(-8.0), np.exp(-2.0), 1.0, np.exp(-2.0)], rel=1e-3) or (
        weights[0] == LEAST_WEIGHT
    )
    assert weights[2] == 1.0
    assert weights[1] == pytest.approx(weights[3])


def test_what_is_changed_much_is_strange() -> None:
    def changed(*genes: object) -> Chromosome:
        return Chromosome(SECOND.clip, genes)  # type: ignore[arg-type]

    assert strangeness(SECOND, 1.0) == strangeness(SECOND, 4.0) == 0.0
    assert strangeness(SECOND, 0.25) == 1.0
    assert strangeness(changed(Reverse()), 1.0) == 0.25
    assert strangeness(changed(Varispeed(-600.0)), 1.0) == 1.25
    assert strangeness(changed(Equaliser(0.0, -60.0, 0.0, 6.0, 0.0)), 1.0) == 1.25
    assert strangeness(changed(Envelope((0.0, -12.0, 3.0))), 1.0) == 0.75


def test_identity_weighs_strangeness(canvas: Canvas) -> None:
    reversed_ = Chromosome(SECOND.clip, (Reverse(),))
    half, whole = (direction(canvas, identity=share) for share in (0.5, 1.0))
    weights = [d.own_weight(reversed_, RATE_HZ, NOTHING) for d in (half, whole)]
    assert weights == pytest.approx([np.exp(-0.1875), np.exp(-0.375)])
    assert whole.own_weight(SECOND, RATE_HZ, NOTHING) == 1.0


def test_identity_weighs_a_pitch_before_it_is_rendered_as_the_gene_for_it(canvas: Canvas) -> None:
    of = direction(canvas, identity=0.7)
    for semitones in (-7, -1, 3):
        pitched_ = pitched(SECOND, 100.0 * semitones)
        weight = of.own_weight(pitched_, RATE_HZ, NOTHING)
        assert of.pitch_weight(semitones) == pytest.approx(weight)
    assert of.pitch_weight(0) == direction(canvas, novelty=1.0).pitch_weight(5) == 1.0


def test_a_source_that_was_used_more_weighs_less(canvas: Canvas) -> None:
    of = direction(canvas, novelty=0.5)
    other = Chromosome(Clip("s1", 0, RATE_HZ))
    assert of.weight_at(SECOND, 0, RATE_HZ) == 1.0
    place(canvas, 1, Chromosome(Clip("s0", 0, 6 * RATE_HZ)), 0)
    assert of.weight_at(SECOND, 0, RATE_HZ) == 1.0  # it has not looked yet
    of.look(n_samples_of)
    assert of.weight_at(SECOND, 0, RATE_HZ) == pytest.approx(3.0 / 7.0)
    assert of.weight_at(other, 0, RATE_HZ) == 1.0


def test_a_repeated_clip_weighs_less_for_a_while(canvas: Canvas) -> None:
    place(canvas, 1, SECOND, 5 * RATE_HZ)
    of = direction(canvas, boredom=0.8, boredom_s=2.0)
    half = Chromosome(Clip("s0", RATE_HZ // 2, RATE_HZ))
    other = Chromosome(Clip("s1", 0, RATE_HZ))
    for chromosome, onset_s, weight in (
        (SECOND, 4.0, 0.2),
        (SECOND, 2.9, 1.0),
        (SECOND, 7.1, 1.0),
        (half, 6.0, 0.6),
        (other, 5.0, 1.0),
    ):
        onset = round(onset_s * RATE_HZ)
        assert of.weight_at(chromosome, onset, RATE_HZ) == pytest.approx(weight, abs=1e-4)


def test_full_is_where_as_many_sound_as_may(canvas: Canvas) -> None:
    for number, onset in enumerate((2 * RATE_HZ, 2 * RATE_HZ + 9000, 5 * RATE_HZ)):
        place(canvas, number, SECOND, onset)
    of = direction(canvas, max_sounding=2)
    assert of.is_full(2 * RATE_HZ, RATE_HZ)
    assert of.in_the_way(2 * RATE_HZ, RATE_HZ) == [0, 1]
    assert of.weight_at(SECOND, 2 * RATE_HZ, RATE_HZ) == FULL_WEIGHT
    for free_s in (0.5, 3.5, 5.0):
        assert not of.is_full(round(free_s * RATE_HZ), RATE_HZ)
    canvas.remove(0, np.zeros((1, RATE_HZ), np.float32))
    of.look(n_samples_of)
    assert not of.is_full(2 * RATE_HZ, RATE_HZ)


def test_those_in_the_first_full_place_are_in_the_way_first(canvas: Canvas) -> None:
    for number, onset_s in enumerate((1.0, 3.0)):
        place(canvas, number, SECOND, round(onset_s * RATE_HZ))
    of = direction(canvas, max_sounding=1)
    assert of.is_full(RATE_HZ, 3 * RATE_HZ)
    assert of.in_the_way(RATE_HZ, 3 * RATE_HZ) == [0]
    assert of.in_the_way(5 * RATE_HZ, RATE_HZ) == []


@pytest.mark.parametrize(
    "style", [{"boredom": 0.7}, {"max_sounding": 1}, {"novelty": 0.0}, {"untouched": 0.6}]
)
def test_the_curve_is_the_weight_at_every_onset(canvas: Canvas, style: dict[str, float]) -> None:
    place(canvas, 1, SECOND, 4 * RATE_HZ)
    of = direction(canvas, **style)
    frames = np.arange(0, 860, 2)
    weights = of.curve(SECOND, RATE_HZ)(frames)
    one_by_one = [of.weight_at(SECOND, int(frame) * HOP, RATE_HZ) for frame in frames]
    np.testing.assert_allclose(weights, one_by_one)


def test_the_beat_weighs_the_curve(canvas: Canvas) -> None:
    def to_line(onset: int) -> int:
        return round(onset / 20_000) * 20_000

    of = direction(canvas, Beat(0.75, to_line))
    frames = np.arange(860)
    weights = of.curve(SECOND, RATE_HZ)(frames)
    is_near = np.abs(frames * HOP - np.array([to_line(int(f) * HOP) for f in frames])) <= HOP
    np.testing.assert_array_equal(weights, np.where(is_near, 1.0, 0.25))
    assert of.weight_at(SECOND, 12_345, RATE_HZ) == 1.0


def test_proposals_are_those_of_the_weighted_curve(rng: np.random.Generator) -> None:
    """With weights that are 0 but in one place, that place is proposed; with 1 everywhere, what is without weights."""
    burst = decaying_noise(rng, 8000)
    samples = 0.02 * rng.standard_normal((1, 120_000)).astype(np.float32)
    samples[:, 20_480:28_480] += burst
    canvas = make_canvas(samples)
    layout = canvas.target.layout
    spectra = analyse(burst, 0, -layout.lead_frames, layout.n_touched(8000), layout)
    powers, proposer = bands_of(spectra, layout)[0], Proposer(canvas)
    found = proposer.propose(powers, 0, 3)
    assert proposer.propose(powers, 0, 3, lambda frames: np.ones(frames.size)) == found
    assert abs(found[0] - 40) <= 2
    (only,) = proposer.propose(powers, 0, 3, lambda frames: 1.0 * (np.abs(frames - 150) < 2))
    assert abs(only - 150) < 2


def test_notes_outside_the_key_weigh_less(canvas: Canvas) -> None:
    of = direction(canvas, in_key=1.0, key="F major")
    assert of.key is not None
    assert (of.key.key, of.key.is_given) == (Key(5, "major"), True)
    layout, t = canvas.target.layout, np.arange(RATE_HZ) / RATE_HZ
    weights = []
    for frequency_hz in (440.0, 466.16, 493.88):  # A, B flat, B
        tone = np.sin(2 * np.pi * frequency_hz * t).astype(np.float32)[None]
        spectra = analyse(tone, 0, 0, 80, layout)
        weights.append(of.own_weight(SECOND, RATE_HZ, bands_of(spectra, layout)[0]))
    assert min(weights[:2]) > 5 * weights[2]


def test_a_key_is_estimated_where_none_is_given() -> None:
    t = np.arange(RATE_HZ // 2) / RATE_HZ
    tune = [np.sin(2 * np.pi * 440.0 * 2 ** ((p - 69) / 12) * t) for p in (65, 69, 72, 70, 67, 76)]
    canvas = make_canvas(np.concatenate(tune).astype(np.float32)[None])
    found = direction(canvas, in_key=0.5).key
    assert found is not None
    assert str(found.key) == "F major"
    assert not found.is_given
    assert direction(canvas, novelty=0.5).key is None


def test_a_clip_of_half_the_greatest_length_weighs_half(canvas: Canvas) -> None:
    lengths_s = (0.5, 1.0, 2.0, 4.0, 6.0)
    for share in (0.5, 1.0):
        of = direction(canvas, longest_s=4.0, longer=share)
        weights = [of.own_weight(SECOND, round(s * RATE_HZ), NOTHING) for s in lengths_s]
        assert weights == pytest.approx([min(1.0, s / 4.0) ** share for s in lengths_s])


def test_touched_ground_weighs_less_by_its_share(canvas: Canvas) -> None:
    place(canvas, 1, SECOND, 4 * RATE_HZ)
    place(canvas, 2, SECOND, 4 * RATE_HZ)
    of = direction(canvas, untouched=0.6)
    for onset_s, weight in ((0.0, 1.0), (3.5, 0.7), (4.0, 0.4), (4.75, 0.85), (5.1, 1.0)):
        found = of.weight_at(SECOND, round(onset_s * RATE_HZ), RATE_HZ)
        assert found == pytest.approx(weight, abs=0.01)
    canvas.remove(1, np.zeros((1, RATE_HZ), np.float32))
    of.look(n_samples_of)
    assert of.weight_at(SECOND, 4 * RATE_HZ, RATE_HZ) == pytest.approx(0.4, abs=0.01)
    canvas.remove(2, np.zeros((1, RATE_HZ), np.float32))
    of.look(n_samples_of)
    assert of.weight_at(SECOND, 4 * RATE_HZ, RATE_HZ) == 1.0


def every_half_second(onset: int) -> int:
    return round(onset / 22_050) * 22_050


def test_all_that_depends_on_the_place_is_multiplied(canvas: Canvas) -> None:
    place(canvas, 1, SECOND, 4 * RATE_HZ)
    place(canvas, 2, Chromosome(Clip("s0", 0, 8 * RATE_HZ)), 0)
    styles: list[dict[str, float]] = [
        {"novelty": 0.5},
        {"boredom": 0.4, "boredom_s": 2.0},
        {"max_sounding": 2},
        {"untouched": 0.3},
    ]
    onset = 4 * RATE_HZ + 5000
    alone = [direction(canvas, **style).weight_at(SECOND, onset, RATE_HZ) for style in styles]
    off_beat = direction(canvas, Beat(0.0, every_half_second, 0.8))
    alone.append(off_beat.weight_at(SECOND, onset, RATE_HZ))
    assert all(LEAST_WEIGHT < weight < 1.0 for weight in alone)
    every = {name: value for style in styles for name, value in style.items()}
    together = direction(canvas, Beat(0.0, every_half_second, 0.8), **every)
    assert together.weight_at(SECOND, onset, RATE_HZ) == pytest.approx(np.prod(alone))


def test_all_that_is_the_same_anywhere_is_multiplied(canvas: Canvas) -> None:
    t = np.arange(RATE_HZ) / RATE_HZ
    tone = np.sin(2 * np.pi * 493.88 * t).astype(np.float32)[None]
    powers = bands_of(analyse(tone, 0, 0, 80, canvas.target.layout), canvas.target.layout)[0]
    styles: list[dict[str, object]] = [
        {"typical_clip_s": 2.0, "clip_spread_octaves": 1.0},
        {"identity": 0.4},
        {"longer": 0.3},
        {"in_key": 0.3, "key": "F major"},
    ]
    made = Chromosome(SECOND.clip, (Reverse(),))

    def weight(**style: object) -> float:
        return direction(canvas, longest_s=3.0, **style).own_weight(made, RATE_HZ, powers)  # type: ignore[arg-type]

    alone = [weight(**style) for style in styles]
    assert all(LEAST_WEIGHT < each < 1.0 for each in alone)
    every = {name: value for style in styles for name, value in style.items()}
    assert weight(**every) == pytest.approx(np.prod(alone))


def test_the_curve_is_nothing_where_a_clip_of_the_target_may_not_start(canvas: Canvas) -> None:
    own_place = OwnPlace(["s0"], RATES_HZ, RATE_HZ, own_place_s=1.0)
    of = direction(canvas, own_place=own_place)
    frames = np.arange(860)
    second = Chromosome(Clip("s0", 4 * RATE_HZ, RATE_HZ))
    curve = of.curve(second, RATE_HZ)(frames)
    away_s = np.abs(frames * HOP / RATE_HZ - 4.0)
    np.testing.assert_array_equal(curve[away_s < 1.0], 0.0)
    np.testing.assert_array_equal(curve[away_s > 1.01], 1.0)
    other = Chromosome(Clip("s1", 4 * RATE_HZ, RATE_HZ))
    assert of.curve(other, RATE_HZ)(frames).min() == 1.0


def test_a_pitch_that_may_not_sound_weighs_nothing(canvas: Canvas) -> None:
    of = direction(canvas, own_place=OwnPlace(["s0"], RATES_HZ, RATE_HZ, other_octave=True))
    above = pitched(SECOND, 1200.0)
    weights = {semitones: of.pitch_weight(semitones, above) for semitones in (-7, -2, -1, 0, 7)}
    assert weights == {-7: 0.0, -2: 0.0, -1: 1.0, 0: 1.0, 7: 1.0}
    assert of.pitch_weight(3, Chromosome(Clip("s1", 0, RATE_HZ))) == 1.0
