"""Named styles, and what each setting of the style does to a mosaic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.demo.make import DemoFiles
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import changes, clips, duration_s
from phenotune.measures.clips import ClipStatistics, clip_statistics
from phenotune.measures.steering import on_grid_share, repeated_share, spectral_centroid_hz
from phenotune.run.events import KeyFound
from phenotune.run.log import read_log
from phenotune.run.presets import DEFAULT_PRESET
from phenotune.run.settings import RunSettings, read_settings
from phenotune.run.styles import STYLES, read_style, style_paths
from phenotune.run.toml_text import settings_to_toml

from .conftest import Music
from .test_settings import Places

SMALL = {"search.population": 24, "search.capacity": 24, "run.picture": False}
NAMES = ["faithful", "collage", "drone", "percussive"]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "config" / "styles").mkdir(parents=True)
    return Places(tmp_path)


def test_four_styles_come_with_the_program(tmp_path: Path) -> None:
    paths = style_paths(tmp_path)
    assert list(paths) == NAMES
    assert all(path.parent == STYLES.built_in for path in paths.values())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("preset", [DEFAULT_PRESET, "classic"])
def test_every_style_goes_with_every_preset(name: str, preset: str, tmp_path: Path) -> None:
    found = read_settings(preset, style=name, folder=tmp_path, environment={})
    assert (found.preset, found.style.name) == (preset, name)
    assert read_style(name, RunSettings, tmp_path).about


def test_a_style_lies_over_the_preset_and_under_ones_own_settings(places: Places) -> None:
    places.preset("mine", "[search]\nmax_clips_per_s = 5.0\n[mix]\nfade_ms = 9.0\n")
    found = places.read("mine", style="collage")
    assert (found.search.max_clips_per_s, found.mix.fade_ms) == (10.0, 9.0)
    places.user_file.write_text("[search]\nmax_clips_per_s = 20.0\n")
    assert places.read("mine", style="collage").search.max_clips_per_s == 20.0
    assert places.read(style="collage", assignments=["style.novelty=0"]).style.novelty == 0.0


def test_a_style_may_be_named_by_any_layer_and_taken_back(places: Places) -> None:
    assert places.read().style.name == ""
    places.user_file.write_text('[style]\nname = "drone"\n')
    assert places.read().style.name == "drone"
    assert places.read().style.min_clip_s == 2.0
    assert places.read(environment={"PHENOTUNE_STYLE__NAME": "collage"}).style.name == "collage"
    for nothing in ({"style": "none"}, {"assignments": ["style.name=''"]}):
        found = places.read(**nothing)
        assert (found.style.name, found.style.min_clip_s) == ("", 0.0)


def test_another_style_changes_a_folder_whose_file_holds_every_setting(places: Places) -> None:
    first = places.read(style="drone", flags={"run.seed": 7})
    places.own_file.write_text(settings_to_toml(first))
    assert places.read() == first
    other = places.read(style="collage")
    assert (other.style.name, other.run.seed) == ("collage", 7)
    assert (other.mix.fade_ms, other.style.min_clip_s) == (5.0, 0.8)
    none = places.read(style="none")
    assert none.style == RunSettings().style
    classic = places.read("classic")
    assert (classic.preset, classic.style.name) == ("classic", "drone")
    assert (classic.style.min_clip_s, classic.mix.fade_ms) == (2.0, 400.0)
    assert classic.spectra == places.read("classic", project=None).spectra


def test_styles_of_ones_own(places: Places) -> None:
    path = places.user / "styles" / "dusty.toml"
    path.write_text('about = "Dust."\nextends = "drone"\n[style]\nnovelty = 1.0\n')
    found = places.read(style="dusty").style
    assert (found.name, found.novelty, found.min_clip_s) == ("dusty", 1.0, 2.0)
    for text, message in (
        ('style.name = "drone"', r"dusty.toml: a style says 'extends', not 'style.name'"),
        ('preset = "classic"', r"dusty.toml: a style cannot set 'preset'; leave it out"),
        ("style.noveltee = 1", r"dusty.toml: unknown setting 'style.noveltee'; did you mean"),
        ('extends = "drohne"', r"dusty.toml: extends an unknown style 'drohne'; did you mean"),
    ):
        path.write_text(text)
        with pytest.raises(ParameterError, match=message):
            places.read(style="dusty")


def test_a_style_that_does_not_exist_is_told_with_its_place(places: Places) -> None:
    with pytest.raises(ParameterError, match=r"^unknown style 'colage'; did you mean 'collage'\?"):
        places.read(style="colage")
    with pytest.raises(ParameterError, match=r"^--set: unknown style 'zz'; there are: faithful, "):
        places.read(assignments=["style.name=zz"])
    places.own_file.write_text("style.name = 3\n")
    with pytest.raises(ParameterError, match=r"phenotune.toml: unknown style '3'; there are"):
        places.read(style="drone")


def evolve(music: Music, run: Path, cycles: int = 6, **settings: Any) -> pt.Mosaic:
    """A small run; settings with two underscores for the dot."""
    named = {name.replace("__", "."): value for name, value in settings.items()}
    return pt.evolve(
        music.target, music.library, run=run, settings={**SMALL, **named}, cycles=cycles, seed=1
    ).mosaic


def statistics(mosaic: pt.Mosaic) -> ClipStatistics:
    rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
    rows = [
        (
            p.onset_samples / mosaic.rate_hz,
            duration_s(p.chromosome, rates_hz),
            p.chromosome.clip.source,
        )
        for p in mosaic.placements
    ]
    return clip_statistics(rows, mosaic.target.duration_s)


def repeated(mosaic: pt.Mosaic) -> float:
    rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
    rows = [
        (
            p.onset_samples / mosaic.rate_hz,
            clip.source,
            clip.start_samples / rates_hz[clip.source],
            (clip.start_samples + clip.length_samples) / rates_hz[clip.source],
        )
        for p in mosaic.placements
        for clip in clips(p.chromosome)
    ]
    return repeated_share(rows, 0.4)


def mean_genes(mosaic: pt.Mosaic) -> float:
    return float(np.mean([changes(p.chromosome).n_genes for p in mosaic.placements]))


def near_beats(mosaic: pt.Mosaic) -> float:
    return on_grid_share([p.onset_samples / mosaic.rate_hz for p in mosaic.placements], 0.25)


def centroid_hz(mosaic: pt.Mosaic) -> float:
    return spectral_centroid_hz(mosaic.render().mean(axis=0).astype(np.float64), mosaic.rate_hz)


@pytest.fixture(scope="module")
def plain(music: Music, tmp_path_factory: pytest.TempPathFactory) -> pt.Mosaic:
    """What comes out with a neutral style."""
    return evolve(music, tmp_path_factory.mktemp("plain") / "run")


KNOBS: list[tuple[dict[str, Any], Callable[[pt.Mosaic], float], float]] = [
    # settings, what they are about, and the least factor by which it changes
    ({"style__min_clip_s": 0.5}, lambda m: statistics(m).min_clip_s, 2.0),
    ({"style__typical_clip_s": 1.2}, lambda m: statistics(m).median_clip_s, 1.2),
    ({"style__max_sounding": 2}, lambda m: statistics(m).mean_sounding, 1 / 1.5),
    ({"style__boredom": 1.0, "style__boredom_s": 0.4}, repeated, 1 / 1.2),
    ({"style__identity": 1.0}, mean_genes, 1 / 1.5),
    ({"rhythm__strength": 1.0, "rhythm__per_beat": 2}, near_beats, 1.4),
]


@pytest.mark.slow
@pytest.mark.parametrize(("settings", "figure", "factor"), KNOBS, ids=[str(k[0]) for k in KNOBS])
def test_each_setting_moves_what_it_is_about(
    settings: dict[str, Any],
    figure: Callable[[pt.Mosaic], float],
    factor: float,
    music: Music,
    plain: pt.Mosaic,
    tmp_path: Path,
) -> None:
    before, after = figure(plain), figure(evolve(music, tmp_path / "run", **settings))
    assert after >= factor * before if factor > 1.0 else after <= factor * before, (before, after)


STEERED = {
    "style__typical_clip_s": 0.5,
    "style__max_sounding": 3,
    "style__novelty": 0.5,
    "style__boredom": 0.5,
    "style__identity": 0.3,
    "style__in_key": 0.5,
    "rhythm__strength": 0.5,
    "search__refit_after": 1.5,
    "search__max_clips_per_s": 6.0,
}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "settings"),
    [(3, {**STEERED, "style__min_clip_s": 0.3}), (1, {"style__max_sounding": 1})],
    ids=["all", "one at a time"],
)
def test_the_limits_hold_and_nothing_that_lands_makes_it_worse(
    n: int, settings: dict[str, Any], music: Music, tmp_path: Path
) -> None:
    mosaic = evolve(music, tmp_path / "run", cycles=10, **settings)
    assert statistics(mosaic).most_sounding <= n
    if n == 3:
        assert statistics(mosaic).min_clip_s >= 0.299
    events = read_log(tmp_path / "run" / "log.jsonl")
    explained = [event["explained"] for event in events if "explained" in event]
    # What is promised is exact to the rounding of the spectra.
    assert np.diff(explained).min() > -1e-6
    assert explained[-1] > 0.1


@pytest.mark.slow
def test_where_one_may_sound_a_better_one_takes_its_place(music: Music, tmp_path: Path) -> None:
    """Often of two at once: both ends of a clip lie in others."""
    evolve(music, tmp_path / "run", cycles=8, style__max_sounding=1)
    placed = [e for e in read_log(tmp_path / "run" / "log.jsonl") if e["event"] == "clip_placed"]
    on_canvas: set[int] = set()
    for event in placed:
        gone = {event["replaces"], *event["also_replaces"]} - {None}
        assert gone <= on_canvas
        on_canvas = on_canvas - gone | {event["id"]}
    assert any(event["replaces"] for event in placed)


@pytest.mark.slow
def test_a_steered_run_is_the_same_on_any_number_of_threads_and_when_it_goes_on(
    music: Music, tmp_path: Path
) -> None:
    for name, workers in (("one", 1), ("four", 4)):
        evolve(music, tmp_path / name, run__workers=workers, **STEERED)
    evolve(music, tmp_path / "halved", cycles=3, **STEERED)
    pt.evolve(tmp_path / "halved", cycles=6)
    results = [
        (tmp_path / name / "out" / "mosaic.json").read_bytes() for name in ("one", "four", "halved")
    ]
    assert results[0] == results[1] == results[2]


def test_the_key_is_told(music: Music, tmp_path: Path) -> None:
    for number, (key, is_given) in enumerate((("", False), ("A major", True))):
        settings = {**SMALL, "style.in_key": 0.5, "style.key": key}
        events = pt.evolving(
            music.target, music.library, run=tmp_path / str(number), settings=settings, cycles=1
        )
        (told,) = [event for event in events if isinstance(event, KeyFound)]
        assert (told.key, told.is_given) == ("A major", is_given)


def test_a_library_of_short_sounds_is_warned_of(music: Music, tmp_path: Path) -> None:
    settings = {**SMALL, "style.min_clip_s": 2.5}
    events = pt.evolving(
        music.target, music.library, run=tmp_path / "run", settings=settings, cycles=1
    )
    assert any("no sound of the library lasts style.min_clip_s (2.5 s)" in str(e) for e in events)


@pytest.mark.slow
def test_what_needs_many_records_is_moved_on_the_demo(excerpt: DemoFiles, tmp_path: Path) -> None:
    few = {"search.population": 40, "search.capacity": 40, "run.picture": False}
    plain, new, dark, bright = (
        pt.evolve(
            excerpt.target,
            excerpt.library,
            run=tmp_path / f"run{i}",
            settings={**few, **settings},
            cycles=5,
            seed=1,
        ).mosaic
        for i, settings in enumerate(
            (
                {},
                {"style.novelty": 1.0},
                {"style.brightness_db_per_octave": -3.0},
                {"style.brightness_db_per_octave": 3.0},
            )
        )
    )
    assert statistics(new).effective_sources > 1.2 * statistics(plain).effective_sources
    assert 1.5 * centroid_hz(dark) < centroid_hz(plain) < centroid_hz(bright) / 1.5
