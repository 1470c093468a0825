"""Which moment of a source sounds when: told by the genes, and heard in a source whose samples are its moments."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.pieces import Piece, cut, pieces_of
from phenotune.genome.rendering import render
from phenotune.library.clip import Clip

from .conftest import Tape

RATE_HZ = 8000
RATES_HZ = {"s0": RATE_HZ, "s1": RATE_HZ}
CLIP = Clip("s0", 2 * RATE_HZ, RATE_HZ)  # from 2 s to 3 s


def chromosome(*genes, clip=CLIP):
    return Chromosome(clip, genes)


def times(*genes, clip=CLIP):
    """Each piece as ``(from_s, to_s, start_s, end_s)``, in the order of its start."""
    pieces = pieces_of(chromosome(*genes, clip=clip), RATES_HZ)
    rows = sorted(pieces, key=lambda p: (p.start_s, p.source))
    return [tuple(round(t, 9) + 0.0 for t in (p.from_s, p.to_s, p.start_s, p.end_s)) for p in rows]


def test_a_clip_sounds_as_it_lies():
    assert times() == [(2.0, 3.0, 0.0, 1.0)]
    assert times(Gain(0.5)) == times()


def test_genes_that_cut():
    assert times(Split(0.25, "head")) == [(2.0, 2.25, 0.0, 0.25)]
    assert times(Split(0.25, "tail")) == [(2.25, 3.0, 0.0, 0.75)]
    assert times(Chunk(4, 2)) == [(2.5, 2.75, 0.0, 0.25)]


def test_genes_that_turn_and_repeat():
    assert times(Reverse()) == [(3.0, 2.0, 0.0, 1.0)]
    assert times(Reverse(), Split(0.25, "head")) == [(3.0, 2.75, 0.0, 0.25)]
    assert times(Reverse(), Reverse()) == times()
    assert times(Repeat(1)) == [(2.0, 3.0, 0.0, 1.0), (2.0, 3.0, 1.0, 2.0)]


def test_varispeed_changes_the_pace_and_the_pitch_of_all():
    assert times(Varispeed(1200.0)) == [(2.0, 3.0, 0.0, 0.5)]
    assert times(Varispeed(-1200.0), Split(0.5, "tail")) == [(2.5, 3.0, 0.0, 1.0)]
    inner = chromosome(Varispeed(300.0), clip=Clip("s1", 0, 800))
    pieces = pieces_of(chromosome(Append(inner), Varispeed(-1000.0), Varispeed(-50.0)), RATES_HZ)
    assert {piece.source: piece.cents for piece in pieces} == {"s0": -1050.0, "s1": -750.0}


def test_genes_that_hold_a_chromosome():
    inner = chromosome(Reverse(), clip=Clip("s1", 0, RATE_HZ // 2))
    assert times(Append(inner)) == [(2.0, 3.0, 0.0, 1.0), (0.5, 0.0, 1.0, 1.5)]
    assert times(Add(inner)) == [(2.0, 3.0, 0.0, 1.0), (0.5, 0.0, 0.0, 0.5)]
    # Behind an addition the whole is as long as the longer of the two.
    assert times(Add(inner), Reverse()) == [(3.0, 2.0, 0.0, 1.0), (0.0, 0.5, 0.5, 1.0)]
    assert times(Append(inner), Split(0.8, "tail")) == [(0.3, 0.0, 0.0, 0.3)]


def test_what_ends_where_a_cut_begins_is_left_out():
    assert cut((Piece("s0", 0.0, 1.0, 0.0, 1.0),), 1.0, 2.0) == ()


@pytest.fixture(scope="module")
def tape():
    """Two sources of ten seconds; each sample is its own moment, that of the second below 0."""
    moments = (np.arange(10 * RATE_HZ) / RATE_HZ).astype(np.float32)[None]
    return Tape({"s0": (moments, RATE_HZ), "s1": (-moments, RATE_HZ)})


DRAWN = (
    lambda rng: Split(round(rng.uniform(0.3, 0.7), 3), "head" if rng.random() < 0.5 else "tail"),
    lambda rng: Chunk(2, int(rng.integers(2))),
    lambda rng: Reverse(),
    lambda rng: Varispeed(float(rng.integers(-700, 700))),
    lambda rng: Repeat(1),
)


def drawn(rng, may_append=True):
    """A chromosome of several genes that move sound in time."""
    clip = Clip(f"s{rng.integers(2)}", int(rng.integers(5 * RATE_HZ)), 3 * RATE_HZ)
    genes = [DRAWN[int(rng.integers(len(DRAWN)))](rng) for _ in range(int(rng.integers(4)))]
    if may_append:
        genes.insert(int(rng.integers(len(genes) + 1)), Append(drawn(rng, may_append=False)))
    return Chromosome(clip, tuple(genes))


@pytest.mark.parametrize("seed", range(40))
def test_what_is_told_is_what_sounds(seed, tape):
    made = drawn(np.random.default_rng(seed))
    sound = render(made, tape, RATE_HZ, fade_ms=0.0, mono=True)[0]
    n_heard = 0
    for piece in pieces_of(made, RATES_HZ):
        if piece.end_s - piece.start_s < 0.1:
            continue  # its middle may be faded at the joins
        for share in (0.3, 0.5, 0.7):
            at = round((piece.start_s + share * (piece.end_s - piece.start_s)) * RATE_HZ)
            moment_s = piece.from_s + share * (piece.to_s - piece.from_s)
            sign = 1.0 if piece.source == "s0" else -1.0
            assert sign * sound[at] == pytest.approx(moment_s, abs=0.01)
            n_heard += 1
    assert n_heard
