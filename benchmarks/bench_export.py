"""How long a mosaic of 3,000 placements takes in each export format, with the sounds that it bakes and without them."""

from __future__ import annotations

import argparse
import importlib
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from music import Pair, pairs
from tables import machine, put, table

from phenotune.canvas.placement import Placement
from phenotune.errors import MissingExtraError
from phenotune.export.formats import FORMATS, Format
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.equaliser import Equaliser
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.library.library import open_library
from phenotune.library.source import Source
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic

RATE_HZ = 44_100
DURATION_S = 60.0
MOST_S = 5.0


def main() -> None:
    """Print a table, a row to a format and mode."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--to", nargs="+", default=list(FORMATS), help="formats; all of them")
    parser.add_argument("--placements", type=int, default=3000, help="how many there are")
    parser.add_argument("--write", action="store_true", help="put the table into results.md")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pair = next(pairs(Path(folder)))
        mosaic = made_up(pair, arguments.placements)
        mosaic.render()  # so that kernels are compiled and sounds decoded
        rows = list(figures(mosaic, arguments.to, Path(folder)))
    text = shown(rows, arguments.placements, pair.name)
    print(text)
    if arguments.write:
        put("export", text)


def made_up(pair: Pair, n_placements: int) -> Mosaic:
    """A minute of clips of 0.1 to 1 s, with genes as often as a run of the preset guided has them."""
    rng = np.random.default_rng(0)
    sources = open_library([pair.library]).sources
    return Mosaic(
        rate_hz=RATE_HZ,
        seed=0,
        explained=0.0,
        target=TargetFacts("song.wav", "0" * 64, RATE_HZ, 2, DURATION_S),
        sources=tuple(SourceFacts.of(source) for source in sources),
        placements=tuple(
            Placement(
                number,
                chromosome(rng, sources[int(rng.integers(len(sources)))]),
                int(rng.integers(round(DURATION_S * RATE_HZ))),
                (float(rng.normal(0.0, 0.1)), float(rng.normal(0.0, 0.1))),
                1 + number // 20,
                number,
            )
            for number in range(1, n_placements + 1)
        ),
    )


def chromosome(rng: np.random.Generator, source: Source) -> Chromosome:
    """A clip of a source with some genes."""
    n_samples = round(source.duration_s * source.rate_hz)
    length = min(n_samples, round(rng.uniform(0.1, 1.0) * source.rate_hz))
    start = int(rng.integers(n_samples - length + 1))
    steps = tuple(float(level) for level in rng.choice([0.0, -3.1, -6.9, 3.5], 8))
    genes: list[tuple[float, Gene]] = [
        (0.5, Varispeed(float(rng.integers(-700, 700)))),
        (0.02, Reverse()),
        (0.9, Envelope(steps)),
        (0.35, Equaliser(*(float(level) for level in rng.choice([0.0, -3.1, 3.5], 5)))),
    ]
    drawn = tuple(gene for share, gene in genes if rng.random() < share)
    return Chromosome(Clip(source.id, start, length), drawn)


def figures(mosaic: Mosaic, names: list[str], folder: Path) -> Iterator[list[str]]:
    """A row to each format and mode: seconds in all, of that baking, the rest, files, and their size."""
    for format in (FORMATS[name] for name in names):
        for mode in format.modes or (None,):
            out = folder / f"{format.name}-{mode}"
            try:
                with baking_timed(format) as baking_s:
                    began = time.perf_counter()
                    mosaic.export(format.name, out, mode=mode)
                    whole_s = time.perf_counter() - began
            except MissingExtraError:
                yield [format.name, mode or "", "n/a", "", "", "", ""]
                continue
            files = [path for path in out.rglob("*") if path.is_file()]
            size = sum(path.stat().st_size for path in files) / 2**20
            rest_s = whole_s - sum(baking_s)
            rest = f"{rest_s:.2f}" if rest_s <= MOST_S else f"**{rest_s:.2f}**"
            baked = f"{sum(baking_s):.2f}" if baking_s else ""
            yield [
                format.name, mode or "", f"{whole_s:.2f}", baked, rest, str(len(files)), f"{size:.1f}",
            ]  # fmt: skip


@contextmanager
def baking_timed(format: Format) -> Iterator[list[float]]:
    """Note how long each call of the function takes that bakes sounds."""
    module = importlib.import_module(f"phenotune.export.{format.name}")
    taken: list[float] = []
    name = "bake_to_fit" if hasattr(module, "bake_to_fit") else "bake"
    bake: Callable[..., Any] | None = getattr(module, name, None)
    if bake is None:
        yield taken
        return

    def timed(*args: Any, **named: Any) -> Any:
        began = time.perf_counter()
        result = bake(*args, **named)
        taken.append(time.perf_counter() - began)
        return result

    with mock.patch.object(module, name, timed):
        yield taken


def shown(rows: list[list[str]], n_placements: int, name: str) -> str:
    """The table with its caption."""
    header = ["format", "mode", "s in all", "s baking", "s without", "files", "MiB"]
    return (
        f"## {n_placements} placements to each format (`bench_export.py`)\n\n{table(header, rows)}\n\n"
        f"A minute out of {name.rpartition(' from ')[2]}; more than {MOST_S:g} s beside baking would be bold. "
        f"{machine()}."
    )


if __name__ == "__main__":
    main()
