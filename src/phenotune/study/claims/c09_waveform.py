"""C9: the waveform's error places clips badly."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean
from typing import TYPE_CHECKING

from phenotune.report.charts import Chart, Series
from phenotune.study.claim import Claim, Finding, Judgement, Table
from phenotune.study.comparison import N_SEEDS
from phenotune.study.eras import N_CYCLES, SPECTROGRAM_ALONE, WAVEFORM

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

MODELS = {"waveform": WAVEFORM, "spectrogram": SPECTROGRAM_ALONE}
HIGHER_IS_BETTER = {"mel_expl": True, "lmsd_db": False, "onset_r": True, "chroma_c": True}


def judge(waveform: Mapping[str, float], spectrogram: Mapping[str, float]) -> Judgement:
    """Judge by neutral measures, none of which either model optimises: worse in all, in some, or in none."""
    worse = [
        name
        for name, is_up in HIGHER_IS_BETTER.items()
        if (waveform[name] < spectrogram[name]) == is_up and waveform[name] != spectrogram[name]
    ]
    line = (
        f"the waveform's mosaic is worse by {len(worse)} of {len(HIGHER_IS_BETTER)} measures; mel amplitude explained "
        f"{waveform['mel_expl']:.0f} % against {spectrogram['mel_expl']:.0f} %, "
        f"log-mel distance {waveform['lmsd_db']:.1f} against {spectrogram['lmsd_db']:.1f} dB."
    )
    if len(worse) == len(HIGHER_IS_BETTER):
        return Judgement("holds", line)
    return Judgement("depends" if worse else "does not hold", line)


def _study(laboratory: Laboratory) -> Finding:
    means: dict[str, dict[str, float]] = {}
    n_candidates: dict[str, float] = {}
    for model, settings in MODELS.items():
        outcomes = [
            laboratory.run(settings, cycles=laboratory.scaled(N_CYCLES), seed=seed)
            for seed in range(N_SEEDS)
        ]
        measured = [laboratory.measure(outcome) for outcome in outcomes]
        means[model] = {
            name: fmean(getattr(each, name) for each in measured) for name in HIGHER_IS_BETTER
        }
        n_candidates[model] = fmean(outcome.n_candidates for outcome in outcomes)
    return Finding(
        judge(means["waveform"], means["spectrogram"]),
        _table(means, n_candidates),
        _chart(means),
        {f"{name}_{model}": value for model, row in means.items() for name, value in row.items()},
    )


def _table(means: Mapping[str, Mapping[str, float]], n_candidates: Mapping[str, float]) -> Table:
    return Table(
        ("", "candidates", "mel explained %", "log-mel dB", "onsets r", "chroma"),
        tuple(
            (
                model,
                f"{n_candidates[model]:,.0f}",
                f"{row['mel_expl']:.1f}",
                f"{row['lmsd_db']:.2f}",
                f"{row['onset_r']:.2f}",
                f"{row['chroma_c']:.2f}",
            )
            for model, row in means.items()
        ),
    )


def _chart(means: Mapping[str, Mapping[str, float]]) -> Chart:
    return Chart(
        "Neutral measures (higher is better)",
        "",
        "0 to 1",
        tuple(
            Series(model, (row["mel_expl"] / 100.0, row["onset_r"], row["chroma_c"]))
            for model, row in means.items()
        ),
        kind="bars",
        names=("mel explained", "onsets", "chroma"),
    )


CLAIM = Claim(
    id="C9",
    title="The waveform's error places clips badly",
    says="with the mean squared error of the waveform as fitness clips are placed badly, and the result does not sound "
    "like the target.",
    test="the same search with the waveform's and with the spectrogram's error, three seeds each, compared by four "
    "measures that neither optimises. It holds if the waveform is worse by all of them.",
    study=_study,
)
