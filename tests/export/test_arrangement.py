from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.export.arrangement import Arrangement
from phenotune.genome.anatomy import clips, inner_chromosomes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.catalogue import GENES
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.mosaic.mosaic import Mosaic


def genes_in(chromosome: Chromosome) -> set[str]:
    inside = (genes_in(inner) for inner in inner_chromosomes(chromosome))
    return {gene.tag for gene in chromosome.genes}.union(*inside)


def test_the_mosaic_of_these_tests_has_every_gene(mosaic: Mosaic) -> None:
    assert set().union(*(genes_in(each.chromosome) for each in mosaic.placements)) == set(GENES)


def test_items_stand_in_the_order_of_their_onsets_and_none_is_missing(
    mosaic: Mosaic, arrangement: Arrangement
) -> None:
    onsets = [(item.onset_samples, item.placement.id) for item in arrangement.items]
    assert onsets == sorted((each.onset_samples, each.id) for each in mosaic.placements)


def test_each_distinct_chromosome_stands_once(mosaic: Mosaic, arrangement: Arrangement) -> None:
    assert len(arrangement.chromosomes) == len(set(arrangement.chromosomes))
    for item in arrangement.items:
        assert arrangement.chromosomes[item.sound] is item.placement.chromosome or (
            arrangement.chromosomes[item.sound] == item.placement.chromosome
        )
    assert set(arrangement.chromosomes) == {each.chromosome for each in mosaic.placements}


def test_items_tell_where_they_are_in_seconds(arrangement: Arrangement) -> None:
    first = arrangement.items[0]
    assert (first.onset_samples, first.onset_s) == (-6000, -6000 / 44_100)
    assert first.duration_s == pytest.approx(5000 / 44_100)
    assert first.end_s == first.onset_s + first.duration_s
    assert first.name == "mono.wav 0.002s"


def test_durations_are_those_of_the_sounds_to_within_a_few_samples(
    arrangement: Arrangement,
) -> None:
    for item in arrangement.items:
        n_samples = arrangement.phenotype(item.sound).shape[1]
        assert item.duration_s * arrangement.rate_hz == pytest.approx(n_samples, abs=8)


def test_used_sources_are_those_that_sound_in_the_order_of_the_mosaic(
    mosaic: Mosaic, arrangement: Arrangement
) -> None:
    used = {clip.source for each in mosaic.placements for clip in clips(each.chromosome)}
    assert [source.id for source in arrangement.used_sources] == [f"s{i}" for i in range(8)]
    assert used == {source.id for source in arrangement.used_sources}


@pytest.mark.parametrize("rate_hz", [None, 48_000, 22_050])
def test_the_items_add_up_to_the_mosaic_bit_for_bit(
    mosaic: Mosaic, arrange: Callable[..., Arrangement], rate_hz: int | None
) -> None:
    arrangement = arrange(rate_hz=rate_hz)
    total = np.zeros((arrangement.n_channels, arrangement.n_samples), np.int64)
    for item in arrangement.items:
        if not item.is_muted:
            gains = np.array(item.placement.gains, np.float64)
            sound = arrangement.phenotype(item.sound)
            add_fixed(total, sound, gains, item.onset_samples, 1)
    out: Samples = np.empty(total.shape, np.float32)
    fixed_to_float(total, 0, out)
    np.testing.assert_array_equal(out, mosaic.render(rate_hz))


def test_phenotypes_are_folded_for_a_mosaic_of_one_channel(
    mosaic: Mosaic, arrange: Callable[..., Arrangement]
) -> None:
    placements = tuple(replace(each, gains=each.gains[:1]) for each in mosaic.placements)
    mono = arrange(replace(mosaic, n_channels=1, placements=placements))
    assert {mono.phenotype(i).shape[0] for i in range(len(mono.chromosomes))} == {1}


def test_placements_of_items_are_in_the_order_of_landing(
    mosaic: Mosaic, arrangement: Arrangement
) -> None:
    assert arrangement.placements_of(arrangement.items) == mosaic.placements
    assert arrangement.placements_of(()) == ()


def test_the_name_is_that_of_the_target_unless_another_is_given(
    arrange: Callable[..., Arrangement],
) -> None:
    assert (arrange().name, arrange(name="Other").name) == ("song", "Other")
    assert (arrange().bpm, arrange().first_beat_s) == (120.0, 0.0)


def test_a_mosaic_without_placements_is_an_arrangement_too(
    mosaic: Mosaic, arrange: Callable[..., Arrangement]
) -> None:
    empty = arrange(replace(mosaic, placements=()))
    assert (empty.items, empty.chromosomes, empty.used_sources) == ((), (), ())
    assert empty.n_samples == 88_200
