"""Proposing onsets."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.placement import Placement
from phenotune.fitness.proposals import Proposer
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.spectra.analysis import analyse, bands_of

from .conftest import decaying_noise, make_canvas


def powers_of(canvas: Canvas, samples: Samples) -> NDArray[np.float32]:
    layout = canvas.target.layout
    n_frames = layout.n_touched(samples.shape[1])
    return bands_of(analyse(samples, 0, -layout.lead_frames, n_frames, layout), layout)[0]


def target_with(burst: Samples, onsets: list[int], n_samples: int) -> Samples:
    samples = np.zeros((2, n_samples), np.float32)
    for onset in onsets:
        samples[:, onset : onset + burst.shape[1]] += burst
    return samples


def test_the_place_of_a_sound_is_found(burst: Samples) -> None:
    for onset in (0, 7 * 512, 40_000, 100_000):
        canvas = make_canvas(target_with(burst, [onset], 130_000))
        frames = Proposer(canvas).propose(powers_of(canvas, burst), 0, 3)
        assert abs(frames[0] * 512 - onset) <= 1024


def test_what_has_been_placed_is_not_proposed_again(burst: Samples) -> None:
    onsets = [20 * 512, 150 * 512]
    canvas = make_canvas(target_with(burst, onsets, 130_000))
    proposer, powers = Proposer(canvas), powers_of(canvas, burst)
    near = {frame // 10 for frame in proposer.propose(powers, 0, 2)}
    assert near <= {1, 2, 14, 15}
    canvas.place(Placement(1, Chromosome(Clip("s0", 0, 1)), onsets[0], (1.0, 1.0), 1, 0), burst)
    assert abs(proposer.propose(powers, 0, 1)[0] - 150) <= 2


def test_a_long_canvas_is_looked_at_where_the_candidate_wants(
    rng: np.random.Generator, burst: Samples
) -> None:
    onsets = [5 * 44_100, 45 * 44_100]
    canvas = make_canvas(target_with(burst, onsets, 60 * 44_100))
    proposer, powers = Proposer(canvas), powers_of(canvas, burst)
    assert proposer.n_stretches > 3
    for onset in onsets:
        frame = proposer.propose(powers, onset, 1)[0]
        assert abs(frame * 512 - onset) <= 1024


@pytest.mark.parametrize("n_samples", [1, 100, 5000, 700_000])
def test_onsets_lie_within_the_canvas_and_differ(
    rng: np.random.Generator, burst: Samples, n_samples: int
) -> None:
    canvas = make_canvas(target_with(burst, [0, 20_000], 60_000))
    frames = Proposer(canvas).propose(powers_of(canvas, decaying_noise(rng, n_samples)), 30_000, 8)
    assert len(set(frames)) == len(frames) <= 8
    assert all(0 <= frame < canvas.target.n_frames for frame in frames)


def test_every_stretch_is_reached(burst: Samples) -> None:
    canvas = make_canvas(target_with(burst, [0], 60 * 44_100))
    proposer = Proposer(canvas)
    reached = {proposer._stretch_of(int(s)) for s in range(0, 60 * 44_100, 4410)}
    assert reached == set(range(proposer.n_stretches))


def test_proposals_keep_within_reach(burst: Samples) -> None:
    onsets = [20 * 512, 60 * 512, 150 * 512]
    canvas = make_canvas(target_with(burst, onsets, 130_000))
    proposer, powers = Proposer(canvas), powers_of(canvas, burst)
    for onset in onsets:
        reach = (onset - 4000, onset + 4001)
        found = [frame * 512 for frame in proposer.propose(powers, onset, 8, reach=reach)]
        assert abs(found[0] - onset) <= 1024
        assert all(reach[0] <= sample < reach[1] for sample in found)


def test_within_reach_are_the_peaks_of_the_whole_curve_that_lie_there(burst: Samples) -> None:
    """And the ends of the reach, where the curve is cut off on a slope."""
    canvas = make_canvas(target_with(burst, [10_240, 30_720, 76_800], 130_000))
    proposer, powers = Proposer(canvas), powers_of(canvas, burst)
    everywhere = proposer.propose(powers, 0, 200)
    for first, end in itertools.product(range(0, 120_000, 17_000), (5_000, 40_000)):
        reach = (first, first + end)
        found = proposer.propose(powers, 0, 200, reach=reach)
        inside = [frame for frame in everywhere if reach[0] <= frame * 512 < reach[1]]
        assert [frame for frame in found if frame in inside] == inside
        ends = {frame for frame in found if frame not in inside}
        assert all(min(abs(frame * 512 - edge) for edge in reach) <= 1024 for frame in ends)


@pytest.mark.parametrize("reach", [(-9000, 0), (300_000, 400_000), (5000, 5000), (513, 514)])
def test_where_no_onset_is_within_reach_none_is_proposed(
    burst: Samples, reach: tuple[int, int]
) -> None:
    canvas = make_canvas(target_with(burst, [0, 20_000], 60_000))
    assert Proposer(canvas).propose(powers_of(canvas, burst), 0, 8, reach=reach) == []
