from __future__ import annotations

import pytest

from phenotune.genome.candidate import UNFIT, Candidate, Trial, pitched
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


@pytest.mark.parametrize(
    ("within", "span", "reach"),
    [
        (0, None, None),
        (0, (100, 900), (100, 900)),
        (50, None, (150, 251)),
        (50, (100, 900), (150, 251)),
        (150, (100, 300), (100, 300)),
    ],
)
def test_proposals_lie_near_and_in_the_section(within, span, reach):
    candidate = Candidate(CHROMOSOME, 0, around_samples=200, within_samples=within, span=span)
    assert candidate.reach == reach
