from __future__ import annotations

from phenotune.genome.candidate import UNFIT, Trial, pitched
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip

CHROMOSOME = Chromosome(Clip("s0", 0, 7), (Reverse(),))


def test_a_pitch_goes_behind_the_genes():
    assert pitched(CHROMOSOME, -300.0).genes == (Reverse(), Varispeed(-300.0))
    assert pitched(CHROMOSOME, -300.0).clip == CHROMOSOME.clip


def test_no_pitch_is_no_gene():
    assert pitched(CHROMOSOME, 0.0) is CHROMOSOME


def test_who_is_unfit_has_no_place():
    assert not UNFIT.is_fit
    assert Trial(-0.1).is_fit
