from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from pydantic import ValidationError

from phenotune.genome.anatomy import depth, duration_s, n_genes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.catalogue import GENES, GenesSettings
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.spans import Span, Spans
from phenotune.genome.variation import VariationSettings, cross, founder, vary
from phenotune.library.clip import Clip

RATE_HZ = 1000
SPANS = Spans([Span("s0", RATE_HZ, 60_000), Span("s1", RATE_HZ, 30_000)])
CLIP = Clip("s0", 20_000, 1000)
BARE = Chromosome(CLIP)
OPERATORS = ("new_gene", "mutate_gene", "drop_gene", "slide_clip", "resize_clip")


def only(*operators, **settings):
    """Settings in which only the named operators are drawn."""
    weights = {f"{name}_weight": float(name in operators) for name in OPERATORS}
    return VariationSettings(**weights, **settings)


def genes_of(*tags):
    """Settings in which only the named genes are drawn."""
    return GenesSettings.model_validate({tag: {"weight": float(tag in tags)} for tag in GENES})


def children(chromosome, rng, settings, genes=None, n=200):
    genes = GenesSettings() if genes is None else genes
    return [vary(chromosome, rng, genes, settings, SPANS) for _ in range(n)]


def test_a_founder_is_a_clip_without_genes(rng):
    chromosome = founder(rng, SPANS)
    assert chromosome.genes == ()
    assert chromosome.clip.source in {"s0", "s1"}


def test_new_genes_are_all_but_those_of_crossover_and_those_switched_off(rng):
    drawn = {
        child.genes[0].tag for brood in children(BARE, rng, only("new_gene")) for child in brood
    }
    assert drawn == set(GENES) - {"add", "append", "duplicate", "envelope", "equaliser"}


def test_genes_are_drawn_by_their_weights(rng):
    genes = GenesSettings.model_validate(
        {tag: {"weight": 0.0} for tag in GENES}
        | {"reverse": {"weight": 3.0}, "gain": {"weight": 1}}
    )
    broods = children(BARE, rng, only("new_gene"), genes, n=2000)
    counts = Counter(brood[0].genes[0].tag for brood in broods)
    assert set(counts) == {"reverse", "gain"}
    assert counts["reverse"] / 2000 == pytest.approx(0.75, abs=0.03)


def test_a_new_gene_goes_to_any_place_of_the_chain(rng):
    parent = Chromosome(CLIP, (Gain(0.7), Gain(0.8)))
    broods = children(parent, rng, only("new_gene"), genes_of("reverse"))
    places = Counter(brood[0].genes.index(Reverse()) for brood in broods)
    assert set(places) == {0, 1, 2}


def test_both_parts_of_a_split_and_all_pieces_of_a_chunk_live_on(rng):
    for first, second in children(BARE, rng, only("new_gene"), genes_of("split"), n=20):
        assert (first.genes[0].keep, second.genes[0].keep) == ("head", "tail")
        assert first.genes[0].at == second.genes[0].at
    for brood in children(BARE, rng, only("new_gene"), genes_of("chunk"), n=20):
        n_pieces = brood[0].genes[0].n_pieces
        assert [child.genes for child in brood] == [(Chunk(n_pieces, i),) for i in range(n_pieces)]


def test_duplicate_gives_copies_and_does_not_stay_in_the_chain(rng):
    broods = children(BARE, rng, only("new_gene"), genes_of("duplicate"))
    assert set(broods) == {(BARE,), (BARE,) * 2, (BARE,) * 3}


def test_mutate_changes_one_gene(rng):
    parent = Chromosome(CLIP, (Varispeed(100.0), Gain(1.0)))
    for (child,) in children(parent, rng, only("mutate_gene")):
        assert child.clip == CLIP
        assert [gene.tag for gene in child.genes] == ["varispeed", "gain"]
        assert sum(a != b for a, b in zip(child.genes, parent.genes, strict=True)) == 1


def test_what_cannot_change_is_drawn_again(rng):
    parent = Chromosome(CLIP, (Reverse(), Gain(1.0)))
    changed = [child for (child,) in children(parent, rng, only("mutate_gene")) if child != parent]
    assert len(changed) > 195


