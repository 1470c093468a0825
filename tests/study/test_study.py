from __future__ import annotations

import json
from pathlib import Path

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.study.claim import Claim
from phenotune.study.laboratory import Laboratory, StudyStopped
from phenotune.study.registry import CLAIMS
from phenotune.study.study import (
    ClaimStarted,
    ClaimStudied,
    StudyFinished,
    claims_called,
    studying,
)

from .conftest import claim_that_finds, made_up


def stops(laboratory: Laboratory) -> None:
    raise StudyStopped


def test_there_are_all_claims_of_the_article_in_their_order() -> None:
    assert list(CLAIMS) == [f"C{i}" for i in range(1, 15)]
    assert claims_called([]) == tuple(CLAIMS.values())


def test_claims_are_called_by_name() -> None:
    assert [claim.id for claim in claims_called(["c14", "C2", "C14"])] == ["C2", "C14"]


def test_an_unknown_claim_is_refused_with_the_list() -> None:
    with pytest.raises(ParameterError, match=r"no claim is called 'C15'; there are C1, C2, .*C14"):
        claims_called(["C1", "C15"])


@pytest.mark.parametrize("claim", CLAIMS.values(), ids=lambda claim: claim.id)
def test_a_claim_says_what_it_is_about_in_sentences(claim: Claim) -> None:
    assert claim.title[0].isupper()
    assert not claim.title.endswith(".")
    assert claim.says.endswith(".")
    assert claim.test.endswith(".")


def test_a_study_tells_and_writes_claim_by_claim(laboratory: Laboratory, outside: Path) -> None:
    claims = [
        claim_that_finds(made_up()),
        claim_that_finds(made_up("depends", float("inf")), "C2"),
    ]
    events = studying(claims, laboratory, outside)
    assert next(events) == ClaimStarted(claims[0], 1, 2)
    assert not outside.exists()
    assert isinstance(next(events), ClaimStudied)
    assert [claim["claim"] for claim in read(outside)["claims"]] == ["C1"]
    *_, studied, finished = events
    assert isinstance(studied, ClaimStudied)
    assert isinstance(finished, StudyFinished)
    assert (finished.n_studied, finished.is_whole) == (2, True)
    study = read(outside)
    assert (study["format"], study["version"], study["seed"]) == ("phenotune.study", 1, 0)
    assert (study["target"], study["target_s"]) == ("song.wav", 4.0)
    assert study["claims"][1]["verdict"] == "depends"
    assert study["claims"][0]["figures"] == {"share": 0.5}
    assert study["claims"][1]["figures"] == {"share": None}


def read(folder: Path) -> dict:
    return json.loads((folder / "study.json").read_text(encoding="utf-8"))


def test_whatever_ends_a_study_leaves_what_is_done(laboratory: Laboratory, outside: Path) -> None:
    broken = Claim("C2", "Stops", "it.", "we.", stops)  # type: ignore[arg-type]
    *_, finished = studying([claim_that_finds(made_up()), broken], laboratory, outside)
    assert isinstance(finished, StudyFinished)
    assert (finished.n_studied, finished.is_whole) == (1, False)
    assert len(read(outside)["claims"]) == 1


def test_a_disk_that_refuses_is_told_of(laboratory: Laboratory, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(RunFolderError, match="file: could not be written"):
        list(studying([claim_that_finds(made_up())], laboratory, tmp_path / "file"))
