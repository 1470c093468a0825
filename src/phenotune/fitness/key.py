"""The key of a target, and how much of a clip's tones lies outside its scale.

Notes are read off the bands of the longest window, where a tone stands out from the bands beside it.

References
----------
C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in perceived tonal organization in a spatial
representation of musical keys", Psychological Review 89(4), 1982; C. L. Krumhansl, "Cognitive Foundations of Musical
Pitch", Oxford 1990 (the key whose profile correlates best with the notes, the algorithm of Krumhansl and Schmuckler).
D. Temperley, "The Cognition of Basic Musical Structures", MIT Press 2001 (the profiles used here).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Bands
from phenotune.errors import ParameterError
from phenotune.spectra.layout import Layout

N_CLASSES = 12
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
MAJOR = "major"
MINOR = "minor"

PROFILES = {
    MAJOR: (5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0),
    MINOR: (5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0),
}
"""How well each note, counted from the tonic, fits a key (Temperley 2001, table 7.2)."""

SCALES = {MAJOR: (0, 2, 4, 5, 7, 9, 11), MINOR: (0, 2, 3, 5, 7, 8, 10, 11)}
"""Notes of the scale, counted from the tonic; minor has both sevenths."""

LOWEST_HZ, HIGHEST_HZ = 250.0, 2500.0
"""Where bands are narrow enough to tell notes apart, and tones are not yet mostly overtones."""

COARSEST_HZ = 16.0
"""A spectral line wider than this, a semitone at the lowest of these frequencies, cannot tell notes apart."""

N_BESIDE = 4
"""A tone stands out from so many bands to either side."""


@dataclass(frozen=True, slots=True)
class Key:
    """A key.

    Parameters
    ----------
    tonic
        Its pitch class, C is 0.
    mode
        ``"major"`` or ``"minor"``.

    Examples
    --------
    >>> str(Key(5, "major")), Key(0, "major").scale
    ('F major', (0, 2, 4, 5, 7, 9, 11))
    """

    tonic: int
    mode: str

    @property
    def scale(self) -> tuple[int, ...]:
        """Pitch classes that belong to it."""
        return tuple(sorted((self.tonic + note) % N_CLASSES for note in SCALES[self.mode]))

    def __str__(self) -> str:
        return f"{NAMES[self.tonic]} {self.mode}"


def parse_key(text: str) -> Key:
    """Read a key as people write it: ``"F major"``, ``"a minor"``, ``"Bb major"``, ``"f# minor"``.

    Raises
    ------
    ValueError
        If it is none.

    Examples
    --------
    >>> parse_key("a minor")
    Key(tonic=9, mode='minor')
    """
    found = re.fullmatch(r"([A-Ga-g])([#b]?)\s+(major|minor)", text.strip(), re.IGNORECASE)
    if found is None:
        raise ValueError(
            f'key: expected a key as "F major" or "a minor", or "" to have it estimated, got "{text}"'
        )
    natural = NAMES.index(found[1].upper())
    accidental = {"": 0, "#": 1, "b": -1}[found[2].lower()]
    return Key((natural + accidental) % N_CLASSES, found[3].lower())


class NoteReader:
    """Reads notes off bands.

    Parameters
    ----------
    layout
        How frames are laid out; its longest window is the one that is read.

    Raises
    ------
    ParameterError
        If not even that one tells notes apart.
    """

    def __init__(self, layout: Layout) -> None:
        widths_hz = [layout.rate_hz / a.decimation / a.window.size for a in layout.layers]
        finest = int(np.argmin(widths_hz))
        if widths_hz[finest] > COARSEST_HZ:
            raise ParameterError(
                "style.in_key: expected spectra.layers with a window that tells notes apart, lines of "
                f"{COARSEST_HZ:g} Hz or less, got {widths_hz[finest]:.0f} Hz; "
                "take a longer window, or set style.in_key to 0"
            )
        layer = layout.layers[finest]
        first = int(np.flatnonzero(layout.layer_of_band() == finest)[0])
        edges_hz = np.asarray((layer.first_bin + layer.edges - 0.5) * widths_hz[finest], np.float64)
        inside = np.flatnonzero((edges_hz[:-1] >= LOWEST_HZ) & (edges_hz[1:] <= HIGHEST_HZ))
        if inside.size <= 2 * N_BESIDE:
            raise ParameterError(
                f"style.in_key: expected spectra.layers with bands from {LOWEST_HZ:g} to {HIGHEST_HZ:g} Hz; "
                "widen min_hz and max_hz, or set style.in_key to 0"
            )
        self._bands = slice(first + int(inside[0]), first + int(inside[-1]) + 1)
        edges_hz = edges_hz[inside[0] : inside[-1] + 2]
        self._widths_hz = np.diff(edges_hz)
        self._classes = _classes_of(edges_hz)

    def notes(self, powers: Bands) -> tuple[NDArray[np.float64], float]:
        """How strong each pitch class is, and how much of the sound is tones at all.

        Parameters
        ----------
        powers
            Band powers, float32 (n_channels, n_frames, n_bands).

        Returns
        -------
        tuple
            float64 (12,) with the sum 1, or all 0 where no tone stands out; and the share of tones, 0 to 1.
        """
        density = powers[:, :, self._bands].sum(axis=0, dtype=np.float64) / self._widths_hz
        total = np.concatenate([np.zeros((density.shape[0], 1)), np.cumsum(density, axis=1)], 1)
        n_bands = density.shape[1]
        first = np.maximum(np.arange(n_bands) - N_BESIDE, 0)
        last = np.minimum(np.arange(n_bands) + N_BESIDE + 1, n_bands)
        beside = (total[:, last] - total[:, first] - density) / (last - first - 1)
        tones = np.maximum(density - 2.0 * beside, 0.0) * self._widths_hz
        heard = float((density * self._widths_hz).sum())
        # Amplitudes, so that a soft chord behind a loud note has a say.
        classes = (np.sqrt(tones).sum(axis=0)[:, None] * self._classes).sum(axis=0)
        norm = float(classes.sum())
        if norm <= 0.0 or heard <= 0.0:
            return np.zeros(N_CLASSES), 0.0
        return classes / norm, float(tones.sum()) / heard


def _classes_of(edges_hz: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of each band that lies in each pitch class, float64 (n_bands, 12)."""
    notes = 12.0 * np.log2(edges_hz / 440.0) + 9.0  # C is 0
    shares = np.zeros((edges_hz.size - 1, N_CLASSES))
    for band, (low, high) in enumerate(pairwise(notes)):
        for note in range(int(np.floor(low)), int(np.ceil(high)) + 2):
            overlap = min(high, note + 0.5) - max(low, note - 0.5)
            shares[band, note % N_CLASSES] += max(0.0, overlap) / (high - low)
    return shares


def estimate_key(notes: NDArray[np.float64]) -> tuple[Key, float]:
    """The key whose profile correlates best with how strong the notes are, and the correlation.

    Parameters
    ----------
    notes
        Strength of each pitch class, float64 (12,).

    Examples
    --------
    >>> key, correlation = estimate_key(np.roll(PROFILES["minor"], 9))
    >>> str(key), round(correlation, 6)
    ('A minor', 1.0)
    """
    keys = [Key(tonic, mode) for mode in PROFILES for tonic in range(N_CLASSES)]
    best = max(keys, key=lambda key: agreement(notes, key))
    return best, agreement(notes, best)


def agreement(notes: NDArray[np.float64], key: Key) -> float:
    """Pearson's correlation of how strong the notes are, float64 (12,), with a key's profile; 0 without notes."""
    if notes.std() <= 0.0:
        return 0.0
    return float(np.corrcoef(notes, np.roll(PROFILES[key.mode], key.tonic))[0, 1])
