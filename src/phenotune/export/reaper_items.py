"""From placements to REAPER's items: live ones on the sources, and baked ones on rendered files."""

from __future__ import annotations

import colorsys
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import numpy as np

from phenotune.export.arrangement import Arrangement, Item
from phenotune.export.baking import Baked
from phenotune.export.names import plain_name
from phenotune.export.reaper_curves import Curve, curve_of_fades, polyline
from phenotune.export.reaper_pieces import Piece, Pieces, cut, faded
from phenotune.export.reaper_text import RppItem, Section
from phenotune.genome.fades import fade_samples
from phenotune.mosaic.facts import SourceFacts
from phenotune.units import samples_to_s

MARGIN_S = 0.05
"""What of a source is there beyond both ends of a section that is played backwards, for the ends to be moved."""

_GOLDEN = (math.sqrt(5.0) - 1.0) / 2.0
_FLAT = 1e-6
_SHORTEST_FADE = 16
"""Samples; REAPER's own fades and ours differ by half a sample, and a shorter one is better said by an envelope."""
_FAINT = 0.01
"""Where a fade is fainter, nothing is gained by correcting it."""


@dataclass(frozen=True, slots=True)
class Balance:
    """Gains of the channels as REAPER says them: one volume, a balance that lowers one side, and a polarity."""

    volume: float
    pan: float
    is_inverted: bool


UNITY = Balance(1.0, 0.0, False)


def balance(gains: tuple[float, ...]) -> Balance | None:
    """Say the gains of one or two channels as volume, balance and polarity.

    With the pan law at 0 dB a balance of ``pan`` above 0 multiplies the left channel by ``1 - pan``, and below 0 the
    right one by ``1 + pan``, whether the item is mono or stereo.

    Returns
    -------
    Balance or None
        None where the polarities differ.

    >>> balance((-0.5, -0.25))
    Balance(volume=0.5, pan=-0.5, is_inverted=True)
    """
    if min(gains) < 0.0 < max(gains):
        return None
    sizes = [abs(gain) for gain in gains]
    volume, is_inverted = max(sizes), min(gains) < 0.0
    if len(sizes) == 1 or sizes[0] == sizes[1]:
        return Balance(volume, 0.0, is_inverted)
    pan = sizes[1] / volume - 1.0 if sizes[0] > sizes[1] else 1.0 - sizes[0] / volume
    return Balance(volume, pan, is_inverted)


def colour_of(index: int) -> tuple[int, int, int]:
    """A colour for the source of this number, far from those of its neighbours."""
    hue = (index * _GOLDEN) % 1.0
    red, green, blue = colorsys.hls_to_rgb(hue, 0.55, 0.5)
    return round(255 * red), round(255 * green), round(255 * blue)


class Fades(NamedTuple):
    """Samples of the fades at both ends."""

    n_in: int
    n_out: int

    def of(self, piece: Piece, n_samples: int) -> Fades:
        """Those that a piece of a whole has to itself, for its item to show; what is left is for its envelope."""
        begins = piece.start_samples == 0 and _SHORTEST_FADE <= self.n_in <= piece.n_samples // 2
        ends = (
            piece.end_samples == n_samples and _SHORTEST_FADE <= self.n_out <= piece.n_samples // 2
        )
        return Fades(self.n_in if begins else 0, self.n_out if ends else 0)


