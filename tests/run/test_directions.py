"""What directions, lengths in beats, a choice of genes and the target as its own library make of the demo's music.

Of its first seconds, with few candidates: enough to move what each setting is about.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

import phenotune as pt
from phenotune.demo.make import DemoFiles
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import duration_s, inner_chromosomes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.pieces import pieces_of
from phenotune.measures.clips import ClipStatistics, clip_statistics
from phenotune.measures.steering import on_grid_share
from phenotune.run.log import read_log

from .conftest import Music

pytestmark = pytest.mark.slow

SMALL = {"search.population": 40, "search.capacity": 40, "run.picture": False}
BPM, FIRST_BEAT_S = 132.0, 0.125
"""Of the demo's song as it is estimated."""


def evolve(target: Path, library: Path, run: Path, cycles: int = 5, **settings: Any) -> pt.Mosaic:
    """A run; settings with two underscores for the dot."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return pt.evolve(
        target, library, run=run, settings={**SMALL, **named}, cycles=cycles, seed=0
    ).mosaic


def rates_hz(mosaic: pt.Mosaic) -> dict[str, float]:
    return {source.id: source.rate_hz for source in mosaic.sources}


def statistics(mosaic: pt.Mosaic) -> ClipStatistics:
    rows = [
        (
            p.onset_samples / mosaic.rate_hz,
            duration_s(p.chromosome, rates_hz(mosaic)),
            p.chromosome.clip.source,
        )
        for p in mosaic.placements
    ]
    return clip_statistics(rows, mosaic.target.duration_s)


def on_eighths(mosaic: pt.Mosaic) -> float:
    onsets_s = [p.onset_samples / mosaic.rate_hz for p in mosaic.placements]
    return on_grid_share(onsets_s, 30.0 / BPM, FIRST_BEAT_S)


def tags(chromosome: Chromosome) -> set[str]:
    inside = [tags(inner) for inner in inner_chromosomes(chromosome)]
    return {gene.tag for gene in chromosome.genes}.union(*inside)


@pytest.fixture(scope="module")
def plain(excerpt: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> pt.Mosaic:
    """What comes out with a neutral style."""
    return evolve(excerpt.target, excerpt.library, tmp_path_factory.mktemp("plain") / "run")


def test_where_covered_ground_weighs_nothing_few_clips_cover_the_song(
    excerpt: DemoFiles, plain: pt.Mosaic, tmp_path: Path
) -> None:
    mosaic = evolve(excerpt.target, excerpt.library, tmp_path / "run", style__untouched=1.0)
    before, after = statistics(plain), statistics(mosaic)
    assert after.mean_sounding < 0.5 * before.mean_sounding
    assert after.covered >= before.covered - 0.005


def test_longer_clips_win_where_they_weigh_more(
    excerpt: DemoFiles, plain: pt.Mosaic, tmp_path: Path
) -> None:
    mosaic = evolve(excerpt.target, excerpt.library, tmp_path / "run", style__longer=1.0)
    assert statistics(mosaic).median_clip_s > 1.25 * statistics(plain).median_clip_s


def test_onsets_are_on_the_beat_and_nothing_has_pulled_them(
    demo: DemoFiles, plain: pt.Mosaic, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    mosaic = evolve(demo.target, demo.library, run, style__on_the_beat=0.3, rhythm__per_beat=2)
    assert on_eighths(plain) < 0.5
    assert on_eighths(mosaic) > 0.9
    # They lie on the grid of the frames, where they were found, and not on the lines themselves.
    hop = 512
    assert all(p.onset_samples % hop == 0 for p in mosaic.placements)
    (found,) = [e for e in read_log(run / "log.jsonl") if e["event"] == "tempo_found"]
    assert found["bpm"] == pytest.approx(BPM, abs=0.1)


def test_a_pull_and_a_weight_go_together(excerpt: DemoFiles, tmp_path: Path) -> None:
    settings = {"style__on_the_beat": 0.5, "rhythm__strength": 1.0, "rhythm__per_beat": 2}
    mosaic = evolve(excerpt.target, excerpt.library, tmp_path / "run", cycles=3, **settings)
    assert on_eighths(mosaic) == 1.0


def test_no_clip_is_shorter_than_a_beat(
    excerpt: DemoFiles, plain: pt.Mosaic, tmp_path: Path
) -> None:
    mosaic = evolve(excerpt.target, excerpt.library, tmp_path / "run", rhythm__min_clip_beats=1.0)
    beat_s = 60.0 / BPM
    assert statistics(plain).min_clip_s < 0.5 * beat_s
    assert statistics(mosaic).min_clip_s > beat_s - 0.002


def test_pieces_are_so_many_beats_long(demo: DemoFiles, tmp_path: Path) -> None:
    """Without anything that resizes, every clip begins on the grid of the pieces."""
    settings = {
        "library__clip_beats": 2.0,
        "variation__slide_clip_weight": 0.0,
        "variation__resize_clip_weight": 0.0,
        "search__crossover": 0.0,
    }
    mosaic = evolve(demo.target, demo.library, tmp_path / "run", cycles=3, **settings)
    for placement in mosaic.placements:
        clip = placement.chromosome.clip
        pieces = clip.start_samples / rates_hz(mosaic)[clip.source] / (120.0 / BPM)
        assert pieces == pytest.approx(round(pieces), abs=0.001)
    lengths_s = [
        p.chromosome.clip.length_samples / rates_hz(mosaic)[p.chromosome.clip.source]
        for p in mosaic.placements
    ]
    assert max(lengths_s) == pytest.approx(120.0 / BPM, abs=0.001)


def test_a_tempo_that_makes_the_lengths_contradict_is_refused(
    demo: DemoFiles, tmp_path: Path
) -> None:
    message = (
        r"rhythm.min_clip_beats \(3.64 s at 132 beats/min\) must not exceed library.max_clip_s"
    )
    with pytest.raises(ParameterError, match=message):
        evolve(demo.target, demo.library, tmp_path / "run", rhythm__min_clip_beats=8)


def test_nothing_but_reverse_and_varispeed(excerpt: DemoFiles, tmp_path: Path) -> None:
    mosaic = evolve(
        excerpt.target, excerpt.library, tmp_path / "run", genes__only=("reverse", "varispeed")
    )
    assert set().union(*(tags(p.chromosome) for p in mosaic.placements)) == {"reverse", "varispeed"}


def test_without_varispeed_no_pitch_is_proposed(excerpt: DemoFiles, tmp_path: Path) -> None:
    mosaic = evolve(
        excerpt.target,
        excerpt.library,
        tmp_path / "run",
        cycles=4,
        genes__only=("reverse", "equaliser"),
    )
    assert {"equaliser"} <= set().union(*(tags(p.chromosome) for p in mosaic.placements))
    assert "varispeed" not in set().union(*(tags(p.chromosome) for p in mosaic.placements))


class Own(NamedTuple):
    """How the clips of the target lie: seconds from their own place at the nearest moment, and cents, each piece's."""

    away_s: np.ndarray
    cents: np.ndarray


