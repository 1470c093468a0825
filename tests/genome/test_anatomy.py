from __future__ import annotations

import pytest

from phenotune.genome.anatomy import clips, depth, duration_s, inner_chromosomes, n_genes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.library.clip import Clip

KICK, SNARE, HAT = Clip("s0", 0, 1000), Clip("s1", 0, 500), Clip("s2", 10, 200)
BARE = Chromosome(KICK)
INNER = Chromosome(SNARE, (Reverse(), Append(Chromosome(HAT, (Gain(0.5),)))))
NESTED = Chromosome(KICK, (Add(BARE), Gain(1.2), Append(INNER)))


def test_a_bare_clip():
    assert (depth(BARE), n_genes(BARE), clips(BARE)) == (0, 0, (KICK,))
    assert inner_chromosomes(BARE) == ()


def test_chromosomes_inside_one_another():
    assert depth(NESTED) == 2
    assert n_genes(NESTED) == 6
    assert clips(NESTED) == (KICK, KICK, SNARE, HAT)
    assert inner_chromosomes(NESTED) == (BARE, INNER)


@pytest.mark.parametrize(
    ("genes", "expected_s"),
    [
        ((), 1.0),
        ((Gain(0.5), Reverse()), 1.0),
        ((Split(0.25, "head"), Repeat(2)), 0.75),
        ((Append(INNER),), 1.0 + 0.25 + 0.1),
        ((Add(INNER),), 1.0),
        ((Split(0.25, "head"), Add(INNER)), 0.35),
    ],
)
def test_duration(genes, expected_s):
    rates_hz = {"s0": 1000, "s1": 2000, "s2": 2000}
    assert duration_s(Chromosome(KICK, genes), rates_hz) == pytest.approx(expected_s)
