from __future__ import annotations

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip


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


def test_levels_are_a_list_as_json_has_them():
    chromosome = Chromosome(Clip("s0", 0, 7), (Envelope((0.0, -60.0)),))
    (gene,) = chromosome_to_json(chromosome)["genes"]
    assert gene == {"gene": "envelope", "levels_db": [0.0, -60.0]}


def test_any_name_and_every_parameter_is_written():
    add = Add(Chromosome(Clip("s1", 0, 7)), 0.3)
    data = chromosome_to_json(Chromosome(Clip("söurce", 0, 1), (Reverse(), add)))
    assert data["clip"]["source"] == "söurce"
    assert data["genes"][0] == {"gene": "reverse"}
    assert data["genes"][1].keys() == {"gene", "chromosome", "mix"}
    assert data["genes"][1]["mix"] == 0.3
