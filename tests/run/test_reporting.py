from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import RunFolderError
from phenotune.mosaic.mosaic import Mosaic
from phenotune.report.page.over_song import explained_over_song
from phenotune.run.api import evolve, regrow
from phenotune.run.editing import Edit, edit, undo
from phenotune.run.folder import RunFolder
from phenotune.run.reporting import report_facts
from phenotune.run.selecting import Selection, ranges_of, ranges_words
from phenotune.run.told import read_told


@pytest.fixture(scope="module")
def finished(music, tmp_path_factory: pytest.TempPathFactory) -> Path:  # type: ignore[no-untyped-def]
    """A run of three cycles. Do not write into it."""
    folder = tmp_path_factory.mktemp("report") / "run"
    settings = {"search.population": 24, "run.checkpoint_s": 0.0}
    evolve(music.target, music.library, run=folder, cycles=3, seed=5, settings=settings)
    return folder


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    """A copy of it, to be spoilt."""
    return Path(shutil.copytree(finished, finished.parent / tmp_path.name))


@pytest.mark.slow
def test_all_of_a_finished_run_is_told(finished: Path) -> None:
    facts = report_facts(finished)
    mosaic = Mosaic.load(finished / "out" / "mosaic.json")
    assert (facts.name, facts.seed, facts.n_cycles) == ("song", 5, 3)
    assert facts.state == "Finished: it has done its cycles."
    assert facts.explained == mosaic.explained
    assert facts.remarks == ()
    assert [clip.id for clip in facts.clips] == [each.id for each in mosaic.placements]
    assert [point.cycle for point in facts.curve] == [1, 2, 3]
    assert facts.curve[-1].explained == mosaic.explained
    assert all(clip.fitness is not None for clip in facts.clips)
    assert sum(row.n_placements for row in facts.genes) >= len(facts.clips)
    assert facts.measures is not None
    named = {line.name: line for line in facts.settings}
    assert (named["search.population"].value, named["run.seed"].value) == ("24", "5")
    assert facts.generations


def test_what_is_explained_over_the_song_is_what_the_run_explains(finished: Path) -> None:
    facts = report_facts(finished, measures=False)
    assert facts.target is not None
    assert facts.mosaic is not None
    assert facts.spectra is not None
    gain = np.float32(10.0 ** (facts.mosaic.turned_down_db / 20.0))
    shares = explained_over_song(
        facts.target.samples, facts.mosaic.samples * gain, facts.spectra, 60.0
    )
    # The file has 24 bits.
    assert shares == [pytest.approx(facts.explained, abs=1e-4)]


@pytest.mark.slow
def test_the_command_makes_the_same_mosaic(finished: Path, tmp_path: Path) -> None:
    import shlex

    from phenotune.cli.main import run as call

    commands = report_facts(finished, measures=False).commands
    assert [command.line.split()[1] for command in commands] == ["replay", "evolve"]
    words = shlex.split(commands[1].line)[1:]
    assert words[words.index("--set") + 1] == "search.population=24"
    words[words.index("-o") + 1] = str(tmp_path / "again")
    assert call([*words, "--quiet"]) == 0
    one, other = (
        Mosaic.load(path / "out" / "mosaic.json") for path in (finished, tmp_path / "again")
    )
    assert one.placements == other.placements


