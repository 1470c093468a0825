from __future__ import annotations

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.genes.chunk import Chunk, ChunkRanges


def test_keeps_one_piece():
    samples = np.array([[0.0, 1.0, 2.0, 3.0, 4.0, 5.0], [5.0, 4.0, 3.0, 2.0, 1.0, 0.0]], np.float32)
    assert Chunk(3, 1).apply(samples, 8000, None).tolist() == [[2.0, 3.0], [3.0, 2.0]]


@pytest.mark.parametrize("n_samples", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("n_pieces", [1, 3, 8])
def test_all_pieces_have_the_samples_of_the_whole(n_samples, n_pieces):
    whole = np.arange(n_samples, dtype=np.float32)[None]
    pieces = [gene.apply(whole, 8000, None) for gene in Chunk(n_pieces, 0).siblings()]
    assert len(pieces) == n_pieces
    assert np.hstack(pieces).tolist() == whole.tolist()
    lengths = [piece.shape[1] for piece in pieces]
    assert max(lengths) - min(lengths) <= 1


def test_siblings_are_all_pieces_in_order():
    assert Chunk(3, 2).siblings() == (Chunk(3, 0), Chunk(3, 1), Chunk(3, 2))


def test_random_draws_pieces_of_a_third_to_an_eighth(rng):
    drawn = [Chunk.random(rng, ChunkRanges(), None) for _ in range(200)]
    assert {gene.n_pieces for gene in drawn} == {3, 4, 5, 6, 7, 8}
    assert {gene.piece for gene in drawn} == {0, 1, 2, 3, 4, 5, 6, 7}


def test_mutate_moves_to_a_neighbour(rng):
    for _ in range(100):
        mutant = Chunk(5, 2).mutate(rng, ChunkRanges())
        assert mutant in {Chunk(5, 1), Chunk(5, 3), Chunk(4, 1), Chunk(6, 2)}


def test_mutate_of_a_single_piece(rng):
    ranges = ChunkRanges(min_pieces=1, max_pieces=1)
    assert all(Chunk(1, 0).mutate(rng, ranges) == Chunk(1, 0) for _ in range(20))


def test_duration():
    assert Chunk(4, 0).duration_after(2.0, 0.0) == 0.5


def test_refuses_what_makes_no_sense():
    with pytest.raises(ParameterError, match=r"^piece: expected 0 to 2, got 3"):
        Chunk(3, 3)
    with pytest.raises(ParameterError, match=r"^n_pieces: expected 1 to 64, got 0"):
        Chunk(0, 0)
