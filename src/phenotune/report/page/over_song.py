"""How much of the target the mosaic explains in each stretch of the song, by the run's own distance.

The distance of a run is a sum over frames, so that it can be told of any stretch of the song by itself: one minus the
distance of its frames over the distance that silence would have there. Over the whole song that is the share which the
run tells, to the last digit.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.errors import TargetError
from phenotune.progress import Progress
from phenotune.spectra.analysis import analyse_bands
from phenotune.spectra.hearing import heard
from phenotune.spectra.layout import Layout, make_layout
from phenotune.spectra.settings import SpectraSettings
from phenotune.spectra.target import prepare_target

WHOLE_S = 600.0
"""A longer song is looked at in parts of this length, each of which has loudest frames of its own to refer to."""

QUIET = 1e-3
"""A stretch in which silence costs less than this share of what it costs on average says nothing: it is left out."""


def explained_over_song(
    target: Samples,
    mosaic: Samples,
    settings: SpectraSettings,
    step_s: float,
    *,
    tilt_db_per_octave: float = 0.0,
    progress: Progress | None = None,
) -> list[float | None]:
    """The share explained in each stretch.

    Parameters
    ----------
    target, mosaic
        float32 (n_speakers, n_samples) at ``settings.rate_hz``, of the same shape; the mosaic as loud as its placements
        are.
    settings
        What the engine looked at.
    step_s
        Length of a stretch.
    tilt_db_per_octave
        With which tilt it heard the target; see :func:`phenotune.spectra.target.prepare_target`.
    progress
        Told what share is done.

    Returns
    -------
    list of float or None
        One value a stretch, at most 1, below 0 where silence would be nearer; None where the target is silent.
    """
    layout = make_layout(settings)
    # Parts begin where stretches do.
    part_s = max(1.0, WHOLE_S // step_s) * step_s
    n_samples, part = target.shape[1], round(part_s * settings.rate_hz)
    values: list[float | None] = []
    for start in range(0, n_samples, part):
        cut = slice(start, min(n_samples, start + part))
        errors = _errors(target[:, cut], mosaic[:, cut], layout, settings, tilt_db_per_octave)
        n_stretches = math.ceil((cut.stop - cut.start) / settings.rate_hz / step_s - 1e-9)
        if errors is None:
            values += [None] * n_stretches
        else:
            frames_a_stretch = step_s * settings.rate_hz / layout.hop
            firsts = np.ceil(np.arange(n_stretches) * frames_a_stretch - 1e-9).astype(np.intp)
            values += _by_stretch(*errors, firsts)
        if progress is not None:
            progress(cut.stop / n_samples)
    return values


def step_for(duration_s: float) -> float:
    """Length of a stretch in seconds, such that a song has a few hundred of them at most.

    >>> step_for(30.0), step_for(240.0), step_for(3600.0)
    (0.25, 1.0, 10.0)
    """
    steps_s = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
    return next((step for step in steps_s if duration_s <= 400 * step), 60.0)


def _errors(
    target: Samples,
    mosaic: Samples,
    layout: Layout,
    settings: SpectraSettings,
    tilt_db_per_octave: float,
) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Distance of each frame, of the mosaic and of silence; None where the target is silent."""
    try:
        spectra = prepare_target(target, layout, settings, tilt_db_per_octave=tilt_db_per_octave)
    except TargetError:
        return None
    powers = analyse_bands(heard(mosaic), spectra.n_frames, layout)
    of_mosaic, of_silence = np.zeros(spectra.n_frames), np.zeros(spectra.n_frames)
    for channel in range(spectra.n_channels):
        of_mosaic += spectra.errors(channel, powers[channel], 0, spectra.n_frames)
        powers[channel] = 0.0
        of_silence += spectra.errors(channel, powers[channel], 0, spectra.n_frames)
    return of_mosaic, of_silence


def _by_stretch(
    of_mosaic: NDArray[np.float64], of_silence: NDArray[np.float64], firsts: NDArray[np.intp]
) -> list[float | None]:
    """The share of each stretch, which goes from its first frame to before the first of the next."""
    firsts = np.minimum(firsts, of_silence.size - 1)
    errors, silences = (np.add.reduceat(each, firsts) for each in (of_mosaic, of_silence))
    least = QUIET * float(silences.mean())
    return [
        float(1.0 - error / silence) if silence > least else None
        for error, silence in zip(errors, silences, strict=True)
    ]