def test_a_target_that_is_gone_is_said(run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    lost = replace(mosaic.target, path="/gone/song.wav", sha256="0" * 64)
    replace(mosaic, target=lost).save(run / "out" / "mosaic.json")
    facts = report_facts(run)
    assert facts.target is None
    assert facts.measures is None
    assert facts.mosaic is not None
    assert any("/gone/song.wav is not there" in remark for remark in facts.remarks)


def test_a_target_that_has_moved_is_found_again(run: Path, music, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    replace(mosaic, target=replace(mosaic.target, path="/gone/song.wav")).save(
        run / "out" / "mosaic.json"
    )
    monkey = pytest.MonkeyPatch()
    with monkey.context() as patch:
        patch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
        assert report_facts(run, measures=False).target is None
        found = report_facts(run, measures=False, folders=[music.target.parent]).target
    assert found is not None


def test_a_target_that_has_changed_is_refused_unless_forced(run: Path, tmp_path: Path) -> None:
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    other = tmp_path / "song.wav"
    write_sound(other, np.full((2, 1000), 0.25, np.float32), 44_100)
    changed = replace(mosaic.target, path=str(other), sha256="0" * 64)
    replace(mosaic, target=changed).save(run / "out" / "mosaic.json")
    facts = report_facts(run, measures=False)
    assert facts.target is None
    assert any("has changed since the mosaic was made" in remark for remark in facts.remarks)
    forced = report_facts(run, measures=False, force=True)
    assert forced.target is not None
    assert forced.target.samples.shape[1] == mosaic.n_samples


def test_a_mosaic_without_its_file_is_rendered(run: Path) -> None:
    kept = read_sound(run / "out" / "mosaic.wav")
    (run / "out" / "mosaic.wav").unlink()
    facts = report_facts(run, measures=False)
    assert facts.mosaic is not None
    gain = 10.0 ** (-report_facts_turned_down(run) / 20.0)
    np.testing.assert_allclose(facts.mosaic.samples * gain, kept.samples, atol=1e-6)


def report_facts_turned_down(run: Path) -> float:
    finished = read_told(RunFolder.open(run).log_file).finished
    assert finished is not None
    return float(finished["turned_down_db"])


def test_a_run_that_was_killed_says_so(run: Path) -> None:
    log = run / "log.jsonl"
    lines = log.read_text().splitlines(keepends=True)
    log.write_text("".join(line for line in lines if '"finished"' not in line) + '{"event": "cyc')
    facts = report_facts(run, measures=False)
    assert facts.state == "It is evolving, or was interrupted; this is its last checkpoint."
    assert facts.clips


def test_a_run_without_a_cycle_is_told_as_far_as_it_goes(music, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "by-hand"
    (folder / "library").mkdir(parents=True)
    shutil.copy(music.target, folder / "target.wav")
    facts = report_facts(folder)
    assert facts.state == "It has not begun yet."
    assert facts.target is not None
    assert (facts.mosaic, facts.clips, facts.commands) == (None, (), ())
    assert "has not finished a cycle yet" in " ".join(facts.remarks)


def test_a_log_of_an_older_phenotune_tells_what_it_can(run: Path) -> None:
    log = run / "log.jsonl"
    kept = []
    for line in log.read_text().splitlines():
        event = json.loads(line)
        if event["event"] in ("placements_changed", "inputs_read", "canvas_opened"):
            continue
        for name in ("lineages", "resumed_at_cycle"):
            event.pop(name, None)
        if event["event"] == "clip_placed":
            del event["fitness"]
        kept.append(json.dumps(event) + "\n")
    log.write_text("".join(kept))
    facts = report_facts(run, measures=False)
    assert len(facts.curve) == 3
    assert any("written by another phenotune" in remark for remark in facts.remarks)
    assert all(clip.fitness is None for clip in facts.clips)


def test_a_spoilt_log_costs_what_it_told(run: Path) -> None:
    with open(run / "log.jsonl", "a", encoding="utf-8") as log:
        log.write("no JSON\n")
    facts = report_facts(run, measures=False)
    assert any("could be read only in part" in remark for remark in facts.remarks)
    (run / "log.jsonl").unlink()
    assert report_facts(run, measures=False).curve == ()


def test_spoilt_settings_cost_the_settings(run: Path) -> None:
    (run / "phenotune.toml").write_text("[search]\npopulation = 'many'\n")
    facts = report_facts(run, measures=False)
    assert facts.settings == ()
    assert any("settings cannot be read" in remark for remark in facts.remarks)


def test_what_is_no_run_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match="is not a run folder"):
        report_facts(tmp_path)


def test_what_a_person_has_edited_is_told(run: Path) -> None:
    before = report_facts(run, measures=False)
    # All clips of one source muted: it is heard no more, and its clips are still shown.
    muted = before.clips[0].source
    ids = tuple(clip.id for clip in before.clips if clip.source == muted)
    edit(run, Edit("mute", Selection(ids=ids)))
    other = next(clip.id for clip in before.clips if clip.source != muted)
    edit(run, Edit("gain", Selection(ids=(other,)), gain_db=-3.0))
    facts = report_facts(run, measures=False)
    assert facts.state == "Edited by hand, and not gone on with since."
    assert [mark.text for mark in facts.marks[-2:]] == [
        f"mute --id {ranges_words(ranges_of(ids))} ({len(ids)} clip{'s' if len(ids) > 1 else ''})",
        f"gain -3dB --id {other} (1 clip)",
    ]
    assert {clip.id for clip in facts.clips if clip.muted} == set(ids)
    assert [clip.id for clip in facts.clips if clip.locked] == [other]
    shown = {clip.source for clip in facts.clips if clip.muted}
    assert [facts.sources[number].n_placements for number in shown] == [0] * len(shown)
    # The curve ends where the mosaic stands, at the same time and the same cycle.
    assert facts.curve[-1].explained == facts.explained
    assert facts.curve[-1].n_placements == len(facts.clips) - len(ids)
    assert [point.cycle for point in facts.curve] == [1, 2, 3, 3, 3]
    assert facts.curve[-1].elapsed_s == facts.curve[2].elapsed_s
    # What was edited is in no fresh run.
    assert [command.line.split()[1] for command in facts.commands] == ["replay"]
    assert max(row.n_placements for row in facts.genes) <= len(facts.clips) - len(ids)


@pytest.mark.slow
def test_a_regrowth_is_told_and_the_hole_that_it_begins_with_is_not(run: Path) -> None:
    regrow(run, 0.5, 1.5, cycles=2)
    facts = report_facts(run, measures=False)
    assert [point.cycle for point in facts.curve] == [1, 2, 3, 4, 5]
    assert any(mark.text.startswith("regrow --from 0.5s --to 1.5s (") for mark in facts.marks)
    undo(run)
    facts = report_facts(run, measures=False)
    assert facts.curve[-1].explained == facts.explained
    assert facts.marks[-1].text.startswith("undo regrow --from 0.5s --to 1.5s (")


def test_an_edit_that_the_disk_has_lost_is_not_told(run: Path) -> None:
    log = run / "log.jsonl"
    kept = log.read_text()
    edit(run, Edit("lock", Selection(is_all=True)))
    lines = log.read_text()[len(kept) :].splitlines()
    lost = [line for line in lines if json.loads(line)["event"] in ("run_started", "edited")]
    again = json.dumps({**json.loads(lost[0]), "n_edits": 0})
    log.write_text("\n".join([kept.rstrip("\n"), *lost, again]) + "\n")
    told = read_told(log)
    assert told.marks == []
    assert [point.cycle for point in told.curve.values()] == [1, 2, 3]
