from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.repeat import Repeat
from phenotune.genome.rendering import render, to_channels
from phenotune.kernels.mixing import add_fixed, fixed_to_float
from phenotune.library.clip import Clip
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.rendering import (
    render_blocks,
    render_groups,
    render_placements,
    sources_heard,
)
from phenotune.mosaic.sources import MosaicSources
from phenotune.units import samples_at_rate

RATE_HZ = 1000


class Ones:
    """Sources of ones, of any name, at 1 kHz: one channel, or two for names that begin with ``stereo``."""

    def samples(self, source_id: str, rate_hz: int) -> Samples:
        sound = np.ones((1, 10 * rate_hz // RATE_HZ), np.float32)
        if source_id.startswith("stereo"):
            return np.concatenate([sound, 3.0 * sound])
        return sound

    def rate_hz(self, source_id: str) -> int:
        return RATE_HZ


def placed(id: int, onset: int, *gains: float, source: str = "mono", length: int = 4) -> Placement:
    return Placement(id, Chromosome(Clip(source, 0, length)), onset, gains, 1, 1)


def sound(*placements: Placement, n_channels: int = 1, rate_hz: int = RATE_HZ) -> list[list[float]]:
    return render_placements(
        placements,
        Ones(),
        n_channels=n_channels,
        n_samples=8 * rate_hz // RATE_HZ,
        own_rate_hz=RATE_HZ,
        rate_hz=rate_hz,
        fade_ms=0.0,
    ).tolist()


def test_placements_add_up_where_they_fall() -> None:
    assert sound(placed(1, 1, 0.5), placed(2, 3, 0.25)) == [
        [0, 0.5, 0.5, 0.75, 0.75, 0.25, 0.25, 0]
    ]


def test_what_is_muted_is_not_heard() -> None:
    loud, muted = placed(1, 1, 0.5), replace(placed(2, 3, 0.25), muted=True)
    assert sound(loud, muted) == sound(loud)


@pytest.mark.parametrize("onset", [-4, -100, 8, 100, 10**12, -(10**12)])
def test_what_falls_outside_is_left_out(onset: int) -> None:
    assert sound(placed(1, onset, 1.0)) == [[0.0] * 8]


def test_what_falls_half_outside_sounds_by_half() -> None:
    assert sound(placed(1, -2, 1.0), placed(2, 7, 0.5)) == [[1, 1, 0, 0, 0, 0, 0, 0.5]]


def test_mono_goes_to_both_channels_with_a_gain_each() -> None:
    assert sound(placed(1, 0, 1.0, -0.5), n_channels=2) == [[1] * 4 + [0] * 4, [-0.5] * 4 + [0] * 4]


def test_stereo_keeps_its_channels_and_is_folded_for_mono() -> None:
    stereo = placed(1, 0, 1.0, 1.0, source="stereo")
    assert sound(stereo, n_channels=2) == [[1] * 4 + [0] * 4, [3] * 4 + [0] * 4]
    assert sound(placed(1, 0, 1.0, source="stereo")) == [[2] * 4 + [0] * 4]


def test_onsets_move_with_the_rate() -> None:
    assert sound(placed(1, 3, 1.0), rate_hz=2 * RATE_HZ) == [[0] * 6 + [1] * 8 + [0] * 2]


def test_nothing_is_silence_of_the_right_size() -> None:
    assert sound(n_channels=2) == [[0.0] * 8, [0.0] * 8]


def test_the_order_of_placements_does_not_matter(rng: np.random.Generator) -> None:
    placements = [
        placed(i, int(rng.integers(-3, 8)), float(rng.normal()), length=int(rng.integers(1, 10)))
        for i in range(50)
    ]
    assert sound(*placements) == sound(*reversed(placements))


def test_sources_inside_genes_are_heard() -> None:
    inner = Chromosome(Clip("b", 0, 1), (Append(Chromosome(Clip("c", 0, 1))),))
    outer = Placement(1, Chromosome(Clip("a", 0, 1), (Append(inner),)), 0, (1.0,), 1, 1)
    assert sources_heard([outer]) == {"a", "b", "c"}
    assert sources_heard([]) == set()


def scattered(rng: np.random.Generator, n_placements: int = 60) -> list[Placement]:
    """Placements before, in and beyond eight thousand samples, some of them of the same chromosome, some repeated."""
    placements = []
    for number in range(1, n_placements + 1):
        clip = Clip("mono" if number % 3 else "stereo", 0, int(rng.integers(1, 9)))
        genes = (Repeat(int(rng.integers(1, 4))),) if number % 4 == 0 else ()
        gains = (float(rng.normal()), float(rng.normal()))
        onset = int(rng.integers(-20, 40))
        placements.append(Placement(number, Chromosome(clip, genes), onset, gains, 1, 1))
    return placements


def at_once(placements: Sequence[Placement], n_samples: int = 32) -> Samples:
    """The slow twin: one sum over all of it, clip by clip, on one thread."""
    total = np.zeros((2, n_samples), np.int64)
    for placement in placements:
        samples = to_channels(render(placement.chromosome, Ones(), RATE_HZ, fade_ms=1.0), 2)
        add_fixed(total, samples, np.array(placement.gains), placement.onset_samples, 1)
    out = np.empty(total.shape, np.float32)
    fixed_to_float(total, 0, out)
    return out


def arguments(**more: Any) -> dict[str, Any]:
    usual = {"n_channels": 2, "n_samples": 32, "own_rate_hz": RATE_HZ, "rate_hz": RATE_HZ}
    return {**usual, "fade_ms": 1.0, **more}


def joined(blocks: Iterator[Samples]) -> Samples:
    return np.concatenate(list(blocks), axis=1)


@pytest.mark.parametrize("n_threads", [1, 3])
@pytest.mark.parametrize("block_samples", [1, 5, 32, 100, None])
def test_blocks_are_the_whole_bit_for_bit(
    block_samples: int | None, n_threads: int, rng: np.random.Generator
) -> None:
    placements = scattered(rng)
    asked = arguments(block_samples=block_samples, n_threads=n_threads)
    blocks = list(render_blocks(placements, Ones(), **asked))
    assert np.array_equal(np.concatenate(blocks, axis=1), at_once(placements))
    if block_samples is not None:
        assert {block.shape[1] for block in blocks[:-1]} <= {block_samples}


def test_a_part_is_cut_out_of_the_whole(rng: np.random.Generator) -> None:
    placements = scattered(rng)
    for first, length in ((0, 10), (7, 9), (31, 1), (20, 12), (5, 0)):
        asked = arguments(n_samples=length, first_samples=first, block_samples=4)
        blocks = [np.empty((2, 0), np.float32), *render_blocks(placements, Ones(), **asked)]
        part = np.concatenate(blocks, axis=1)
        assert np.array_equal(part, at_once(placements)[:, first : first + length])


def test_what_cannot_reach_a_part_is_not_rendered(rng: np.random.Generator) -> None:
    class Counting(Ones):
        asked = 0

        def samples(self, source_id: str, rate_hz: int) -> Samples:
            self.asked += 1
            return super().samples(source_id, rate_hz)

    sounds = Counting()
    early, late = placed(1, 0, 1.0), placed(2, 5000, 0.5)
    asked = arguments(n_channels=1, n_samples=10, first_samples=5000, fade_ms=0.0)
    assert joined(render_blocks([early, late], sounds, **asked))[0, :4].tolist() == [0.5] * 4
    assert sounds.asked == 1


def test_groups_add_up_to_the_whole(rng: np.random.Generator) -> None:
    placements = scattered(rng)
    groups = [placements[::3], placements[1::3], [], placements[2::3]]
    blocks = list(render_groups(groups, Ones(), **arguments(block_samples=7)))
    assert {len(sounds) for sounds in blocks} == {4}
    stems = [np.concatenate([sounds[i] for sounds in blocks], axis=1) for i in range(4)]
    for group, stem in zip(groups, stems, strict=True):
        assert np.array_equal(stem, at_once(group))
    np.testing.assert_allclose(sum(stems), at_once(placements), atol=1e-6)


def test_many_groups_come_in_short_blocks() -> None:
    groups = [[placed(1, 0, 1.0, 1.0)]] * 16
    first = next(render_groups(groups, Ones(), **arguments(n_samples=10**6)))
    assert first[0].shape[1] == 2**14


def test_progress_rises_to_one(rng: np.random.Generator) -> None:
    told: list[float] = []
    asked = arguments(block_samples=10, progress=told.append)
    joined(render_blocks(scattered(rng), Ones(), **asked))
    assert told == [10 / 32, 20 / 32, 30 / 32, 1.0]
    assert not list(render_blocks([], Ones(), **arguments(n_samples=0, progress=told.append)))
    assert told[-1] == 1.0


def test_huge_onsets_cost_nothing() -> None:
    for onset in (2**53, -(2**53)):
        assert not joined(render_blocks([placed(1, onset, 1.0, 1.0)], Ones(), **arguments())).any()


@pytest.mark.parametrize("name", ["block_samples", "n_threads"])
def test_sizes_that_make_no_sense_are_refused(name: str) -> None:
    with pytest.raises(ParameterError, match=f"{name}: expected 1 or more, got 0"):
        render_blocks([], Ones(), **arguments(**{name: 0}))


def test_an_error_on_a_thread_comes_out() -> None:
    class Broken(Ones):
        def samples(self, source_id: str, rate_hz: int) -> Samples:
            raise ParameterError("no sound today")

    with pytest.raises(ParameterError, match="no sound today"):
        joined(render_blocks([placed(1, 0, 1.0, 1.0)], Broken(), **arguments()))


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000])
def test_real_genes_in_blocks_at_any_rate(mosaic: Mosaic, rate_hz: int) -> None:
    sounds = MosaicSources(mosaic.sources, Path())
    n_samples = mosaic.target.n_samples(rate_hz)
    total = np.zeros((2, n_samples), np.int64)
    for placement in mosaic.placements:
        samples = render(placement.chromosome, sounds, rate_hz, fade_ms=5.0)
        onset = samples_at_rate(placement.onset_samples, 44_100, rate_hz)
        add_fixed(total, samples, np.array(placement.gains), onset, 1)
    wanted = np.empty(total.shape, np.float32)
    fixed_to_float(total, 0, wanted)
    asked = arguments(n_samples=n_samples, own_rate_hz=44_100, rate_hz=rate_hz, fade_ms=5.0)
    assert np.array_equal(
        joined(render_blocks(mosaic.placements, sounds, **asked, block_samples=999)), wanted
    )
    assert np.array_equal(render_placements(mosaic.placements, sounds, **asked), wanted)
