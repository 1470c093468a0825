"""The article's eras, as presets: each of them runs, and does what it is named after."""

from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.demo.make import DemoFiles
from phenotune.run.api import Run, evolve
from phenotune.run.log import read_log
from phenotune.run.settings import read_settings

ERAS = ("correlation", "waveform", "spectrogram", "classic", "rust")
SMALL = {"search.population": 24, "search.capacity": 48, "run.picture": False}


@pytest.fixture(scope="module")
def eras(excerpt: DemoFiles, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Run]:
    """A short run of each."""
    folder = tmp_path_factory.mktemp("eras")
    return {
        era: evolve(
            excerpt.target,
            excerpt.library,
            run=folder / era,
            preset=era,
            settings=SMALL,
            cycles=4,
            workers=1,
        )
        for era in ERAS
    }


@pytest.mark.slow
@pytest.mark.parametrize("era", ERAS)
def test_clips_land_and_the_log_tells_the_same_mosaic(eras: dict[str, Run], era: str) -> None:
    run = eras[era]
    assert run.finished.cycles == 4
    assert len(run.mosaic.placements) > 1
    assert run.mosaic_at(4).placements == run.mosaic.placements


def test_generations_live_on_where_there_are_no_cycles_yet(eras: dict[str, Run]) -> None:
    for era in ERAS:
        lineages = {p.lineage for p in eras[era].mosaic.placements}
        n_founders = SMALL["search.population"]
        is_first_population = all(lineage < n_founders for lineage in lineages)
        assert is_first_population == (era in ("correlation", "waveform", "spectrogram")), era


def test_each_is_better_than_silence_by_what_it_hears(eras: dict[str, Run]) -> None:
    for era in ("correlation", "waveform", "spectrogram", "classic"):
        assert eras[era].finished.explained > 0.0, era


def test_only_what_correlates_has_its_level_solved(eras: dict[str, Run]) -> None:
    for era in ERAS:
        gains = {gain for p in eras[era].mosaic.placements for gain in p.gains}
        assert (gains == {1.0}) == (era != "correlation"), era


def test_the_program_of_the_article_runs_five_hundred_cycles(eras: dict[str, Run]) -> None:
    assert read_settings("rust", environment={}, folder=Path("nowhere")).run.cycles == 500


def test_the_beat_is_found_where_lengths_are_told_in_beats(eras: dict[str, Run]) -> None:
    told = {event["event"] for event in read_log(eras["spectrogram"].folder / "log.jsonl")}
    assert "tempo_found" in told
