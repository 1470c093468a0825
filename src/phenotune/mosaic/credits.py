"""Who made the sounds that a mosaic uses, and how much of each it uses."""

from __future__ import annotations

from collections.abc import Iterable

from phenotune.genome.anatomy import clips
from phenotune.library.clip import Clip
from phenotune.library.credits import CreditRow, credits_markdown
from phenotune.mosaic.mosaic import Mosaic
from phenotune.units import samples_to_s


def mosaic_credits(mosaic: Mosaic) -> str:
    """The list of credits that goes with a mosaic, as Markdown, the most used source first."""
    return credits_markdown(credit_rows(mosaic))


def credit_rows(mosaic: Mosaic) -> list[CreditRow]:
    """A row for each source that sounds, the most used first; a placement that is muted does not.

    What is used of a source is counted in its own seconds, each once, however often it sounds.
    """
    used: dict[str, set[Clip]] = {}
    n_placements: dict[str, int] = {}
    for placement in mosaic.placements:
        if placement.muted:
            continue
        found = clips(placement.chromosome)
        for clip in found:
            used.setdefault(clip.source, set()).add(clip)
        for source_id in {clip.source for clip in found}:
            n_placements[source_id] = n_placements.get(source_id, 0) + 1
    rows = [
        CreditRow(
            source.path.rpartition("/")[2],
            source.credit,
            n_placements[source.id],
            samples_to_s(covered_samples(used[source.id]), source.rate_hz),
        )
        for source in mosaic.sources
        if source.id in used
    ]
    return sorted(rows, key=lambda row: -row.used_s)


def covered_samples(spans: Iterable[Clip]) -> int:
    """Samples of a source that lie in at least one of the clips.

    >>> covered_samples([Clip("s0", 0, 10), Clip("s0", 5, 10), Clip("s0", 100, 1)])
    16
    """
    total = reached = 0
    for clip in sorted(spans):
        end = clip.start_samples + clip.length_samples
        total += max(0, end - max(reached, clip.start_samples))
        reached = max(reached, end)
    return total
