"""Sound files in memory: what a page of HTML carries within itself."""

from __future__ import annotations

import io
from typing import Any

import soundfile

from phenotune.arrays import Samples, check_samples
from phenotune.audio.undisturbed import undisturbed
from phenotune.errors import ParameterError

LOWEST_KBPS, HIGHEST_KBPS = 32, 320
"""What an MP3 of MPEG 1 may take in kilobits a second; at 32 kHz and more, that is."""

_SAMPLES_AT_ONCE = 1 << 16


def flac_bytes(samples: Samples, rate_hz: int) -> bytes:
    """A FLAC file of 16 bits; the same sound gives the same bytes.

    Parameters
    ----------
    samples
        Sound, float32 of shape (n_channels, n_samples); beyond 1.0 it clips.
    rate_hz
        Its rate.

    Raises
    ------
    ParameterError
        If FLAC cannot hold this many channels or this rate.
    """
    return _packed(samples, rate_hz, format="FLAC", subtype="PCM_16")


def mp3_bytes(samples: Samples, rate_hz: int, kbps: int | None = None) -> bytes:
    """An MP3 file; the same sound gives the same bytes with the same libsndfile.

    Parameters
    ----------
    samples
        Sound, float32 of shape (1 or 2, n_samples); beyond 1.0 it clips.
    rate_hz
        Its rate; with ``kbps`` 32,000, 44,100 or 48,000.
    kbps
        Kilobits a second, 32 to 320, all the way through; the encoder takes the nearest that the format has. When None,
        as many as each moment needs, in the encoder's own judgement.

    Raises
    ------
    ParameterError
        If MP3 cannot hold this many channels, this rate, or these bits.
    """
    if kbps is None:
        return _packed(samples, rate_hz, format="MP3", subtype="MPEG_LAYER_III")
    if not LOWEST_KBPS <= kbps <= HIGHEST_KBPS or rate_hz not in (32_000, 44_100, 48_000):
        raise ParameterError(
            f"expected {LOWEST_KBPS} to {HIGHEST_KBPS} kbit/s at 32000, 44100 or 48000 Hz, "
            f"got {kbps!r} at {rate_hz!r} Hz"
        )
    # libsndfile goes from 320 down to 32 kbit/s as its level of compression goes from 0 to 1, which itself it refuses.
    level = min((HIGHEST_KBPS - kbps) / (HIGHEST_KBPS - LOWEST_KBPS), 0.995)
    return _packed(
        samples,
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        bitrate_mode="CONSTANT",
        compression_level=level,
    )


@undisturbed()
def _packed(samples: Samples, rate_hz: int, **how: Any) -> bytes:
    check_samples(samples)
    n_channels, n_samples = samples.shape
    out = io.BytesIO()
    try:
        with soundfile.SoundFile(out, "w", rate_hz, n_channels, **how) as encoder:
            for start in range(0, n_samples, _SAMPLES_AT_ONCE):
                encoder.write(samples[:, start : start + _SAMPLES_AT_ONCE].T)
    except soundfile.LibsndfileError as error:
        raise ParameterError(
            f"{how['format']} cannot hold {n_channels} channels at {rate_hz} Hz ({error.error_string})"
        ) from error
    return out.getvalue()
