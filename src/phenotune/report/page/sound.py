"""The sound of the page: both sounds in short pieces, packed alike, so that a browser plays them at the same moment.

A browser decodes a piece when it is about to be played. So a page that holds an hour opens as quickly as one that holds
half a minute, needs no more memory, and switches between the two sounds without a gap, since both are always playing.
Pieces overlap a little, for the page fades from one into the next.

FLAC is what every browser decodes to exactly the samples that were packed, and it is quick. Where it would make the
page too big, MP3 takes its place, at as many bits as there is room for.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.levels import active_rms, gain_to_fit
from phenotune.audio.packed import flac_bytes, mp3_bytes
from phenotune.audio.resampling import resample
from phenotune.errors import ParameterError
from phenotune.progress import Progress
from phenotune.report.page.facts import Heard

Kind = Literal["auto", "flac", "mp3", "none"]
KINDS: tuple[Kind, ...] = ("auto", "flac", "mp3", "none")

PIECE_S = 20.0
OVERLAP_S = 0.1
"""How much of its neighbours each piece has on either side."""

MAX_TEXT_BYTES = 70e6
"""Room for sound in the page, as text; with pictures and rows it stays under a hundred megabytes."""

MAX_FLAC_RATE_HZ = 48_000
CEILING = 0.999


@dataclass(frozen=True, slots=True)
class Quality:
    """A way to pack sound: how many channels, at which rate, and how many bits a second; no bits are FLAC."""

    rate_hz: int
    n_channels: int
    kbps: int = 0

    def text_bytes(self, duration_s: float) -> float:
        """Room that two MP3 of this length take as text, of which four letters hold three bytes."""
        return 2.0 * duration_s * self.kbps * 125.0 * 4.0 / 3.0


MP3 = (
    Quality(44_100, 2, 192),
    Quality(44_100, 2, 128),
    Quality(32_000, 1, 64),
    Quality(32_000, 1, 32),
)
"""The MP3s that are tried, the best first."""


@dataclass(frozen=True, slots=True)
class Packed:
    """Both sounds in pieces.

    Parameters
    ----------
    kind, quality
        How they were packed; None where the page is to be silent.
    target, mosaic
        Pieces of each, as text (base64); none where there is no such sound.
    duration_s
        How much of the song they hold.
    levels
        Loudness of each while it sounds, as an amplitude; what the page matches them by.
    note
        What was left out for the page's sake; "" where nothing was.
    """

    kind: str | None
    quality: Quality | None
    target: tuple[str, ...]
    mosaic: tuple[str, ...]
    duration_s: float
    levels: tuple[float, float]
    note: str = ""


def pack_sounds(
    target: Heard | None,
    mosaic: Heard | None,
    kind: Kind = "auto",
    progress: Progress | None = None,
) -> Packed:
    """Pack both sounds alike.

    Parameters
    ----------
    target, mosaic
        The sounds, of the same length.
    kind
        ``flac``, ``mp3``, ``none``; ``auto`` is FLAC as long as the page stays small enough, and else MP3.
    progress
        Told what share is done.

    Raises
    ------
    ParameterError
        If the kind is none of these.
    """
    if kind not in KINDS:
        raise ParameterError(f"sound: expected one of {', '.join(KINDS)}, got {kind!r}")
    told = _rising(progress)
    sounds = [sound for sound in (target, mosaic) if sound is not None]
    levels = (_level(target), _level(mosaic))
    duration_s = max((sound.duration_s for sound in sounds), default=0.0)
    if kind == "none" or duration_s == 0.0:
        note = "The page was made without sound." if sounds else ""
        return Packed(None, None, (), (), 0.0, levels, note)
    if kind != "mp3":
        flac = _flac_quality(sounds)
        most_bytes = MAX_TEXT_BYTES if kind == "auto" else float("inf")
        pieces = _pack(target, mosaic, flac, duration_s, most_bytes=most_bytes, progress=told)
        if pieces is not None:
            return Packed("flac", flac, *pieces, duration_s, levels)
    quality, kept_s = _mp3_quality(sounds, duration_s)
    pieces = _pack(target, mosaic, quality, kept_s, most_bytes=float("inf"), progress=told)
    assert pieces is not None, "without a limit everything is packed"
    return Packed("mp3", quality, *pieces, kept_s, levels, _note(quality, duration_s, kept_s))


def _flac_quality(sounds: list[Heard]) -> Quality:
    rate_hz = min(MAX_FLAC_RATE_HZ, max(sound.rate_hz for sound in sounds))
    return Quality(rate_hz, max(len(sound.samples) for sound in sounds))


def _mp3_quality(sounds: list[Heard], duration_s: float) -> tuple[Quality, float]:
    """The best MP3 that there is room for, and how much of the song there is room for."""
    n_channels = max(len(sound.samples) for sound in sounds)
    for quality in MP3:
        fitting = Quality(quality.rate_hz, min(n_channels, quality.n_channels), quality.kbps)
        if fitting.text_bytes(duration_s) <= MAX_TEXT_BYTES:
            return fitting, duration_s
    return fitting, duration_s * MAX_TEXT_BYTES / fitting.text_bytes(duration_s)


def _note(quality: Quality, duration_s: float, kept_s: float) -> str:
    """What a listener should know of what was done to the sound."""
    channels = "stereo" if quality.n_channels == 2 else "mono"
    note = f"To keep the page small, the sound in it is MP3: {channels}, {quality.kbps} kbit/s."
    if kept_s < duration_s:
        note += f" Only the first {kept_s / 60.0:.0f} minutes can be heard here."
    return note


def _pack(
    target: Heard | None,
    mosaic: Heard | None,
    quality: Quality,
    duration_s: float,
    *,
    most_bytes: float,
    progress: Progress,
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """Pieces of both sounds; None as soon as it shows that they will take more room than there is."""
    texts: tuple[list[str], list[str]] = ([], [])
    n_pieces = max(1, int(np.ceil(duration_s / PIECE_S - 1e-9)))
    n_bytes = 0
    gains = [
        1.0 if each is None else gain_to_fit(each.samples, CEILING) for each in (target, mosaic)
    ]

    def pack(sound: Heard | None, number: int, gain: float) -> str:
        return "" if sound is None else _piece(sound, number, gain, quality)

    with ThreadPoolExecutor(2) as pool:
        for number in range(n_pieces):
            both = pool.map(pack, (target, mosaic), (number, number), gains)
            for sound, kept, text in zip((target, mosaic), texts, both, strict=True):
                if sound is not None:
                    kept.append(text)
                    n_bytes += len(text)
            if n_bytes * n_pieces / (number + 1) > most_bytes and number + 1 >= min(n_pieces, 4):
                return None
            progress((number + 1) / n_pieces)
    return tuple(texts[0]), tuple(texts[1])


def _piece(sound: Heard, number: int, gain: float, quality: Quality) -> str:
    start, stop = (
        round((second + number * PIECE_S) * sound.rate_hz)
        for second in (-OVERLAP_S, PIECE_S + OVERLAP_S)
    )
    samples = sound.samples[:, max(0, start) : stop]
    missing = (max(0, -start), max(0, stop - max(sound.samples.shape[1], max(0, start))))
    samples = np.pad(samples, ((0, 0), missing)) * np.float32(gain)
    samples = resample(_in_channels(samples, quality.n_channels), sound.rate_hz, quality.rate_hz)
    if quality.kbps:
        content = mp3_bytes(samples, quality.rate_hz, quality.kbps)
    else:
        content = flac_bytes(samples, quality.rate_hz)
    return base64.b64encode(content).decode("ascii")


def _in_channels(samples: Samples, n_channels: int) -> Samples:
    if len(samples) == n_channels:
        return samples
    mean: Samples = samples.mean(axis=0, keepdims=True, dtype=np.float32)
    return np.repeat(mean, n_channels, axis=0)


def _rising(progress: Progress | None) -> Progress:
    """Tells no less than it has told before, since what was packed in vain is begun again."""
    most = 0.0

    def told(share: float) -> None:
        nonlocal most
        most = max(most, share)
        if progress is not None:
            progress(most)

    return told


def _level(sound: Heard | None) -> float:
    return 0.0 if sound is None else active_rms(sound.samples, sound.rate_hz)


def gains_matched(levels: tuple[float, float]) -> tuple[float, float]:
    """Gains of at most 1 under which both sounds are as loud as the softer of them.

    >>> gains_matched((0.2, 0.1)), gains_matched((0.0, 0.1))
    ((0.5, 1.0), (1.0, 1.0))
    """
    target, mosaic = levels
    if not (target > 0.0 and mosaic > 0.0):
        return 1.0, 1.0
    return min(1.0, mosaic / target), min(1.0, target / mosaic)


def pieces_of(packed: Packed) -> Iterator[tuple[str, int, str]]:
    """All pieces with the sound that they are of and their number, a moment of both after the other."""
    for number in range(max(len(packed.target), len(packed.mosaic))):
        for name, texts in (("target", packed.target), ("mosaic", packed.mosaic)):
            if number < len(texts):
                yield name, number, texts[number]
