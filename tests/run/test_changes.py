"""A run that is changed on its way, by files that are copied about between two of its cycles."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune as pt
from phenotune.audio.files import read_sound
from phenotune.genome.anatomy import clips
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.events import (
    CycleFinished,
    Event,
    LibraryChanged,
    SettingsChanged,
    TargetChanged,
    Warned,
)

from .conftest import RATE_HZ, Music, tone, write, write_records

pytestmark = pytest.mark.slow

SMALL = {
    "search.population": 12,
    "search.capacity": 12,
    "search.top": 4,
    "run.picture": False,
    "run.checkpoint_s": 1000.0,
}


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at every boundary: a change is at rest after two cycles."""
    monkeypatch.setattr("phenotune.run.watching.PAUSE_S", 0.0)
    monkeypatch.setattr("phenotune.run.watching.COST_SHARE", 0.0)


@pytest.fixture
def own_music(music: Music, tmp_path: Path) -> Music:
    """A song and records that may be moved about."""
    target = tmp_path / "song.wav"
    shutil.copyfile(music.target, target)
    return Music(target, write_records(tmp_path / "records"))


def watch(music: Music, run: Path, at: dict[int, Callable[[], object]], **more: Any) -> list[Event]:
    """Evolve, and do something when a cycle has finished."""
    settings = {**SMALL, **more.pop("settings", {})}
    more = {"cycles": 6, "seed": 5, **more}
    events = pt.evolving(music.target, music.library, run=run, settings=settings, **more)
    return list(doing(events, at))


def doing(events: Iterator[Event], at: dict[int, Callable[[], object]]) -> Iterator[Event]:
    for event in events:
        yield event
        if isinstance(event, CycleFinished) and event.cycle in at:
            at[event.cycle]()


def only(events: list[Event], kind: type) -> Any:
    (found,) = [event for event in events if isinstance(event, kind)]
    return found


def warnings_of(events: list[Event]) -> list[str]:
    return [event.message for event in events if isinstance(event, Warned)]


def result_of(run: Path) -> tuple[Any, bytes]:
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    return (mosaic.placements, mosaic.explained), (run / "out" / "mosaic.wav").read_bytes()


def replayed(run: Path, workers: int = 2) -> bool:
    """Whether the run's log tells all of it."""
    return pt.replay(run, run.with_name(f"{run.name}-again"), workers)


def sounds_as_written(run: Path) -> None:
    """The mosaic renders to what was heard while evolving."""
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    rendered, written = mosaic.render(), read_sound(run / "out" / "mosaic.wav").samples
    scale = max(1.0, float(np.abs(rendered).max()) / 0.999)
    np.testing.assert_allclose(written, rendered / scale, atol=2**-22)


def test_a_run_that_nothing_changes_is_the_same_watched_or_not(
    music: Music, tmp_path: Path
) -> None:
    watch(music, tmp_path / "watched", {})
    watch(music, tmp_path / "not", {}, settings={"run.watch": False})
    assert result_of(tmp_path / "watched") == result_of(tmp_path / "not")
    assert replayed(tmp_path / "watched", workers=1)


