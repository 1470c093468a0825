"""Where clips of the target may start, held against a check moment by moment."""

from __future__ import annotations

import numpy as np
import pytest

from phenotune.fitness.own_place import OwnPlace, octaves_within
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.pieces import pieces_of
from phenotune.library.clip import Clip

RATE_HZ = 44_100
RATES_HZ = {"song": 22_050, "other": RATE_HZ}
FROM_2_TO_3 = Clip("song", 2 * 22_050, 22_050)


def rule(own_place_s: float = 0.0, other_octave: bool = False) -> OwnPlace:
    return OwnPlace(["song"], RATES_HZ, RATE_HZ, own_place_s=own_place_s, other_octave=other_octave)


def chromosome(*genes: object, clip: Clip = FROM_2_TO_3) -> Chromosome:
    return Chromosome(clip, genes)  # type: ignore[arg-type]


def allowed_s(rule: OwnPlace, chromosome: Chromosome) -> list[float]:
    """The onsets among the tenths of the first six seconds."""
    tenths = [n / 10 for n in range(61)]
    return [t for t in tenths if rule.permits(chromosome, round(t * RATE_HZ))]


def test_a_clip_may_not_sound_where_it_was_cut() -> None:
    found = allowed_s(rule(own_place_s=0.95), chromosome())
    assert found == [n / 10 for n in range(61) if abs(n - 20) >= 10]


def test_a_clip_played_backwards_keeps_away_with_all_of_its_span() -> None:
    """From 3 s down to 2 s: its first moment is a second early at 2 s, its last one a second late."""
    found = allowed_s(rule(own_place_s=0.45), chromosome(Reverse()))
    assert found == [n / 10 for n in range(61) if not 5 < n < 35]


def test_clips_inside_are_where_they_sound() -> None:
    inside = chromosome(clip=Clip("song", 5 * 22_050, 22_050))
    other = Clip("other", 0, 2 * RATE_HZ)
    appended = allowed_s(rule(own_place_s=0.45), chromosome(Append(inside), clip=other))
    assert appended == [n / 10 for n in range(61) if abs(n - 30) >= 5]
    added = allowed_s(rule(own_place_s=0.45), chromosome(Add(inside), clip=other))
    assert added == [n / 10 for n in range(61) if abs(n - 50) >= 5]
    assert len(allowed_s(rule(own_place_s=0.45), chromosome(clip=other))) == 61


def keeps_away(chromosome: Chromosome, onset: int, own_place_s: float) -> bool:
    """The slow twin: looks at a thousand moments of every piece."""
    for piece in pieces_of(chromosome, RATES_HZ):
        shares = np.linspace(0.0, 1.0, 1001)
        sounds_s = onset / RATE_HZ + piece.start_s + shares * (piece.end_s - piece.start_s)
        lies_s = piece.from_s + shares * (piece.to_s - piece.from_s)
        if piece.source == "song" and np.abs(sounds_s - lies_s).min() < own_place_s:
            return False
    return True


GENES = (
    Reverse(),
    Varispeed(700.0),
    Varispeed(-900.0),
    Repeat(1),
    Chunk(3, 1),
    Append(chromosome()),
)


@pytest.mark.parametrize("seed", range(8))
def test_the_rule_is_that_of_every_moment(seed: int) -> None:
    rng = np.random.default_rng(seed)
    genes = [GENES[int(rng.integers(len(GENES)))] for _ in range(int(rng.integers(1, 5)))]
    made = chromosome(*genes)
    onsets = rng.integers(0, 8 * RATE_HZ, 60)
    strict, lax = ([keeps_away(made, int(onset), s) for onset in onsets] for s in (0.504, 0.5))
    found = [rule(own_place_s=0.5).permits(made, int(onset)) for onset in onsets]
    assert all(a <= b <= c for a, b, c in zip(strict, found, lax, strict=True))
    assert 0 < sum(found) < len(found)
    many = rule(own_place_s=0.5).permitted(made, onsets)
    assert many.tolist() == found


def test_every_clip_of_the_target_sounds_another_octave() -> None:
    of = rule(other_octave=True)
    up, nearly, less = (chromosome(Varispeed(cents)) for cents in (1200.0, -1100.0, 1099.0))
    assert of.may_sound(up)
    assert of.may_sound(nearly)
    assert not of.may_sound(less)
    assert not of.may_sound(chromosome())
    # Those inside as well, with all that changes their pitch; other sources sound as they like.
    assert not of.may_sound(chromosome(Varispeed(1200.0), Append(chromosome())))
    assert of.may_sound(chromosome(Varispeed(600.0), Append(chromosome()), Varispeed(1100.0)))
    assert of.may_sound(chromosome(clip=Clip("other", 0, 100)))
    assert not of.permits(less, 0)
    assert not of.permitted(less, np.arange(3)).any()
    assert of.permits(up, 2 * RATE_HZ)


def test_the_octaves_of_a_range() -> None:
    assert octaves_within(-1200.0, 1200.0) == (-1200.0, 1200.0)
    assert octaves_within(-4800.0, 600.0) == (-1200.0,)
    assert octaves_within(-1099.0, 1099.0) == ()
