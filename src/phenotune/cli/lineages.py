"""``phenotune lineages``: whose descendants the population of a run consisted of, as a picture and in few lines."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from phenotune.cli.options import AS_JSON, argument, option
from phenotune.cli.text import columns, print_json
from phenotune.words import counted

if TYPE_CHECKING:
    from phenotune.run.api import Lineages


def lineages(
    run: Annotated[Path, argument("A run folder.", "RUN")],
    *,
    out: Annotated[
        Path | None,
        option("The picture; RUN/out/lineages.png if not given.", "--out", "-o", metavar="FILE"),
    ] = None,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """Draw the lineages of a run over its generations.

    A lineage is a founder clip and all its descendants. Where one takes over, its colour fills the picture.
    """
    from phenotune.run.api import read_lineages

    found = read_lineages(run)
    path = out or run / "out" / "lineages.png"
    found.draw(path)
    facts = summary(found)
    if as_json:
        print_json({**facts, "picture": str(path)})
    else:
        print(columns([*_rows(facts), ["picture", str(path)]]))


def summary(found: Lineages) -> dict[str, Any]:
    """The figures of a run's lineages.

    The biggest is that of the last generation; its founder is None where no clip of it has landed and stayed.
    """
    first, last = found.generations[0], found.generations[-1]
    biggest = last.shares[0][0] if last.shares else None
    founder = None if biggest is None else found.founders.get(biggest)
    shares = [each.largest_share for each in found.generations]
    return {
        "n_generations": len(found.generations),
        "n_cycles": len({each.cycle for each in found.generations}),
        "n_lineages_at_start": first.n_lineages,
        "n_lineages_at_end": last.n_lineages,
        "largest_share_at_end": last.largest_share,
        "largest_share": max(shares),
        "largest_share_at_generation": 1 + shares.index(max(shares)),
        "largest_lineage": biggest,
        "founder": None if founder is None else asdict(founder),
    }


def _rows(facts: dict[str, Any]) -> list[list[str]]:
    founder, number = facts["founder"], facts["largest_lineage"]
    came_from = "not known, since no clip of it has stayed"
    if founder is not None:
        came_from = (
            f"{founder['source']}, {founder['length_s']:.3f} s from {founder['start_s']:.3f} s, "
            f"as it landed in cycle {founder['cycle']}"
        )
    n_generations, n_cycles = facts["n_generations"], facts["n_cycles"]
    return [
        ["generations", f"{n_generations:,} in {counted(n_cycles, 'cycle')}"],
        [
            "lineages",
            f"{facts['n_lineages_at_start']:,} at the start, {facts['n_lineages_at_end']:,} at the end",
        ],
        [
            "biggest share",
            f"{facts['largest_share_at_end']:.0%} at the end, at most {facts['largest_share']:.0%} "
            f"in generation {facts['largest_share_at_generation']:,}",
        ],
        ["biggest lineage", "not told" if number is None else f"{number}"],
        ["its founder clip", came_from],
    ]
