"""Stages: parts of a run with stops, sounds and settings of their own."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import phenotune as pt
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import clips
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.events import (
    CycleFinished,
    LibraryChanged,
    RunFinished,
    StageStarted,
    TargetChanged,
    Warned,
)
from phenotune.run.layers import combine, flatten, read_toml
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.stages import changed_values, check_stages, settings_of_stage, with_values
from phenotune.run.toml_text import settings_to_toml

from .conftest import Music, tone, write, write_records
from .test_changes import SMALL, replayed, result_of


def with_stages(*stages: dict[str, Any]) -> RunSettings:
    return read_settings(flags={"stage": list(stages)}, environment={})


def evolve(music: Music, run: Path, *stages: dict[str, Any], **more: Any) -> list[Any]:
    settings = {**SMALL, "stage": list(stages)}
    return list(pt.evolving(music.target, music.library, run=run, settings=settings, **more))


def test_a_stage_changes_what_it_names_and_nothing_else() -> None:
    settings = with_stages({"cycles": 3, "search.top": 5}, {"mix": {"polarity": False}})
    assert changed_values(settings, settings_of_stage(settings, 0)) == {"search.top": 5}
    assert changed_values(settings, settings_of_stage(settings, 1)) == {"mix.polarity": False}
    assert settings_of_stage(settings, None) is settings
    assert settings_of_stage(settings, 2) is settings


def test_a_list_of_genes_restricts_them() -> None:
    settings = settings_of_stage(with_stages({"genes": ["reverse", "duplicate"]}), 0)
    assert settings.genes.only == ("reverse", "duplicate")


def test_a_preset_of_a_stage_leaves_the_runs_stops_alone() -> None:
    settings = read_settings(flags={"run.cycles": 3, "stage": [{"preset": "rust"}]}, environment={})
    changed = changed_values(settings, settings_of_stage(settings, 0))
    assert changed["preset"] == "rust"
    assert not [name for name in changed if name.startswith("run.")]


def test_a_named_style_and_a_preset_are_laid_under_the_rest() -> None:
    stage = {"preset": "classic", "style": {"name": "drone", "min_clip_s": 1.0}}
    settings = settings_of_stage(with_stages({**stage, "library.clip_s": 0.0}), 0)
    assert (settings.preset, settings.style.name) == ("classic", "drone")
    assert (settings.style.min_clip_s, settings.style.max_sounding) == (1.0, 8)
    assert settings.spectra.hop == 384


def test_stages_are_written_and_read_back(tmp_path: Path) -> None:
    settings = with_stages(
        {"name": "drums", "cycles": 3, "genes": ["reverse"], "library": "breaks"},
        {"library": {"paths": ["a", "b"], "min_clip_s": 0.4}, "style": "drone"},
        {"genes": {"only": ["reverse"], "reverse": {"weight": 2.0}}, "style": {"in_key": 0.5}},
        {"fade": {}, "mix": {"fade_ms": 7.0}, "until_percent": 50.0},
    )
    file = tmp_path / "phenotune.toml"
    file.write_text(settings_to_toml(settings))
    assert combine(RunSettings, [flatten(read_toml(file), RunSettings, "")]) == settings
    assert file.read_text().count("\n[[stage]]\n") == 4


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ([{"genes": []}], r"stage 1: genes has none .* variation\.max_genes is 6"),
        ([{"name": "a", "genes": ["revers"]}], r"stage 1 \('a'\): genes: unknown gene .*'reverse'"),
        ([{}, {"name": "b"}], r"stage 1: has no stop, and stage 2 \('b'\) comes after it"),
        ([{"cycles": 1}, {"serch.top": 3}], r"stage 2: unknown setting 'serch\.top'"),
        ([{"top": 3}], r"stage 1: unknown setting 'top'; did you mean 'search\.top'"),
        ([{"run.seed": 3}], r"stage 1: run\.seed cannot change"),
        ([{"run.cycles": 3}], r"stage 1: run\.cycles is the whole run's"),
        ([{"spectra.rate_hz": 22050}], r"stage 1: spectra\.rate_hz cannot change"),
        (
            [{"library.min_clip_s": 4}],
            r"stage 1: library: min_clip_s \(4 s\) .* max_clip_s \(3 s\)",
        ),
        ([{"style.min_clip_s": 4}], r"stage 1: style\.min_clip_s .* must not exceed library\.max"),
        ([{"target": "nowhere.wav"}], r"stage 1: .*nowhere\.wav: there is no such file"),
        ([{"style": "dron"}], r"stage 1: unknown style 'dron'; did you mean 'drone'"),
        ([{"search.top": -1}], r"stage 1: search\.top: expected 1 to 10000, got -1"),
    ],
)
def test_a_stage_that_cannot_be_worked_with_is_refused_at_the_start(
    stages: list[dict[str, Any]], message: str, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=message):
        check_stages(with_stages(*stages), tmp_path)


def test_no_genes_at_all_are_refused_where_some_could_be_drawn(tmp_path: Path) -> None:
    weights = {
        f"genes.{tag}.weight": 0 for tag in type(RunSettings().genes).model_fields if tag != "only"
    }
    with pytest.raises(ParameterError, match=r"stage 1: genes has none"):
        check_stages(with_stages(weights), tmp_path)
    check_stages(with_stages({**weights, "variation.max_genes": 0}), tmp_path)


def test_stages_follow_one_another_and_end_the_run(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    drums = tmp_path / "drums"
    drums.mkdir()
    shutil.copyfile(music.library / "noise.wav", drums / "noise.wav")
    song = write(tmp_path / "other.wav", tone(220.0, 2.0, 0.4))
    stages: list[dict[str, Any]] = [
        {"name": "drums", "cycles": 3, "library": [str(drums)], "genes": ["reverse"]},
        {"name": "melody", "cycles": 2, "target": str(song), "search.regression": True},
        {"cycles": 2, "search.population": 16},
    ]
    events = evolve(music, run, *stages, seed=3)
    started = [event for event in events if isinstance(event, StageStarted)]
    assert [(s.cycle, s.stage, s.name) for s in started] == [
        (0, 1, "drums"),
        (3, 2, "melody"),
        (5, 3, ""),
    ]
    assert [e.cycle for e in events if isinstance(e, TargetChanged)] == [3, 5]
    assert [e.cycle for e in events if isinstance(e, LibraryChanged)] == [3]
    finished = events[-1]
    assert isinstance(finished, RunFinished)
    assert (finished.cycles, finished.stopped_by) == (7, "stages")
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    noise = {s.id for s in mosaic.sources if Path(s.path).name == "noise.wav"}
    early = [p for p in mosaic.placements if p.cycle <= 3]
    assert {clip.source for p in early for clip in clips(p.chromosome)} <= noise
    # Whoever is in no stage any more still lies where it lay.
    assert not (run / "state" / "sounds").exists()
    assert replayed(run)
    assert "[[stage]]" in (run / "phenotune.toml").read_text()


@pytest.mark.slow
def test_going_on_in_the_middle_of_a_stage(music: Music, tmp_path: Path) -> None:
    stages: list[dict[str, Any]] = [
        {"cycles": 4},
        {"cycles": 4, "search.top": 2},
        {"mix.pan": False},
    ]
    for name, cycles in (("whole", 10), ("halved", 6)):
        evolve(music, tmp_path / name, *stages, cycles=cycles)
    events = list(pt.evolving(tmp_path / "halved", cycles=10))
    assert [e.stage for e in events if isinstance(e, StageStarted)] == [3]
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")
    assert replayed(tmp_path / "halved")


def test_a_stage_whose_sounds_are_gone_goes_on_with_those_there_were(
    music: Music, tmp_path: Path
) -> None:
    song = write(tmp_path / "other.wav", tone(220.0, 2.0, 0.4))
    settings = {**SMALL, "stage": [{"cycles": 2}, {"target": str(song)}]}
    events = []
    for event in pt.evolving(
        music.target, music.library, run=tmp_path / "run", settings=settings, cycles=4
    ):
        events.append(event)
        if isinstance(event, CycleFinished) and event.cycle == 1:
            song.unlink()
    (warning,) = [event.message for event in events if isinstance(event, Warned)]
    assert warning.startswith("stage 2 begins with the sounds and settings that were there before")
    assert [event.stage for event in events if isinstance(event, StageStarted)] == [1, 2]


def test_a_minute_is_no_limit_where_stages_end_by_themselves() -> None:
    assert with_stages({"cycles": 1}).time_limit_s == float("inf")
    assert with_stages({"search.top": 3}).time_limit_s == 60.0
    limited = with_values(with_stages({"cycles": 1}), {"run.time_s": 5.0})
    assert limited.time_limit_s == 5.0


def test_a_folder_made_by_hand_has_stages_and_sounds_of_its_own(
    music: Music, tmp_path: Path
) -> None:
    run = tmp_path / "RUN"
    run.mkdir()
    shutil.copyfile(music.target, run / "target.wav")
    write_records(run / "library")
    (run / "drums").mkdir()
    shutil.copyfile(music.library / "noise.wav", run / "drums" / "noise.wav")
    (run / "phenotune.toml").write_text(
        "search.population = 12\nrun.picture = false\n"
        '[[stage]]\nname = "drums"\ncycles = 2\nlibrary = ["drums"]\n'
        "[[stage]]\ncycles = 2\n[stage.search]\ntop = 2\n"
    )
    finished = pt.evolve(run).finished
    assert (finished.cycles, finished.stopped_by) == (4, "stages")
