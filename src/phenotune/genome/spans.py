"""What variation knows of a library: how long its sources are, and how long a clip may be. Numbers, never sound."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from phenotune.errors import ParameterError
from phenotune.library.clip import Clip
from phenotune.units import s_to_samples, samples_to_s

_SHORTEST_SLIDE_S = 0.001
_LONGEST_SLIDE_CLIPS = 2.0
_RESIZE_OCTAVES = 0.5


@dataclass(frozen=True, slots=True)
class Span:
    """One source, as variation sees it.

    Parameters
    ----------
    source_id
        Its id in the library.
    rate_hz
        Its own sampling rate.
    n_samples
        Its length at that rate, at least 1.
    cents
        The pitches at which founders that are cut from it begin; empty where they sound as they are.
    """

    source_id: str
    rate_hz: int
    n_samples: int
    cents: tuple[float, ...] = ()


class Spans:
    """The sources of a library, with the limits of the clips that are cut from them.

    Parameters
    ----------
    sources
        At least one. Their order matters: the same seed draws the same clips from the same order.
    min_clip_s, max_clip_s
        Limits of a clip's length. A source shorter than the least is used whole.
    clip_s
        Pre-slicing: founders are the pieces of a grid of this length, and ``max_clip_s`` gives way to it. 0 is off.
    kept
        Sources that no clip is drawn from; those that were drawn before vary like any other.

    Raises
    ------
    ParameterError
        If there is no source, an empty one, or if the limits are out of order.
    """

    def __init__(
        self,
        sources: Sequence[Span],
        *,
        min_clip_s: float = 0.15,
        max_clip_s: float = 3.0,
        clip_s: float = 0.0,
        kept: Sequence[Span] = (),
    ) -> None:
        if not sources or any(span.n_samples < 1 for span in sources):
            raise ParameterError("sources: expected at least one, each with at least one sample")
        if not 0.0 < min_clip_s <= max_clip_s:
            raise ParameterError(
                f"min_clip_s, max_clip_s: expected 0 < min <= max, got {min_clip_s:g} and {max_clip_s:g}"
            )
        self.sources = tuple(sources)
        self._by_id = {span.source_id: span for span in (*kept, *self.sources)}
        self.rates_hz = {number: span.rate_hz for number, span in self._by_id.items()}
        self._min_clip_s = min_clip_s
        self._max_clip_s = max(max_clip_s, clip_s)
        self._clip_s = clip_s
        roots = (math.sqrt(samples_to_s(span.n_samples, span.rate_hz)) for span in self.sources)
        self._cumulative = list(accumulate(roots))

    def draw_clip(self, rng: np.random.Generator) -> Clip:
        """Draw a clip.

        The source is drawn with a probability in proportion to the square root of its duration, between one ticket a
        source, which neglects long records, and one a second, which neglects short ones. The length is drawn evenly in
        octaves, the start evenly; with pre-slicing both are those of a piece of the grid.
        """
        index = bisect_right(self._cumulative, rng.random() * self._cumulative[-1])
        span = self.sources[min(index, len(self.sources) - 1)]
        if self._clip_s > 0.0:
            return self._draw_piece(span, rng)
        shortest, longest = self._limits(span)
        length = round(shortest * (longest / shortest) ** rng.random())
        start = int(rng.integers(0, span.n_samples - length, endpoint=True))
        return Clip(span.source_id, start, length)

    def draw_cents(self, source_id: str, rng: np.random.Generator) -> float:
        """Draw the pitch that a founder out of a source begins with; 0, and no chance is used, where it has none."""
        cents = self._by_id[source_id].cents
        return cents[int(rng.integers(len(cents)))] if cents else 0.0

    def slide(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Move a clip inside its source, by a millisecond or by twice its length or by anything between.

        The step is drawn evenly in octaves, so that fine and coarse moves are as likely. At an end of the source it
        goes inwards; a clip as long as its source stays.
        """
        span = self._by_id[clip.source]
        last = max(span.n_samples - clip.length_samples, 0)
        shortest = max(_SHORTEST_SLIDE_S * span.rate_hz, 1.0)
        longest = max(_LONGEST_SLIDE_CLIPS * clip.length_samples, shortest)
        step = round(shortest * (longest / shortest) ** rng.random())
        if rng.random() < 0.5:
            step = -step
        start = clip.start_samples + step
        if not 0 <= start <= last:
            start = clip.start_samples - step
        return Clip(clip.source, min(max(start, 0), last), clip.length_samples)

    def resize(self, clip: Clip, rng: np.random.Generator) -> Clip:
        """Make a clip longer or shorter by a normal step of half an octave; its start or its end stays."""
        span = self._by_id[clip.source]
        shortest, longest = self._limits(span)
        length = round(clip.length_samples * 2.0 ** (_RESIZE_OCTAVES * rng.standard_normal()))
        length = min(max(length, shortest), longest)
        start = clip.start_samples
        if rng.random() < 0.5:
            start += clip.length_samples - length
        return Clip(clip.source, min(max(start, 0), span.n_samples - length), length)

    def _limits(self, span: Span) -> tuple[int, int]:
        shortest = min(max(s_to_samples(self._min_clip_s, span.rate_hz), 1), span.n_samples)
        longest = min(s_to_samples(self._max_clip_s, span.rate_hz), span.n_samples)
        return shortest, max(shortest, longest)

    def _draw_piece(self, span: Span, rng: np.random.Generator) -> Clip:
        length = max(s_to_samples(self._clip_s, span.rate_hz), 1)
        n_pieces, rest = divmod(span.n_samples, length)
        if n_pieces == 0 or samples_to_s(rest, span.rate_hz) >= self._min_clip_s:
            n_pieces += 1
        start = length * int(rng.integers(n_pieces))
        return Clip(span.source_id, start, min(length, span.n_samples - start))
