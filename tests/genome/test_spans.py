from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import founder
from phenotune.library.clip import Clip

RATE_HZ = 1000
LONG, SHORT = Span("long", RATE_HZ, 90_000), Span("short", RATE_HZ, 10_000)


def test_sources_are_drawn_by_the_root_of_their_duration(rng):
    spans = Spans([LONG, SHORT])
    n_long = sum(spans.draw_clip(rng).source == "long" for _ in range(4000))
    assert n_long / 4000 == pytest.approx(3 / 4, abs=0.02)


def test_durations_count_and_not_samples(rng):
    spans = Spans([Span("a", 1000, 10_000), Span("b", 48_000, 480_000)])
    n_first = sum(spans.draw_clip(rng).source == "a" for _ in range(2000))
    assert n_first / 2000 == pytest.approx(1 / 2, abs=0.04)


def test_lengths_are_even_in_octaves_and_starts_are_even(rng):
    spans = Spans([LONG], min_clip_s=0.25, max_clip_s=4.0)
    clips = [spans.draw_clip(rng) for _ in range(4000)]
    lengths = np.array([clip.length_samples for clip in clips])
    starts = np.array([clip.start_samples for clip in clips])
    assert lengths.min() >= 250
    assert lengths.max() <= 4000
    assert np.histogram(np.log2(lengths / 250), bins=4, range=(0, 4))[0].min() > 900
    assert np.histogram(starts, bins=4, range=(0, 90_000))[0].min() > 850
    assert (starts + lengths).max() <= 90_000
    assert all(type(clip.start_samples) is int for clip in clips)


@pytest.mark.parametrize("n_samples", [1, 2, 149, 150, 151])
def test_short_sources_are_used_whole(rng, n_samples):
    spans = Spans([Span("s0", RATE_HZ, n_samples)])
    for _ in range(20):
        clip = spans.draw_clip(rng)
        assert clip.length_samples == min(n_samples, 150) or n_samples > 150
        assert 0 <= clip.start_samples <= n_samples - clip.length_samples


@pytest.mark.parametrize(
    ("n_samples", "pieces"),
    [
        (3000, {(0, 1000), (1000, 1000), (2000, 1000)}),
        (2100, {(0, 1000), (1000, 1000)}),  # a rest below min_clip_s is left out
        (2200, {(0, 1000), (1000, 1000), (2000, 200)}),
        (100, {(0, 100)}),
    ],
)
def test_pre_slicing_draws_the_pieces_of_a_grid(rng, n_samples, pieces):
    spans = Spans([Span("s0", RATE_HZ, n_samples)], clip_s=1.0)
    drawn = [spans.draw_clip(rng) for _ in range(60)]
    assert {(clip.start_samples, clip.length_samples) for clip in drawn} == pieces


def test_sliding_goes_near_and_far_and_stays_inside(rng):
    spans = Spans([LONG])
    clip = Clip("long", 45_000, 1000)
    slid = [spans.slide(clip, rng) for _ in range(1000)]
    steps = np.array([other.start_samples for other in slid]) - 45_000
    assert {other.length_samples for other in slid} == {1000}
    assert 1 <= np.abs(steps).min() <= 2
    assert 1500 < np.abs(steps).max() <= 2000
    assert 400 < (steps > 0).sum() < 600
    assert 250 < (np.abs(steps) < 20).sum() < 550


@pytest.mark.parametrize("start", [0, 9000])
def test_sliding_at_an_end_goes_inwards(rng, start):
    spans = Spans([SHORT])
    slid = [spans.slide(Clip("short", start, 1000), rng) for _ in range(50)]
    assert all(0 <= clip.start_samples <= 9000 for clip in slid)
    assert all(clip.start_samples != start for clip in slid)


def test_a_clip_as_long_as_its_source_cannot_slide(rng):
    clip = Clip("short", 0, 10_000)
    assert Spans([SHORT]).slide(clip, rng) == clip


def test_resizing_keeps_an_end_and_the_limits(rng):
    spans = Spans([LONG], min_clip_s=0.5, max_clip_s=1.5)
    clip = Clip("long", 45_000, 1000)
    resized = [spans.resize(clip, rng) for _ in range(500)]
    ends = [(other.start_samples, other.start_samples + other.length_samples) for other in resized]
    lengths = np.array([other.length_samples for other in resized])
    assert all(start == 45_000 or end == 46_000 for start, end in ends)
    assert lengths.min() == 500
    assert lengths.max() == 1500
    assert 0.35 < np.log2(lengths / 1000).std() < 0.55


def test_resizing_stays_inside_the_source(rng):
    spans = Spans([SHORT], max_clip_s=30.0)
    clip = Clip("short", 8000, 2000)
    for _ in range(200):
        clip = spans.resize(clip, rng)
        assert clip.start_samples >= 0
        assert clip.start_samples + clip.length_samples <= 10_000


def test_pre_slicing_widens_the_longest_clip(rng):
    spans = Spans([LONG], max_clip_s=1.0, clip_s=5.0)
    lengths = [spans.resize(Clip("long", 0, 5000), rng).length_samples for _ in range(50)]
    assert max(lengths) == 5000
    assert min(lengths) > 1000


def test_rates_are_told():
    assert Spans([LONG, Span("other", 48_000, 5)]).rates_hz == {"long": 1000, "other": 48_000}


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^sources: expected at least one"):
        Spans([])
    with pytest.raises(ParameterError, match=r"^sources: .* each with at least one sample"):
        Spans([Span("s0", RATE_HZ, 0)])
    with pytest.raises(ParameterError, match="expected 0 < min <= max, got 2 and 1"):
        Spans([LONG], min_clip_s=2.0, max_clip_s=1.0)


def test_founders_begin_with_the_pitch_of_their_source(rng):
    spans = Spans([LONG, Span("song", RATE_HZ, 90_000, cents=(-1200.0, 1200.0))])
    founders = [founder(rng, spans) for _ in range(200)]
    genes = {c.genes for c in founders if c.clip.source == "song"}
    assert genes == {(Varispeed(-1200.0),), (Varispeed(1200.0),)}
    assert {c.genes for c in founders if c.clip.source == "long"} == {()}


def test_no_chance_is_used_for_a_pitch_that_is_not_asked_for(rng):
    before = rng.bit_generator.state
    assert Spans([LONG]).draw_cents("long", rng) == 0.0
    assert rng.bit_generator.state == before


def test_kept_sources_are_not_drawn_from_but_vary(rng):
    gone = Span("gone", RATE_HZ, 500)
    spans = Spans([LONG], kept=[gone, SHORT])
    assert {spans.draw_clip(rng).source for _ in range(200)} == {"long"}
    assert spans.rates_hz == {"long": RATE_HZ, "gone": RATE_HZ, "short": RATE_HZ}
    moved = [spans.resize(spans.slide(Clip("gone", 100, 200), rng), rng) for _ in range(50)]
    assert len(set(moved)) > 10
    assert all(clip.start_samples + clip.length_samples <= 500 for clip in moved)
    plain = Spans([LONG])
    seeds = (np.random.default_rng(1), np.random.default_rng(1))
    assert spans.draw_clip(seeds[0]) == plain.draw_clip(seeds[1])
