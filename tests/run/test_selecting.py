"""Which placements are meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts
from phenotune.run.selecting import Selection, select
from phenotune.run.standing import Standing

RATE_HZ = 1000


def source(number: str, name: str) -> SourceFacts:
    return SourceFacts(number, f"records/{name}", "0" * 64, RATE_HZ, 1, 10.0)


def placement(number: int, onset_s: float, *, of: str = "s1", cycle: int = 1) -> Placement:
    """One that lasts a second."""
    chromosome = Chromosome(Clip(of, 0, RATE_HZ))
    return Placement(number, chromosome, round(onset_s * RATE_HZ), (1.0,), cycle, 10 * number)


BOTH = Chromosome(Clip("s1", 0, 500), (Append(Chromosome(Clip("s2", 0, 500))),))
STANDING = Standing(
    folder=Path("RUN"),
    cycle=3,
    rate_hz=RATE_HZ,
    n_samples=10 * RATE_HZ,
    placements=(
        placement(1, -0.5),
        placement(2, 0.0, of="s2", cycle=2),
        placement(4, 2.0, cycle=2),
        placement(7, 2.5, of="s3", cycle=3),
        Placement(8, BOTH, 5000, (1.0,), 3, 80),
    ),
    sources={
        "s1": source("s1", "Vocals [take 1].wav"),
        "s2": source("s2", "drums.wav"),
        "s3": source("s3", "drums-2.flac"),
    },
)


@pytest.mark.parametrize(
    ("selection", "ids"),
    [
        (Selection(is_all=True), [1, 2, 4, 7, 8]),
        (Selection(ids=[4, (7, 1000)]), [4, 7, 8]),
        (Selection(cycles=[2]), [2, 4]),
        (Selection(cycles=[(2, 3)], lineages=[(0, 40)]), [2, 4]),
        (Selection(lineages=[70]), [7]),
        (Selection(from_s=0.5, to_s=2.5), [2, 4]),
        (Selection(to_s=0.5), [1, 2]),
        (Selection(from_s=1.0), [4, 7, 8]),
        (Selection(from_s=0.999, to_s=2.001), [2, 4]),
        (Selection(from_s=2.5, only_begin=True), [7, 8]),
        (Selection(to_s=2.0, only_begin=True), [2]),
        (Selection(source="drums.wav"), [2, 8]),
        (Selection(source="DRUMS"), [2, 8]),
        (Selection(source="drums*"), [2, 7, 8]),
        (Selection(source="s3"), [7]),
        (Selection(source="Vocals [take 1].wav"), [1, 4, 8]),
        (Selection(source="vocals*", from_s=2.0, cycles=[3]), [8]),
    ],
    ids=lambda value: getattr(value, "words", None),
)
def test_all_that_is_named_applies(selection: Selection, ids: list[int]) -> None:
    assert [each.id for each in select(STANDING, selection)] == ids


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        (Selection(), "expected which clips are meant: by id, time, source"),
        (Selection(is_all=True, ids=[1]), "all: expected nothing else to be named beside it"),
        (
            Selection(ids=[3, 4, 5]),
            "there is no clip 3, 5 in RUN, or not any more; there are 5 clips",
        ),
        (
            Selection(ids=[(20, 30)]),
            "no clip of RUN matches --id 20-30; there are 5 clips, with ids from 1 to 8, "
            r"of cycles 1 to 3, made of 3 sources, in 10\.00 s",
        ),
        (Selection(ids=[1], cycles=[3]), "no clip of RUN matches --id 1 --cycle 3"),
        (Selection(source="drum.wav"), r"made of 'drum\.wav'; did you mean 'drums\.wav'\?"),
        (
            Selection(source="xyz"),
            r"made of 'xyz'; there are clips of: Vocals \[take 1\]\.wav, drums",
        ),
        (
            Selection(from_s=10.0),
            r"from: expected 0 s to the end of the song at 10\.00 s, got 10 s",
        ),
        (Selection(from_s=-1.0), r"from: expected 0 s to the end"),
        (Selection(from_s=5.0, to_s=4.0), r"to: expected a time after 5 s \(from\), got 4 s"),
        (Selection(to_s=0.0), r"to: expected a time after 0 s"),
        (Selection(from_s=9.0, to_s=11.0), r"to: expected no later than the end of the song at 10"),
        (Selection(ids=[1], only_begin=True), "begin: expected a time beside it"),
    ],
    ids=lambda value: getattr(value, "words", None),
)
def test_what_means_nothing_is_refused(selection: Selection, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        select(STANDING, selection)
