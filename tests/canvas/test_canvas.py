"""The canvas: what is kept equals what a full recompute gives."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from phenotune.canvas.canvas import Canvas, at_once
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT
from phenotune.spectra.layout import make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

SETTINGS = SpectraSettings()
N_TARGET = 3 * 44_100
CHROMOSOME = Chromosome(Clip("s0", 0, 100))
OTHER = Chromosome(Clip("s0", 7, 100))


@pytest.fixture
def canvas(rng: np.random.Generator) -> Canvas:
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    return Canvas(prepare_target(samples, make_layout(SETTINGS), SETTINGS))


def placement(number: int, onset: int = 0, gains: tuple[float, ...] = (1.0, 1.0)) -> Placement:
    return Placement(number, CHROMOSOME, onset, gains, cycle=1, lineage=0)


def test_a_thousand_changes_leave_the_sum_where_a_full_recompute_puts_it(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    placed: dict[int, tuple[Placement, np.ndarray]] = {}
    for number in range(1000):
        change = rng.integers(3) if placed else 0
        if change == 0:
            n_samples, n_channels = int(rng.integers(0, 20_000)), int(rng.integers(1, 3))
            samples = rng.standard_normal((n_channels, n_samples)).astype(np.float32)
            onset, gains = int(rng.integers(-5000, N_TARGET + 5000)), rng.standard_normal(2)
            placed[number] = placement(number, onset, tuple(gains)), samples
            canvas.place(*placed[number])
            continue
        chosen = int(rng.choice(list(placed)))
        old, samples = placed.pop(chosen)
        if change == 1:
            canvas.remove(chosen, samples)
        else:
            new = dataclasses.replace(old, gains=tuple(rng.standard_normal(2)))
            canvas.replace(new, samples)
            placed[chosen] = new, samples
    errors, distance = canvas.recomputed()
    assert canvas.target.onset_weight > 0.0
    assert canvas.distance - distance == 0.0
    np.testing.assert_array_equal(canvas.errors, errors)


def test_changes_at_once_are_the_same_as_one_at_a_time(rng: np.random.Generator) -> None:
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    target = prepare_target(samples, make_layout(SETTINGS), SETTINGS)
    single, together = Canvas(target), Canvas(target)
    clips = [
        (
            placement(number, int(onset), tuple(rng.standard_normal(2))),
            rng.standard_normal((1, 9000)),
        )
        for number, onset in enumerate(
            [-4000, 0, 100, 60_000, 66_000, N_TARGET - 10, N_TARGET + 50]
        )
    ]
    for canvas in (single, together):
        canvas.place(*_as_float32(clips[0]))
    for each in clips[1:]:
        single.place(*_as_float32(each))
    single.remove(0, _as_float32(clips[0])[1])
    with at_once(together):
        for each in clips[1:]:
            together.place(*_as_float32(each))
        together.remove(0, _as_float32(clips[0])[1])
    for name in ("spectra", "powers", "errors"):
        np.testing.assert_array_equal(getattr(together, name), getattr(single, name))
    np.testing.assert_array_equal(together.samples(), single.samples())
    assert together.version == single.version
    assert together.changes.since(1) == single.changes.since(1)


def test_what_fails_half_way_leaves_a_canvas_that_is_whole(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    samples = rng.standard_normal((1, 9000)).astype(np.float32)

    def place_twice() -> None:
        with at_once(canvas):
            canvas.place(placement(1), samples)
            canvas.place(placement(1), samples)

    with pytest.raises(ParameterError, match="it is on the canvas already"):
        place_twice()
    np.testing.assert_array_equal(canvas.errors, canvas.recomputed()[0])


def _as_float32(pair: tuple[Placement, np.ndarray]) -> tuple[Placement, np.ndarray]:
    return pair[0], pair[1].astype(np.float32)


def test_a_stretch_of_the_sound_is_that_of_all_of_it(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    canvas.place(placement(1, 1000), rng.standard_normal((2, 50_000)).astype(np.float32))
    whole = canvas.samples()
    for first, n_samples in ((0, 1), (900, 3000), (N_TARGET - 5, 5), (70, 0)):
        stretch = canvas.samples(first, n_samples)
        np.testing.assert_array_equal(stretch, whole[:, first : first + n_samples])


def test_removing_everything_leaves_silence(rng: np.random.Generator, canvas: Canvas) -> None:
    sounds = [rng.standard_normal((1, 3000)).astype(np.float32) for _ in range(10)]
    for number, samples in enumerate(sounds):
        canvas.place(placement(number, 7000 * number, (0.3, -0.7)), samples)
    for number in rng.permutation(10):
        canvas.remove(int(number), sounds[number])
    assert canvas.explained == 0.0
    assert not canvas.samples().any()
    assert canvas.placements == {}


def test_the_target_placed_on_the_canvas_explains_all_of_it(
    rng: np.random.Generator,
) -> None:
    samples = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    canvas = Canvas(prepare_target(samples, make_layout(SETTINGS), SETTINGS))
    assert canvas.explained == 0.0
    canvas.place(placement(1), samples)
    assert canvas.explained == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(canvas.samples(), samples, atol=1e-6)


def test_the_order_of_placing_does_not_matter(rng: np.random.Generator, canvas: Canvas) -> None:
    other = Canvas(canvas.target)
    sounds = [rng.standard_normal((1, 9000)).astype(np.float32) for _ in range(6)]
    onsets = [int(onset) for onset in rng.integers(0, 30_000, 6)]
    for number in range(6):
        canvas.place(placement(number, onsets[number], (0.3, 0.4)), sounds[number])
    for number in reversed(range(6)):
        other.place(placement(number, onsets[number], (0.3, 0.4)), sounds[number])
    np.testing.assert_array_equal(canvas.samples(), other.samples())
    np.testing.assert_array_equal(canvas.errors, other.errors)


def test_only_the_frames_touched_change(rng: np.random.Generator, canvas: Canvas) -> None:
    before = canvas.errors.copy()
    samples = rng.standard_normal((1, 1000)).astype(np.float32)
    canvas.place(placement(1, 50_000), samples)
    changed = np.flatnonzero((canvas.errors != before).any(axis=0))
    lead = canvas.target.layout.lead_frames
    assert changed.min() >= 50_000 // 512 - lead
    # The error of a frame holds the step from the frame before it.
    assert changed.max() <= 51_000 // 512 + lead + 1
    touched = np.flatnonzero(canvas.powers.any(axis=(0, 2)))
    assert touched.min() >= 50_000 // 512 - lead
    assert touched.max() <= 51_000 // 512 + lead


def test_the_step_to_the_frame_after_a_placement_is_heard(canvas: Canvas) -> None:
    """In the middle, where onsets count: going away, the last frame touched makes the next one a rise or not."""
    first = np.ones((1, 400 * 512), np.float32) * np.cos(np.arange(400 * 512)).astype(np.float32)
    canvas.place(placement(1), first)
    for number, gain in enumerate((0.5, 2.0, -0.9), start=2):
        before = canvas.errors.copy()
        canvas.place(placement(number, 100 * 512, (gain, gain)), first[:, : 20 * 512])
        touched = np.flatnonzero((canvas.errors != before)[0])
        np.testing.assert_array_equal(canvas.errors, canvas.recomputed()[0])
        assert touched.max() - touched.min() >= 20


def test_stereo_is_kept_by_speaker_and_compared_in_the_middle_as_well(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    samples = rng.standard_normal((1, 9000)).astype(np.float32)
    canvas.place(placement(1, 20_000, (0.5, 0.5)), samples)
    np.testing.assert_array_equal(canvas.spectra[MIDDLE], canvas.spectra[LEFT])
    np.testing.assert_array_equal(canvas.spectra[MIDDLE], canvas.spectra[RIGHT])
    canvas.place(placement(2, 60_000, (0.5, -0.5)), samples)
    left, right = canvas.samples()
    np.testing.assert_allclose(left[20_000:29_000], 0.5 * samples[0], atol=1e-6)
    np.testing.assert_array_equal(left[20_000:29_000], right[20_000:29_000])
    np.testing.assert_array_equal(left[60_000:69_000], -right[60_000:69_000])
    turned = slice(60_000 // 512, 69_000 // 512)
    assert not canvas.powers[MIDDLE, turned].any()
    assert canvas.powers[LEFT, turned].all()


def test_hard_left_is_silent_on_the_right_and_half_as_loud_in_the_middle(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    canvas.place(placement(1, 0, (0.7, 0.0)), rng.standard_normal((1, 9000)).astype(np.float32))
    np.testing.assert_array_equal(canvas.spectra[MIDDLE], 0.5 * canvas.spectra[LEFT])
    assert not canvas.spectra[RIGHT].any()


def test_an_exchange_is_taking_one_away_and_placing_the_other(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    """Earlier, later, longer, shorter, far away, and over both ends."""
    other = Canvas(canvas.target)
    bed = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    sounds = [rng.standard_normal((1, n)).astype(np.float32) for n in (9000, 300, 20_000)]
    for each in (canvas, other):
        each.place(placement(1), bed)
        each.place(placement(2, 30_000), sounds[0])
    now = sounds[0]
    onsets = [30_011, 29_000, 100_000, -5000, N_TARGET - 100, N_TARGET + 50_000, 40_000]
    for number, onset in enumerate(onsets):
        new, version = sounds[number % 3], canvas.version
        won = dataclasses.replace(placement(2, onset, (0.4, -0.2)), chromosome=OTHER)
        canvas.exchange(won, new, now)
        other.remove(2, now)
        other.place(won, new)
        assert canvas.placements == other.placements
        assert canvas.version > version
        np.testing.assert_array_equal(canvas.samples(), other.samples())
        np.testing.assert_array_equal(canvas.errors, other.errors)
        np.testing.assert_array_equal(canvas.errors, canvas.recomputed()[0])
        now = new


@pytest.mark.parametrize("level_db", [-40.0, -24.0, -14.0])
@pytest.mark.parametrize("n_speakers", [1, 2])
def test_what_belongs_there_pays_on_an_empty_canvas_whatever_it_stood_before(
    rng: np.random.Generator, n_speakers: int, level_db: float
) -> None:
    """Out of silence it rises further than out of its background; what the background hides is not held against it."""
    onset, n_samples = 100 * 512, 8000
    burst = 0.3 * rng.standard_normal(n_samples) * np.exp(-np.arange(n_samples) / 1600)
    song = 0.3 * 10 ** (level_db / 20) * rng.standard_normal((n_speakers, N_TARGET))
    song[:, onset : onset + n_samples] += burst
    target = prepare_target(song.astype(np.float32), make_layout(SETTINGS), SETTINGS)

    def worth(late_s: float) -> float:
        empty = Canvas(target)
        placed = placement(1, onset + round(late_s * 44_100), (1.0, 1.0)[:n_speakers])
        empty.place(placed, burst[None].astype(np.float32))
        return empty.silence_distance - empty.distance

    assert worth(0.0) > 0.1
    assert worth(0.0) > worth(0.012) > worth(0.025) > worth(0.05)
    assert worth(0.0) > worth(-0.05)


@pytest.mark.parametrize("onset", [-100_000, N_TARGET + 100_000])
def test_a_placement_outside_is_silent_but_kept(canvas: Canvas, onset: int) -> None:
    canvas.place(placement(1, onset), np.ones((1, 500), np.float32))
    assert canvas.explained == 0.0
    assert 1 in canvas.placements


def test_misuse_is_refused(canvas: Canvas) -> None:
    samples = np.ones((1, 500), np.float32)
    canvas.place(placement(1), samples)
    with pytest.raises(ParameterError, match="placement 1: expected a new id"):
        canvas.place(placement(1), samples)
    with pytest.raises(ParameterError, match="placement 2: it is not on the canvas"):
        canvas.remove(2, samples)
    with pytest.raises(ParameterError, match="placement 2: it is not on the canvas"):
        canvas.exchange(placement(2), samples, samples)
    with pytest.raises(ParameterError, match="expected other gains alone"):
        canvas.replace(placement(1, onset=5), samples)
    with pytest.raises(ParameterError, match="expected 2 gains, got 1"):
        canvas.place(placement(3, gains=(1.0,)), samples)


def test_a_struck_sound_is_worse_than_the_same_backwards_where_nothing_is_struck(
    rng: np.random.Generator,
) -> None:
    """And better where the target is struck. What is as loud as the attack hides it."""
    n_samples, onset = 60 * 512, 40 * 512
    struck = rng.standard_normal((1, n_samples)) * np.exp(-np.arange(n_samples) / (8 * 512))
    steady = rng.standard_normal((1, N_TARGET))
    played = np.zeros_like(steady)
    played[:, onset : onset + n_samples] = struck

    def of_onsets(target: np.ndarray, samples: np.ndarray) -> float:
        """What the onsets cost, beyond all else."""
        distances = []
        for settings in (SETTINGS, SpectraSettings(onset_weight=0.0)):
            prepared = prepare_target(target.astype(np.float32), make_layout(settings), settings)
            canvas = Canvas(prepared)
            canvas.place(placement(1, onset, (1.0,)), samples.astype(np.float32))
            distances.append(canvas.distance)
        return distances[0] - distances[1]

    backwards = struck[:, ::-1]
    soft, loud = 0.03 * steady, steady
    assert of_onsets(soft, struck) > 3.0 * of_onsets(soft, backwards) > 0.0
    assert of_onsets(loud, struck) < 1.2 * of_onsets(loud, backwards)
    assert of_onsets(played, struck) < 0.1 * of_onsets(played, backwards)


def test_it_tells_within_which_frames_it_has_changed(
    rng: np.random.Generator, canvas: Canvas
) -> None:
    samples = rng.standard_normal((1, 2000)).astype(np.float32)
    assert not canvas.changes.since(0)
    before = canvas.spectra.copy()
    for number, onset in enumerate((30_000, 60_000, 90_000, 10_000_000)):
        canvas.place(placement(number, onset), samples)
    for version in range(4):
        touched = canvas.changes.since(version)
        first = (30_000, 60_000, 90_000, 0)[version] // 512 - canvas.target.layout.lead_frames
        assert touched == (range(first, touched.stop) if version < 3 else range(0))
    changed = np.flatnonzero((canvas.spectra != before).any(axis=(0, 2)))
    everything = canvas.changes.since(0)
    assert everything.start <= changed[0]
    assert changed[-1] < everything.stop < 200
    assert canvas.changes.since(-1) == range(canvas.target.n_frames)
    for _ in range(300):
        canvas.replace(placement(0, 30_000, (0.5, 0.5)), samples)
    assert canvas.changes.since(0) == range(canvas.target.n_frames)
    assert canvas.changes.since(canvas.version - 256).stop < 100
