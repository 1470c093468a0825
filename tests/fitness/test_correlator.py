"""Cross-correlation with the target, against direct sums."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.fitness.correlator import Correlator
from phenotune.fitness.pages import MOST_NARROW, NARROW
from phenotune.fitness.settings import FitnessSettings
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip

from .conftest import RATE_HZ, decaying_noise, make_canvas, place

APART = RATE_HZ // 100
N_TARGET = 90_000
Peaks = list[tuple[int, float]]


def correlator(target: Samples, canvas: Canvas | None = None, **settings: str) -> Correlator:
    canvas = make_canvas(target) if canvas is None else canvas
    return Correlator(target, canvas, FitnessSettings.model_validate(settings))


def noise(rng: np.random.Generator, *shape: int) -> Samples:
    """Noise that is no whiter than music is: its neighbours are alike."""
    white = 0.2 * rng.standard_normal(shape)
    return np.cumsum(white, axis=-1).astype(np.float32) * 0.05 + white.astype(np.float32)


def products(sound: Samples, other: NDArray[np.float32], lags: range) -> NDArray[np.float64]:
    """Direct sums in float64, one for each lag."""
    long = np.concatenate([other.astype(np.float64), np.zeros(sound.shape[1])])
    short = sound[0].astype(np.float64)
    return np.array([np.dot(short, long[lag : lag + short.size]) for lag in lags])


def slow_peaks(curve: NDArray[np.float64], lags: range, n_peaks: int) -> Peaks:
    """The slow twin: the highest that is left, again and again, its hill struck out each time."""
    left, found = curve.copy(), []
    while len(found) < n_peaks and left.size and left.max() > 0.0:
        index = int(left.argmax())
        found.append((lags[index], float(left[index])))
        first, last = max(0, index - APART + 1), min(left.size - 1, index + APART - 1)
        while first > 0 and left[first - 1] <= left[first]:
            first -= 1
        while last < left.size - 1 and left[last + 1] <= left[last]:
            last += 1
        left[first : last + 1] = -np.inf
    return found


def assert_same(found: Peaks, wanted: Peaks, scale: float = 1.0) -> None:
    assert [onset for onset, _ in found] == [onset for onset, _ in wanted]
    values = [scale * value for _, value in wanted]
    np.testing.assert_allclose([value for _, value in found], values, rtol=1e-9)


@pytest.mark.parametrize(
    ("n_clip", "n_peaks"),
    [(1, 1), (2, 3), (127, 3), (4000, 1), (4000, 100), (NARROW.n_part + 1, 3), (N_TARGET + 99, 2)],
)
@pytest.mark.parametrize(
    "where",
    [
        {"within": 1, "around": 40_000},
        {"within": 800, "around": 300},
        {"within": 2000, "around": N_TARGET},
        {"span": (8191, 8193)},
        {"span": (10_000, 14_000), "around": 9000, "within": 2000},
    ],
)
def test_peaks_are_those_of_the_direct_sums(
    rng: np.random.Generator, n_clip: int, n_peaks: int, where: dict[str, int]
) -> None:
    target, clip = noise(rng, 2, N_TARGET), noise(rng, 1, n_clip)
    first, last = where.get("span", (0, N_TARGET))  # type: ignore[misc]
    if "within" in where:
        first = max(first, where["around"] - where["within"])
        last = min(last, where["around"] + where["within"] + 1)
    lags = range(first, last)
    middle = target.mean(axis=0, dtype=np.float32)
    energy = float(np.square(middle, dtype=np.float64).sum())
    found = correlator(target).peaks(clip, n_peaks, **where)  # type: ignore[arg-type]
    assert_same(found, slow_peaks(products(clip, middle, lags), lags, n_peaks), 1.0 / energy)


@pytest.mark.parametrize("n_clip", [1, 300, 5000])
def test_the_whole_target_is_looked_at(rng: np.random.Generator, n_clip: int) -> None:
    lags = range(MOST_NARROW + 5000)
    target, clip = noise(rng, 1, len(lags)), noise(rng, 1, n_clip)
    wanted = slow_peaks(products(clip, target[0], lags), lags, 5)
    energy = float(np.square(target, dtype=np.float64).sum())
    assert_same(correlator(target).peaks(clip, 5), wanted, 1.0 / energy)


def test_a_clip_of_the_target_is_found_to_the_sample(rng: np.random.Generator) -> None:
    target = rng.standard_normal((2, N_TARGET)).astype(np.float32)
    for onset in (0, 1, 32_767, 32_768, 77_777):
        clip = target[:, onset : onset + 9000].mean(axis=0, keepdims=True)
        assert correlator(target, correlation_scale="unit").peaks(clip, 1)[0][0] == onset
        near = correlator(target).peaks(clip, 1, around=onset + 200, within=250)
        assert near[0][0] == onset


def test_raw_values_are_shares_of_the_target_and_unit_ones_do_not_know_how_loud_a_clip_is(
    rng: np.random.Generator,
) -> None:
    target = noise(rng, 1, N_TARGET)
    for scale, doubled in (("raw", 2.0), ("unit", 1.0)):
        both = correlator(target, correlation_scale=scale)
        assert both.peaks(target, 1) == [(0, pytest.approx(1.0))]
        assert both.peaks(2.0 * target, 1) == [(0, pytest.approx(doubled))]
    part = target[:, :30_000]
    share = float(
        np.square(part, dtype=np.float64).sum() / np.square(target, dtype=np.float64).sum()
    )
    assert correlator(target).value(part, 0) == pytest.approx(share)
    assert correlator(target, correlation_scale="unit").value(part, 0) == pytest.approx(share**0.5)


def test_of_equal_peaks_the_earlier_comes_first(rng: np.random.Generator) -> None:
    loop = noise(rng, 1, 9000)
    loop[:, -4000:] = 0.0
    target = np.tile(loop, 11)
    peaks = correlator(target).peaks(loop[:, :5000], 11)
    assert [onset for onset, _ in peaks] == [9000 * k for k in range(11)]
    assert len({value for _, value in peaks}) == 1


def test_peaks_lie_apart_and_are_peaks(rng: np.random.Generator) -> None:
    target, clip = noise(rng, 1, N_TARGET), noise(rng, 1, 2000)
    peaks = correlator(target).peaks(clip, 60)
    onsets = sorted(onset for onset, _ in peaks)
    assert min(b - a for a, b in pairwise(onsets)) >= APART
    values = [value for _, value in peaks]
    assert values == sorted(values, reverse=True)
    assert all(correlator(target).value(clip, onset) == value for onset, value in peaks[:3])


def test_a_steady_tone_is_found_somewhere_on_its_crests(rng: np.random.Generator) -> None:
    tone = np.sin(2 * np.pi * 55 / RATE_HZ * np.arange(N_TARGET), dtype=np.float32)[None]
    found = correlator(tone, correlation_scale="unit").peaks(tone[:, :22_050], 3)
    best = correlator(tone, correlation_scale="unit").value(tone[:, :22_050], 0)
    assert len(found) == 3
    assert all(value == pytest.approx(best, rel=1e-6) for _, value in found)


def test_where_nothing_can_be_there_is_no_peak(rng: np.random.Generator) -> None:
    target, clip = noise(rng, 1, N_TARGET), noise(rng, 1, 2000)
    both = correlator(target)
    assert both.peaks(clip, 0) == []
    assert both.peaks(clip, 3, span=(500, 500)) == []
    assert both.peaks(clip, 3, span=(0, 100), around=5000, within=10) == []
    assert both.peaks(0 * clip, 3) == []
    assert both.peaks(clip[:, :0], 3) == []
    assert both.value(0 * clip, 5) == both.value(clip, N_TARGET) == both.value(clip, -2000) == 0.0
    # Where all is of one sign, there is no onset at which a clip of the other would help.
    assert correlator(np.abs(target)).peaks(-np.abs(clip), 3) == []
    sides = np.concatenate([target, -target])
    with_silent_middle = correlator(sides, make_canvas(target))
    assert with_silent_middle.peaks(clip, 3) == []
    assert with_silent_middle.value(clip, 3) == 0.0


@pytest.mark.parametrize("onset", [-1500, -1, 0, N_TARGET - 700])
@pytest.mark.parametrize("with_what", ["target", "missing"])
def test_what_sounds_outside_the_target_counts_nothing(
    rng: np.random.Generator, onset: int, with_what: str
) -> None:
    target, clip = noise(rng, 1, N_TARGET), noise(rng, 1, 2000)
    energy = float(np.square(target, dtype=np.float64).sum())
    first, last = max(0, -onset), min(2000, N_TARGET - onset)
    wanted = products(clip[:, first:last], target[0], range(max(0, onset), max(0, onset) + 1))
    value = correlator(target, correlate_with=with_what).value(clip, onset)
    assert value == pytest.approx(float(wanted[0]) / energy, rel=1e-9)


def test_what_is_missing_follows_the_canvas(rng: np.random.Generator) -> None:
    target = noise(rng, 2, N_TARGET)
    canvas, clip = make_canvas(target), decaying_noise(rng, 12_000)
    both = correlator(target, canvas, correlate_with="missing")
    before = both.peaks(clip, 3)
    assert before == correlator(target).peaks(clip, 3)
    for onset, gains in ((70_000, (0.4, 0.1)), (500, (-0.2, 0.7)), (85_000, (1.0, 1.0))):
        place(canvas, clip, onset, gains)
        # Shares of another energy, and of a sound that was rounded elsewhere.
        lacking = target - canvas.samples()
        anew = correlator(lacking)
        ratio = anew._energy / correlator(target)._energy
        for where in ({}, {"around": onset, "within": 2000}):
            found, wanted = both.peaks(clip, 3, **where), anew.peaks(clip, 3, **where)
            assert [o for o, _ in found] == [o for o, _ in wanted]
            assert [v for _, v in found] == pytest.approx([ratio * v for _, v in wanted], rel=1e-5)
            assert [both.value(clip, o) for o, _ in found] == [v for _, v in found]
    for number in (2, 1, 3):
        canvas.remove(number, clip)
    assert both.peaks(clip, 3) == before


def test_the_target_itself_stays_what_it_is_whatever_lands(rng: np.random.Generator) -> None:
    target, clip = noise(rng, 2, N_TARGET), decaying_noise(rng, 5000)
    canvas = make_canvas(target)
    both = correlator(target, canvas)
    before = both.peaks(clip, 3)
    canvas.place(Placement(1, Chromosome(Clip("s0", 0, 1)), before[0][0], (1.0, 1.0), 1, 0), clip)
    assert both.peaks(clip, 3) == before
    assert both.value(clip, before[0][0]) == before[0][1]


def test_threads_and_their_order_change_nothing(rng: np.random.Generator) -> None:
    target = noise(rng, 1, 6 * N_TARGET)
    canvas = make_canvas(target)
    clips = [noise(rng, 1, int(n)) for n in rng.integers(100, 40_000, 12)]
    asked = [(c, w) for c in clips for w in ({}, {"around": 9 * c.shape[1], "within": 3000})]

    def found(
        many: Correlator, n_threads: int, asked: list[tuple[Samples, dict[str, int]]]
    ) -> list[Peaks]:
        with ThreadPoolExecutor(n_threads) as pool:
            return list(pool.map(lambda each: many.peaks(each[0], 3, **each[1]), asked))

    alone = found(correlator(target, canvas), 1, asked)
    for n_threads in (2, 4):
        assert found(correlator(target, canvas), n_threads, asked[::-1])[::-1] == alone


def test_wrong_shapes_are_refused(rng: np.random.Generator) -> None:
    target = noise(rng, 2, N_TARGET)
    with pytest.raises(ParameterError, match=r"expected shape \(1, n_samples\), got \(2, 90000\)"):
        correlator(target).peaks(target, 1)
    with pytest.raises(ParameterError, match=r"expected shape \(1, n_samples\), got \(90000,\)"):
        correlator(target).value(target[0], 1)
    with pytest.raises(ParameterError, match="expected 90000 samples as on the canvas, got 89999"):
        Correlator(target[:, 1:], make_canvas(target), FitnessSettings())


@pytest.mark.slow
def test_on_real_music_the_peak_is_that_of_transforms_in_float64(
    real_audio: Path, rng: np.random.Generator
) -> None:
    target = read_sound(sorted(real_audio.glob("targets/*.ogg"))[0]).samples[:, : 20 * RATE_HZ]
    source = read_sound(sorted(real_audio.glob("library/songs/*.*"))[0]).samples
    both = correlator(target)
    n_fft = 2**21
    middle = target.mean(axis=0, dtype=np.float32).astype(np.float64)
    whole = fft.rfft(middle, n_fft)
    for start in rng.integers(0, source.shape[1] - 5 * RATE_HZ, 20):
        clip = source[:1, start : start + 5 * RATE_HZ]
        exact = fft.irfft(whole * np.conj(fft.rfft(clip[0].astype(np.float64), n_fft)), n_fft)
        exact = exact[: middle.size]
        ((onset, _),) = both.peaks(clip, 1)
        assert onset == int(exact.argmax())
        near = range(max(0, onset - 20_000), min(middle.size, onset + 2050))
        ((onset, _),) = both.peaks(clip, 1, span=(near.start, near.stop - 2000))
        assert onset == near.start + int(exact[near.start : near.stop - 2000].argmax())
