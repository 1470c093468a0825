from __future__ import annotations

import dataclasses
import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.canvas.placement import Placement
from phenotune.errors import PhenotuneError, RunFolderError
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic
from phenotune.run.folder import Inputs, RunFolder, is_run_folder, one_sound
from phenotune.run.layers import combine
from phenotune.run.settings import RunSettings, read_settings


def sound_file(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    write_sound(path, np.full((1, 4410), 0.25, np.float32), 44_100)
    return path


@pytest.fixture
def made_by_hand(tmp_path: Path) -> Path:
    """A folder with ``target.wav`` and ``library/loop.wav``."""
    sound_file(tmp_path / "RUN" / "target.wav")
    sound_file(tmp_path / "RUN" / "library" / "loop.wav")
    return tmp_path / "RUN"


def refuse(number: int) -> object:
    def call(*args: object, **named: object) -> None:
        raise OSError(number, os.strerror(number))

    return call


def silent_mosaic() -> Mosaic:
    return Mosaic(44_100, 0, 0.0, TargetFacts("t.wav", "0" * 64, 44_100, 2, 0.1), (), ())


def test_a_new_folder_has_what_a_run_needs(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "deep" / "RUN")
    names = sorted(str(path.relative_to(folder.path)) for path in folder.path.rglob("*"))
    assert names == ["out", "state", "state/format.json"]
    marker = json.loads((folder.state / "format.json").read_text())
    assert (marker["format"], marker["version"]) == ("phenotune.run", 1)
    assert RunFolder.open(folder.path).path == folder.path


def test_files_are_called_as_people_know_them(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path)
    files = [
        folder.settings_file,
        folder.library,
        folder.mosaic_json,
        folder.mosaic_wav,
        folder.picture,
        folder.credits,
        folder.log_file,
        folder.state,
    ]
    assert [str(file.relative_to(tmp_path)) for file in files] == [
        "phenotune.toml",
        "library",
        "out/mosaic.json",
        "out/mosaic.wav",
        "out/mosaic.png",
        "out/credits.md",
        "log.jsonl",
        "state",
    ]


def test_an_empty_folder_and_a_run_folder_are_taken(tmp_path: Path) -> None:
    RunFolder.create(tmp_path)
    (tmp_path / "notes.txt").touch()
    RunFolder.create(tmp_path)
    assert (tmp_path / "notes.txt").exists()


def test_a_folder_with_other_things_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").touch()
    with pytest.raises(RunFolderError, match=r"is not a run folder and not empty; name a new"):
        RunFolder.create(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    with pytest.raises(RunFolderError, match=r"thesis.txt: is a file; name a folder for the run"):
        RunFolder.create(tmp_path / "thesis.txt")


def test_a_folder_made_by_hand_is_a_run_folder(made_by_hand: Path) -> None:
    assert is_run_folder(made_by_hand)
    wanted = Inputs(made_by_hand / "target.wav", (made_by_hand / "library",))
    assert RunFolder.open(made_by_hand).inputs() == wanted
    assert RunFolder.create(made_by_hand).inputs() == wanted


@pytest.mark.parametrize("missing", ["target.wav", "library"])
def test_half_a_folder_made_by_hand_is_none(made_by_hand: Path, missing: str) -> None:
    (made_by_hand / missing).rename(made_by_hand / "other")
    assert not is_run_folder(made_by_hand)
    with pytest.raises(RunFolderError, match=r"is not a run folder; put target.\* \(a sound file"):
        RunFolder.open(made_by_hand)


def test_what_is_no_folder_is_no_run_folder(tmp_path: Path) -> None:
    (tmp_path / "song.wav").touch()
    assert not is_run_folder(tmp_path / "song.wav")
    assert not is_run_folder(tmp_path / "none")
    with pytest.raises(RunFolderError, match=r"none: there is no such folder"):
        RunFolder.open(tmp_path / "none")


def test_inputs_elsewhere_are_remembered(tmp_path: Path) -> None:
    song, records = sound_file(tmp_path / "song.wav"), tmp_path / "records"
    records.mkdir()
    folder = RunFolder.create(tmp_path / "RUN")
    assert folder.inputs() == Inputs(None, ())
    folder.remember(song, [records, song])
    assert RunFolder.open(folder.path).inputs() == Inputs(song, (records, song))


def test_remembered_inputs_move_with_the_project(tmp_path: Path) -> None:
    project = tmp_path / "project"
    song = sound_file(project / "song.wav")
    RunFolder.create(project / "RUN").remember(song, [project / "records"])
    project.rename(tmp_path / "moved")
    assert RunFolder.open(tmp_path / "moved" / "RUN").inputs() == Inputs(
        tmp_path / "moved" / "song.wav", (tmp_path / "moved" / "records",)
    )


def test_the_folders_own_target_replaces_the_remembered_one(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "RUN")
    folder.remember(tmp_path / "song.wav", [tmp_path / "records"])
    sound_file(folder.path / "Target.WAV")
    folder.library.mkdir()
    wanted = Inputs(folder.path / "Target.WAV", (tmp_path / "records", folder.library))
    assert folder.inputs() == wanted
    folder.remember(wanted.target, wanted.library)
    assert folder.inputs() == wanted


def test_two_targets_are_one_too_many(made_by_hand: Path) -> None:
    sound_file(made_by_hand / "target.flac")
    with pytest.raises(RunFolderError, match=r"holds target.flac and target.wav; leave one of"):
        RunFolder.open(made_by_hand).inputs()


def test_only_sounds_of_the_name_count(tmp_path: Path) -> None:
    for name in ("target.txt", ".target.wav", "target2.wav", "mytarget.wav"):
        (tmp_path / name).touch()
    (tmp_path / "target.wav").mkdir()
    assert one_sound(tmp_path, "target") is None


def test_a_folder_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    marker = '{"format": "phenotune.run", "version": 2, "phenotune": "9.0"}'
    (folder.state / "format.json").write_text(marker)
    for way in (RunFolder.open, RunFolder.create):
        with pytest.raises(
            RunFolderError, match=r"newer phenotune \(9.0, format 2; this one reads"
        ):
            way(tmp_path)
    assert (folder.state / "format.json").read_text() == marker


@pytest.mark.parametrize("text", ["{", "[]", "{}", '{"format": "x", "version": 1}'])
def test_a_broken_marker_is_told(tmp_path: Path, text: str) -> None:
    folder = RunFolder.create(tmp_path)
    (folder.state / "format.json").write_text(text)
    with pytest.raises(RunFolderError, match=r"format.json: (is not JSON|expected a|does not say)"):
        RunFolder.open(tmp_path)


def test_a_read_only_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "mkdir", refuse(errno.EACCES))
    with pytest.raises(RunFolderError, match=r"could not be made \(Permission denied\)") as caught:
        RunFolder.create(tmp_path / "RUN")
    assert caught.value.exit_code == 1


def test_a_read_only_folder_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    RunFolder.create(tmp_path)
    monkeypatch.setattr("phenotune.whole_files._make", refuse(errno.EROFS))
    with pytest.raises(RunFolderError, match=r"format.json: could not be .* \(Read-only file sys"):
        RunFolder.create(tmp_path)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may do all")
def test_a_folder_without_permission_is_told(tmp_path: Path) -> None:
    (tmp_path / "locked").mkdir(mode=0o500)
    with pytest.raises(RunFolderError, match=r"Permission denied"):
        RunFolder.create(tmp_path / "locked")


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_results(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    folder = RunFolder.create(tmp_path)
    folder.write_results(silent_mosaic())
    before = {path: path.read_bytes() for path in folder.out.iterdir()}
    monkeypatch.setattr(os, call, refuse(errno.ENOSPC))
    with pytest.raises(RunFolderError, match=r"No space left on device") as caught:
        folder.write_results(dataclasses.replace(silent_mosaic(), explained=0.5))
    assert caught.value.exit_code == 1
    monkeypatch.undo()
    assert {path: path.read_bytes() for path in folder.out.iterdir()} == before


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_disk_that_fills_up_while_a_sound_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = RunFolder.create(tmp_path)

    def full(path: Path) -> None:
        path.symlink_to("/dev/full")

    monkeypatch.setattr("phenotune.whole_files._make", full)
    with pytest.raises(RunFolderError, match=r"mosaic.wav: could not be written \(No space left"):
        folder.write_results(silent_mosaic(), np.zeros((2, 4410), np.float32))
    assert list(folder.out.iterdir()) == []


def test_results_are_sound_list_and_credits(tmp_path: Path) -> None:
    source = sound_file(tmp_path / "loop.wav")
    facts = SourceFacts("s0", str(source), "0" * 64, 44_100, 1, 0.1, "somebody")
    mosaic = dataclasses.replace(
        silent_mosaic(),
        sources=(facts,),
        placements=(Placement(1, Chromosome(Clip("s0", 0, 2205)), 0, (1.0, 1.0), 1, 1),),
    )
    folder = RunFolder.create(tmp_path / "RUN")
    sound = np.full((2, 4410), 0.125, np.float32)
    assert folder.write_results(mosaic, sound) == 0.0
    assert sorted(path.name for path in folder.out.iterdir()) == [
        "credits.md",
        "mosaic.json",
        "mosaic.wav",
    ]
    assert np.array_equal(read_sound(folder.mosaic_wav).samples, sound)
    assert Mosaic.load(folder.mosaic_json).placements == mosaic.placements
    assert "somebody" in folder.credits.read_text(encoding="utf-8")
    assert folder.write_results(mosaic, 16.0 * sound) == pytest.approx(6.03, abs=0.01)


def test_settings_are_written_so_that_they_come_back(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    settings = combine(RunSettings, [])
    folder.write_settings(settings)
    assert read_settings(project=folder.settings_file, environment={}) == settings


def test_settings_that_say_the_same_are_left_as_they_are(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)
    folder.write_settings(RunSettings())
    edited = folder.settings_file.read_text() + "# my own words\n"
    folder.settings_file.write_text(edited)
    folder.write_settings(RunSettings())
    assert folder.settings_file.read_text() == edited
    other = read_settings(flags={"run.seed": 5}, environment={})
    folder.write_settings(other)
    assert "seed = 5\n" in folder.settings_file.read_text()
    assert (folder.state / "phenotune.toml.before").read_text() == edited


@pytest.mark.parametrize("text", ["[run]\nseed = 0\n", "not toml at all =", "[run]\nsead = 1\n"])
def test_settings_that_are_partial_or_broken_are_kept_aside(tmp_path: Path, text: str) -> None:
    folder = RunFolder.create(tmp_path)
    folder.settings_file.write_text(text)
    folder.write_settings(RunSettings())
    assert read_settings(project=folder.settings_file, environment={}) == RunSettings()
    assert (folder.state / "phenotune.toml.before").read_text() == text


def test_every_error_of_a_folder_is_the_worlds() -> None:
    assert issubclass(RunFolderError, PhenotuneError)
    assert RunFolderError.exit_code == 1


def test_a_name_that_is_no_utf8_is_remembered(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path / "RUN")
    library = tmp_path / os.fsdecode(b"\xff")
    folder.remember(tmp_path / "song.wav", [library])
    assert folder.inputs() == Inputs(tmp_path / "song.wav", (library,))
