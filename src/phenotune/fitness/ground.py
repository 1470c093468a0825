"""What a phenotype would be placed on: the canvas, or the stretch of it around a placement, with that one left out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.canvas.canvas import Canvas
from phenotune.canvas.channel import Channel
from phenotune.fitness.heard import Frames, Heard
from phenotune.genome.rendering import to_channels
from phenotune.spectra.hearing import LEFT, MIDDLE, RIGHT


class Spread:
    """A phenotype as a canvas hears it: its middle, left and right. Of a mono one they are the same.

    Parameters
    ----------
    samples
        float32 (1 or n_speakers of the canvas, n_samples).
    canvas
        Where it would lie.
    """

    def __init__(self, samples: Samples, canvas: Canvas) -> None:
        layout = canvas.target.layout
        self.n_samples = int(samples.shape[1])
        self.middle = Heard(to_channels(samples, 1), layout)
        self.is_stereo = samples.shape[0] == 2
        speakers = [Heard(samples[i : i + 1], layout) for i in range(2)] if self.is_stereo else []
        self.left, self.right = speakers or (self.middle, self.middle)

    def middle_at(self, onset: int, gains: Sequence[float]) -> Frames:
        """Frames of the middle with these gains of the speakers; the powers are those of the plain middle."""
        frames = self.middle.at(onset)
        if not self.is_stereo or gains[0] == gains[1]:
            return frames._replace(spectra=frames.spectra * np.float32(sum(gains) / len(gains)))
        left, right = (np.float32(gain / 2.0) for gain in gains)
        spectra = left * self.left.at(onset).spectra + right * self.right.at(onset).spectra
        return frames._replace(spectra=spectra)


@dataclass(frozen=True)
class Ground:
    """Channels to be placed on.

    Parameters
    ----------
    channels
        The middle, and of stereo left and right.
    first
        The frame of the canvas that they begin at.
    """

    channels: tuple[Channel, ...]
    first: int = 0

    @property
    def middle(self) -> Channel:
        """Where levels are solved."""
        return self.channels[MIDDLE]

    def under(self, heard: Heard, onset: int) -> Frames:
        """A phenotype's frames for an onset, in samples of the canvas."""
        return self.moved(heard.at(onset))

    def moved(self, frames: Frames) -> Frames:
        """Frames that are counted from the canvas's first, counted from the ground's first."""
        return frames._replace(first=frames.first - self.first)


def whole(canvas: Canvas) -> Ground:
    """The canvas as it stands."""
    return Ground(canvas.channels)


def without(
    canvas: Canvas,
    spread: Spread,
    onset: int,
    gains: Sequence[float],
    span: tuple[int, int] | None = None,
) -> Ground:
    """The stretch around a placement as it would be without it.

    It is right to the last bits of float32, where the canvas itself is exact; enough to solve gains on.

    Parameters
    ----------
    canvas
        With the placement on it.
    spread, onset, gains
        The placement.
    span
        Samples, from the first to before the last, that the stretch must hold the frames of as well.
    """
    frames = spread.middle.at(onset)
    reach = _inside(frames, canvas.target.n_frames)
    # A frame more to either side: onsets tie a frame to the one before it.
    wanted = _reach_of(canvas, span, reach)
    begin, end = max(wanted.start - 1, 0), min(wanted.stop + 1, canvas.target.n_frames)
    rows = slice(reach.start - frames.first, reach.stop - frames.first)
    stretches = []
    for index, channel in enumerate(canvas.channels):
        spectra = channel.spectra[begin:end].copy()
        spectra[reach.start - begin : reach.stop - begin] -= _added(spread, onset, gains, index)[
            rows
        ]
        stretches.append(channel.stretch(begin, spectra))
    return Ground(tuple(stretches), begin)


def _added(
    spread: Spread, onset: int, gains: Sequence[float], channel: int
) -> NDArray[np.complex64]:
    """What a placement adds to a channel."""
    if channel == MIDDLE:
        return spread.middle_at(onset, gains).spectra
    speaker, gain = {LEFT: (spread.left, gains[0]), RIGHT: (spread.right, gains[-1])}[channel]
    return speaker.at(onset).spectra * np.float32(gain)


def _reach_of(canvas: Canvas, span: tuple[int, int] | None, reach: range) -> range:
    """The frames that a span of samples touches, those of the reach included."""
    if span is None:
        return reach
    layout = canvas.target.layout
    first = max(0, span[0] // layout.hop - layout.lead_frames)
    last = min(canvas.target.n_frames, span[1] // layout.hop + layout.lead_frames + 1)
    return range(min(first, reach.start), max(last, reach.stop))


def _inside(frames: Frames, n_frames: int) -> range:
    """The frames of the canvas that are touched."""
    first = min(max(frames.first, 0), n_frames)
    return range(first, max(first, min(frames.first + frames.spectra.shape[0], n_frames)))
