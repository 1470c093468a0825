"""What must hold for any sound and any chromosome, not only for the examples of the other tests."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from phenotune.errors import ParameterError
from phenotune.genome.anatomy import clips, depth, duration_s, n_genes
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.encode import chromosome_to_json
from phenotune.genome.genes.add import Add
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.catalogue import GENES, RANGES, GenesSettings
from phenotune.genome.genes.chunk import Chunk
from phenotune.genome.genes.gain import Gain
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.genes.split import Split
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.genome.rendering import render
from phenotune.genome.variation import VariationSettings, vary
from phenotune.library.clip import Clip

RATE_HZ = 8000
SEEDS = st.integers(min_value=0, max_value=2**32)
MATE = Chromosome(Clip("s0", 0, 100))


@st.composite
def sound(draw, max_samples=400):
    rng = np.random.default_rng(draw(SEEDS))
    shape = draw(st.integers(1, 2)), draw(st.integers(0, max_samples))
    return rng.standard_normal(shape).astype(np.float32)


def apply(gene, samples, inner=None):
    return gene.apply(samples, RATE_HZ, lambda chromosome: inner)


@given(sound())
def test_reverse_twice_is_nothing(samples):
    turned = apply(Reverse(), samples)
    assert apply(Reverse(), turned).tobytes() == samples.tobytes()


@given(sound(), st.floats(0.0, 1.0))
def test_the_parts_of_a_split_are_the_whole(samples, at):
    parts = [apply(gene, samples) for gene in Split(at, "head").siblings()]
    assert np.hstack(parts).tobytes() == samples.tobytes()


@given(sound(), st.integers(1, 64))
def test_the_pieces_of_a_chunk_are_the_whole(samples, n_pieces):
    pieces = [apply(gene, samples) for gene in Chunk(n_pieces, 0).siblings()]
    assert np.hstack(pieces).tobytes() == samples.tobytes()


@given(sound(), st.floats(0.1, 2.0), st.floats(0.1, 2.0))
def test_gains_multiply(samples, first, second):
    one_by_one = apply(Gain(second), apply(Gain(first), samples))
    np.testing.assert_allclose(one_by_one, apply(Gain(first * second), samples), rtol=1e-5)


@given(sound(), st.integers(0, 5))
def test_repeats_are_to_the_sample(samples, n_more):
    assert apply(Repeat(n_more), samples).shape[1] == (n_more + 1) * samples.shape[1]


@given(sound(), sound())
def test_lengths_of_crossed_sounds(first, second):
    n_channels = max(first.shape[0], second.shape[0])
    lengths = first.shape[1], second.shape[1]
    assert apply(Append(MATE), first, second).shape == (n_channels, sum(lengths))
    assert apply(Add(MATE), first, second).shape == (n_channels, max(lengths))


@given(sound(), sound())
def test_adding_in_equal_shares_does_not_mind_the_order(first, second):
    one = apply(Add(MATE), first, second)
    assert one.tobytes() == apply(Add(MATE), second, first).tobytes()


@given(sound(), st.floats(-1200.0, 1200.0))
def test_varispeed_there_and_back_keeps_the_length(samples, cents):
    back = apply(Varispeed(-cents), apply(Varispeed(cents), samples))
    assert abs(back.shape[1] - samples.shape[1]) <= 1


@given(SEEDS)
def test_a_chromosome_comes_back_from_json(grow, read, seed):
    chromosome = grow(seed)
    text = json.dumps(chromosome_to_json(chromosome), allow_nan=False)
    again = read(json.loads(text))
    assert again == chromosome
    assert json.dumps(chromosome_to_json(again)) == text


@given(SEEDS, st.sampled_from([RATE_HZ, 11_025]))
def test_rendering_twice_gives_the_same_bytes(grow, sounds, read, seed, rate_hz):
    chromosome = grow(seed)
    first = render(chromosome, sounds, rate_hz)
    again = render(read(chromosome_to_json(chromosome)), sounds, rate_hz)
    assert first.tobytes() == again.tobytes()
    assert first.shape == again.shape
    assert np.isfinite(first).all()


def test_rendering_on_threads_gives_the_same_bytes(grow, sounds):
    chromosomes = [grow(seed) for seed in range(60)]
    alone = [render(chromosome, sounds, RATE_HZ).tobytes() for chromosome in chromosomes]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda c: render(c, sounds, RATE_HZ).tobytes(), chromosomes))
    assert together == alone


@given(SEEDS)
def test_rendering_gives_memory_of_its_own_with_faded_ends(grow, sounds, seed):
    chromosome = grow(seed)
    played = render(chromosome, sounds, RATE_HZ)
    assert played.flags.c_contiguous
    assert played.flags.writeable
    assert played.dtype == np.float32
    for clip in clips(chromosome):
        assert not np.shares_memory(played, sounds.samples(clip.source, RATE_HZ))
    if played.shape[1] >= 4 * 40:
        unfaded = render(chromosome, sounds, RATE_HZ, fade_ms=0.0)
        assert (np.abs(played[:, [0, -1]]) <= 0.001 * np.abs(unfaded[:, [0, -1]]) + 1e-12).all()


@given(SEEDS, st.sampled_from([RATE_HZ, 11_025]))
def test_mono_is_the_mean_of_stereo(grow, sounds, seed, rate_hz):
    """Clips are folded as they are cut, since all genes treat channels alike and are linear."""
    chromosome = grow(seed)
    stereo = render(chromosome, sounds, rate_hz)
    mono = render(chromosome, sounds, rate_hz, mono=True)
    assert mono.shape == (1, stereo.shape[1])
    assert mono.dtype == np.float32
    np.testing.assert_allclose(mono[0], stereo.mean(axis=0), rtol=0.0, atol=1e-6)


@given(SEEDS)
def test_the_duration_is_known_without_rendering(grow, sounds, spans, seed):
    chromosome = grow(seed)
    played = render(chromosome, sounds, RATE_HZ)
    told = duration_s(chromosome, spans.rates_hz) * RATE_HZ
    # Each clip and each gene may round by a sample, and what is repeated repeats it.
    slack = 2 * (n_genes(chromosome) + len(clips(chromosome))) * 4
    assert abs(played.shape[1] - told) <= slack


@given(SEEDS, st.integers(0, 8), st.integers(0, 3))
def test_children_keep_to_the_limits(grow, spans, seed, max_genes, max_depth):
    rng = np.random.default_rng(seed)
    settings = VariationSettings(max_genes=max_genes, max_depth=max_depth)
    parent = grow(seed)
    for child in vary(parent, rng, GenesSettings(), settings, spans):
        assert n_genes(child) <= max(max_genes, n_genes(parent))
        assert depth(child) <= max(max_depth, depth(parent))
        for clip in clips(child):
            span = next(span for span in spans.sources if span.source_id == clip.source)
            assert clip.start_samples >= 0
            assert 1 <= clip.length_samples <= span.n_samples - clip.start_samples


@given(st.sampled_from(sorted(GENES)), SEEDS, st.floats(0.01, 1.0), st.floats(0.01, 1.0))
def test_draws_keep_to_any_ranges(tag, seed, first, second):
    low_share, high_share = sorted((first, second))
    ranges = narrowed(RANGES[tag], low_share, high_share)
    rng = np.random.default_rng(seed)
    gene = GENES[tag].random(rng, ranges, MATE)
    for _ in range(5):
        for name, low in dict(ranges).items():
            if name.startswith("min_"):
                stem = name.removeprefix("min_")
                for value in values_of(gene, stem):
                    assert low <= value <= getattr(ranges, f"max_{stem}")
        gene = gene.mutate(rng, ranges)


def values_of(gene, stem):
    """What a range is the range of: a field, a count, the number of steps, or each of several levels."""
    if stem == "steps":
        return [len(gene.levels_db)]
    if hasattr(gene, stem) or hasattr(gene, f"n_{stem}"):
        return [getattr(gene, stem if hasattr(gene, stem) else f"n_{stem}")]
    return getattr(gene, stem.replace("_", "s_"))


def bound(field, *sides):
    return next(getattr(m, side) for m in field.metadata for side in sides if hasattr(m, side))


def narrowed(ranges_class, low_share, high_share):
    """Ranges between two shares of what a gene permits at all."""
    values = {}
    for name, field in ranges_class.model_fields.items():
        if name == "weight":
            continue
        low, high = bound(field, "ge", "gt"), bound(field, "le")
        share = low_share if name.startswith("min_") else high_share
        values[name] = type(field.default)(low + share * (high - low))
    return ranges_class(**values)


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.just([]),
    st.just({}),
)


@given(SEEDS, st.integers(0, 1000), JUNK)
def test_broken_json_is_refused_and_never_worse(grow, read, seed, place, junk):
    data = chromosome_to_json(grow(seed))
    leaves = list(places(data))
    holder, key = leaves[place % len(leaves)]
    holder[key] = junk
    try:
        chromosome = read(data)
    except (ParameterError, ValidationError):
        return
    assert chromosome_to_json(chromosome) == data


def places(data):
    """Every place in nested JSON at which a value stands."""
    for key, value in data.items() if isinstance(data, dict) else enumerate(data):
        yield data, key
        if isinstance(value, dict | list):
            yield from places(value)


@pytest.mark.parametrize("tag", GENES)
@given(samples=sound(max_samples=60), seed=SEEDS)
def test_no_gene_writes_to_what_it_is_given(tag, samples, seed):
    rng = np.random.default_rng(seed)
    samples.flags.writeable = False
    gene = GENES[tag].random(rng, RANGES[tag](), MATE)
    played = apply(gene, samples, samples[:, ::2])
    assert played.dtype == np.float32
    assert played.shape[0] == samples.shape[0]
    assert apply(gene, samples, samples[:, ::2]).tobytes() == played.tobytes()
