"""The neutral measures between a target and an output; docs/measures.md says what each means.

A test holds them to the figures of a second implementation of the same definitions, which stands on librosa.
Everything is measured in mono at 44.1 kHz, over the length of the target.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from phenotune.arrays import Samples
from phenotune.audio.resampling import resample
from phenotune.errors import ParameterError, TargetError
from phenotune.measures.bands import explained_percent, log_mel_distance
from phenotune.measures.chroma import similarity
from phenotune.measures.features import RATE_HZ, features
from phenotune.measures.lag import find_lag_samples, fit_length, lag_bands, shift_earlier
from phenotune.measures.onsets import correlation
from phenotune.measures.short_time import Mono
from phenotune.measures.spectral import (
    multi_resolution_distance,
    peak_magnitudes,
    spectral_convergence,
)
from phenotune.units import samples_to_s


@dataclass(frozen=True, slots=True)
class Measures:
    """How an output compares with its target.

    Parameters
    ----------
    lmsd_db
        Log-mel spectral distance in dB; lower is better.
    sc
        Spectral convergence, from 0 to 1; lower is better.
    mrstft
        Mean absolute difference of natural log magnitudes at three resolutions; lower is better.
    chroma, chroma_c
        Mean cosine of chroma, plain and with each sound's mean removed, up to 1; higher is better.
    onset_r
        Correlation of onset strengths, -1 to 1; higher is better.
    mel_expl, mel_expl_c
        Percent of the mel amplitude explained, and of its square root; higher is better.
    gain_db
        The gain that ``lmsd_db`` found best for the output.
    lag_ms
        By how much the output comes late; negative if early. With ``align`` it has been taken away.
    """

    lmsd_db: float
    sc: float
    mrstft: float
    chroma: float
    chroma_c: float
    onset_r: float
    mel_expl: float
    mel_expl_c: float
    gain_db: float
    lag_ms: float


class MeasuredTarget:
    """A target whose features are computed once, however many outputs are measured against it.

    Parameters
    ----------
    target
        Sound of shape ``(n_channels, n_samples)``; the mean of its channels is measured. Values that are not finite
        are taken as 0, with a warning.
    rate_hz
        Its sample rate.

    Raises
    ------
    ParameterError
        If the array has another shape or the rate is not positive.
    TargetError
        If there is nothing to compare with: no samples, or silence.
    """

    def __init__(self, target: Samples, rate_hz: float) -> None:
        self._sound = _mono(target, rate_hz, "target")
        if not self._sound.any():
            raise TargetError(
                "target: expected a sound to measure against, got silence or no samples; choose another file"
            )
        self._features = features(self._sound)
        self._peaks = peak_magnitudes(self._sound)
        self._lag_bands = lag_bands(self._sound, RATE_HZ)

    def measure(self, audio: Samples, rate_hz: float, *, align: bool = False) -> Measures:
        """Measure an output against the target.

        Parameters
        ----------
        audio
            Sound of shape ``(n_channels, n_samples)``, of any length, silent or empty: it is cut to the target's
            length or continued by silence. Values that are not finite are taken as 0, with a warning.
        rate_hz
            Its sample rate, which may differ from the target's.
        align
            Whether to shift the output by its lag before it is measured.

        Raises
        ------
        ParameterError
            If the array has another shape or the rate is not positive.
        """
        sound = fit_length(_mono(audio, rate_hz, "audio"), len(self._sound))
        lag_samples = find_lag_samples(self._lag_bands, lag_bands(sound, RATE_HZ), RATE_HZ)
        if align:
            sound = shift_earlier(sound, lag_samples)
        return self._compare(sound, lag_ms=1000.0 * samples_to_s(lag_samples, RATE_HZ))

    def _compare(self, sound: Mono, lag_ms: float) -> Measures:
        target, audio = self._features, features(sound)
        gain_db, distance_db = log_mel_distance(target, audio)
        plain, centred = similarity(target.chroma, audio.chroma, target.power)
        return Measures(
            lmsd_db=distance_db,
            sc=spectral_convergence(target, audio),
            mrstft=multi_resolution_distance(target, audio, self._peaks),
            chroma=plain,
            chroma_c=centred,
            onset_r=correlation(target.onsets, audio.onsets),
            mel_expl=explained_percent(target, audio, exponent=0.5),
            mel_expl_c=explained_percent(target, audio, exponent=0.25),
            gain_db=gain_db,
            lag_ms=lag_ms,
        )


def measure(
    target: Samples,
    target_rate_hz: float,
    audio: Samples,
    audio_rate_hz: float,
    *,
    align: bool = False,
) -> Measures:
    """Measure one output against one target; for several outputs use :class:`MeasuredTarget`.

    Parameters
    ----------
    target, target_rate_hz
        The target and its rate, as in :class:`MeasuredTarget`.
    audio, audio_rate_hz
        The output and its rate, as in :meth:`MeasuredTarget.measure`.
    align
        Whether to shift the output by its lag before it is measured.

    Raises
    ------
    ParameterError
        If an array is not of shape ``(n_channels, n_samples)`` or a rate is not positive.
    TargetError
        If the target is silent or empty.

    Examples
    --------
    >>> noise = np.random.default_rng(440).standard_normal((1, 44_100)).astype(np.float32)
    >>> itself = measure(noise, 44_100, 0.1 * noise, 44_100)
    >>> round(itself.gain_db, 1), round(itself.mel_expl, 1), round(itself.sc, 3)
    (20.0, 100.0, 0.0)
    """
    return MeasuredTarget(target, target_rate_hz).measure(audio, audio_rate_hz, align=align)


def _mono(samples: Samples, rate_hz: float, name: str) -> Mono:
    """The mean of a sound's channels at 44.1 kHz."""
    if samples.ndim != 2 or len(samples) == 0:
        raise ParameterError(f"{name}: expected shape (n_channels, n_samples), got {samples.shape}")
    if not (np.isfinite(rate_hz) and rate_hz > 0):
        raise ParameterError(f"{name}: expected a sample rate above 0 Hz, got {rate_hz}")
    broken = ~np.isfinite(samples)
    if broken.any():
        n_broken = int(broken.any(axis=0).sum())
        warnings.warn(
            f"{name}: {n_broken} samples are not finite and are taken as 0",
            RuntimeWarning,
            stacklevel=3,
        )
        samples = np.where(broken, np.float32(0.0), samples)
    sound: Mono = samples.mean(axis=0, dtype=np.float64).astype(np.float32)
    return sound if rate_hz == RATE_HZ else resample(sound[np.newaxis], rate_hz, RATE_HZ)[0]
