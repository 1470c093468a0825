from __future__ import annotations

import dataclasses

import pytest

from phenotune.library.clip import Clip
from phenotune.library.credits import CreditRow
from phenotune.mosaic.credits import covered_samples, credit_rows, mosaic_credits
from phenotune.mosaic.mosaic import Mosaic


@pytest.mark.parametrize(
    ("spans", "n_samples"),
    [
        ([], 0),
        ([(0, 1)], 1),
        ([(0, 10), (0, 10)], 10),
        ([(0, 10), (10, 10)], 20),
        ([(5, 10), (0, 10)], 15),
        ([(0, 100), (5, 10), (50, 100)], 150),
        ([(0, 1), (1000, 2)], 3),
    ],
)
def test_each_sample_counts_once(spans: list[tuple[int, int]], n_samples: int) -> None:
    assert covered_samples([Clip("s0", *span) for span in spans]) == n_samples


def test_the_most_used_source_comes_first_with_its_seconds(mosaic: Mosaic) -> None:
    assert credit_rows(mosaic) == [
        CreditRow("stereo.wav", "somebody", 2, 9600 / 48_000),
        CreditRow("mono.wav", "somebody", 4, 5000 / 44_100),
    ]


def test_a_source_that_does_not_sound_needs_no_credit(mosaic: Mosaic) -> None:
    mono = dataclasses.replace(mosaic, placements=(mosaic.placements[1],))
    assert [row.name for row in credit_rows(mono)] == ["mono.wav"]
    assert credit_rows(dataclasses.replace(mosaic, placements=())) == []


def test_a_placement_that_is_muted_needs_no_credit(mosaic: Mosaic) -> None:
    muted = [dataclasses.replace(each, muted=True) for each in mosaic.placements]
    assert credit_rows(dataclasses.replace(mosaic, placements=tuple(muted))) == []
    some = (mosaic.placements[1], *muted)
    assert [
        row.n_placements for row in credit_rows(dataclasses.replace(mosaic, placements=some))
    ] == [1]


def test_the_list_names_every_sound(mosaic: Mosaic) -> None:
    lines = mosaic_credits(mosaic).splitlines()
    assert lines[6:8] == [
        "| stereo.wav | somebody | none stated | 2 | 0.2 |",
        "| mono.wav | somebody | none stated | 4 | 0.1 |",
    ]