def test_drop_takes_one_gene_away(rng):
    parent = Chromosome(CLIP, (Gain(0.7), Gain(0.8)))
    broods = children(parent, rng, only("drop_gene"))
    assert set(broods) == {
        (Chromosome(CLIP, (Gain(0.7),)),),
        (Chromosome(CLIP, (Gain(0.8),)),),
    }


@pytest.mark.parametrize("operator", ["slide_clip", "resize_clip"])
def test_clips_change_and_genes_stay(rng, operator):
    parent = Chromosome(CLIP, (Gain(0.7),))
    for (child,) in children(parent, rng, only(operator)):
        assert child.genes == parent.genes
        assert child.clip != CLIP
        assert (child.clip.length_samples == 1000) == (operator == "slide_clip")


def test_a_chromosome_inside_varies_too(rng):
    inner = Chromosome(Clip("s1", 5000, 500), (Varispeed(0.0),))
    parent = Chromosome(CLIP, (Append(inner),))
    clips, genes = set(), set()
    for (child,) in children(parent, rng, only("mutate_gene", "slide_clip", "resize_clip")):
        if child.clip == CLIP:
            changed = child.genes[0].chromosome
            clips.add(changed.clip)
            genes.add(changed.genes)
    assert len(clips) > 10
    assert len(genes) > 10


def test_operators_are_drawn_by_their_weights(rng):
    settings = VariationSettings(
        new_gene_weight=0.0, drop_gene_weight=3.0, slide_clip_weight=1.0, mutate_gene_weight=0.0,
        resize_clip_weight=0.0,
    )  # fmt: skip
    parent = Chromosome(CLIP, (Gain(0.7),))
    broods = children(parent, rng, settings, n=2000)
    n_dropped = sum(brood == (BARE,) for brood in broods)
    assert n_dropped / 2000 == pytest.approx(0.75, abs=0.03)


def test_no_more_genes_than_permitted(rng):
    chromosome = BARE
    settings = only("new_gene", max_genes=3)
    genes = genes_of("reverse", "gain", "varispeed")
    for _ in range(20):
        chromosome = vary(chromosome, rng, genes, settings, SPANS)[0]
    assert len(chromosome.genes) == 3


def test_genes_inside_count(rng):
    inner = Chromosome(Clip("s1", 0, 500), (Gain(0.7),))
    parent = Chromosome(CLIP, (Append(inner),))
    settings = only("new_gene", "mutate_gene", max_genes=2)
    for brood in children(parent, rng, settings, genes_of("reverse")):
        assert all(n_genes(child) <= 2 for child in brood)


def test_children_are_neither_too_short_nor_too_long(rng):
    settings = VariationSettings(min_phenotype_s=0.4, max_phenotype_s=1.2)
    chromosome = BARE
    for _ in range(300):
        brood = vary(chromosome, rng, GenesSettings(), settings, SPANS)
        assert all(0.4 <= duration_s(child, SPANS.rates_hz) <= 1.2 for child in brood)
        chromosome = brood[int(rng.integers(len(brood)))]


def test_a_parent_outside_the_limits_is_not_stuck(rng):
    tiny = Chromosome(Clip("s0", 100, 20))
    grown = [brood for brood in children(tiny, rng, VariationSettings()) if brood != (tiny,)]
    assert len(grown) > 190
    assert all(duration_s(child, SPANS.rates_hz) >= 0.02 for brood in grown for child in brood)


@pytest.mark.parametrize("settings", [only(), only("mutate_gene", "drop_gene"), only("new_gene")])
def test_where_nothing_is_permitted_the_parent_lives_on(rng, settings):
    assert vary(BARE, rng, genes_of(), settings, SPANS) == (BARE,)


def test_the_same_chance_gives_the_same_children(grow):
    assert [grow(seed) for seed in range(20)] == [grow(seed) for seed in range(20)]
    assert grow(1) != grow(2)


def crossed(a, b, rng, genes=None, n=100, **settings):
    genes = GenesSettings() if genes is None else genes
    variation = VariationSettings(**settings)
    return [cross(a, b, rng, genes, variation, spans=SPANS) for _ in range(n)]


