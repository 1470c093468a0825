from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.library.clip import Clip
from phenotune.mosaic.rendering import by_chromosome, render_placements, sources_heard

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


def test_what_sounds_twice_is_grouped() -> None:
    placements = [placed(1, 0, 1.0), placed(2, 4, 0.5), placed(3, 1, 1.0, length=2)]
    groups = by_chromosome(placements)
    assert [[placement.id for placement in group] for group in groups.values()] == [[1, 2], [3]]


def test_sources_inside_genes_are_heard() -> None:
    inner = Chromosome(Clip("b", 0, 1), (Append(Chromosome(Clip("c", 0, 1))),))
    outer = Placement(1, Chromosome(Clip("a", 0, 1), (Append(inner),)), 0, (1.0,), 1, 1)
    assert sources_heard([outer]) == {"a", "b", "c"}
    assert sources_heard([]) == set()
