"""The spectrograms of the page: PNGs of 256 colours, both on one scale, so that what differs is not the picture."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from phenotune.progress import Progress
from phenotune.report.page.facts import Heard
from phenotune.report.spectrogram import LogAxis, log_spectrogram

AXIS = LogAxis(low_hz=40.0, high_hz=16_000.0, n_bands=216)
RANGE_DB = 72.0
"""From the loudest cell of the two spectrograms down to what is drawn black."""

COLUMNS_A_SECOND, MAX_COLUMNS = 60, 4096
"""Browsers draw a picture that is wider than this from a smaller copy, if at all."""

TICKS_HZ = (50, 100, 200, 500, 1000, 2000, 5000, 10_000)
RAMP = ("#06070b", "#1b1440", "#4a1f6f", "#8c2d78", "#cc4a66", "#f0794f", "#fbb65f", "#fff3d0")
"""From silence to the loudest: brightness rises all the way, so that it also reads without colours."""


@dataclass(frozen=True, slots=True)
class Spectrograms:
    """The two pictures, None where there is no sound, and what the page needs to label them.

    Parameters
    ----------
    target, mosaic
        PNGs; the low frequencies are at the bottom.
    ticks
        Frequencies in hertz to be marked, and where: 0 is the bottom of the picture, 1 its top.
    range_db
        What lies between the darkest colour and the brightest.
    """

    target: bytes | None
    mosaic: bytes | None
    ticks: tuple[tuple[int, float], ...]
    range_db: float = RANGE_DB


def spectrograms(
    target: Heard | None, mosaic: Heard | None, progress: Progress | None = None
) -> Spectrograms:
    """Draw both sounds on one scale; the same sounds give the same bytes."""
    sounds = [target, mosaic]
    with ThreadPoolExecutor(2) as pool:
        powers = []
        for done, power in enumerate(pool.map(_power, sounds), start=1):
            powers.append(power)
            if progress is not None:
                progress(0.45 * done)
        loudest = max((float(power.max()) for power in powers if power is not None), default=0.0)
        drawn = list(pool.map(lambda power: _png(power, loudest), powers))
    if progress is not None:
        progress(1.0)
    span = np.log2(AXIS.high_hz / AXIS.low_hz)
    ticks = tuple((hz, float(np.log2(hz / AXIS.low_hz) / span)) for hz in TICKS_HZ)
    return Spectrograms(drawn[0], drawn[1], ticks)


def colours() -> NDArray[np.uint8]:
    """The 256 colours from silent to loud, (256, 3)."""
    anchors = np.array([[int(text[i : i + 2], 16) for i in (1, 3, 5)] for text in RAMP], np.float64)
    at = np.linspace(0.0, len(anchors) - 1.0, 256)
    channels = [np.interp(at, np.arange(len(anchors)), anchors[:, i]) for i in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def _power(sound: Heard | None) -> NDArray[np.float32] | None:
    if sound is None:
        return None
    n_columns = int(np.clip(round(sound.duration_s * COLUMNS_A_SECOND), 1, MAX_COLUMNS))
    return log_spectrogram(sound.samples, sound.rate_hz, AXIS, n_columns)


def _png(power: NDArray[np.float32] | None, loudest: float) -> bytes | None:
    if power is None:
        return None
    from PIL import Image

    level_db = 10.0 * np.log10(np.maximum(power / (loudest or 1.0), 1e-12))
    index = np.rint(255.0 * np.clip(1.0 + level_db / RANGE_DB, 0.0, 1.0)).astype(np.uint8)
    image = Image.fromarray(np.ascontiguousarray(index[::-1]))
    image.putpalette(colours().tobytes())
    out = io.BytesIO()
    image.save(out, format="PNG", compress_level=6)
    return out.getvalue()
