"""Pieces are held against rendering itself: what they say, read from the source, is what is rendered."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.export.arrangement import Arrangement
from phenotune.export.reaper_pieces import MAX_PIECES, Pieces, cut, faded, has_filter, pieces_of
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.fades import rise
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.duplicate import Duplicate
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.low_shelf import LowShelf
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.rendering import render
from phenotune.library.clip import Clip

RATE_HZ = 44_100
CLIP = Clip("s4", 700, 6001)
INSIDE = Chromosome(Clip("s1", 20, 4000), (Reverse(), Gain(0.5)))
SHORT = Chromosome(Clip("s0", 5, 7), (Split(0.5, "tail"),))


def spoken(whole: Pieces, arrangement: Arrangement) -> np.ndarray:
    """What pieces at the source's own speed say, read sample by sample."""
    out = np.zeros((2, whole.n_samples))
    for piece in whole.pieces:
        places = piece.from_samples + piece.step * np.arange(piece.n_samples)
        read = arrangement.sounds.samples(piece.source, RATE_HZ)[:, places.astype(int)]
        out[:, piece.start_samples : piece.end_samples] += read * piece.curve
    return out


@pytest.mark.parametrize(
    "genes",
    [
        (),
        (Gain(1.5), Duplicate(2)),
        (Split(0.3, "head"),),
        (Split(0.3, "tail"), Reverse()),
        (Chunk(7, 3), Reverse(), Chunk(2, 0)),
        (Repeat(3),),
        (Envelope((0.0, -60.0, 6.0)), Repeat(1), Split(0.4, "tail"), Reverse()),
        (Append(INSIDE), Envelope((-3.0, 3.0)), Chunk(3, 1)),
        (Add(INSIDE, 0.3), Reverse()),
        (Split(0.1, "head"), Add(INSIDE, 0.7), Repeat(2)),
        (Append(SHORT), Append(SHORT), Add(SHORT)),
        (Chunk(64, 1), Chunk(64, 1), Repeat(2)),
    ],
)
def test_pieces_are_what_is_rendered(genes: tuple[Gene, ...], arrangement: Arrangement) -> None:
    chromosome = Chromosome(CLIP, genes)
    whole = pieces_of(chromosome, arrangement.sources, RATE_HZ)
    assert whole is not None
    rendered = render(chromosome, arrangement.sounds, RATE_HZ, fade_ms=0.0)
    assert rendered.shape[1] == whole.n_samples
    assert np.abs(spoken(whole, arrangement) - rendered).max(initial=0.0) < 1e-6


@pytest.mark.parametrize("cents", [-1200.0, -317.0, 1.0, 555.5])
def test_a_varispeed_changes_step_and_length_as_rendering_does(
    cents: float, arrangement: Arrangement
) -> None:
    chromosome = Chromosome(CLIP, (Varispeed(cents), Reverse()))
    whole = pieces_of(chromosome, arrangement.sources, RATE_HZ)
    assert whole is not None
    (piece,) = whole.pieces
    ratio = 2.0 ** (cents / 1200.0)
    n_samples = render(chromosome, arrangement.sounds, RATE_HZ).shape[1]
    assert whole.n_samples == piece.n_samples == n_samples
    assert piece.step == pytest.approx(-ratio)
    assert piece.from_samples == pytest.approx(CLIP.start_samples + (n_samples - 1) * ratio)


def test_pieces_whose_ends_fall_between_samples_begin_at_the_first_that_lies_in_them(
    arrangement: Arrangement,
) -> None:
    genes = (Split(0.5, "head"), Repeat(1), Varispeed(1200.0))
    whole = pieces_of(Chromosome(Clip("s4", 700, 2002), genes), arrangement.sources, RATE_HZ)
    assert whole is not None
    first, second = whole.pieces
    assert (first.start_samples, first.end_samples) == (0, 501)
    # The repeat begins at sample 1001, and so between samples 500 and 501.
    assert (second.start_samples, second.end_samples) == (501, 1001)
    assert (first.from_samples, second.from_samples) == (700.0, 701.0)
    assert (first.step, second.step) == (2.0, 2.0)


@pytest.mark.parametrize(
    ("cents", "is_sayable"),
    [
        ((700.0, 100.0), True),
        ((-700.0, 1200.0), True),
        ((-700.0, 500.0, -100.0), True),
        ((700.0, -100.0), False),
        ((-700.0, 900.0, -900.0), False),
    ],
)
def test_a_speed_is_sayable_unless_highs_were_lost_before(
    cents: tuple[float, ...], is_sayable: bool, arrangement: Arrangement
) -> None:
    chromosome = Chromosome(CLIP, tuple(map(Varispeed, cents)))
    assert (pieces_of(chromosome, arrangement.sources, RATE_HZ) is not None) == is_sayable


@pytest.mark.parametrize(
    "gene",
    [
        LowShelf(3.0, 100.0),
        Equaliser(0.0, 0.0, 0.0, 0.0, -3.0),
        Append(Chromosome(CLIP, (LowShelf(3.0, 100.0),))),
    ],
)
def test_filters_are_not_sayable(gene: Gene, arrangement: Arrangement) -> None:
    chromosome = Chromosome(CLIP, (Reverse(), gene))
    assert has_filter(chromosome)
    assert pieces_of(chromosome, arrangement.sources, RATE_HZ) is None


def test_too_many_pieces_are_not_sayable(arrangement: Arrangement) -> None:
    fifteen, forty = (Repeat(14),), (Repeat(3), Repeat(9))
    short = Chromosome(CLIP, fifteen)
    assert not has_filter(short)
    few = pieces_of(short, arrangement.sources, RATE_HZ)
    assert few is not None
    assert len(few.pieces) == 15 < MAX_PIECES
    assert pieces_of(Chromosome(CLIP, forty), arrangement.sources, RATE_HZ) is None
    # A thousand million pieces are not made before they are found to be too many.
    many = Chromosome(CLIP, (Repeat(16),) * 8)
    assert pieces_of(many, arrangement.sources, RATE_HZ) is None


def test_a_clip_at_the_end_of_its_source_ends_with_it(arrangement: Arrangement) -> None:
    chromosome = Chromosome(Clip("s5", 47_000, 1000))
    whole = pieces_of(chromosome, arrangement.sources, RATE_HZ)
    assert whole is not None
    assert whole.n_samples == render(chromosome, arrangement.sounds, RATE_HZ).shape[1]


def test_cut_and_faded(arrangement: Arrangement) -> None:
    whole = pieces_of(Chromosome(CLIP, (Repeat(1),)), arrangement.sources, RATE_HZ)
    assert whole is not None
    part = cut(faded(whole, 100, 50), 60, whole.n_samples)
    assert part.n_samples == whole.n_samples - 60
    assert [piece.start_samples for piece in part.pieces] == [0, 5941]
    assert np.allclose(part.pieces[0].curve[:41], [*rise(100)[60:], 1.0])
    assert np.allclose(part.pieces[1].curve[-51:], [1.0, *rise(50)[::-1]])
    assert whole.pieces[0].curve[0] == 1.0, "the pieces themselves are left as they are"
    assert cut(whole, 5, 5) == Pieces((), 0)


def test_a_part_that_is_empty_can_be_sped_up(arrangement: Arrangement) -> None:
    """Cut to nothing: there is no curve to read between the points of."""
    chromosome = Chromosome(Clip("s1", 300, 9000), (Split(0.0, "head"), Varispeed(-317.0)))
    assert pieces_of(chromosome, arrangement.sources, arrangement.rate_hz) == Pieces((), 0)
