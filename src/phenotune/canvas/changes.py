"""What has changed on a canvas, for those who keep something that is derived from it."""

from __future__ import annotations

from collections import deque

MAX_KEPT = 256
"""Changes that are remembered."""


class Changes:
    """Remembers which frames the latest changes touched.

    Parameters
    ----------
    n_frames
        Of the canvas.
    """

    def __init__(self, n_frames: int) -> None:
        self._n_frames = n_frames
        self._n_noted = 0
        self._kept: deque[range] = deque(maxlen=MAX_KEPT)

    def note(self, frames: range) -> None:
        """Remember a change; one that touched no frame counts as well."""
        self._n_noted += 1
        self._kept.append(frames)

    def since(self, version: int) -> range:
        """Frames within which all changes after the first ``version`` lie; all frames if that is too long ago.

        >>> changes = Changes(100)
        >>> changes.note(range(3, 7)), changes.note(range(20, 22))
        (None, None)
        >>> changes.since(0), changes.since(1), changes.since(2), changes.since(-1)
        (range(3, 22), range(20, 22), range(0, 0), range(0, 100))
        """
        n_wanted = self._n_noted - version
        kept = list(self._kept)
        if version < 0 or n_wanted > len(kept):
            return range(self._n_frames)
        frames = [each for each in kept[len(kept) - n_wanted :] if each]
        if not frames:
            return range(0)
        return range(min(each.start for each in frames), max(each.stop for each in frames))
