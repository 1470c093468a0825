from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import write_sound
from phenotune.demo.make import DemoFiles
from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.laboratory import Laboratory, StudyStopped

FINDING = Finding(
    Judgement("holds", "0.50 is more than 0.25."),
    Table(("", "share"), (("one", "0.50"),)),
    Chart("Shares", "", "share", (Series("a", (0.5,)),), kind="bars", names=("one",)),
    {"share": 0.5},
)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Laboratory]:
    """Laboratories that claims have been studied in; sounds and claims are made up here."""
    found: list[Laboratory] = []

    def look(laboratory: Laboratory) -> Finding:
        found.append(laboratory)
        return FINDING

    def stop(laboratory: Laboratory) -> Finding:
        raise StudyStopped

    claims = {
        "C1": Claim("C1", "First", "it.", "we.", look),
        "C2": Claim("C2", "Second", "it.", "we.", look),
        "C3": Claim("C3", "Third", "it.", "we.", stop),
    }
    noise = np.random.default_rng(440).standard_normal((1, 12 * 8000)).astype(np.float32)
    write_sound(tmp_path / "song.wav", 0.1 * noise, 8000)
    monkeypatch.setattr("phenotune.study.study.CLAIMS", claims)
    monkeypatch.setattr(
        "phenotune.demo.make.make_demo",
        lambda folder: DemoFiles(tmp_path / "song.wav", tmp_path / "records"),
    )
    monkeypatch.chdir(tmp_path)
    return found


def test_verdicts_go_to_standard_output_and_progress_to_standard_error(
    seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    called = call("study", "C1", "c2", "-o", "there")
    assert called.code == 0
    assert "C1 holds: 0.50 is more than 0.25.\nC2 holds" in called.out
    assert f"the report is {Path('there', 'report.html')}" in called.out
    assert "C1 (1 of 2): First" in called.err
    assert (seen[0].seed, seen[0].target_s, seen[0].scaled(10)) == (0, 10.0, 10)


def test_ones_own_sounds_are_studied_whole_and_for_longer(
    seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    assert call("study", "C1", "--full", "song.wav", "records", "--seed", "7").code == 0
    assert (seen[0].seed, seen[0].target_s, seen[0].scaled(10)) == (7, 12.0, 40)
    assert json.loads(Path("study", "study.json").read_text())["target"] == "song.wav"


def test_json_is_an_object_a_line_and_the_last_is_the_result(
    seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    *studied, finished = map(json.loads, call("study", "C1", "C2", "--json").out.splitlines())
    assert [row["event"] for row in studied] == ["claim_studied", "claim_studied"]
    assert studied[0]["verdict"] == "holds"
    assert finished["event"] == "finished"
    assert (finished["n_studied"], finished["is_whole"]) == (2, True)


def test_what_is_done_stays_when_the_rest_is_stopped(
    seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    called = call("study")
    assert "2 claims in" in called.out
    assert len(json.loads(Path("study", "study.json").read_text())["claims"]) == 2


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("C99",), "no claim is called 'C99'; there are C1, C2, C3"),
        (("--seed", "x"), "--seed: expected a whole number, got 'x'"),
    ],
)
def test_mistakes_are_told_before_anything_is_made(
    arguments: tuple[str, ...], message: str, seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    called = call("study", *arguments)
    assert called.code == 2
    assert message in called.err
    assert seen == []


def test_a_song_that_is_not_there_is_the_worlds_fault(
    seen: list[Laboratory], call: Callable[..., Any]
) -> None:
    called = call("study", "C1", "--full", "nowhere.wav", "records")
    assert called.code == 1
    assert "nowhere.wav" in called.err
