"""The study itself: claim after claim, and a report of what has been found so far after each."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from phenotune.errors import ParameterError
from phenotune.study.claim import Claim, Finding
from phenotune.study.laboratory import Laboratory, StudyStopped
from phenotune.study.page import Page, study_page
from phenotune.study.registry import CLAIMS
from phenotune.study.study_json import study_json
from phenotune.whole_files import could_not_be_written, write_whole

REPORT = "report.html"
FIGURES = "study.json"


@dataclass(frozen=True, slots=True)
class ClaimStarted:
    """A claim is about to be put to the test, number ``number`` of ``n_claims``."""

    claim: Claim
    number: int
    n_claims: int


@dataclass(frozen=True, slots=True)
class ClaimStudied:
    """What came of it; the report has it already."""

    claim: Claim
    finding: Finding
    elapsed_s: float


@dataclass(frozen=True, slots=True)
class StudyFinished:
    """The study has ended, of itself or because somebody asked."""

    report: Path
    n_studied: int
    is_whole: bool
    elapsed_s: float


StudyEvent: TypeAlias = ClaimStarted | ClaimStudied | StudyFinished


def claims_called(names: Sequence[str]) -> tuple[Claim, ...]:
    """The claims of these names, in the order of the article, each once; all of them when none is named.

    Raises
    ------
    ParameterError
        For a name that no claim has.

    Examples
    --------
    >>> [claim.id for claim in claims_called(["c12", "C8"])]
    ['C8', 'C12']
    """
    wanted = {name.upper() for name in names}
    unknown = [name for name in names if name.upper() not in CLAIMS]
    if unknown:
        known = ", ".join(CLAIMS)
        raise ParameterError(f"no claim is called '{unknown[0]}'; there are {known}")
    return tuple(claim for claim in CLAIMS.values() if not wanted or claim.id in wanted)


def studying(
    claims: Sequence[Claim], laboratory: Laboratory, out: Path
) -> Generator[StudyEvent, None, None]:
    """Study claims one by one.

    ``report.html`` and ``study.json`` are written anew after each, so that whatever ends the study leaves what is done.
    Nothing is written before the first claim has been studied.

    Parameters
    ----------
    claims
        What to study, in this order.
    laboratory
        Where.
    out
        Folder of the report; made if it does not exist.

    Raises
    ------
    WorldError
        What the sounds or the disk do.
    """
    began, sounds = time.monotonic(), laboratory.sounds
    done: list[ClaimStudied] = []
    page = Page(sounds.target.name, sounds.library.name, laboratory.seed)
    for number, claim in enumerate(claims, 1):
        yield ClaimStarted(claim, number, len(claims))
        claim_began = time.monotonic()
        try:
            laboratory.check()
            finding = claim.study(laboratory)
        except StudyStopped:
            break
        done.append(ClaimStudied(claim, finding, time.monotonic() - claim_began))
        page.add(claim, finding)
        _write(out, page, done, laboratory)
        yield done[-1]
    is_whole = len(done) == len(claims)
    yield StudyFinished(out / REPORT, len(done), is_whole, time.monotonic() - began)


def _write(out: Path, page: Page, done: Sequence[ClaimStudied], laboratory: Laboratory) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise could_not_be_written(out, error) from error
    write_whole(out / REPORT, study_page(page))
    findings = [(each.claim, each.finding, each.elapsed_s) for each in done]
    write_whole(out / FIGURES, study_json(findings, laboratory))
