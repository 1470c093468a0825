"""The target as its own library: where its clips may not sound, so that the mosaic is no copy of it.

A clip of the target fits best where it was cut. Two rules keep it from there, each by itself or both together: no
moment of the target sounds within a time of where it is in the target, and every clip of it sounds another octave. They
are no weights: what they forbid neither lands nor takes the place of another clip.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.pieces import Piece, pieces_of

OCTAVE_CENTS = 1200.0
LEAST_CENTS = 1100.0
"""What still counts as another octave: a semitone less."""
SLACK_S = 0.002
"""As far as rounding at every gene may move a moment."""
N_KNOWN = 4096
"""Chromosomes whose rule is remembered."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """Whether a chromosome may sound at all, and the onsets in seconds, each low to its high, at which it may not."""

    may_sound: bool
    lows: NDArray[np.float64]
    highs: NDArray[np.float64]


class OwnPlace:
    """Tells where a chromosome with clips of the target may start. Several threads may ask it at once.

    Parameters
    ----------
    of_target
        Ids of the sources that are the target.
    rates_hz
        Sampling rate of each source of the library, by its id.
    rate_hz
        Rate of the canvas, at which onsets are counted.
    own_place_s
        No moment sounds nearer than this to its own place; 0 is off.
    other_octave
        Whether every clip has to sound at least an octave, less a semitone, above or below.
    """

    def __init__(
        self,
        of_target: Collection[str],
        rates_hz: Mapping[str, float],
        rate_hz: int,
        *,
        own_place_s: float = 0.0,
        other_octave: bool = False,
    ) -> None:
        self._of_target = frozenset(of_target)
        self._rates_hz = dict(rates_hz)
        self._rate_hz = rate_hz
        self._own_place_s = own_place_s
        self._other_octave = other_octave
        self._rule_of = lru_cache(maxsize=N_KNOWN)(self._rule)

    def permits(self, chromosome: Chromosome, onset: int) -> bool:
        """Whether a chromosome may start at an onset, in samples of the canvas."""
        rule, onset_s = self._rule_of(chromosome), onset / self._rate_hz
        return rule.may_sound and not bool(np.any((rule.lows < onset_s) & (onset_s < rule.highs)))

    def permitted(self, chromosome: Chromosome, onsets: NDArray[np.int64]) -> NDArray[np.bool_]:
        """The same for many onsets at once, bool (n,)."""
        rule, onsets_s = self._rule_of(chromosome), onsets / self._rate_hz
        out = np.full(onsets.shape, rule.may_sound)
        for low, high in zip(rule.lows, rule.highs, strict=True):
            out &= (onsets_s <= low) | (high <= onsets_s)
        return out

    def may_sound(self, chromosome: Chromosome) -> bool:
        """Whether it may sound anywhere: whether every clip of the target in it has another octave, if it has to."""
        return self._rule_of(chromosome).may_sound

    def _rule(self, chromosome: Chromosome) -> _Rule:
        pieces = pieces_of(chromosome, self._rates_hz)
        own = [piece for piece in pieces if piece.source in self._of_target]
        may_sound = not self._other_octave or all(abs(p.cents) >= LEAST_CENTS for p in own)
        forbidden = [self._forbidden(piece) for piece in own] if self._own_place_s else []
        lows, highs = np.array(forbidden, np.float64).reshape(-1, 2).T
        return _Rule(may_sound, lows, highs)

    def _forbidden(self, piece: Piece) -> tuple[float, float]:
        """The onsets, in seconds, between which some moment of the piece would sound too near its own place.

        How much later a moment sounds than it is in the target changes evenly along the piece, so that its two ends are
        the least and the most of it.
        """
        ends = (piece.start_s - piece.from_s, piece.end_s - piece.to_s)
        away_s = self._own_place_s + SLACK_S
        return -away_s - max(ends), away_s - min(ends)


def octaves_within(min_cents: float, max_cents: float) -> tuple[float, ...]:
    """The intervals of a range that are nearest to an octave down and up; none where it reaches neither.

    >>> octaves_within(-1200.0, 1150.0), octaves_within(-600.0, 600.0), octaves_within(1300.0, 2400.0)
    ((-1200.0, 1150.0), (), (1300.0,))
    """
    nearest = [min(max(octave, min_cents), max_cents) for octave in (-OCTAVE_CENTS, OCTAVE_CENTS)]
    return tuple(dict.fromkeys(cents for cents in nearest if abs(cents) >= LEAST_CENTS))
