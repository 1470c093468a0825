from __future__ import annotations

import pytest

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.study.claims import (
    c01_seeding,
    c02_silence,
    c03_elitism,
    c09_waveform,
    c10_spread,
    c11_length,
    c12_generations,
    c13_memory,
    c14_decent,
)
from phenotune.study.claims.c14_decent import Climb


@pytest.mark.parametrize(
    ("full_s", "seeded_s", "verdict"),
    [
        (7200.0, 800.0, "holds"),
        (60.0, 6.0, "depends"),
        (7200.0, 7000.0, "depends"),
        (60.0, 20.0, "does not hold"),
    ],
)
def test_seeding(full_s: float, seeded_s: float, verdict: str) -> None:
    judgement = c01_seeding.judge(full_s, seeded_s)
    assert judgement.verdict == verdict
    assert f"{full_s / seeded_s:.1f} times less" in judgement.line


@pytest.mark.parametrize(
    ("silent", "verdict"), [(0.7, "holds"), (0.3, "depends"), (0.1, "does not hold")]
)
def test_silence(silent: float, verdict: str) -> None:
    judgement = c02_silence.judge(silent, 0.01, 100)
    assert judgement.verdict == verdict
    assert judgement.line.startswith(f"{silent:.0%} of the mosaic is silent")


@pytest.mark.parametrize(
    ("everybody", "best", "verdict"),
    [
        ((0.1, 0.4, 0.9), (0.3, 0.9, 0.9), "holds"),
        ((0.1, 0.4, 0.9), (1.0, 1.0, 1.0), "depends"),
        ((0.1, 0.2, 0.3), (0.3, 0.9, 0.9), "depends"),
        ((0.1, 0.2, 0.3), (1.0, 1.0, 1.0), "does not hold"),
    ],
)
def test_elitism(
    everybody: tuple[float, float, float], best: tuple[float, float, float], verdict: str
) -> None:
    judgement = c03_elitism.judge(everybody, best)
    assert judgement.verdict == verdict
    assert "the largest lineage has 10%," in judgement.line


def test_waveform() -> None:
    good = {"mel_expl": 40.0, "lmsd_db": 10.0, "onset_r": 0.3, "chroma_c": 0.2}
    bad = {"mel_expl": 20.0, "lmsd_db": 20.0, "onset_r": 0.1, "chroma_c": 0.1}
    assert c09_waveform.judge(bad, good).verdict == "holds"
    assert c09_waveform.judge(good, bad).verdict == "does not hold"
    assert c09_waveform.judge(good, good).verdict == "does not hold"
    mixed = c09_waveform.judge({**bad, "lmsd_db": 9.0}, good)
    assert mixed.verdict == "depends"
    assert "worse by 3 of 4 measures" in mixed.line


@pytest.mark.parametrize(
    ("decibels", "linear", "verdict"),
    [
        ((0.9, 0.95), (0.9, 0.95), "holds"),
        ((0.9, 0.95), (0.6, 0.95), "depends"),
        ((0.9, 0.95), (0.9, 0.5), "depends"),
        ((0.5, 0.95), (0.9, 0.95), "does not hold"),
    ],
)
def test_spread(decibels: tuple[float, float], linear: tuple[float, float], verdict: str) -> None:
    assert c10_spread.judge(decibels, linear).verdict == verdict


@pytest.mark.parametrize(
    ("first_s", "last_s", "verdict"),
    [(2.0, 0.3, "holds"), (2.0, 0.9, "depends"), (2.0, 2.1, "does not hold")],
)
def test_length(first_s: float, last_s: float, verdict: str) -> None:
    assert c11_length.judge(first_s, last_s).verdict == verdict


@pytest.mark.parametrize(
    ("first", "last", "verdict"),
    [
        ([1, 1, 1, 2], [2, 3, 2, 2], "holds"),
        ([2, 2, 2, 1], [3, 4, 3, 3], "depends"),
        ([1] * 20, [1, 1, 2] * 7, "depends"),
        ([1, 1, 1, 2], [1, 1, 2, 2], "does not hold"),
    ],
)
def test_generations(first: list[int], last: list[int], verdict: str) -> None:
    assert c12_generations.judge(first, last, 80).verdict == verdict


def test_generations_are_averaged_by_tens() -> None:
    assert c12_generations.by_tens([[1] * 10 + [2] * 10, [1] * 10 + [4] * 10]) == [1.0, 3.0]


@pytest.mark.parametrize(
    ("eager_gb", "lazy_gb", "verdict"),
    [(11.0, 0.1, "holds"), (5.0, 0.1, "depends"), (0.1, 0.2, "does not hold")],
)
def test_memory(eager_gb: float, lazy_gb: float, verdict: str) -> None:
    assert c13_memory.judge(eager_gb, lazy_gb).verdict == verdict


def test_memory_counts_what_is_shared_once() -> None:
    chromosome = Chromosome(Clip("s0", 123_456, 654_321), (Varispeed(12.5),))
    seen: set[int] = set()
    assert 100 < c13_memory.n_bytes(chromosome, seen) < 2000
    assert c13_memory.n_bytes(chromosome, seen) == 0


def test_decent() -> None:
    slow, slower = Climb((10, 200), (20.0, 70.0)), Climb((10, 200), (20.0, 50.0))
    quick = Climb((2, 4), (20.0, 70.0))
    assert slow.decent_after == 200
    assert c14_decent.judge(slow, slow).verdict == "holds"
    assert c14_decent.judge(slow, quick).verdict == "depends"
    assert c14_decent.judge(slower, quick).verdict == "depends"
    assert c14_decent.judge(quick, quick).verdict == "does not hold"
    assert "reaches 50 % after 200 generations" in c14_decent.judge(slower, quick).line
