"""Placements to JSON, and from checked models back to placements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import clips
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.genes.catalogue import GENES
from phenotune.library.clip import Clip
from phenotune.mosaic.facts import SourceFacts
from phenotune.mosaic.schema import ChromosomeModel, PlacementModel


def placement_to_json(placement: Placement) -> dict[str, Any]:
    """A placement as plain dicts, lists, strings and numbers, as it stands in ``mosaic.json``.

    ``muted`` stands there only where it is true.
    """
    muted = {"muted": True} if placement.muted else {}
    return {
        "id": placement.id,
        "onset_samples": placement.onset_samples,
        "gains": [float(gain) for gain in placement.gains],
        "cycle": placement.cycle,
        "lineage": placement.lineage,
        "locked": placement.locked,
        **muted,
        "chromosome": chromosome_to_json(placement.chromosome),
    }


def placements_from_models(models: Sequence[PlacementModel]) -> tuple[Placement, ...]:
    """Checked models as placements.

    Raises
    ------
    ParameterError
        If an id comes twice, or a gene refuses its parameters: the place and what the gene says.
    """
    problems: list[str] = []
    placements = []
    seen: set[int] = set()
    for i, model in enumerate(models):
        if model.id in seen:
            problems.append(f"placements[{i}].id: expected each id once, got {model.id} again")
        seen.add(model.id)
        try:
            chromosome = chromosome_from_model(model.chromosome, f"placements[{i}].chromosome")
        except ParameterError as error:
            problems.append(str(error))
            continue
        placements.append(
            Placement(
                id=model.id,
                chromosome=chromosome,
                onset_samples=model.onset_samples,
                gains=tuple(model.gains),
                cycle=model.cycle,
                lineage=model.lineage,
                locked=model.locked,
                muted=model.muted,
            )
        )
    if problems:
        raise ParameterError("\n".join(problems[:5]))
    return tuple(placements)


def chromosome_from_model(model: ChromosomeModel, place: str) -> Chromosome:
    """A checked model as a chromosome, with all chromosomes inside it.

    Raises
    ------
    ParameterError
        If a gene refuses its parameters: the place, which begins with ``place``, and what the gene says.
    """
    clip = Clip(model.clip.source, model.clip.start_samples, model.clip.length_samples)
    genes = [_gene(gene, f"{place}.genes[{i}]") for i, gene in enumerate(model.genes)]
    return Chromosome(clip, tuple(genes))


def check_fit(
    placements: Sequence[Placement], sources: Sequence[SourceFacts], n_channels: int
) -> None:
    """Check what no single value shows: known ids, a gain for each channel, clips that lie inside their sources.

    Raises
    ------
    ParameterError
        With up to five things that do not fit, each with its place.
    """
    lengths: dict[str, int] = {}
    for i, source in enumerate(sources):
        if source.id in lengths:
            raise ParameterError(f"sources[{i}].id: expected each id once, got '{source.id}' again")
        lengths[source.id] = source.n_samples
    problems = []
    for i, placement in enumerate(placements):
        if len(placement.gains) != n_channels:
            problems.append(
                f"placements[{i}].gains: expected {n_channels}, one for each channel, "
                f"got {len(placement.gains)}"
            )
        for clip in clips(placement.chromosome):
            problem = _misfit(clip, lengths.get(clip.source))
            if problem:
                problems.append(f"placements[{i}].chromosome: {problem}")
    if problems:
        raise ParameterError("\n".join(problems[:5]))


def _misfit(clip: Clip, n_samples: int | None) -> str | None:
    end = clip.start_samples + clip.length_samples
    if n_samples is None:
        return f"unknown source '{clip.source}'"
    if end > n_samples:
        return f"a clip ends at sample {end} of source '{clip.source}', which has {n_samples}"
    return None


def _gene(model: BaseModel, place: str) -> Gene:
    parameters = dict(model)
    kind = GENES[parameters.pop("gene")]
    for name, value in parameters.items():
        if isinstance(value, ChromosomeModel):
            parameters[name] = chromosome_from_model(value, f"{place}.{name}")
    try:
        return kind(**parameters)
    except ParameterError as error:
        raise ParameterError(f"{place}.{error}") from error
