"""The beat as the direction sees it: the lines of a grid, and how near to them a clip starts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

ON_THE_BEAT_S = 0.02
"""As far as a clip may start from a line and be on the beat: about what the ear lets pass."""


@dataclass(frozen=True)
class Beat:
    """Where the lines of a grid are, and what becomes of onsets off them.

    Parameters
    ----------
    strength
        How strongly they are pulled to a line, 0 to 1.
    to_line
        The line nearest to an onset, both in samples.
    off_weight
        What a clip weighs that starts off the lines; 1 where that does not matter.
    """

    strength: float
    to_line: Callable[[int], int]
    off_weight: float = 1.0

    def weight(self, onset: int, rate_hz: int, hop: int) -> float:
        """What a clip weighs that starts at an onset, in samples: 1 within 20 ms of a line, or within a frame."""
        away = abs(self.to_line(onset) - onset)
        return 1.0 if away <= max(ON_THE_BEAT_S * rate_hz, hop) else self.off_weight

    def curve(self, n_frames: int, rate_hz: int, hop: int) -> NDArray[np.float64]:
        """What onsets in each frame weigh when onsets are proposed, float64 (n_frames,).

        A pull leads to the line in the end, so only a frame counts that has one within a frame. Proposals are read off
        every other frame; so each line has one of these beside it.
        """
        onsets = np.arange(n_frames) * hop
        lines = np.array([self.to_line(int(onset)) for onset in onsets])
        away = np.abs(lines - onsets)
        pulled = np.where(away <= hop, 1.0, 1.0 - self.strength)
        within = max(ON_THE_BEAT_S * rate_hz, hop)
        return np.asarray(pulled * np.where(away <= within, 1.0, self.off_weight))
