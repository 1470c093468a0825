"""Several mosaics of one run rendered together: what they have in common is rendered once.

From cycle to cycle most placements stay, and change no more than their gains. So a chromosome is rendered when a part
of the song needs it, and is then added to all mosaics that it sounds in.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.placement import Placement
from phenotune.errors import ParameterError
from phenotune.genome.anatomy import duration_s
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.rendering import Sounds, render, to_channels
from phenotune.mosaic.mosaic import Mosaic
from phenotune.units import samples_at_rate

SLACK_S = 0.05
"""A clip may last a few samples longer than is known before it is rendered."""


class Together:
    """Mosaics of the same run, of which any part can be heard.

    Parameters
    ----------
    mosaics
        At least one; all with the same rate and number of channels.
    sounds
        The sources.
    rate_hz
        Rate of the sound that is wanted.

    Raises
    ------
    ParameterError
        If they differ in rate or channels.
    """

    def __init__(self, mosaics: Sequence[Mosaic], sounds: Sounds, rate_hz: int) -> None:
        kinds = {(each.rate_hz, each.n_channels) for each in mosaics}
        if len(kinds) != 1:
            raise ParameterError(
                "mosaics: expected one or more with the same rate and channels, "
                f"got (rate_hz, n_channels) {sorted(kinds)}"
            )
        self.n_channels = mosaics[0].n_channels
        self.n_mosaics = len(mosaics)
        self._sounds = sounds
        self._rate_hz = rate_hz
        self._clips = _gathered(mosaics, sounds, rate_hz)

    def between(self, start: int, end: int) -> NDArray[np.float32]:
        """The sound of every mosaic from one sample to another.

        Parameters
        ----------
        start, end
            At the rate that is wanted; either may lie outside the song.

        Returns
        -------
        ndarray
            Float32 (n_mosaics, n_channels, end - start). Of each mosaic, samples inside the song are bit for bit those
            of :meth:`phenotune.mosaic.mosaic.Mosaic.render`.
        """
        from phenotune.kernels.mixing import add_fixed, fixed_to_float

        sums = np.zeros((self.n_mosaics, self.n_channels, end - start), np.int64)
        for clip in self._clips:
            landed = [each for each in clip.landed if each[1] < end and each[1] + clip.most > start]
            if not landed:
                continue
            phenotype = render(clip.chromosome, self._sounds, self._rate_hz, fade_ms=clip.fade_ms)
            samples = to_channels(phenotype, self.n_channels)
            for number, onset, gains in landed:
                add_fixed(sums[number], samples, gains, onset - start, 1)
        out = np.empty(sums.shape, np.float32)
        for number in range(self.n_mosaics):
            fixed_to_float(sums[number], 0, out[number])
        return out


class _Clip:
    """A chromosome and wherever it landed."""

    def __init__(self, chromosome: Chromosome, fade_ms: float, most: int) -> None:
        self.chromosome = chromosome
        self.fade_ms = fade_ms
        self.most = most
        self.landed: list[tuple[int, int, NDArray[np.float64]]] = []


def _gathered(mosaics: Sequence[Mosaic], sounds: Sounds, rate_hz: int) -> list[_Clip]:
    """All that is heard, by what sounds; the order is that of landing."""
    rates_hz = _Rates(sounds)
    clips: dict[tuple[Chromosome, float], _Clip] = {}
    for number, mosaic in enumerate(mosaics):
        for placement in mosaic.placements:
            if placement.muted:
                continue
            chromosome = placement.chromosome
            key = chromosome, mosaic.fade_ms
            clip = clips.get(key)
            if clip is None:
                seconds = duration_s(chromosome, rates_hz) + SLACK_S
                clip = clips[key] = _Clip(chromosome, mosaic.fade_ms, round(seconds * rate_hz))
            clip.landed.append((number, *_landing(placement, mosaic.rate_hz, rate_hz)))
    return list(clips.values())


def _landing(
    placement: Placement, own_rate_hz: int, rate_hz: int
) -> tuple[int, NDArray[np.float64]]:
    onset = samples_at_rate(placement.onset_samples, own_rate_hz, rate_hz)
    return onset, np.array(placement.gains, np.float64)


class _Rates(dict[str, float]):
    """The rate of each source, asked for when it is needed."""

    def __init__(self, sounds: Sounds) -> None:
        super().__init__()
        self._sounds = sounds

    def __missing__(self, source: str) -> float:
        self[source] = rate_hz = float(self._sounds.rate_hz(source))
        return rate_hz