def own(mosaic: pt.Mosaic) -> Own:
    ids = {source.id for source in mosaic.sources if source.sha256 == mosaic.target.sha256}
    away_s, cents = [], []
    for placement in mosaic.placements:
        onset_s = placement.onset_samples / mosaic.rate_hz
        for piece in pieces_of(placement.chromosome, rates_hz(mosaic)):
            if piece.source not in ids:
                continue
            moments = np.linspace(0.0, 1.0, 101)
            sounds_s = onset_s + piece.start_s + moments * (piece.end_s - piece.start_s)
            lies_s = piece.from_s + moments * (piece.to_s - piece.from_s)
            away_s.append(float(np.abs(sounds_s - lies_s).min()))
            cents.append(abs(piece.cents))
    return Own(np.array(away_s), np.array(cents))


@pytest.fixture(scope="module")
def copy(excerpt: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> pt.Mosaic:
    """The target out of itself, with nothing against it."""
    return evolve(excerpt.target, excerpt.target, tmp_path_factory.mktemp("copy") / "run")


def test_the_target_out_of_itself_is_mostly_a_copy(copy: pt.Mosaic) -> None:
    found = own(copy)
    assert np.mean(found.away_s < 0.03) > 0.35
    assert copy.explained > 0.9


def test_no_moment_sounds_near_its_own_place(
    excerpt: DemoFiles, copy: pt.Mosaic, tmp_path: Path
) -> None:
    settings = {"search__max_clips_per_s": 8.0, "search__refit_after": 1.0}  # with rivals
    mosaic = evolve(
        excerpt.target, excerpt.target, tmp_path / "run", style__own_place_s=1.0, **settings
    )
    assert own(mosaic).away_s.min() >= 1.0
    assert len(mosaic.placements) > 8
    assert 0.5 < mosaic.explained < copy.explained - 0.1


def test_every_clip_sounds_another_octave(
    excerpt: DemoFiles, copy: pt.Mosaic, tmp_path: Path
) -> None:
    settings = {"search__max_clips_per_s": 8.0, "search__refit_after": 1.0}
    mosaic = evolve(
        excerpt.target, excerpt.target, tmp_path / "run", style__other_octave=True, **settings
    )
    assert own(mosaic).cents.min() >= 1100.0
    assert own(copy).cents.min() == 0.0
    assert len(mosaic.placements) > 8
    assert 0.4 < mosaic.explained < copy.explained - 0.1


def test_other_sources_are_left_alone(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    settings = {"style.other_octave": True, "style.own_place_s": 0.5, "run.picture": False}
    mosaic = pt.evolve(
        music.target, music.library, music.target, run=run, settings=settings, cycles=6, seed=0
    ).mosaic
    found = own(mosaic)
    assert found.away_s.min(initial=9.0) >= 0.5
    assert found.cents.min(initial=9999.0) >= 1100.0
    rates = rates_hz(mosaic)
    pieces = [piece for p in mosaic.placements for piece in pieces_of(p.chromosome, rates)]
    assert min(abs(piece.cents) for piece in pieces) < 1100.0
    warned = [e["message"] for e in read_log(run / "log.jsonl") if e["event"] == "warned"]
    assert not [message for message in warned if "style." in message]


def test_a_steered_run_is_the_same_on_any_number_of_threads_and_when_it_goes_on(
    music: Music, tmp_path: Path
) -> None:
    settings = {
        "style__untouched": 0.5,
        "style__longer": 0.5,
        "style__on_the_beat": 0.5,
        "style__own_place_s": 0.3,
        "style__other_octave": True,
        "rhythm__bpm": 120.0,
        "search__max_clips_per_s": 6.0,
        "search__refit_after": 1.0,
    }
    for name, workers, cycles in (("one", 1, 4), ("four", 4, 4), ("halved", 2, 2)):
        evolve(
            music.target,
            music.target,
            tmp_path / name,
            cycles,
            run__workers=workers,
            **settings,
        )
    pt.evolve(tmp_path / "halved", cycles=4)
    results = [
        (tmp_path / name / "out" / "mosaic.json").read_bytes() for name in ("one", "four", "halved")
    ]
    assert results[0] == results[1] == results[2]


def test_rules_for_clips_of_the_target_without_any_are_told_of(
    music: Music, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    evolve(music.target, music.library, run, cycles=1, style__own_place_s=1.0)
    (warned,) = [e for e in read_log(run / "log.jsonl") if e["event"] == "warned"]
    assert "name the target itself as a library too" in warned["message"]


def test_a_time_that_leaves_no_place_is_refused(music: Music, tmp_path: Path) -> None:
    message = r"style.own_place_s \(5 s\) leaves no place .* lasts 2.5 s and is all of the library"
    with pytest.raises(ParameterError, match=message):
        evolve(music.target, music.target, tmp_path / "run", style__own_place_s=5.0)
