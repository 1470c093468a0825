"""C10: the spectrogram's error alone spreads clips all over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.comparison import Comparison, compare
from phenotune.study.eras import LINEAR_LAW, N_CYCLES, SPECTROGRAM_ALONE

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

EVEN, EVERYWHERE = 0.85, 0.9
DECIBELS, LINEAR = "decibels with a floor", "linear amplitude"


def judge(decibels: tuple[float, float], linear: tuple[float, float]) -> Judgement:
    """Judge by (evenness of onsets, share of the song covered) in decibels and with a linear law."""
    line = (
        f"in decibels evenness is {decibels[0]:.2f} and {decibels[1]:.0%} of the song is covered; "
        f"with a linear law it is {linear[0]:.2f} and {linear[1]:.0%}."
    )
    if not _is_spread(decibels):
        return Judgement("does not hold", line)
    if _is_spread(linear):
        return Judgement("holds", f"and not because decibels reward filling: {line}")
    return Judgement("depends", f"on decibels, where filling silence pays: {line}")


def _is_spread(found: tuple[float, float]) -> bool:
    return found[0] >= EVEN and found[1] >= EVERYWHERE


def _study(laboratory: Laboratory) -> Finding:
    variants = {DECIBELS: SPECTROGRAM_ALONE, LINEAR: {**SPECTROGRAM_ALONE, **LINEAR_LAW}}
    found = compare(laboratory, variants, laboratory.scaled(N_CYCLES), n_seeds=2)
    pairs = {
        name: (found.mean(name, lambda o: o.evenness), found.mean(name, lambda o: o.covered))
        for name in variants
    }
    return Finding(
        judge(pairs[DECIBELS], pairs[LINEAR]),
        _table(laboratory, found),
        found.chart("Where clips start"),
        found.figures(),
    )


def _table(laboratory: Laboratory, found: Comparison) -> Table:
    return Table(
        ("", "clips", "sources", "evenness", "covered", "its own figure", "mel explained"),
        tuple(
            (
                name,
                f"{found.mean(name, lambda o: o.n_placements):.0f}",
                f"{found.mean(name, lambda o: o.n_sources):.0f}",
                f"{found.mean(name, lambda o: o.evenness):.2f}",
                f"{found.mean(name, lambda o: o.covered):.0%}",
                f"{found.mean(name, lambda o: o.cycles[-1].explained):.0%}",
                f"{found.mean(name, lambda o: laboratory.measure(o).mel_expl):.0f} %",
            )
            for name in found.outcomes
        ),
    )


CLAIM = Claim(
    id="C10",
    title="Spectrograms alone spread clips all over",
    says="with the error of spectrograms as fitness diverse clips are placed all over the song, without any of the "
    "earlier aids.",
    test="onsets drawn by chance, no filter and no niches, in decibels with a floor of 80 dB as in the article and "
    "with a linear law, since in decibels filling silence with anything pays. Spread is an evenness of 0.85 and nine "
    "tenths of the song covered.",
    study=_study,
)
