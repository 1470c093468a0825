"""The sound of a film: each scene where it is shown, with short cross-fades, all at one gain."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.report.film.timeline import Segment, Timeline
from phenotune.units import s_to_samples

CROSSFADE_S = 0.06
EDGE_S = 0.005
"""How long sound is faded where the song begins anew, since a loop that was cut out may begin and end anywhere."""


class FilmSound:
    """Puts the sound together from that of the scenes, which comes in blocks of the song.

    Two scenes that follow one another are much alike, so that the weights of a cross-fade add up to one in amplitude.

    Parameters
    ----------
    timeline
        When which scene is heard.
    n_channels
        Channels of the sound.
    """

    def __init__(self, timeline: Timeline, n_channels: int) -> None:
        self.samples: Samples = np.zeros((n_channels, timeline.n_samples), np.float32)
        shortest = min(segment.end - segment.begin for segment in timeline.segments)
        self._half = min(s_to_samples(CROSSFADE_S / 2, timeline.rate_hz), shortest // 2)
        self._edge = min(s_to_samples(EDGE_S, timeline.rate_hz), shortest // 2)
        self._segments = timeline.segments

    def add(self, start: int, scenes: NDArray[np.float32]) -> None:
        """Take what a block of the song sounds like in every scene.

        Parameters
        ----------
        start
            Where the block begins, in samples from the beginning of the stretch. Blocks must not overlap.
        scenes
            float32 (n_scenes, n_channels, n).
        """
        end = start + scenes.shape[2]
        for segment in self._segments:
            shift = segment.begin - segment.song  # from the song to the film
            begin, stop = self._reach(segment)
            first, last = max(begin, start + shift), min(stop, end + shift)
            if first < last:
                block = slice(first - shift - start, last - shift - start)
                weights = self._weights(segment, np.arange(first, last))
                self.samples[:, first:last] += weights * scenes[segment.scene, :, block]

    def _reach(self, segment: Segment) -> tuple[int, int]:
        """Where a segment is heard, with what reaches into its neighbours."""
        begin = segment.begin - (self._half if segment.joins_before else 0)
        return begin, segment.end + (self._half if segment.joins_after else 0)

    def _weights(self, segment: Segment, at: NDArray[np.int64]) -> NDArray[np.float32]:
        """Weight of a segment at samples of the film."""
        rise, fall = np.ones(at.size), np.ones(at.size)
        if segment.joins_before and self._half:
            rise = _risen((at - segment.begin + self._half + 0.5) / (2 * self._half))
        elif not segment.joins_before and self._edge:
            rise = _risen((at - segment.begin + 0.5) / self._edge)
        if segment.joins_after and self._half:
            fall = 1.0 - _risen((at - segment.end + self._half + 0.5) / (2 * self._half))
        elif not segment.joins_after and self._edge:
            fall = 1.0 - _risen((at - segment.end + self._edge + 0.5) / self._edge)
        return np.asarray(rise * fall, np.float32)


def _risen(position: NDArray[np.float64]) -> NDArray[np.float64]:
    """A raised cosine from 0 at 0 to 1 at 1."""
    return 0.5 - 0.5 * np.cos(np.pi * np.clip(position, 0.0, 1.0))
