from __future__ import annotations

import pytest

from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.operators import operator_of
from phenotune.library.clip import Clip

CLIP = Clip("s0", 100, 1000)
PARENT = (Reverse(), Varispeed(100.0))


@pytest.mark.parametrize(
    ("genes", "name"),
    [
        (PARENT, "same again"),
        ((Gain(0.5), *PARENT), "new gain"),
        ((Reverse(), Gain(0.5), Varispeed(100.0)), "new gain"),
        ((*PARENT, Reverse()), "new reverse"),
        ((Reverse(), Reverse(), Varispeed(100.0)), "new reverse"),
        ((Reverse(),), "dropped varispeed"),
        ((Varispeed(100.0),), "dropped reverse"),
        ((Reverse(), Varispeed(90.0)), "mutated varispeed"),
    ],
)
def test_a_change_of_genes(genes: tuple[Gene, ...], name: str) -> None:
    assert operator_of(Chromosome(CLIP, PARENT), Chromosome(CLIP, genes)) == name


def test_a_gene_put_before_one_of_its_kind_is_new_all_the_same() -> None:
    was = Chromosome(CLIP, (Varispeed(100.0),))
    assert operator_of(was, Chromosome(CLIP, (Varispeed(5.0), Varispeed(100.0)))) == "new varispeed"


@pytest.mark.parametrize(
    ("clip", "name"),
    [(Clip("s0", 90, 1000), "slid clip"), (Clip("s0", 100, 900), "resized clip")],
)
def test_a_change_of_the_clip(clip: Clip, name: str) -> None:
    assert operator_of(Chromosome(CLIP, PARENT), Chromosome(clip, PARENT)) == name
