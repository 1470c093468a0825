from __future__ import annotations

import copy
import json
import math
from typing import Any

import pytest

from phenotune.errors import RunFolderError
from phenotune.genome.genes.catalogue import GENES
from phenotune.mosaic.schema import (
    SCHEMA_FILE,
    MosaicModel,
    place_of,
    published_schema,
    read_model,
)

SHA = "0123456789abcdef" * 4


def mosaic_json() -> dict[str, Any]:
    """A mosaic as somebody may write it by hand."""
    inner = {"clip": {"source": "s0", "start_samples": 0, "length_samples": 10}, "genes": []}
    return {
        "format": "phenotune.mosaic",
        "version": 1,
        "rate_hz": 44100,
        "seed": 7,
        "explained": 0.91,
        "target": {
            "path": "song.ogg",
            "sha256": SHA,
            "rate_hz": 44100,
            "n_channels": 2,
            "duration_s": 30.0,
        },
        "sources": [
            {
                "id": "s0",
                "path": "records/break.flac",
                "sha256": SHA,
                "rate_hz": 48000,
                "n_channels": 2,
                "duration_s": 3.2,
                "credit": "somebody",
            }
        ],
        "placements": [
            {
                "id": 17,
                "onset_samples": 55296,
                "gains": [0.52, -0.41],
                "cycle": 3,
                "lineage": 812,
                "locked": False,
                "chromosome": {
                    "clip": {"source": "s0", "start_samples": 4800, "length_samples": 26000},
                    "genes": [
                        {"gene": "varispeed", "cents": -317.0},
                        {"gene": "append", "chromosome": inner},
                    ],
                },
            }
        ],
    }


def changed(path: tuple[str | int, ...], value: Any) -> str:
    """The same with one value changed, or removed when it is ``...``."""
    data = mosaic_json()
    place: Any = data
    for part in path[:-1]:
        place = place[part]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return json.dumps(data)


GENE = ("placements", 0, "chromosome", "genes", 0)
INNER = ("placements", 0, "chromosome", "genes", 1, "chromosome", "clip")


def test_a_mosaic_is_read_to_its_innermost_chromosome() -> None:
    model = read_model(json.dumps(mosaic_json()))
    placement = model.placements[0]
    assert placement.gains == [0.52, -0.41]
    assert dict(placement.chromosome.genes[0]) == {"gene": "varispeed", "cents": -317.0}
    assert dict(placement.chromosome.genes[1])["chromosome"].clip.length_samples == 10


def test_what_may_be_left_out_has_a_default() -> None:
    data = mosaic_json()
    del data["sources"][0]["credit"], data["placements"][0]["locked"]
    model = read_model(json.dumps(data))
    assert model.fade_ms == 5.0
    assert model.n_channels is None
    assert model.sources[0].credit is None
    assert model.placements[0].locked is False


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("rate_hz",), 0, r"rate_hz: input should be greater than or equal to 1, got 0"),
        (("rate_hz",), 44100.5, r"rate_hz: input should be a valid integer, got 44100.5"),
        (("rate_hz",), True, r"rate_hz: input should be a valid integer, got True"),
        (("seed",), ..., r"seed: is missing"),
        (("sead",), 3, r"sead: extra inputs are not permitted, got 3"),
        (("explained",), "0.9", r"explained: input should be a valid number, got '0.9'"),
        (("target", "sha256"), "123", r"target.sha256: string should match .*, got '123'"),
        (("target", "path"), "", r"target.path: string should have at least 1 character, got ''"),
        (("target", "path"), "a\0b", r"target.path: string should match"),
        (("target", "duration_s"), -1, r"target.duration_s: input should be greater .* 0, got -1"),
        (("sources", 0, "id"), 3, r"sources\[0\].id: input should be a valid string, got 3"),
        (("placements", 0, "id"), "17", r"placements\[0\].id: input should be .*, got '17'"),
        (("placements", 0, "id"), 0, r"placements\[0\].id: .* 1, got 0"),
        (("placements", 0, "gains"), [], r"placements\[0\].gains: list should have at least 1"),
        (("placements", 0, "gains"), [1.0, "x"], r"placements\[0\].gains\[1\]: .*, got 'x'"),
        (("placements", 0, "gains"), [1e9], r"placements\[0\].gains\[0\]: .* 10000, got 1"),
        (("placements", 0, "locked"), 1, r"placements\[0\].locked: .* valid boolean, got 1"),
        (("placements", 0, "onset_samples"), 2**60, r"onset_samples: .*, got 1152921504606846976"),
        ((*GENE, "cents"), "x", r"placements\[0\].chromosome.genes\[0\].cents: .*, got 'x'"),
        ((*GENE, "cents"), ..., r"placements\[0\].chromosome.genes\[0\].cents: is missing"),
        ((*GENE, "cent"), 3, r"placements\[0\].chromosome.genes\[0\].cent: extra inputs"),
        ((*GENE, "gene"), "varispead", r"placements\[0\].chromosome.genes\[0\]: .*'varispead'"),
        (
            (*INNER, "length_samples"),
            0,
            r"placements\[0\].chromosome.genes\[1\].chromosome.clip.length_samples: .* 1, got 0",
        ),
    ],
)
def test_whatever_is_wrong_is_told_with_its_place_and_value(
    path: tuple[str | int, ...], value: Any, message: str
) -> None:
    with pytest.raises(RunFolderError, match=message):
        read_model(changed(path, value))


