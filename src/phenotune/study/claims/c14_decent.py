"""C14: how many generations a decent result takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.eras import SPECTROGRAM_ALONE

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

DECENT_PERCENT = 60.0
FEWEST, MOST = 100, 10_000
LADDERS = {
    "the article's last model": ("classic", 10, 160),
    "this program's own": ("guided", 1, 32),
}
"""Preset, and the cycles of the shortest run and of the longest; each run is twice as long as the one before."""


@dataclass(frozen=True)
class Climb:
    """How a search gets better: generations so far, and percent of the mel amplitude explained."""

    generations: tuple[int, ...]
    percents: tuple[float, ...]

    @property
    def decent_after(self) -> int | None:
        """Generations of the first run that is decent; None if none is."""
        for n, percent in zip(self.generations, self.percents, strict=True):
            if percent >= DECENT_PERCENT:
                return n
        return None


def judge(article: Climb, own: Climb) -> Judgement:
    """Judge by how many generations the article's model needs, and this program's."""
    needed, own_needed = article.decent_after, own.decent_after
    line = f"the article's last model {_words(article)}; this program's own search {_words(own)}."
    if needed is not None and FEWEST <= needed <= MOST:
        if own_needed is not None and own_needed < FEWEST:
            return Judgement("depends", f"on the search: {line}")
        return Judgement("holds", line)
    if needed is None and article.generations[-1] < MOST:
        return Judgement("depends", f"on the search: {line}")
    return Judgement("does not hold", line)


def _words(climb: Climb) -> str:
    if climb.decent_after is None:
        percent, n = climb.percents[-1], climb.generations[-1]
        return f"reaches {percent:.0f} % after {n:,} generations, which is not decent yet"
    return f"is decent after {climb.decent_after:,} generations"


def _study(laboratory: Laboratory) -> Finding:
    climbs = {name: _climb(laboratory, *ladder) for name, ladder in LADDERS.items()}
    article, own = climbs.values()
    rows = [
        (name, f"{n:,}", f"{percent:.1f} %")
        for name, climb in climbs.items()
        for n, percent in zip(climb.generations, climb.percents, strict=True)
    ]
    return Finding(
        judge(article, own),
        Table(("", "generations", "mel amplitude explained"), tuple(rows)),
        Chart(
            f"Decent is {DECENT_PERCENT:.0f} %",
            "generations",
            "mel amplitude explained, %",
            tuple(
                Series(name, climb.percents, tuple(map(float, climb.generations)))
                for name, climb in climbs.items()
            ),
            is_log_x=True,
        ),
        {
            "article_percent": article.percents[-1],
            "article_generations": article.generations[-1],
            "own_percent": own.percents[-1],
            "own_generations": own.generations[-1],
        },
    )


def _climb(laboratory: Laboratory, preset: str, shortest: int, longest: int) -> Climb:
    """Longer and longer runs with the same seed, each of which begins like the one before, until one is decent."""
    settings = SPECTROGRAM_ALONE if preset == "classic" else {}
    generations: list[int] = []
    percents: list[float] = []
    n_cycles = shortest
    while n_cycles <= laboratory.scaled(longest):
        outcome = laboratory.run(settings, cycles=n_cycles, preset=preset)
        generations.append(len(outcome.generations))
        percents.append(laboratory.measure(outcome).mel_expl)
        if percents[-1] >= DECENT_PERCENT:
            break
        n_cycles *= 2
    return Climb(tuple(generations), tuple(percents))


CLAIM = Claim(
    id="C14",
    title="A decent result takes 100 to 10,000 generations",
    says="it takes between 100 and 10,000 generations until the result is decent.",
    test="longer and longer runs of the article's last model and of this program's own search. Decent is 60 % of the "
    "mel amplitude explained, a measure that neither optimises: noise with a song's mean spectrum gets about half.",
    study=_study,
)
