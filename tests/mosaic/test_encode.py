from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.catalogue import GENES, RANGES
from phenotune.library.clip import Clip
from phenotune.mosaic.encode import placement_to_json, placements_from_models
from phenotune.mosaic.schema import PlacementModel

CLIP = Clip("s0", 5, 100)


def read(*rows: dict[str, object]) -> tuple[Placement, ...]:
    return placements_from_models(
        [PlacementModel.model_validate_json(json.dumps(row)) for row in rows]
    )


def placed(chromosome: Chromosome) -> Placement:
    return Placement(1, chromosome, -7, (0.25, -0.5), 2, 3, locked=True)


@pytest.mark.parametrize("tag", sorted(GENES))
def test_every_gene_comes_back_as_it_was(tag: str, rng: np.random.Generator) -> None:
    mate = Chromosome(Clip("s1", 0, 10))
    gene = GENES[tag].random(rng, RANGES[tag](), mate)
    placement = placed(Chromosome(CLIP, (gene,)))
    assert read(placement_to_json(placement)) == (placement,)


def test_a_parameter_with_a_default_may_be_left_out() -> None:
    row = placement_to_json(placed(Chromosome(CLIP, (Add(Chromosome(CLIP), 0.3),))))
    del row["chromosome"]["genes"][0]["mix"]
    assert read(row)[0].chromosome.genes == (Add(Chromosome(CLIP), 0.5),)


@pytest.mark.parametrize(
    ("gene", "message"),
    [
        ({"gene": "varispeed", "cents": None}, r"varispeed.cents\n.*valid number"),
        ({"gene": "varispeed", "cents": True}, r"varispeed.cents\n.*valid number"),
        ({"gene": "varispeed", "cents": math.nan}, r"varispeed.cents\n.*finite number"),
        ({"gene": "varispeed", "cents": 1, "hz": 2}, r"varispeed.hz\n.*not permitted"),
        ({"gene": "reverse", "x": 2}, r"reverse.x\n.*not permitted"),
        ({"gene": "chunk", "n_pieces": 3.5, "piece": 0}, r"chunk.n_pieces\n.*valid integer"),
        ({"gene": "split", "at": 0.5, "keep": 1}, r"split.keep\n.*'head' or 'tail'"),
        ({"gene": "split", "at": 0.5, "keep": "hed"}, r"split.keep\n.*'head' or 'tail'"),
        ({"gene": 7}, r"genes.0\n.*tag '7' found"),
        ({"cents": 7}, r"genes.0\n.*Unable to extract tag"),
        ({"gene": "append", "chromosome": 5}, r"append.chromosome\n.*an object"),
        (5, r"genes.0\n.*an object"),
    ],
)
def test_what_is_no_gene_is_refused(gene: Any, message: str) -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    row["chromosome"]["genes"] = [gene]
    with pytest.raises(ValidationError, match=message):
        read(row)


@pytest.mark.parametrize(
    ("gene", "message"),
    [
        ({"gene": "varispeed", "cents": 9999}, "cents: expected -4800 to 4800, got 9999"),
        ({"gene": "chunk", "n_pieces": 3, "piece": 3}, "piece: expected 0 to 2, got 3"),
        ({"gene": "split", "at": 1.5, "keep": "head"}, "at: expected 0 to 1, got 1.5"),
    ],
)
def test_a_gene_refuses_what_makes_no_sense(gene: dict[str, Any], message: str) -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    row["chromosome"]["genes"] = [{"gene": "reverse"}, gene]
    place = r"placements\[0\].chromosome.genes\[1\]"
    with pytest.raises(ParameterError, match=rf"^{place}\.{message}"):
        read(row)


def test_a_placement_as_it_stands_in_the_file() -> None:
    assert placement_to_json(placed(Chromosome(CLIP))) == {
        "id": 1,
        "onset_samples": -7,
        "gains": [0.25, -0.5],
        "cycle": 2,
        "lineage": 3,
        "locked": True,
        "chromosome": {
            "clip": {"source": "s0", "start_samples": 5, "length_samples": 100},
            "genes": [],
        },
    }


def test_muted_stands_in_the_file_only_where_it_is_true() -> None:
    row = placement_to_json(replace(placed(Chromosome(CLIP)), muted=True))
    assert row["muted"] is True
    assert read(row)[0].muted
    del row["muted"]
    assert not read(row)[0].muted


def test_whole_numbers_are_taken_where_fractions_may_stand() -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    row["gains"] = [1, 0]
    row["chromosome"]["genes"] = [{"gene": "varispeed", "cents": -300}]
    assert read(row)[0].gains == (1.0, 0.0)


def test_an_id_that_comes_twice_is_refused() -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    with pytest.raises(ParameterError, match=r"placements\[1\].id: expected each id once, got 1"):
        read(row, row)


def test_a_gene_inside_a_gene_is_named_by_its_path() -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    inner = {**row["chromosome"], "genes": [{"gene": "gain", "amplitude": 1e6}]}
    row["chromosome"]["genes"] = [{"gene": "append", "chromosome": inner}]
    place = r"placements\[0\].chromosome.genes\[0\].chromosome.genes\[0\].amplitude: expected 0 to"
    with pytest.raises(ParameterError, match=place):
        read(row)


def test_up_to_five_faults_are_told() -> None:
    row = placement_to_json(placed(Chromosome(CLIP)))
    row["chromosome"]["genes"] = [{"gene": "gain", "amplitude": -1.0}]
    with pytest.raises(ParameterError, match="amplitude") as caught:
        read(*({**row, "id": i + 1} for i in range(8)))
    assert len(str(caught.value).splitlines()) == 5


def test_reading_runs_nothing(tmp_path: Path) -> None:
    row = placement_to_json(placed(Chromosome(Clip("__import__('os').system('true')", 0, 1))))
    assert read(row)[0].chromosome.clip.source == "__import__('os').system('true')"
