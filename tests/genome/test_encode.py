from __future__ import annotations

import json

import pytest

from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.encode import MAX_DEPTH, chromosome_from_json, chromosome_to_json
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip

CLIP = {"source": "s0", "start_samples": 4800, "length_samples": 26000}


def with_gene(**gene):
    return {"clip": CLIP, "genes": [{"gene": "reverse"}, gene]}


def test_looks_as_the_documents_say():
    inner = Chromosome(Clip("s1", 0, 7), (Split(0.5, "tail"),))
    chromosome = Chromosome(Clip("s0", 4800, 26000), (Varispeed(-317.0), Append(inner)))
    assert chromosome_to_json(chromosome) == {
        "clip": {"source": "s0", "start_samples": 4800, "length_samples": 26000},
        "genes": [
            {"gene": "varispeed", "cents": -317.0},
            {
                "gene": "append",
                "chromosome": {
                    "clip": {"source": "s1", "start_samples": 0, "length_samples": 7},
                    "genes": [{"gene": "split", "at": 0.5, "keep": "tail"}],
                },
            },
        ],
    }


def test_comes_back_from_text_as_it_was():
    inner = Chromosome(Clip("s1", 0, 7), (Reverse(), Chunk(5, 2)))
    chromosome = Chromosome(Clip("söurce", 0, 1), (Varispeed(0.1), Add(inner, 0.3), Append(inner)))
    text = json.dumps(chromosome_to_json(chromosome))
    assert chromosome_from_json(json.loads(text)) == chromosome


def test_whole_numbers_are_fine_where_numbers_are_expected():
    chromosome = chromosome_from_json(with_gene(gene="varispeed", cents=-317))
    assert chromosome.genes[1] == Varispeed(-317.0)
    assert type(chromosome.genes[1].cents) is float


def test_what_has_a_default_may_be_left_out():
    data = with_gene(gene="add", chromosome={"clip": CLIP, "genes": []})
    assert chromosome_from_json(data).genes[1].mix == 0.5


@pytest.mark.parametrize(
    ("gene", "message"),
    [
        ({"gene": "varispeed", "cents": "x"}, r"genes\[1\]\.cents: expected a number, got 'x'"),
        ({"gene": "varispeed", "cents": None}, r"genes\[1\]\.cents: expected a number, got None"),
        ({"gene": "varispeed", "cents": True}, r"genes\[1\]\.cents: expected a number, got True"),
        ({"gene": "varispeed", "cents": float("nan")}, r"genes\[1\]\.cents: expected a number"),
        ({"gene": "varispeed", "cents": 10**400}, r"genes\[1\]\.cents: expected a number"),
        ({"gene": "varispeed", "cents": 9999}, r"genes\[1\]\.cents: expected -4800 to 4800, got"),
        ({"gene": "varispeed"}, r"genes\[1\]\.cents: is missing"),
        ({"gene": "varispeed", "cents": 1, "hz": 2}, r"genes\[1\]\.hz: unknown; expected cents"),
        ({"gene": "reverse", "x": 2}, r"genes\[1\]\.x: unknown; expected nothing more"),
        ({"gene": "chunk", "n_pieces": 3.5, "piece": 0}, r"genes\[1\]\.n_pieces: expected a whole"),
        ({"gene": "chunk", "n_pieces": 3, "piece": 3}, r"genes\[1\]\.piece: expected 0 to 2"),
        ({"gene": "split", "at": 0.5, "keep": 1}, r"genes\[1\]\.keep: expected a text, got 1"),
        (
            {"gene": "split", "at": 0.5, "keep": "hed"},
            r"genes\[1\]\.keep: expected 'head' or 'tail'",
        ),
        ({"gene": "varispede"}, r"genes\[1\]\.gene: .*'varispede'; did you mean 'varispeed'\?"),
        ({"gene": 7}, r"genes\[1\]\.gene: unknown gene 7; known are split, reverse"),
        ({"cents": 7}, r'genes\[1\]: expected an object with a "gene", got'),
        ({"gene": "append", "chromosome": 5}, r"genes\[1\]\.chromosome: expected an object, got 5"),
        (
            {"gene": "append", "chromosome": {"clip": CLIP, "genes": [{"gene": "gain"}]}},
            r"genes\[1\]\.chromosome\.genes\[0\]\.amplitude: is missing",
        ),
    ],
)
def test_errors_name_the_place(gene, message):
    with pytest.raises(ParameterError, match=f"^{message}"):
        chromosome_from_json(with_gene(**gene))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], r"chromosome: expected an object, got \[\]"),
        ({"genes": []}, "clip: is missing"),
        ({"clip": CLIP}, "genes: is missing"),
        ({"clip": CLIP, "genes": {}}, "genes: expected a list, got {}"),
        ({"clip": CLIP, "genes": [], "gain": 1}, "gain: unknown; expected clip, genes"),
        ({"clip": {**CLIP, "source": 3}, "genes": []}, "clip.source: expected a text, got 3"),
        ({"clip": {**CLIP, "start_samples": -1}, "genes": []}, "clip.start_samples: expected 0 or"),
        (
            {"clip": {**CLIP, "length_samples": 0}, "genes": []},
            "clip.length_samples: expected 1 or",
        ),
        ({"clip": {**CLIP, "length_samples": 1.5}, "genes": []}, "clip.length_samples: expected a"),
        ({"clip": {}, "genes": []}, "clip.source: is missing"),
    ],
)
def test_errors_outside_the_genes(data, message):
    with pytest.raises(ParameterError, match=f"^{message}"):
        chromosome_from_json(data)


def test_depth_is_limited():
    data = {"clip": CLIP, "genes": []}
    for _ in range(MAX_DEPTH):
        data = {"clip": CLIP, "genes": [{"gene": "append", "chromosome": data}]}
    chromosome_from_json(data)
    data = {"clip": CLIP, "genes": [{"gene": "append", "chromosome": data}]}
    with pytest.raises(ParameterError, match="more than 32 chromosomes inside one another"):
        chromosome_from_json(data)
