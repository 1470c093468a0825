from __future__ import annotations

import pickle
from dataclasses import FrozenInstanceError

import pytest

from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip

CLIP = Clip("s0", 10, 100)


def test_is_a_value():
    one = Chromosome(CLIP, (Append(Chromosome(CLIP)), Varispeed(-317.0)))
    other = Chromosome(Clip("s0", 10, 100), (Append(Chromosome(CLIP)), Varispeed(-317.0)))
    assert one == other
    assert len({one, other, Chromosome(CLIP)}) == 2
    assert pickle.loads(pickle.dumps(one)) == one  # noqa: S301 - what workers exchange, never a file
    with pytest.raises(FrozenInstanceError):
        one.genes = ()


def test_whatever_has_the_four_members_is_a_gene():
    assert isinstance(Varispeed(0.0), Gene)
    assert not isinstance(CLIP, Gene)
