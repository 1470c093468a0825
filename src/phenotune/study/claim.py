"""What a claim is, and what comes of studying it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from phenotune.report.charts import Chart

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

Verdict = Literal["holds", "does not hold", "depends"]


@dataclass(frozen=True, slots=True)
class Table:
    """A few figures as people read them.

    Parameters
    ----------
    header
        What each column holds, with its unit.
    rows
        Cells as text, as many in each row as the header has.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict, and the sentence that gives the figures for it. Both are worked out by a rule, never written before.

    Parameters
    ----------
    verdict
        ``holds``, ``does not hold`` or ``depends``.
    line
        One sentence with the figures.
    """

    verdict: Verdict
    line: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What studying a claim came to.

    Parameters
    ----------
    judgement
        The verdict and its line.
    table, chart
        The figures that it stands on, for people.
    figures
        The same for scripts, by name; units stand in the names.
    """

    judgement: Judgement
    table: Table
    chart: Chart
    figures: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Claim:
    """One thing that the article says, and how it is put to the test.

    Parameters
    ----------
    id
        ``"C1"`` and so on.
    title
        A few words.
    says
        What the article says, in one sentence of ours.
    test
        What is done here to find out, and by which rule it is judged.
    study
        Does it.
    """

    id: str
    title: str
    says: str
    test: str
    study: Callable[[Laboratory], Finding]