class ItemMaker:
    """Makes the items of placements.

    Parameters
    ----------
    arrangement
        Where they belong.
    files
        The file of each source by its id, relative to the project; those of live placements are enough.
    """

    def __init__(self, arrangement: Arrangement, files: Mapping[str, str]) -> None:
        self._arrangement = arrangement
        self._rate_hz = arrangement.rate_hz
        self._files = files
        numbers = (source.id for source in arrangement.used_sources)
        self.colours = {number: colour_of(i) for i, number in enumerate(numbers)}

    def baked(self, item: Item, baked: Baked, file: str, said: Balance) -> RppItem | None:
        """The item of a rendered placement; None where all of it lies before the start.

        Parameters
        ----------
        item
            The placement.
        baked
            Its file.
        file
            The same relative to the project.
        said
            Its gains; :data:`UNITY` where they are in the file.
        """
        skipped = max(-item.onset_samples, 0)
        if skipped >= baked.n_samples:
            return None
        return RppItem(
            name=f"{plain_name(item.name)} #{item.placement.id}",
            file=file,
            position_s=self._s(item.onset_samples + skipped),
            length_s=self._s(baked.n_samples - skipped),
            offset_s=self._s(skipped),
            volume=said.volume,
            pan=said.pan,
            is_inverted=said.is_inverted,
            is_muted=item.is_muted,
            is_locked=item.placement.locked,
            colour=self.colours[item.source.id],
        )

    def live(self, item: Item, whole: Pieces, said: Balance) -> Iterator[tuple[str, RppItem]]:
        """The items of a placement on its sources, each with the source's id; what lies before the start is cut off.

        Parameters
        ----------
        item
            The placement.
        whole
            Its pieces, not yet faded.
        said
            Its gains.
        """
        n_fade = fade_samples(whole.n_samples, self._rate_hz, self._arrangement.mosaic.fade_ms)
        fades = Fades(n_fade, n_fade)
        skipped = max(-item.onset_samples, 0)
        if skipped > 0:
            whole = cut(faded(whole, n_fade, 0), skipped, whole.n_samples)
            fades = Fades(0, n_fade)
        sounding = [p for p in whole.pieces if p.curve.max(initial=0.0) > 0.0]
        group = item.placement.id if len(sounding) > 1 else 0
        for piece in sounding:
            made = self._piece(item, piece, whole.n_samples, fades)
            yield (
                piece.source,
                replace(
                    made,
                    volume=made.volume * said.volume,
                    pan=said.pan,
                    is_inverted=said.is_inverted,
                    group=group,
                ),
            )

    def _piece(self, item: Item, piece: Piece, n_samples: int, fades: Fades) -> RppItem:
        """The item of a piece of a whole of so many samples, at unit gain."""
        wanted = faded(Pieces((piece,), n_samples), fades.n_in, fades.n_out).pieces[0].curve
        own = fades.of(piece, n_samples)
        highest, envelope = self._envelope(wanted, own, abs(piece.step))
        source = self._arrangement.sources[piece.source]
        section, offset_s = self._place(piece, source)
        return RppItem(
            name=self._name_of(item, piece, source),
            file=self._files[piece.source],
            position_s=self._s(max(item.onset_samples, 0) + piece.start_samples),
            length_s=self._s(piece.n_samples),
            offset_s=offset_s,
            speed=abs(piece.step),
            section=section,
            fade_in_s=self._s(own.n_in),
            fade_out_s=self._s(own.n_out),
            volume=highest,
            is_mono=self._arrangement.n_channels == 1 and source.n_channels > 1,
            is_muted=item.is_muted,
            is_locked=item.placement.locked,
            colour=self.colours[piece.source],
            envelope=envelope,
            # One that does no more than correct the fades would only be in the way.
            shows_envelope=bool(np.ptp(piece.curve) > _FLAT * highest),
        )

    def _envelope(
        self, wanted: Curve, own: Fades, speed: float
    ) -> tuple[float, tuple[tuple[float, float], ...]]:
        """What the item's own fades leave to be done: a gain for all of it, and points no higher than 1."""
        highest = float(wanted.max())
        if own == Fades(0, 0) and np.ptp(wanted) < _FLAT * highest:
            return highest, ()
        shape = curve_of_fades(len(wanted), own.n_in, own.n_out)
        counts = np.flatnonzero(shape > _FAINT)
        # Where a fade is all but silent, the points may lie wherever they are not in the way.
        nearest = np.clip(np.arange(len(wanted)), counts[0], counts[-1])
        samples, heights = polyline((wanted[nearest] / (highest * shape[nearest])), shape)
        heights = [max(height, 0.0) for height in heights]
        top = max(heights)
        # REAPER counts the times of a take's envelope in the time of its source.
        times_s = (self._s(sample) * speed for sample in samples)
        points = zip(times_s, (height / top for height in heights), strict=True)
        return highest * top, tuple(points)

    def _place(self, piece: Piece, source: SourceFacts) -> tuple[Section | None, float]:
        """Where in the file, or in a section of it that is turned round, a piece begins."""
        if piece.step > 0.0:
            return None, piece.from_samples / self._rate_hz
        highest_s = piece.from_samples / self._rate_hz
        lowest_s = (piece.from_samples + (piece.n_samples - 1) * piece.step) / self._rate_hz
        own_hz, margin = source.rate_hz, round(MARGIN_S * source.rate_hz)
        start = max(math.floor(lowest_s * own_hz) - margin, 0)
        end = min(math.ceil(highest_s * own_hz) + 1 + margin, source.n_samples)
        section = Section(start / own_hz, (end - start) / own_hz)
        # Samples are turned round, not the time between them: the last one of the section becomes the first.
        return section, (end - 1) / own_hz - highest_s

    def _name_of(self, item: Item, piece: Piece, source: SourceFacts) -> str:
        """The name of a piece: where in which source it begins, and the number of its placement."""
        text = f"{Path(source.path).stem} {piece.from_samples / self._rate_hz:.3f}s"
        return f"{plain_name(text)} #{item.placement.id}"

    def _s(self, n_samples: float) -> float:
        return samples_to_s(n_samples, self._rate_hz)
