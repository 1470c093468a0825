"""C13: eager waveforms run out of memory, lazy ones do not."""

from __future__ import annotations

import gc
import sys
import types
from typing import TYPE_CHECKING, Any

import numpy as np

from phenotune.audio.cache import SoundCache
from phenotune.genome.anatomy import duration_s
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GenesSettings
from phenotune.genome.rendering import render
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings
from phenotune.library.library import Library, open_library
from phenotune.report.charts import Chart, Series
from phenotune.search.breeding import Breeder
from phenotune.study.claim import Claim, Finding, Judgement, Table

if TYPE_CHECKING:
    from phenotune.study.laboratory import Laboratory

RATE_HZ = 48_000
N_INDIVIDUALS = 200
N_GENERATIONS = 4
N_OF_THE_ARTICLE = 12_000
"""About 2,000 clips with five children each, all alive while they are ranked."""

MEMORY_GB = 8.0


CLIP_S = 5.0
BYTES_A_SECOND = 4.0 * RATE_HZ


def judge(eager_gb: float, lazy_gb: float) -> Judgement:
    """Judge by what 12,000 individuals take as waveforms and as genes, against a machine of 8 GB."""
    line = (
        f"12,000 individuals take {eager_gb:,.1f} GB as waveforms at 48 kHz and {lazy_gb:.3f} GB as genes, "
        f"{eager_gb / lazy_gb:,.0f} times less."
    )
    if eager_gb > MEMORY_GB > lazy_gb:
        return Judgement("holds", line)
    return Judgement("depends" if lazy_gb < eager_gb else "does not hold", line)


def populations(library: Library, seed: int) -> tuple[list[Chromosome], list[Chromosome]]:
    """Founders, and what some generations of variation make of them, without selection, which would need a target."""
    spans = Spans(
        [Span(s.id, s.rate_hz, s.n_samples) for s in library.sources],
        max_clip_s=CLIP_S,
        clip_s=CLIP_S,
    )
    breeder = Breeder(spans, GenesSettings(), VariationSettings())
    rng = np.random.default_rng(seed)
    founders = [breeder.founder(rng) for _ in range(N_INDIVIDUALS)]
    bred = founders
    for _ in range(N_GENERATIONS):
        bred = [breeder.vary(parent, rng)[0] for parent in bred]
    return founders, bred


def n_bytes(thing: Any, seen: set[int]) -> int:
    """Memory of a value and of all that hangs from it, without what was seen before and without its class."""
    if id(thing) in seen or isinstance(thing, type | types.ModuleType):
        return 0
    seen.add(id(thing))
    return sys.getsizeof(thing) + sum(n_bytes(inner, seen) for inner in gc.get_referents(thing))


def _study(laboratory: Laboratory) -> Finding:
    library = open_library((laboratory.sounds.library,), cache=SoundCache())
    founders, bred = populations(library, laboratory.seed)
    eager_bytes = 0
    for chromosome in bred:
        laboratory.check()
        eager_bytes += render(chromosome, library, RATE_HZ, mono=True).nbytes
    # The records may be shorter than the article's clips: what counts is by how much variation makes clips longer.
    founders_s = sum(duration_s(founder, library_rates(library)) for founder in founders)
    growth = eager_bytes / (BYTES_A_SECOND * founders_s)
    seen: set[int] = set()
    each = {
        "waveforms": growth * CLIP_S * BYTES_A_SECOND,
        "genes": sum(n_bytes(chromosome, seen) for chromosome in bred) / len(bred),
    }
    gigabytes = {name: size * N_OF_THE_ARTICLE / 1e9 for name, size in each.items()}
    return Finding(
        judge(gigabytes["waveforms"], gigabytes["genes"]),
        Table(
            ("an individual as", "kB each", "GB for 12,000"),
            tuple(
                (name, f"{size / 1e3:,.1f}", f"{gigabytes[name]:,.3f}")
                for name, size in each.items()
            ),
        ),
        Chart(
            f"Memory of {N_OF_THE_ARTICLE:,} individuals",
            "",
            "GB",
            (Series("memory", tuple(gigabytes.values())),),
            kind="bars",
            names=tuple(gigabytes),
            is_log_y=True,
        ),
        {f"{name}_gb": size for name, size in gigabytes.items()} | {"growth": growth},
    )


def library_rates(library: Library) -> dict[str, float]:
    """The rate of each source by its id."""
    return {source.id: source.rate_hz for source in library.sources}


CLAIM = Claim(
    id="C13",
    title="Waveforms run out of memory, genes do not",
    says="a population of waveforms runs out of memory at 48 kHz; when it is kept as genes that are rendered when "
    "needed, it does not.",
    test="200 chromosomes after four generations of variation are rendered at 48 kHz in mono and weighed against their "
    "genes in memory, then multiplied to 2,000 clips of 5 s with five children each. Out of memory is more than 8 GB.",
    study=_study,
)
