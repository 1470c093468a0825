"""The tempo of a sound, and where its beats fall.

The onset strength of the whole sound is compared with itself: its autocorrelation is high at the period of the beat
and at every multiple of it. A comb over the first multiples chooses the period, one over ever more of them makes it
exact, and the first beat is read off the onset strength folded at that period. One steady tempo is sought; music that
breathes gets the nearest there is, and little confidence.

References
----------
E. Scheirer, "Tempo and beat analysis of acoustic musical signals", JASA 103(1), 1998: combs on the envelope, the phase
that answers best.
M. Davies and M. Plumbley, "Context-dependent beat tracking of musical audio", IEEE TASLP 15(3), 2007: the mean of the
surroundings taken away, combs on the autocorrelation.
D. Ellis, "Beat tracking by dynamic programming", JNMR 36(1), 2007: the weight on tempi, normal over octaves, and
sums of a period with its double.
G. Percival and G. Tzanetakis, "Streamlined tempo estimation based on autocorrelation and cross-correlation with
pulses", IEEE/ACM TASLP 22(12), 2014: one weight for all of the sound, and the octave as a question of its own.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import fft

from phenotune.arrays import Samples
from phenotune.errors import ParameterError
from phenotune.spectra.flux import Flux, onset_flux
from phenotune.units import s_to_samples

Envelope = NDArray[np.float64]

MIN_BPM = 40.0
MAX_BPM = 250.0
LONGEST_S = 120.0
"""At most so much is looked at, from the middle of the sound."""

USUAL_BPM = 120.0
"""Where the weight on tempi is greatest; also what is said of a sound without any onset."""

WIDTH_OCTAVES = 1.4
"""Standard deviation of that weight: wide, so that it decides between octaves and little else."""

STEPS_AN_OCTAVE = 300
TEETH = (1, 2, 4, 8, 16)
"""The comb looks a beat, half a bar, a bar and more ahead: music comes back after bars, and dotted and other cross
rhythms, which are regular as well, do not come back with them (decision 13)."""

BETWEEN = (1 / 2, 1 / 3, 1 / 5)
"""Where a comb must not be as high as at its teeth: so many periods before each."""

MOST_BETWEEN = 0.85
LEAST_FIRST = 0.2
FAULT = 2.5
"""What is more than that share of the teeth between them, or less at the first of them, is taken away so many times."""

LOCAL_MEAN_S = 0.8
SMOOTHING_S = 0.008
AT_ZERO_S = 0.006
"""A beat that falls so shortly before the sound begins is said to fall on its first sample."""

N_FIRST_TEETH = 4
REACH_FRAMES = 3.0
STEP_FRAMES = 0.1
LEAST_SHARE = 0.5
"""Teeth are believed as long as they keep this share of the height of the first four."""

CHANCE_S = 0.03
CHANCE_SIGMAS = 2.5
"""What chance alone makes of the highest of all combs: onsets this long apart are independent of one another."""

DOUBTFUL_HEIGHT = 0.1
SURE_HEIGHT = 0.5
DOUBTFUL_BEATS = 2.0
SURE_BEATS = 10.0
DOUBTFUL_RISE_DB = 0.5
SURE_RISE_DB = 1.0


@dataclass(frozen=True, slots=True)
class Tempo:
    """A steady tempo.

    Parameters
    ----------
    bpm
        Beats a minute, 40 to 250.
    first_beat_s
        Where the first beat falls, 0 up to one beat.
    confidence
        From 0, there is no beat, to 1, a drum machine.
    """

    bpm: float
    first_beat_s: float
    confidence: float

    @property
    def half_bpm(self) -> float:
        """The tempo of one who counts every other beat."""
        return self.bpm / 2.0

    @property
    def double_bpm(self) -> float:
        """The tempo of one who counts twice as many."""
        return self.bpm * 2.0


def find_tempo(samples: Samples, rate_hz: int) -> Tempo:
    """Estimate the tempo: a pure function of the sound, which may be silent and of any length.

    Parameters
    ----------
    samples
        Sound, float32 (n_channels, n_samples). Of more than two minutes, the two in the middle are looked at.
    rate_hz
        Its rate.

    Returns
    -------
    Tempo
        120 beats/min without confidence where nothing begins, or where two beats do not fit.
    """
    flux, start_s = _middle_flux(samples, rate_hz)
    envelope = _detrended(flux.full + flux.low, flux.hop_s)
    alike = autocorrelation(envelope)
    periods = _periods(alike.size, flux.hop_s)
    if not periods.size or not alike.any():
        return Tempo(USUAL_BPM, 0.0, 0.0)
    heights = comb(alike, periods) * _weight(60.0 / (periods * flux.hop_s))
    period = _refined(alike, float(periods[int(np.argmax(heights))]))
    bpm = 60.0 / (period * flux.hop_s)
    return Tempo(
        bpm=bpm,
        first_beat_s=_first_beat_s(flux, start_s, bpm),
        confidence=_confidence(flux, alike, period),
    )


def find_first_beat_s(samples: Samples, rate_hz: int, bpm: float) -> float:
    """Where the first beat of a known tempo falls, in seconds, 0 up to one beat; 0 for silence.

    Parameters
    ----------
    samples, rate_hz
        As for :func:`find_tempo`.
    bpm
        The tempo, above 0.

    Raises
    ------
    ParameterError
        For a tempo that is none.
    """
    if not bpm > 0.0:
        raise ParameterError(f"bpm: expected beats/min above 0, got {bpm:g}")
    flux, start_s = _middle_flux(samples, rate_hz)
    return _first_beat_s(flux, start_s, bpm)


def autocorrelation(envelope: Envelope) -> Envelope:
    """Autocorrelation without its mean, 1 at lag 0; each lag over its own overlap, lags of three quarters at most."""
    n_lags = envelope.size * 3 // 4
    centred = envelope - envelope.mean() if envelope.size else envelope
    n_fft = fft.next_fast_len(2 * envelope.size + 1, real=True)
    sums = fft.irfft(np.square(np.abs(fft.rfft(centred, n_fft))), n_fft)[:n_lags]
    means: Envelope = sums / np.arange(envelope.size, envelope.size - n_lags, -1)
    return means / means[0] if n_lags and means[0] > 0.0 else np.zeros(n_lags)


def comb(alike: Envelope, periods: Envelope) -> Envelope:
    """How well each period fits: the mean of the autocorrelation at its teeth, less two faults.

    One is to be as high between the teeth as at them: equal strokes at 200 are no 100 beats/min, and such at 260, which
    is out of reach, no 52. The other is to have no first tooth: equal strokes at 60 are no 120.

    Parameters
    ----------
    alike
        Autocorrelation, 1 at lag 0. Teeth beyond its end are left out of the mean.
    periods
        In frames, float64 (n,).
    """
    lags, teeth = np.arange(alike.size), np.outer(TEETH, periods)
    is_seen = teeth <= alike.size - 1
    n_seen = np.maximum(is_seen.sum(axis=0), 1)

    def mean_before(share: float) -> Envelope:
        heights = np.interp(teeth - share * periods, lags, alike)
        return np.asarray((is_seen * heights).sum(axis=0) / n_seen)

    heights = mean_before(0.0)
    above = np.maximum(heights, 0.0)
    between = np.max([mean_before(share) for share in BETWEEN], axis=0)
    too_high: Envelope = np.maximum(between - MOST_BETWEEN * above, 0.0)
    too_low: Envelope = np.maximum(LEAST_FIRST * above - np.interp(periods, lags, alike), 0.0)
    return heights - FAULT * (too_high + too_low)


def _middle_flux(samples: Samples, rate_hz: int) -> tuple[Flux, float]:
    """Flux of the middle of a sound, and where that begins in seconds."""
    n_wanted = s_to_samples(LONGEST_S, rate_hz)
    start = max(0, (samples.shape[1] - n_wanted) // 2)
    return onset_flux(samples[:, start : start + n_wanted], rate_hz), start / rate_hz


def _detrended(flux: Envelope, hop_s: float) -> Envelope:
    """What stands out of its surroundings (Davies and Plumbley 2007), slightly smoothed."""
    half = max(1, round(LOCAL_MEAN_S / 2.0 / hop_s))
    sums = np.concatenate([[0.0], np.cumsum(flux)])
    at = np.arange(flux.size)
    first, last = np.maximum(at - half, 0), np.minimum(at + half + 1, flux.size)
    local_mean = (sums[last] - sums[first]) / (last - first)
    return _smoothed(np.maximum(flux - local_mean, 0.0), hop_s)


def _smoothed(envelope: Envelope, hop_s: float) -> Envelope:
    """The envelope under a Gaussian of 8 ms, which lets beats meet that are not played to the millisecond."""
    reach = max(1, round(3.0 * SMOOTHING_S / hop_s))
    shape = np.exp(-0.5 * np.square(np.arange(-reach, reach + 1) * hop_s / SMOOTHING_S))
    smoothed: Envelope = np.convolve(envelope, shape / shape.sum())
    return smoothed[reach : reach + envelope.size]


def _periods(n_lags: int, hop_s: float) -> Envelope:
    """Periods to be tried, in frames, evenly spaced in octaves; two of them must fit into the lags."""
    n_steps = round(np.log2(MAX_BPM / MIN_BPM) * STEPS_AN_OCTAVE)
    bpm = MAX_BPM * (MIN_BPM / MAX_BPM) ** (np.arange(n_steps + 1) / n_steps)
    periods: Envelope = 60.0 / (bpm * hop_s)
    return periods[2.0 * periods <= n_lags - 1]


def _weight(bpm: Envelope) -> Envelope:
    """Weight on tempi, normal over octaves about 120 beats/min (Ellis 2007)."""
    weight: Envelope = np.exp(-0.5 * np.square(np.log2(bpm / USUAL_BPM) / WIDTH_OCTAVES))
    return weight


def _refined(alike: Envelope, period: float) -> float:
    """The period to a fraction of a frame, by a comb of 4, 8, 16, ... teeth.

    A period that is a thousandth too long misses the hundredth tooth by a tenth of a beat: far teeth tell small
    differences apart, and near ones where to look. It ends where the teeth get much lower, as they do in music that
    does not keep its tempo.
    """
    n_frames = alike.size * 4 / 3
    least_height, n_known, n_wanted = -1.0, 0, N_FIRST_TEETH
    while (n_teeth := min(n_wanted, int((alike.size - 1) / period))) > n_known:
        step, reach = STEP_FRAMES / n_teeth, REACH_FRAMES / max(n_known, 1)
        n_steps = round(reach / step)
        tried = period + np.arange(-n_steps, n_steps + 1) * step
        lags = np.outer(tried, np.arange(1, n_teeth + 1))
        heights = np.interp(lags, np.arange(alike.size), alike)
        best = int(np.argmax((heights * (1.0 - lags / n_frames)).sum(axis=1)))
        height = float(heights[best, n_known:].mean())
        if height < least_height:
            break
        if not n_known:
            least_height = LEAST_SHARE * height
        period, n_known, n_wanted = float(tried[best]), n_teeth, 2 * n_wanted
    return period


def _first_beat_s(flux: Flux, start_s: float, bpm: float) -> float:
    """Where the onset strength, folded at the beat, is greatest."""
    beat_s = 60.0 / bpm
    period = beat_s / flux.hop_s
    strength = _smoothed(flux.weight, flux.hop_s)
    if not strength.any():
        return 0.0
    n_phases = int(np.ceil(4.0 * period))
    phases = np.arange(n_phases) * (period / n_phases)
    frames = phases[:, np.newaxis] + period * np.arange(int(strength.size / period) + 1)
    folded = np.interp(frames, np.arange(strength.size), strength, right=0.0).sum(axis=1)
    heard_s = start_s + flux.first_s + float(phases[int(np.argmax(folded))]) * flux.hop_s
    first_s = heard_s % beat_s
    return 0.0 if beat_s - first_s < AT_ZERO_S else first_s


def _confidence(flux: Flux, alike: Envelope, period: float) -> float:
    """How sure one can be: how high the comb is above chance, over how many beats, of onsets how strong."""
    teeth = period * np.array(TEETH)
    teeth = teeth[teeth <= alike.size - 1]
    height = float(np.interp(teeth, np.arange(alike.size), alike).mean())
    sound_s = flux.full.size * flux.hop_s
    chance = CHANCE_SIGMAS * np.sqrt(CHANCE_S / (sound_s * max(teeth.size, 1)))
    n_beats = flux.full.size / period
    rise_db = float(np.median(np.sort(flux.full)[-max(1, round(n_beats)) :]))
    return (
        _share(height - chance, DOUBTFUL_HEIGHT, SURE_HEIGHT)
        * _share(n_beats, DOUBTFUL_BEATS, SURE_BEATS)
        * _share(rise_db, DOUBTFUL_RISE_DB, SURE_RISE_DB)
    )


def _share(value: float, nothing: float, everything: float) -> float:
    """0 up to one value, 1 from another, evenly between."""
    return float(np.clip((value - nothing) / (everything - nothing), 0.0, 1.0))
