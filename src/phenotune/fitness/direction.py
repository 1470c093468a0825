"""The direction: artistic weights on fitness, from 1 for what is wanted down to nearly 0.

Each weight belongs to one setting of the style and is 1 where that is neutral; together they are multiplied. Some are a
candidate's own (its length, its changes, its notes), the others depend on where it would land and on what is there
already. These also weigh the curve that proposals are read off, so that a place is found where the clip is wanted, and
not moved away from where it fits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.canvas.canvas import Canvas
from phenotune.fitness.beat import Beat
from phenotune.fitness.key import Key, NoteReader, agreement, estimate_key, parse_key
from phenotune.fitness.own_place import OwnPlace
from phenotune.fitness.style import StyleSettings
from phenotune.fitness.tally import FrameCount, Tally
from phenotune.genome.anatomy import changes, clips
from phenotune.genome.candidate import pitched
from phenotune.genome.chromosome import Chromosome

LEAST_WEIGHT = 0.001
"""No weight is smaller, so that even what nobody wants can be ranked."""

FULL_WEIGHT = 0.25
"""Of a place where so many clips sound that another one must go."""

RECOGNISED_S = 1.0
"""Clips shorter than this are harder to recognise, by half a step for every octave."""

IDENTITY_STEPS = 1.5
OUT_OF_KEY_STEPS = 8.0
NOVELTY_POWER = 2.0
GENE_STEPS = 0.25
BIG_CHANGE_CENTS = 600.0
BIG_CHANGE_DB = 24.0

Frames = NDArray[np.int64]
Weights = NDArray[np.float64]


@dataclass(frozen=True)
class FoundKey:
    """The key that clips are held to.

    Parameters
    ----------
    key
        Which.
    is_given
        Whether the settings say so; otherwise it was estimated.
    correlation
        How well the target's notes agree with it, -1 to 1.
    """

    key: Key
    is_given: bool
    correlation: float


class Direction:
    """Weighs candidates by the style that is asked for.

    Asked by several threads at once; told of the canvas (:meth:`look`) only between two rounds of questions, so that an
    answer depends on the list of placements as it stood then, and never on the order of threads.

    Parameters
    ----------
    canvas
        Its placements are looked at; its target has the key.
    settings
        What is asked for.
    rates_hz
        Sampling rate of each source of the library, by its id.
    beat
        Where clips shall start; None for anywhere.
    longest_s
        The greatest length of a clip, against which ``style.longer`` weighs; 0 where nothing is known of it.
    own_place
        Where clips of the target itself may not start; None where they may start anywhere.

    Attributes
    ----------
    key
        The key that clips are held to; None unless ``style.in_key`` asks for it.
    """

    def __init__(
        self,
        canvas: Canvas,
        settings: StyleSettings,
        rates_hz: Mapping[str, float],
        beat: Beat | None = None,
        *,
        longest_s: float = 0.0,
        own_place: OwnPlace | None = None,
    ) -> None:
        layout = canvas.target.layout
        self._canvas = canvas
        self._settings = settings
        self._rates_hz = dict(sorted(rates_hz.items()))
        self._rate_hz, self._hop = layout.rate_hz, layout.hop
        self._tally = Tally(canvas.target.n_frames, layout.hop)
        self._full = FrameCount(canvas.target.n_frames)
        self._touched = FrameCount(canvas.target.n_frames)
        self._wear: dict[str, float] = {}
        self._beat, self._longest_s, self._own_place = beat, longest_s, own_place
        self._by_beat = (
            None if beat is None else beat.curve(canvas.target.n_frames, self._rate_hz, self._hop)
        )
        self._notes = NoteReader(layout) if settings.in_key > 0.0 else None
        self.key = None if self._notes is None else self._find_key(self._notes)

    def look(self, n_samples_of: Callable[[Chromosome], int]) -> None:
        """Take in the placements as they stand.

        Parameters
        ----------
        n_samples_of
            How long a chromosome sounds, in samples of the canvas.
        """
        if not self._tally.follow(self._canvas.placements, n_samples_of):
            return
        if self._settings.max_sounding:
            self._full.follow(self._tally.counts >= self._settings.max_sounding)
        if self._settings.untouched:
            self._touched.follow(self._tally.counts > 0)
        if self._settings.novelty:
            self._wear = self._worn()

    def own_weight(
        self, chromosome: Chromosome, n_samples: int, powers: NDArray[np.float32]
    ) -> float:
        """What a candidate weighs wherever it lands, above 0 and at most 1.

        Parameters
        ----------
        chromosome
            What would sound.
        n_samples
            How long, in samples of the canvas.
        powers
            Band powers of its middle, float32 (n_frames, n_bands).
        """
        settings, duration_s = self._settings, n_samples / self._rate_hz
        steps = 0.0
        if settings.typical_clip_s:
            octaves = math.log2(duration_s / settings.typical_clip_s)
            steps += 0.5 * (octaves / settings.clip_spread_octaves) ** 2
        if settings.longer and self._longest_s:
            steps += settings.longer * max(0.0, math.log(self._longest_s / duration_s))
        if settings.identity:
            steps += settings.identity * IDENTITY_STEPS * strangeness(chromosome, duration_s)
        if self._notes is not None and self.key is not None:
            notes, tones = self._notes.notes(powers[None])
            outside = float(notes.sum() - notes[list(self.key.key.scale)].sum())
            steps += settings.in_key * OUT_OF_KEY_STEPS * outside * tones
        return max(LEAST_WEIGHT, math.exp(-steps))

    def pitch_weight(self, semitones: int, chromosome: Chromosome | None = None) -> float:
        """What a clip weighs that is played at another pitch: at most 1, and 0 where that may not sound."""
        if self._own_place is not None and chromosome is not None:
            sounding = pitched(chromosome, 100.0 * semitones)
            if not self._own_place.may_sound(sounding):
                return 0.0
        if not self._settings.identity or semitones == 0:
            return 1.0
        steps = GENE_STEPS + 100.0 * abs(semitones) / BIG_CHANGE_CENTS
        return math.exp(-self._settings.identity * IDENTITY_STEPS * steps)

    def weight_at(self, chromosome: Chromosome, onset: int, n_samples: int) -> float:
        """What it weighs at an onset, in samples, beside what is there already; above 0 and at most 1."""
        weight = 1.0
        if self._settings.novelty:
            weight *= min(self._wear.get(clip.source, 1.0) for clip in clips(chromosome))
        if self._settings.boredom:
            weight *= float(self._freshness(chromosome, np.array([onset]))[0])
        if self.is_full(onset, n_samples):
            weight *= FULL_WEIGHT
        if self._settings.untouched:
            first, last = self._tally.span(onset, n_samples)
            n_touched = self._touched.between(first, last)
            weight *= 1.0 - self._settings.untouched * n_touched / max(1, last - first)
        if self._beat is not None:
            weight *= self._beat.weight(onset, self._rate_hz, self._hop)
        return max(LEAST_WEIGHT, weight)

    def curve(self, chromosome: Chromosome, n_samples: int) -> Callable[[Frames], Weights]:
        """What the candidate weighs at onsets in these frames of the canvas: 0 to 1, float64 (n,).

        What is the same at every onset is left out.
        """

        def weights(frames: Frames) -> Weights:
            out = np.ones(frames.size)
            if self._by_beat is not None:
                out *= self._by_beat[np.clip(frames, 0, self._by_beat.size - 1)]
            if self._settings.boredom:
                out *= self._freshness(chromosome, frames * self._hop)
            if self._settings.max_sounding:
                out[self._full.between(*self._spans(frames, n_samples)) > 0] *= FULL_WEIGHT
            if self._settings.untouched:
                first, last = self._spans(frames, n_samples)
                shares = self._touched.between(first, last) / np.maximum(1, last - first)
                out *= 1.0 - self._settings.untouched * shares
            if self._own_place is not None:
                out[~self._own_place.permitted(chromosome, frames * self._hop)] = 0.0
            return out

        return weights

    def is_full(self, onset: int, n_samples: int) -> bool:
        """Whether somewhere in this span as many clips sound as may sound at once."""
        if not self._settings.max_sounding:
            return False
        first, last = self._tally.span(onset, n_samples)
        return bool(self._full.between(first, last))

    def in_the_way(self, onset: int, n_samples: int) -> list[int]:
        """Ids of those of which one has to go for a clip to land in this span: those in the first full frame."""
        first, last = self._tally.span(onset, n_samples)
        full = first + np.flatnonzero(self._tally.counts[first:last] >= self._settings.max_sounding)
        return self._tally.sounding(int(full[0])) if full.size else []

    def _spans(self, frames: Frames, n_samples: int) -> tuple[Frames, Frames]:
        """For onsets in these frames the first frame and the one behind the last, both on the canvas."""
        n_frames = self._canvas.target.n_frames
        last = frames + -(-n_samples // self._hop)
        return np.clip(frames, 0, n_frames), np.clip(last, 0, n_frames)

    def _freshness(self, chromosome: Chromosome, onsets: NDArray[np.int64]) -> Weights:
        """1 where none of its clips sounds near the onset already, 1 - boredom where the very same does."""
        within = self._settings.boredom_s * self._rate_hz
        repeated = np.zeros(onsets.size)
        for clip in clips(chromosome):
            uses = self._tally.uses.get(clip.source)
            if uses is None:
                continue
            overlap = uses.overlap(clip)
            for use in np.flatnonzero(overlap):
                is_near = np.abs(onsets - uses.onsets[use]) <= within
                repeated[is_near] = np.maximum(repeated[is_near], overlap[use])
        return np.asarray(1.0 - self._settings.boredom * repeated)

    def _worn(self) -> dict[str, float]:
        """Weight of each source: 1 for those that were used less than the mean of them all.

        Each begins with a second, so that the first clip of all does not ban its source.
        """
        used_s = {
            source: 1.0 + self._tally.used_samples.get(source, 0) / rate_hz
            for source, rate_hz in self._rates_hz.items()
        }
        mean_s = math.fsum(used_s.values()) / len(used_s)
        power = NOVELTY_POWER * self._settings.novelty
        return {source: min(1.0, mean_s / s) ** power for source, s in used_s.items()}

    def _find_key(self, reader: NoteReader) -> FoundKey:
        notes, _ = reader.notes(np.square(self._canvas.target.amplitudes))
        estimated, correlation = estimate_key(notes)
        if not self._settings.key:
            return FoundKey(estimated, False, correlation)
        key = parse_key(self._settings.key)
        return FoundKey(key, True, agreement(notes, key))


def strangeness(chromosome: Chromosome, duration_s: float) -> float:
    """How far a sound is from a long, untouched clip, in steps.

    Each gene counts, each big change of pitch or level, and each octave by which it is short.
    """
    found = changes(chromosome)
    short = max(0.0, math.log2(RECOGNISED_S / duration_s))
    return (
        GENE_STEPS * found.n_genes
        + found.cents / BIG_CHANGE_CENTS
        + found.levels_db / BIG_CHANGE_DB
        + 0.5 * short
    )
