from __future__ import annotations

import pytest

from phenotune.genome.anatomy import (
    Changes,
    changes,
    clips,
    depth,
    duration_s,
    inner_chromosomes,
    n_genes,
)
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.high_shelf import HighShelf
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
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


def test_changes_are_added_up_inside_as_well():
    inner = Chromosome(SNARE, (Varispeed(-300.0), Equaliser(0.0, -60.0, 3.0, 0.0, 0.0)))
    found = changes(Chromosome(KICK, (Varispeed(100.0), HighShelf(-6.0, 2000.0), Append(inner))))
    assert found == Changes(n_genes=5, cents=400.0, levels_db=30.0)
    assert changes(BARE) == Changes(0, 0.0, 0.0)


def test_several_levels_of_one_gene_are_one_change():
    found = changes(
        Chromosome(KICK, (Envelope((0.0, -9.0, 4.0)), Equaliser(-3.0, 2.0, 0.0, 1.0, 0.0)))
    )
    assert found == Changes(n_genes=2, cents=0.0, levels_db=12.0)
