"""Streams of chance are told apart by every part of their key."""

from __future__ import annotations

import itertools

from phenotune.search.streams import Purpose, stream


def test_the_same_key_gives_the_same_numbers() -> None:
    first = stream(1, 2, 3, 4, Purpose.FOUNDER).random(5)
    assert first.tolist() == stream(1, 2, 3, 4, Purpose.FOUNDER).random(5).tolist()


def test_every_other_key_gives_others() -> None:
    keys = itertools.product((0, 1), (1, 2), (1, 2), (0, 1), Purpose)
    drawn = {stream(*key).integers(2**62) for key in keys}
    assert len(drawn) == 2**4 * len(Purpose)


def test_every_section_gives_others_and_the_first_those_of_the_whole() -> None:
    drawn = [stream(1, 2, 3, 4, Purpose.SEED, section=n).integers(2**62) for n in range(50)]
    assert len(set(drawn)) == 50
    assert drawn[0] == stream(1, 2, 3, 4, Purpose.SEED).integers(2**62)


def test_seeds_may_be_large() -> None:
    assert stream(2**63 - 1, 1, 1, 1, Purpose.ONSET).random() < 1.0