def test_nan_and_infinity_are_refused() -> None:
    for value in (math.nan, math.inf):
        with pytest.raises(RunFolderError, match=r"gains\[0\]: input should be a finite number"):
            read_model(changed(("placements", 0, "gains"), [value, 0.0]))


def test_several_faults_are_told_at_once_and_many_are_counted() -> None:
    data = mosaic_json()
    data["seed"] = "x"
    data["rate_hz"] = "x"
    with pytest.raises(RunFolderError, match=r"rate_hz: .*\nseed: ") as caught:
        read_model(json.dumps(data))
    assert len(str(caught.value).splitlines()) == 2
    data["placements"] = [copy.deepcopy(data["placements"][0]) | {"id": -1} for _ in range(9)]
    with pytest.raises(RunFolderError, match=r"\nand 6 more$"):
        read_model(json.dumps(data))


@pytest.mark.parametrize("text", ["", "{", "[1, 2", '{"format": "phenotune.mosaic",}', "\x00"])
def test_text_that_is_not_json_is_refused(text: str) -> None:
    with pytest.raises(RunFolderError, match=r"is not JSON: "):
        read_model(text)


@pytest.mark.parametrize("text", ["{}", '{"format": "other", "version": 9}'])
def test_json_that_is_no_mosaic_is_refused(text: str) -> None:
    with pytest.raises(RunFolderError, match=r'is not a mosaic: expected "format": "phenotune'):
        read_model(text)


def test_a_newer_version_is_refused_before_anything_else() -> None:
    text = '{"format": "phenotune.mosaic", "version": 2, "novelty": 3}'
    with pytest.raises(RunFolderError, match=r"newer phenotune \(mosaic version 2; .* up to 1\)"):
        read_model(text)


def test_chromosomes_inside_one_another_without_end_are_refused() -> None:
    clip = '"clip": {"source": "s0", "start_samples": 0, "length_samples": 10}'
    opening = f'{{{clip}, "genes": [{{"gene": "append", "chromosome": '
    deep = opening * 400 + f'{{{clip}, "genes": []}}' + "}]}" * 400
    text = changed(("placements", 0, "chromosome"), "HERE").replace('"HERE"', deep)
    with pytest.raises(RunFolderError, match=r"recursion limit exceeded"):
        read_model(text)


@pytest.mark.parametrize("tag", sorted(GENES))
def test_every_gene_has_a_model(tag: str) -> None:
    name = f"{GENES[tag].__name__}Gene"
    model = MosaicModel.model_json_schema()["$defs"][name]
    assert model["properties"]["gene"]["const"] == tag


def test_a_gene_named_as_a_list_index_is_left_out_of_places() -> None:
    assert place_of(("sources", 0, "gain")) == "sources[0].gain"
    assert place_of(("genes", 0, "gain", "amplitude")) == "genes[0].amplitude"
    assert place_of(()) == "the whole"


def test_the_published_schema_is_that_of_the_models() -> None:
    published = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    assert published == published_schema(), (
        'python -c "from phenotune.mosaic.schema import write_schema; write_schema()"'
    )
