from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

import phenotune as pt
from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.events import RunFinished
from phenotune.run.project import Project
from phenotune.run.series import Job, check_settings, doing, error_words, finished_before

from .conftest import Music

SMALL = {"search.population": 12, "search.capacity": 12, "search.top": 4, "run.picture": False}


def job(name: str, tmp_path: Path) -> Job:
    return Job(name, tmp_path / name, tmp_path / "song.wav", (tmp_path / "records",))


def ended(stopped_by: str) -> RunFinished:
    return RunFinished("run", 0, 1, 1, 0.5, 1.0, stopped_by)


def evolve_by(
    answers: dict[str, RunFinished | BaseException], done: list[str]
) -> Callable[[Job, Project], RunFinished]:
    def evolve(each: Job, project: Project) -> RunFinished:
        done.append(each.name)
        answer = answers[each.name]
        if isinstance(answer, BaseException):
            raise answer
        return answer

    return evolve


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    (tmp_path / "song.wav").touch()
    (tmp_path / "records").mkdir()
    return tmp_path


def test_one_that_fails_does_not_lose_the_others(desk: Path) -> None:
    done: list[str] = []
    answers = {
        "a": ended("cycles"),
        "b": RunFolderError("b: is broken"),
        "c": OSError(28, "No space left on device", "c/out"),
        "d": MemoryError(),
        "e": ended("time"),
    }
    outcomes = list(doing([job(name, desk) for name in answers], evolve_by(answers, done)))
    assert done == list(answers)
    assert [outcome.error for outcome in outcomes] == [
        "",
        "b: is broken",
        "c/out: No space left on device",
        error_words(MemoryError()),
        "",
    ]
    assert [outcome.finished is None for outcome in outcomes] == [False, True, True, True, False]


def test_a_request_ends_the_series(desk: Path) -> None:
    done: list[str] = []
    answers = {"a": ended("cycles"), "b": ended("request"), "c": ended("cycles")}
    outcomes = list(doing([job(name, desk) for name in answers], evolve_by(answers, done)))
    assert done == ["a", "b"]
    assert [outcome.is_interrupted for outcome in outcomes] == [False, True]


def test_what_cannot_be_prepared_is_an_outcome(tmp_path: Path) -> None:
    (outcome,) = doing([job("a", tmp_path)], evolve_by({}, []))
    assert "there is no such file" in outcome.error


def test_what_is_done_is_left_alone_and_what_was_stopped_is_gone_on_with(
    music: Music, tmp_path: Path
) -> None:
    one = Job("a", tmp_path / "a", music.target, (music.library,), flags={**SMALL, "run.cycles": 1})
    run = pt.evolve(music.target, music.library, run=one.folder, settings=SMALL, cycles=1)
    assert finished_before(one.folder) == replace(run.finished, run=str(one.folder))
    done: list[str] = []
    answers = evolve_by({"a": ended("cycles")}, done)
    (outcome,) = doing([one], answers)
    assert outcome.was_done
    assert outcome.finished is not None
    assert outcome.finished.explained == run.mosaic.explained
    assert outcome.mosaic == run.mosaic
    assert done == []
    (outcome,) = doing([one], answers, is_again=True)
    assert (done, outcome.was_done) == (["a"], False)
    log = one.folder / "log.jsonl"
    text = log.read_text().replace('"stopped_by": "cycles"', '"stopped_by": "request"')
    log.write_text(text)
    assert finished_before(one.folder) is None
    project = one.prepare()
    assert not project.is_new
    assert project.target == music.target
    assert project.settings.search.population == 12


def test_a_run_that_was_stopped_and_edited_since_is_not_done(music: Music, tmp_path: Path) -> None:
    run = tmp_path / "a"
    finished = pt.evolve(music.target, music.library, run=run, settings=SMALL, cycles=1).finished
    log = run / "log.jsonl"
    ended = log.read_text()
    log.write_text(ended.replace('"stopped_by": "cycles"', '"stopped_by": "request"'))
    stopped = log.read_text()
    assert stopped != ended
    pt.edit(run, pt.Edit("gain", pt.Selection(is_all=True), gain_db=-6.0))
    pt.regrow(run, 0.5, 1.5, cycles=1)
    edited = log.read_text().removeprefix(stopped)
    assert finished_before(run) is None
    # The same after a run that has come to its end: it is done, with the figures of today.
    log.write_text(ended + edited)
    found = finished_before(run)
    assert found is not None
    assert found.explained != finished.explained
    assert found.cycles == 2
    # A sitting that was killed is no end, whatever was edited since.
    killed = ended.splitlines(keepends=True)[:-1]
    log.write_text("".join(killed) + edited)
    assert finished_before(run) is None


def test_a_run_that_is_not_there_was_not_done(tmp_path: Path) -> None:
    assert finished_before(tmp_path / "nowhere") is None


def test_mistakes_in_settings_are_found_before_anything_is_done(tmp_path: Path) -> None:
    wrong = replace(job("b", tmp_path), flags={"search.population": -1})
    with pytest.raises(ParameterError, match=r"search\.population"):
        check_settings([job("a", tmp_path), wrong])
