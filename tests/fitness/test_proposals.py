"""Proposing onsets."""

from __future__ import annotations

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