def test_a_sound_that_is_copied_into_the_library_joins(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    new = tone(415.0, 0.8, 0.3)

    def copy() -> None:
        (run / "library").mkdir()
        write(run / "library" / "bell.wav", new)

    events = watch(own_music, run, {2: copy})
    changed = only(events, LibraryChanged)
    assert (changed.cycle, len(changed.added), changed.removed) == (3, 1, ())
    assert Path(changed.added[0]["path"]).name == "bell.wav"
    assert changed.order[-1] == changed.added[0]["id"]
    assert len(changed.order) == 6
    assert replayed(run)


def test_a_sound_that_goes_stays_placed(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"

    def take_away() -> None:
        for name in ("tone0.wav", "tone1.wav", "tone2.wav", "noise.wav"):
            (own_music.library / name).unlink()

    events = watch(own_music, run, {3: take_away})
    changed = only(events, LibraryChanged)
    assert (changed.cycle, len(changed.removed), len(changed.order)) == (4, 4, 1)
    assert changed.kept
    assert changed.n_kept_clips > 0
    index = json.loads((run / "state" / "sounds" / "index.json").read_text())
    assert {sound["id"] for sound in index["sounds"]} >= set(changed.kept)
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    (hum,) = changed.order
    for placement in mosaic.placements:
        if placement.cycle > 4:
            assert {clip.source for clip in clips(placement.chromosome)} <= {hum, *changed.kept}
    paths = {source.path for source in mosaic.sources}
    assert any(path.startswith("../state/sounds/s") for path in paths)
    sounds_as_written(run)
    assert replayed(run)


def test_what_earlier_cycles_were_made_of_can_still_be_heard(
    own_music: Music, tmp_path: Path
) -> None:
    """A clip that made room before its sound went is in no mosaic any more but in those of its time."""
    run = tmp_path / "run"

    def take_away() -> None:
        for name in ("tone0.wav", "tone1.wav", "tone2.wav", "noise.wav"):
            (own_music.library / name).unlink()

    watch(own_music, run, {3: take_away}, settings={"search.max_clips_per_s": 2.0})
    early = [pt.mosaic_at(run, cycle) for cycle in range(1, 5)]
    kept = {path.stem for path in (run / "state" / "sounds").glob("*.wav")}
    told = {source.id for mosaic in early for source in mosaic.sources}
    assert len(told - kept) <= 1
    for mosaic in early:
        assert np.abs(mosaic.render()).max() > 0.0


def test_going_on_without_a_sound_equals_never_having_stopped(
    own_music: Music, tmp_path: Path
) -> None:
    gone = own_music.library / "noise.wav"
    content = gone.read_bytes()
    for name, cycles in (("whole", 9), ("halved", 6)):
        gone.write_bytes(content)
        watch(own_music, tmp_path / name, {2: gone.unlink}, cycles=cycles)
    pt.evolve(tmp_path / "halved", cycles=9)
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")


def test_a_sound_that_went_while_nobody_looked_comes_from_the_cache(
    own_music: Music, tmp_path: Path
) -> None:
    run = tmp_path / "run"
    watch(own_music, run, {}, cycles=3)
    used = {s.path for s in Mosaic.load(run / "out" / "mosaic.json").sources}
    names = sorted(Path(path).name for path in used)[:-1]
    for name in names:
        (own_music.library / name).unlink()
    events = list(pt.evolving(run, cycles=5))
    told = [message for message in warnings_of(events) if "a copy is kept" in message]
    assert len(told) == len(names)
    sounds_as_written(run)
    # The next time they are the run's own, and nobody is told again.
    assert not warnings_of(list(pt.evolving(run, cycles=6)))
    assert replayed(run)


def test_a_bad_file_is_warned_of_once(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = watch(
        own_music, run, {2: lambda: (own_music.library / "torn.wav").write_bytes(b"RIFF----WAVE")}
    )
    (warning,) = warnings_of(events)
    assert "torn.wav" in warning
    assert warning.endswith("the run goes on without it")
    assert not [event for event in events if isinstance(event, LibraryChanged)]


def test_a_library_that_is_emptied_is_not_taken_up(own_music: Music, tmp_path: Path) -> None:
    events = watch(own_music, tmp_path / "run", {2: lambda: shutil.rmtree(own_music.library)})
    (warning,) = warnings_of(events)
    assert warning.endswith("the run goes on as before")


def test_a_longer_target_and_a_shorter_one(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    song = read_sound(own_music.target).samples

    def cut() -> None:
        write(run / "target.wav", *song[:, :RATE_HZ])

    def lengthen() -> None:
        write(run / "target.wav", *np.concatenate([song, song], axis=1))

    events = watch(own_music, run, {4: cut, 7: lengthen}, cycles=11)
    shorter, longer = [event for event in events if isinstance(event, TargetChanged)]
    assert (shorter.cycle, longer.cycle) == (5, 8)
    assert shorter.target["duration_s"] == 1.0
    assert shorter.n_silent > 0
    assert (longer.n_silent, longer.n_sounding_again) == (0, shorter.n_silent)
    (warning,) = warnings_of(events)
    assert f"{shorter.n_silent} clips lie beyond its end" in warning
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    assert mosaic.n_samples == 5 * RATE_HZ
    sounds_as_written(run)
    assert replayed(run)


def test_silent_clips_are_kept_over_a_stop(own_music: Music, tmp_path: Path) -> None:
    song = read_sound(own_music.target).samples

    def changes(run: Path) -> dict[int, Callable[[], object]]:
        return {
            3: lambda: write(run / "target.wav", *song[:, :RATE_HZ]),
            7: lambda: write(run / "target.wav", *song),
        }

    for name, cycles in (("whole", 11), ("halved", 6)):
        watch(own_music, tmp_path / name, changes(tmp_path / name), cycles=cycles)
    events = list(doing(pt.evolving(tmp_path / "halved", cycles=11), changes(tmp_path / "halved")))
    assert only(events, TargetChanged).n_sounding_again > 0
    assert result_of(tmp_path / "halved") == result_of(tmp_path / "whole")


def test_a_target_swapped_while_nobody_looked_is_told(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    watch(own_music, run, {}, cycles=4)
    write(run / "target.wav", tone(300.0, 1.0, 0.3))
    events = list(pt.evolving(run, cycles=6))
    assert "is another target than when this run was left" in warnings_of(events)[0]
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    assert (mosaic.n_channels, mosaic.n_samples) == (1, RATE_HZ)
    assert all(len(placement.gains) == 1 for placement in mosaic.placements)
    assert replayed(run)


def test_mono_becomes_stereo(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    mono = Music(write(tmp_path / "mono.wav", tone(220.0, 2.5, 0.5)), own_music.library)
    watch(mono, run, {3: lambda: shutil.copyfile(own_music.target, run / "target.wav")})
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    assert mosaic.n_channels == 2
    sounds_as_written(run)
    assert replayed(run)


def test_a_target_that_cannot_be_read_is_warned_of(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = watch(own_music, run, {2: lambda: write(run / "target.wav", np.zeros(RATE_HZ))})
    (warning,) = warnings_of(events)
    assert "is silent" in warning
    assert warning.endswith("the run goes on as before")


def test_a_target_that_goes_is_warned_of(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    run.mkdir()
    target = shutil.move(own_music.target, run / "target.wav")
    library = shutil.move(own_music.library, run / "library")
    events = watch(Music(target, library), run, {2: target.unlink})
    (warning,) = warnings_of(events)
    assert warning.startswith(f"{run}: its target has gone; the run goes on as before")
    assert not [event for event in events if isinstance(event, TargetChanged)]


def edited(run: Path, *pairs: tuple[str, str]) -> None:
    file = run / "phenotune.toml"
    text = file.read_text()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    file.write_text(text)


def test_settings_are_taken_up_and_some_are_refused(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    pairs = (
        ("\ntop = 4", "\ntop = 2"),
        ("\nseed = 5", "\nseed = 6"),
        ("population = 12", "population = 20"),
    )
    events = watch(own_music, run, {2: lambda: edited(run, *pairs)})
    changed = only(events, SettingsChanged)
    assert (changed.cycle, changed.changed) == (3, {"search.top": 2, "search.population": 20})
    (warning,) = warnings_of(events)
    assert "run.seed cannot change while the run goes on" in warning
    lineages = [
        placement.lineage for placement in Mosaic.load(run / "out" / "mosaic.json").placements
    ]
    assert all(lineage < 3 * 12 + 3 * 20 for lineage in lineages)
    assert replayed(run)


def test_what_the_canvas_is_made_with_can_change(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = watch(
        own_music,
        run,
        {
            2: lambda: edited(
                run, ("floor_db = -70.0", "floor_db = -60.0"), ("fade_ms = 5.0", "fade_ms = 9.0")
            )
        },
    )
    assert only(events, SettingsChanged).changed == {"mix.fade_ms": 9.0, "spectra.floor_db": -60.0}
    sounds_as_written(run)
    assert replayed(run)


def test_a_stop_that_is_edited_stops_the_run(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = watch(own_music, run, {2: lambda: edited(run, ("\ncycles = 6", "\ncycles = 5"))})
    assert events[-1].cycles == 5


def test_a_broken_file_of_settings_changes_nothing(own_music: Music, tmp_path: Path) -> None:
    run = tmp_path / "run"
    events = watch(own_music, run, {2: lambda: edited(run, ("\ntop = 4", "\ntop = = 4"))})
    (warning,) = warnings_of(events)
    assert "is not TOML" in warning
    assert warning.endswith("the run goes on as before")


def test_changes_are_the_same_for_any_number_of_threads(own_music: Music, tmp_path: Path) -> None:
    """And going on after a stop equals never having stopped, with all kinds of changes."""
    content = (own_music.library / "tone1.wav").read_bytes()
    song = read_sound(own_music.target).samples

    def changes(run: Path) -> dict[int, Callable[[], object]]:
        return {
            2: (own_music.library / "tone1.wav").unlink,
            3: lambda: edited(run, ("\ntop = 4", "\ntop = 6")),
            4: lambda: write(run / "target.wav", *song[:, : 2 * RATE_HZ]),
        }

    for name, workers in (("one", 1), ("two", 2)):
        (own_music.library / "tone1.wav").write_bytes(content)
        watch(own_music, tmp_path / name, changes(tmp_path / name), cycles=9, workers=workers)
    assert result_of(tmp_path / "one") == result_of(tmp_path / "two")


def test_a_run_that_was_killed_after_a_change_is_told_right(
    own_music: Music, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was done after its last checkpoint is done anew, and counts once."""
    run = tmp_path / "run"
    monkeypatch.setattr("phenotune.run.session.CHECKPOINT_SHARE", 0.0)
    song = read_sound(own_music.target).samples
    at: dict[int, Callable[[], object]] = {
        2: (own_music.library / "tone1.wav").unlink,
        3: lambda: write(run / "target.wav", *song[:, : 2 * RATE_HZ]),
    }
    settings = {**SMALL, "run.checkpoint_s": 0.0}
    events = pt.evolving(own_music.target, own_music.library, run=run, settings=settings, cycles=9)
    checkpoint = run / "state" / "checkpoint-5.json"
    for event in doing(events, at):
        if isinstance(event, CycleFinished) and event.cycle == 6:
            events.close()
            break
    assert checkpoint.exists()
    for newer in (6, 7):
        checkpoint.with_name(f"checkpoint-{newer}.json").unlink(missing_ok=True)
    pt.evolve(run, cycles=8)
    assert replayed(run)


def test_a_file_that_was_being_copied_at_the_start_joins_when_it_is_whole(
    own_music: Music, tmp_path: Path
) -> None:
    whole = write(tmp_path / "whole.wav", tone(415.0, 0.8, 0.3)).read_bytes()
    slow = own_music.library / "slow.wav"
    slow.write_bytes(whole[:1000])
    events = watch(own_music, tmp_path / "run", {2: lambda: slow.write_bytes(whole)})
    assert [Path(facts["path"]).name for facts in only(events, LibraryChanged).added] == [
        "slow.wav"
    ]
