"""What sounds when: followed step by step, and counted again from the whole list."""

from __future__ import annotations

import dataclasses

import numpy as np

from phenotune.canvas.placement import Placement
from phenotune.fitness.tally import FrameCount, Tally
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.library.clip import Clip

N_FRAMES, HOP = 200, 512


def n_samples_of(chromosome: Chromosome) -> int:
    return chromosome.clip.length_samples


def some_placement(rng: np.random.Generator, number: int) -> Placement:
    clip = Clip(f"s{rng.integers(3)}", int(rng.integers(5000)), int(rng.integers(100, 20_000)))
    genes = (Append(Chromosome(Clip("s1", 7, 900))),) if rng.random() < 0.3 else ()
    onset = int(rng.integers(-5000, N_FRAMES * HOP + 5000))
    return Placement(number, Chromosome(clip, genes), onset, (1.0,), 1, 0)


def counted_anew(placements: dict[int, Placement]) -> tuple[np.ndarray, dict[str, int]]:
    """The slow twin: every frame and every source out of the list, sample by sample in time."""
    counts, used = np.zeros(N_FRAMES, np.int64), {}
    for placement in placements.values():
        chromosome = placement.chromosome
        end = placement.onset_samples + n_samples_of(chromosome)
        for frame in range(N_FRAMES):
            counts[frame] += placement.onset_samples < (frame + 1) * HOP and end > frame * HOP
        for clip in [chromosome.clip, *(gene.chromosome.clip for gene in chromosome.genes)]:
            used[clip.source] = used.get(clip.source, 0) + clip.length_samples
    return counts, used


def test_following_equals_counting_anew(rng: np.random.Generator) -> None:
    tally = Tally(N_FRAMES, HOP)
    placements: dict[int, Placement] = {}
    for number in range(60):
        placements[number] = some_placement(rng, number)
        if number % 3 == 2:
            del placements[int(rng.choice(list(placements)))]
        tally.follow(placements, n_samples_of)
        assert not tally.follow(placements, n_samples_of)
        counts, used = counted_anew(placements)
        np.testing.assert_array_equal(tally.counts, counts)
        assert {s: n for s, n in tally.used_samples.items() if n} == used
        assert sum(uses.onsets.size for uses in tally.uses.values()) == sum(
            1 + len(p.chromosome.genes) for p in placements.values()
        )


def test_the_overlap_is_a_share_of_the_shorter() -> None:
    tally = Tally(N_FRAMES, HOP)
    placement = Placement(1, Chromosome(Clip("s0", 1000, 2000)), 0, (1.0,), 1, 0)
    tally.follow({1: placement}, n_samples_of)
    uses = tally.uses["s0"]
    for clip, share in (
        (Clip("s0", 1000, 2000), 1.0),
        (Clip("s0", 2000, 500), 1.0),
        (Clip("s0", 2000, 2000), 0.5),
        (Clip("s0", 3000, 2000), 0.0),
    ):
        assert uses.overlap(clip).tolist() == [share]


def test_who_sounds_when() -> None:
    tally = Tally(N_FRAMES, HOP)
    clip = Chromosome(Clip("s0", 0, 10 * HOP))
    list_of = {n: Placement(n, clip, onset * HOP, (1.0,), 1, 0) for n, onset in ((1, 0), (2, 5))}
    tally.follow(list_of, n_samples_of)
    assert [tally.sounding(frame) for frame in (4, 5, 9, 10, 15)] == [[1], [1, 2], [1, 2], [2], []]
    assert tally.span(-3 * HOP, 5 * HOP) == (0, 2)
    assert tally.span(HOP + 1, HOP) == (1, 3)
    assert tally.span(500 * HOP, HOP) == (N_FRAMES, N_FRAMES)


def test_one_that_gave_way_to_a_rival_is_counted_anew() -> None:
    """The rival has its id."""
    tally = Tally(N_FRAMES, HOP)
    before = Placement(1, Chromosome(Clip("s0", 0, 10 * HOP)), 0, (1.0,), 1, 0)
    assert tally.follow({1: before}, n_samples_of)
    louder = dataclasses.replace(before, gains=(2.0,))
    assert not tally.follow({1: louder}, n_samples_of)
    rival = dataclasses.replace(louder, chromosome=Chromosome(Clip("s1", 0, 4 * HOP)))
    assert tally.follow({1: rival}, n_samples_of)
    assert (tally.counts.sum(), tally.used_samples) == (4, {"s0": 0, "s1": 4 * HOP})
    later = dataclasses.replace(rival, onset_samples=20 * HOP)
    assert tally.follow({1: later}, n_samples_of)
    assert np.flatnonzero(tally.counts).tolist() == [20, 21, 22, 23]


def test_frames_of_a_kind_are_counted_in_any_span(rng: np.random.Generator) -> None:
    is_of_kind = rng.random(N_FRAMES) < 0.3
    count = FrameCount(N_FRAMES)
    assert count.between(0, N_FRAMES) == 0
    count.follow(is_of_kind)
    firsts, lasts = np.sort(rng.integers(0, N_FRAMES + 1, (2, 50)), axis=0)
    expected = [int(is_of_kind[a:b].sum()) for a, b in zip(firsts, lasts, strict=True)]
    assert count.between(firsts, lasts).tolist() == expected
    assert count.between(int(firsts[0]), int(lasts[0])) == expected[0]
