"""Settings of the spectra: which windows, which bands, which laws."""

from __future__ import annotations

from typing import Literal

from phenotune.settings import Settings, setting

Law = Literal["amplitude", "root", "fourth_root", "log"]


class LayerSettings(Settings):
    """One resolution: a window, and the bands that are read off it."""

    window: int = setting(
        1024, "Length of the window, a power of two.", unit="samples", ge=64, le=65536
    )
    decimation: int = setting(
        1,
        "Lower the rate by this factor before the window, which makes long windows cheap.",
        ge=1,
        le=16,
    )
    bands: int = setting(
        48, "Number of mel-spaced bands; those narrower than a bin are merged.", ge=4, le=512
    )
    min_hz: float = setting(0.0, "Lower edge of the lowest band.", unit="Hz", ge=0.0)
    max_hz: float = setting(22050.0, "Upper edge of the highest band.", unit="Hz", gt=0.0)
    weight: float = setting(1.0, "Share of this resolution in the distance.", gt=0.0)


class LawSettings(Settings):
    """One way to compress amplitudes before they are compared."""

    law: Law = setting("amplitude", "amplitude, root (square root), fourth_root, or log.")
    weight: float = setting(1.0, "Share of this law in the distance.", gt=0.0)


class SpectraSettings(Settings):
    """What the engine looks at."""

    rate_hz: int = setting(
        44_100, "Rate at which the search works.", unit="Hz", ge=8_000, le=192_000
    )
    hop: int = setting(512, "Step between frames.", unit="samples", ge=32, le=8192)
    floor_db: float = setting(
        -70.0,
        "Level under the target's loud frames below which nothing counts.",
        unit="dB",
        ge=-120,
        le=-20,
    )
    layers: tuple[LayerSettings, ...] = setting(
        (
            LayerSettings(window=1024, bands=48),
            LayerSettings(window=1024, decimation=4, bands=128, min_hz=30.0, max_hz=4200.0),
        ),
        "The resolutions whose errors are added: short windows hear drums, long ones hear pitch.",
    )
    laws: tuple[LawSettings, ...] = setting(
        (LawSettings(law="amplitude", weight=2.0), LawSettings(law="fourth_root", weight=1.0)),
        "The amplitude laws whose errors are added: the plain one hears what is loud, a compressed one the rest.",
    )
    onset_weight: float = setting(
        0.03,
        "Share of the strength of onsets in the distance: that attacks come when the target's do, and nowhere else.",
        ge=0.0,
        le=100.0,
    )
