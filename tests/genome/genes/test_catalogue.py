from __future__ import annotations

import dataclasses
from typing import get_type_hints

import pytest
from pydantic import ValidationError

from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.catalogue import GENES, RANGES, GenesSettings
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.genome.genes.split import Part
from phenotune.library.clip import Clip

MATE = Chromosome(Clip("s0", 0, 100))


def test_all_genes_of_the_article_are_there():
    ours = "split reverse varispeed gain low_shelf high_shelf repeat chunk duplicate add append"
    assert set(ours.split()) <= set(GENES)


@pytest.mark.parametrize("tag", GENES)
def test_a_gene_is_a_frozen_value_with_four_members(tag, rng):
    gene_class = GENES[tag]
    gene = gene_class.random(rng, RANGES[tag](), MATE)
    assert gene_class.tag == tag
    assert issubclass(RANGES[tag], GeneRanges)
    assert isinstance(gene, Gene)
    assert gene == gene_class(**{f.name: getattr(gene, f.name) for f in dataclasses.fields(gene)})
    assert hash(gene) == hash(dataclasses.replace(gene))
    assert not hasattr(gene, "__dict__")
    for field in dataclasses.fields(gene):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(gene, field.name, 0)


@pytest.mark.parametrize("tag", GENES)
def test_parameters_are_of_types_that_json_can_hold(tag):
    hints = get_type_hints(GENES[tag])
    for field in dataclasses.fields(GENES[tag]):
        assert hints[field.name] in (
            float, int, str, Chromosome, Part, tuple[float, ...],
        )  # fmt: skip


def values_of(gene, stem):
    """What a range is the range of: the field of that name, a count, or several fields of the kind."""
    names = [name for name in (stem, f"n_{stem}") if hasattr(gene, name)]
    if names:
        return [getattr(gene, names[0])]
    return [len(gene.levels_db)] if stem == "steps" else getattr(gene, stem.replace("_", "s_"))


@pytest.mark.parametrize("tag", GENES)
def test_draws_are_plain_numbers_within_the_ranges(tag, rng):
    ranges = RANGES[tag]()
    gene = GENES[tag].random(rng, ranges, MATE)
    for _ in range(200):
        for low, minimum in ranges:
            if not low.startswith("min_"):
                continue
            stem = low.removeprefix("min_")
            for value in values_of(gene, stem):
                assert type(value) is type(minimum)
                assert minimum <= value <= getattr(ranges, f"max_{stem}")
        gene = gene.mutate(rng, ranges)


def test_settings_have_a_field_for_each_gene_and_are_written_as_data():
    settings = GenesSettings.model_validate(
        {"varispeed": {"max_cents": 300}, "gain": {"weight": 0}}
    )
    assert settings.varispeed.max_cents == 300.0
    assert settings.gain.weight == 0.0
    assert GenesSettings.model_validate_json(settings.model_dump_json()) == settings
    assert set(GenesSettings.model_json_schema()["properties"]) == {"only", *GENES}


def test_only_the_genes_that_are_named_are_permitted():
    genes = GenesSettings.model_validate(
        {"only": ["reverse", "duplicate"], "reverse": {"weight": 0.25}}
    )
    weights = {tag: genes.weight_of(tag) for tag in GENES if genes.weight_of(tag)}
    # One that is off by default is named because somebody wants it.
    assert weights == {"reverse": 0.25, "duplicate": 1.0}
    assert [tag for tag in GENES if genes.permits(tag)] == ["reverse", "duplicate"]


def test_by_default_all_are_permitted_and_drawn_by_their_weights():
    genes = GenesSettings()
    assert all(map(genes.permits, GENES))
    assert {tag: genes.weight_of(tag) for tag in GENES} == {
        tag: getattr(genes, tag).weight for tag in GENES
    }


def test_a_name_that_is_no_genes_is_refused_with_the_nearest():
    with pytest.raises(ValidationError, match="unknown gene 'varispede'; did you mean 'varispeed'"):
        GenesSettings(only=("reverse", "varispede"))
    with pytest.raises(ValidationError, match="unknown gene 'xyz'; there are: split, reverse, "):
        GenesSettings(only=("xyz",))
