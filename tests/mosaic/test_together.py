"""Several mosaics at once: bit for bit what each gives when it is rendered alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from phenotune.errors import ParameterError
from phenotune.genome.rendering import Sounds
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.sources import MosaicSources
from phenotune.mosaic.together import Together


@pytest.fixture
def states(mosaic: Mosaic) -> list[Mosaic]:
    """The mosaic as it may have come to be: clip by clip, with other gains, another fade, and one muted."""
    some = replace(mosaic, placements=mosaic.placements[:2])
    quieter = [replace(each, gains=(0.25, -0.125)) for each in mosaic.placements]
    muted = [replace(each, muted=each.id == 1) for each in mosaic.placements]
    return [
        replace(mosaic, placements=()),
        some,
        replace(mosaic, placements=tuple(quieter), fade_ms=1.0),
        replace(mosaic, placements=tuple(muted)),
        mosaic,
    ]


@pytest.fixture
def sounds(mosaic: Mosaic) -> Sounds:
    return MosaicSources(mosaic.sources, Path.cwd())


@pytest.mark.parametrize("rate_hz", [44_100, 32_000])
def test_the_whole_song_is_what_each_renders_alone(
    states: list[Mosaic], sounds: Sounds, rate_hz: int
) -> None:
    alone = [mosaic.render(rate_hz) for mosaic in states]
    together = Together(states, sounds, rate_hz)
    assert (together.n_mosaics, together.n_channels) == (5, 2)
    sound = together.between(0, alone[0].shape[1])
    np.testing.assert_array_equal(sound, alone)
    assert sound[4].any()
    assert not np.array_equal(sound[3], sound[4])


@pytest.mark.parametrize("n_block", [1, 4409, 4410, 4411, 22_049])
def test_blocks_put_together_are_the_whole(
    states: list[Mosaic], sounds: Sounds, n_block: int
) -> None:
    n_samples = 22_050 if n_block > 1 else 3
    together = Together(states, sounds, 44_100)
    blocks = [
        together.between(start, min(start + n_block, n_samples))
        for start in range(0, n_samples, n_block)
    ]
    whole = np.stack([mosaic.render() for mosaic in states])[..., :n_samples]
    np.testing.assert_array_equal(np.concatenate(blocks, axis=2), whole)


def test_a_block_may_reach_over_both_ends(states: list[Mosaic], sounds: Sounds) -> None:
    together = Together(states, sounds, 44_100)
    wide = together.between(-1000, 23_050)
    np.testing.assert_array_equal(wide[..., 1000:23_050], together.between(0, 22_050))
    assert together.between(10**9, 10**9 + 7).any() == np.False_


def test_they_must_be_alike(mosaic: Mosaic, sounds: Sounds) -> None:
    with pytest.raises(ParameterError, match=r"same rate and channels, got .* \[\(44100, 2\), "):
        Together([mosaic, replace(mosaic, rate_hz=48_000)], sounds, 44_100)
    with pytest.raises(ParameterError, match="one or more"):
        Together([], sounds, 44_100)
