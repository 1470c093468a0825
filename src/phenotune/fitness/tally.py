"""What sounds when, and out of which source: the few facts of the placements that a direction asks for.

Everything is counted in whole numbers, so that a placement taken away leaves no trace and the order of landing does not
matter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip

_FramesT = TypeVar("_FramesT", int, NDArray[np.int64])


@dataclass(frozen=True, slots=True)
class Uses:
    """Where on the canvas the clips of one source lie.

    Parameters
    ----------
    starts, ends
        What is cut out of the source, in its own samples, int64 (n,).
    onsets
        Where it sounds, in samples of the canvas, int64 (n,).
    """

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    onsets: NDArray[np.int64]

    def overlap(self, clip: Clip) -> NDArray[np.float64]:
        """Share of the shorter of the two that each has in common with a clip of this source, float64 (n,)."""
        first = np.maximum(self.starts, clip.start_samples)
        last = np.minimum(self.ends, clip.start_samples + clip.length_samples)
        shorter = np.minimum(self.ends - self.starts, clip.length_samples)
        return np.asarray(np.maximum(last - first, 0) / np.maximum(shorter, 1))


class Tally:
    """Follows the list of placements.

    Parameters
    ----------
    n_frames, hop
        Frames of the canvas, and the samples between two of them.

    Attributes
    ----------
    counts
        Clips that sound somewhere in each frame, int64 (n_frames,).
    used_samples
        Samples that have been cut out of each source, at its own rate; 0 for a source that is not in it.
    uses
        What was cut out of each source.
    """

    def __init__(self, n_frames: int, hop: int) -> None:
        self.counts = np.zeros(n_frames, np.int64)
        self.used_samples: dict[str, int] = {}
        self.uses: dict[str, Uses] = {}
        self._hop = hop
        self._known: dict[int, _Entry] = {}

    def follow(
        self, placements: Mapping[int, Placement], n_samples_of: Callable[[Chromosome], int]
    ) -> bool:
        """Take in what has come and gone since the last time, and tell whether anything has.

        Parameters
        ----------
        placements
            All of them, by id. Their gains do not matter; one that was exchanged for a rival counts as gone and new.
        n_samples_of
            How long a chromosome sounds, in samples of the canvas.
        """
        touched: set[str] = set()
        gone = [n for n, e in sorted(self._known.items()) if not e.is_of(placements.get(n))]
        for number in gone:
            touched |= self._count(self._known.pop(number), -1)
        new = sorted(placements.keys() - self._known.keys())
        for number in new:
            placement = placements[number]
            first, last = self.span(placement.onset_samples, n_samples_of(placement.chromosome))
            entry = _Entry(first, last, placement, clips(placement.chromosome))
            self._known[number] = entry
            touched |= self._count(entry, 1)
        if touched:
            self._list_uses(touched)
        return bool(gone or new)

    def span(self, onset: int, n_samples: int) -> tuple[int, int]:
        """The frames, first and one behind the last, in which a clip sounds; both lie on the canvas."""
        first, last = onset // self._hop, -(-(onset + n_samples) // self._hop)
        return max(0, min(first, self.counts.size)), max(0, min(last, self.counts.size))

    def sounding(self, frame: int) -> list[int]:
        """Ids of the placements that sound in a frame, in their order."""
        return [n for n, e in sorted(self._known.items()) if e.first <= frame < e.last]

    def _count(self, entry: _Entry, sign: int) -> set[str]:
        self.counts[entry.first : entry.last] += sign
        for clip in entry.clips:
            used = self.used_samples.get(clip.source, 0) + sign * clip.length_samples
            self.used_samples[clip.source] = used
        return {clip.source for clip in entry.clips}

    def _list_uses(self, sources: set[str]) -> None:
        rows: dict[str, list[tuple[int, int, int]]] = {source: [] for source in sources}
        for entry in self._known.values():
            for clip in entry.clips:
                if clip.source in sources:
                    end = clip.start_samples + clip.length_samples
                    onset = entry.placement.onset_samples
                    rows[clip.source].append((clip.start_samples, end, onset))
        for source, found in rows.items():
            columns = np.array(found, np.int64).reshape(-1, 3).T
            self.uses[source] = Uses(*columns)


class FrameCount:
    """How many frames of some kind lie in any span of the canvas.

    Parameters
    ----------
    n_frames
        Of the canvas; at first none of them is of that kind.
    """

    def __init__(self, n_frames: int) -> None:
        self._n_before = np.zeros(n_frames + 1, np.int64)

    def follow(self, is_of_kind: NDArray[np.bool_]) -> None:
        """Take in which frames are of that kind, bool (n_frames,)."""
        np.cumsum(is_of_kind, out=self._n_before[1:])

    def between(self, first: _FramesT, last: _FramesT) -> _FramesT:
        """How many there are from the first frame to the one before the last: plain numbers or int64 (n,)."""
        count: _FramesT = self._n_before[last] - self._n_before[first]
        return count


@dataclass(frozen=True, slots=True)
class _Entry:
    """A placement as it was counted."""

    first: int
    last: int
    placement: Placement
    clips: tuple[Clip, ...]

    def is_of(self, placement: Placement | None) -> bool:
        """Whether that is the placement that was counted, whatever its gains."""
        counted = self.placement
        return placement is not None and (
            placement is counted
            or (
                placement.onset_samples == counted.onset_samples
                and placement.chromosome == counted.chromosome
            )
        )