MATE = Chromosome(Clip("s1", 3000, 500), (Varispeed(100.0),))


def test_cross_adds_or_appends(rng):
    parent = Chromosome(CLIP, (Reverse(),))
    assert set(crossed(parent, MATE, rng)) == {
        Chromosome(CLIP, (Reverse(), Add(MATE))),
        Chromosome(CLIP, (Reverse(), Append(MATE))),
    }


def test_cross_goes_by_the_weights(rng):
    assert set(crossed(BARE, MATE, rng, genes_of("append"))) == {Chromosome(CLIP, (Append(MATE),))}
    assert set(crossed(BARE, MATE, rng, genes_of("add"))) == {Chromosome(CLIP, (Add(MATE),))}


@pytest.mark.parametrize("reason", ["off", "too deep", "too many genes", "too long"])
def test_cross_of_the_chains(rng, reason):
    a = Chromosome(CLIP, (Reverse(), Gain(0.7)))
    b = Chromosome(Clip("s1", 0, 500), (Varispeed(100.0), Split(0.5, "head")))
    if reason == "off":
        drawn = crossed(a, b, rng, genes_of("reverse"))
    elif reason == "too deep":
        drawn = crossed(a, b, rng, max_depth=0)
    elif reason == "too many genes":
        drawn = crossed(a, b, rng, max_genes=4)
    else:
        drawn = crossed(a, b, rng, genes_of("append"), max_phenotype_s=1.1)
    expected = {(*a.genes[:i], *b.genes[j:]) for i in range(3) for j in range(3)} - {a.genes}
    assert {child.clip for child in drawn} == {CLIP}
    assert {child.genes for child in drawn} == expected


def test_cross_of_the_chains_keeps_to_the_number_of_genes(rng):
    a = Chromosome(CLIP, (Gain(0.7), Gain(0.8), Gain(0.9)))
    b = Chromosome(CLIP, (Varispeed(1.0), Varispeed(2.0), Varispeed(3.0)))
    drawn = crossed(a, b, rng, max_genes=3)
    assert max(len(child.genes) for child in drawn) == 3


def test_cross_of_bare_clips_slides_where_nothing_else_can_be_done(rng):
    for child in crossed(BARE, Chromosome(Clip("s1", 0, 100)), rng, max_depth=0):
        assert child.genes == ()
        assert child.clip != CLIP
        assert (child.clip.source, child.clip.length_samples) == ("s0", 1000)


def test_depth_is_limited(rng):
    pool = [founder(rng, SPANS) for _ in range(10)]
    settings = VariationSettings(max_genes=20, max_depth=2, max_phenotype_s=100.0)
    for _ in range(300):
        a, b = (pool[i] for i in rng.integers(len(pool), size=2))
        pool[int(rng.integers(len(pool)))] = cross(
            a, b, rng, GenesSettings(), settings, spans=SPANS
        )
    assert max(map(depth, pool)) == 2


def test_settings_are_checked():
    assert VariationSettings().max_genes == 6
    with pytest.raises(ValidationError, match="max_genes"):
        VariationSettings(max_genes=-1)
    with pytest.raises(ValidationError, match="slide_clip_weight"):
        VariationSettings(slide_clip_weight=np.nan)
    with pytest.raises(ValidationError, match=r"min_phenotype_s \(2 s\) must not exceed max"):
        VariationSettings(min_phenotype_s=2.0, max_phenotype_s=1.0)


def test_only_the_genes_that_are_named_are_drawn(rng):
    named = GenesSettings(only=("reverse", "varispeed"))
    broods = children(BARE, rng, only("new_gene"), named)
    assert {child.genes[0].tag for brood in broods for child in brood} == {"reverse", "varispeed"}
    other = Chromosome(Clip("s1", 0, 1000), (Reverse(),))
    crossed = [cross(BARE, other, rng, named, VariationSettings(), spans=SPANS) for _ in range(50)]
    assert {gene.tag for child in crossed for gene in child.genes} == {"reverse"}
