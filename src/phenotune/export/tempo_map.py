"""Bars and beats over the seconds of a mosaic, as a MIDI file has them."""

from __future__ import annotations

import math
from dataclasses import dataclass

TICKS_PER_BEAT = 1920
SLOW_BPM = 32.0
"""Below it a beat has a multiple of these ticks, so that none lasts longer than a millisecond."""

BEATS_A_BAR = 4
_MAX_US = 2**24 - 1


@dataclass(frozen=True, slots=True)
class TempoMap:
    """Bars and beats over the seconds of a mosaic.

    Where the first beat is not at 0, a bar before it is stretched so that it ends there: onsets keep their seconds, and
    beats fall on bar lines.

    Parameters
    ----------
    lead_beats
        Beats of the bar before the first beat, 0 where there is none.
    lead_s
        How long that bar is.
    us_per_beat
        Length of all other beats in microseconds, whole ones as the file has it.
    ticks_per_beat
        Of all beats.
    """

    lead_beats: int
    lead_s: float
    us_per_beat: int
    ticks_per_beat: int = TICKS_PER_BEAT

    @classmethod
    def of(cls, bpm: float, first_beat_s: float) -> TempoMap:
        """The map of a tempo and the first beat."""
        us_per_beat = max(1, min(_MAX_US, round(60e6 / bpm)))
        ticks_per_beat = TICKS_PER_BEAT * math.ceil(max(1.0, SLOW_BPM / bpm))
        if first_beat_s <= 0.0:
            return cls(0, 0.0, us_per_beat, ticks_per_beat)
        lead_beats = round(first_beat_s * 1e6 / us_per_beat)
        lead_s = first_beat_s
        if lead_beats == 0:  # no room for a beat: the bar after it is stretched a little instead
            lead_beats, lead_s = BEATS_A_BAR, first_beat_s + BEATS_A_BAR * us_per_beat / 1e6
        return cls(lead_beats, lead_s, us_per_beat, ticks_per_beat)

    @property
    def lead_us_per_beat(self) -> int:
        """Length of a beat of the first bar in microseconds."""
        return min(_MAX_US, round(self.lead_s * 1e6 / self.lead_beats))

    def tick(self, time_s: float) -> int:
        """The tick that is nearest to a time."""
        lead_us = self.lead_beats * (self.lead_us_per_beat if self.lead_beats else 0)
        time_us = time_s * 1e6
        if time_us < lead_us:
            return round(time_us * self.ticks_per_beat / self.lead_us_per_beat)
        after = round((time_us - lead_us) * self.ticks_per_beat / self.us_per_beat)
        return self.lead_beats * self.ticks_per_beat + after
