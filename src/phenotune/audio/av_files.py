"""Sound files that only PyAV reads or writes; the only place that imports av, which the extra ``formats`` brings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phenotune.arrays import Samples
from phenotune.audio.sound import Sound
from phenotune.errors import AudioFileError, MissingExtraError, ParameterError

AAC_RATES_HZ = (
    *(7350, 8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000),
    *(44_100, 48_000, 64_000, 88_200, 96_000),
)
"""The rates that AAC has."""
AAC_BITS_A_SECOND = 128_000
"""For each channel."""

_AAC_FRAME = 1024
_LAYOUTS = {1: "mono", 2: "stereo"}

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer


def read_sound(path: str | Path) -> Sound:
    """Decode the first sound track of a file from its first sample to its last.

    The samples that an encoder puts in front are left out as the file demands; those that it puts behind are cut off
    at the duration that the file states.

    Parameters
    ----------
    path
        The file; it must exist.

    Raises
    ------
    AudioFileError
        If it has no sound track or cannot be decoded.
    MissingExtraError
        If PyAV is not installed.
    """
    path = Path(path)
    av = import_av(f"reading {path}")
    try:
        # An absolute path, lest a name with a colon be taken for a protocol.
        with av.open(str(path.absolute())) as container:
            if not container.streams.audio:
                raise AudioFileError(path, "has no sound track")
            stream = container.streams.audio[0]
            interleaved, rate_hz = _decode(av, container, stream)
            n_samples = _n_stated(container, stream, rate_hz)
            tags = {**container.metadata, **stream.metadata}
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AudioFileError(
            path, f"is not a sound file that can be decoded ({reason[:1].lower()}{reason[1:]})"
        ) from error
    if n_samples is not None:
        interleaved = interleaved[:n_samples]
    return Sound(
        np.ascontiguousarray(interleaved.T),
        rate_hz,
        {name.lower(): value for name, value in tags.items()},
    )


def import_av(what: str) -> Any:
    """PyAV, where it is installed.

    Parameters
    ----------
    what
        What is wanted of it, for the message: ``"reading song.m4a"``.

    Raises
    ------
    MissingExtraError
        If it is not.
    """
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(what, "formats") from error
    return av


@contextmanager
def writing_aac(path: Path, rate_hz: int, n_channels: int) -> Iterator[Callable[[Samples], None]]:
    """Open an M4A file for AAC, give what writes blocks, and finish the file.

    What the encoder puts in front of the sound is marked in the file, so that players leave it out.

    Parameters
    ----------
    path
        The file.
    rate_hz, n_channels
        What it shall hold: a rate of :data:`AAC_RATES_HZ`, and one channel or two.

    Raises
    ------
    ParameterError
        If there are more channels.
    OSError
        If the disk refuses.
    """
    av = import_av(f"writing {path}")
    if n_channels not in _LAYOUTS:
        raise ParameterError(f"M4A: expected one channel or two to write, got {n_channels}")
    rest = np.zeros((n_channels, 0), np.float32)
    n_written = 0
    try:
        # Counted in samples, the length of the sound is exact; by itself it is rounded to milliseconds.
        options = {"movie_timescale": str(rate_hz)}
        with av.open(str(path.absolute()), "w", format="ipod", options=options) as container:
            stream = container.add_stream("aac", rate=rate_hz, layout=_LAYOUTS[n_channels])
            stream.bit_rate = AAC_BITS_A_SECOND * n_channels
            container.start_encoding()

            def encode(samples: Samples) -> None:
                nonlocal n_written
                frame = av.AudioFrame.from_ndarray(
                    np.ascontiguousarray(samples), format="fltp", layout=_LAYOUTS[n_channels]
                )
                frame.sample_rate, frame.pts = rate_hz, n_written
                frame.time_base = Fraction(1, rate_hz)
                container.mux(stream.encode(frame))
                n_written += samples.shape[1]

            def write(samples: Samples) -> None:
                nonlocal rest
                waiting = np.concatenate([rest, samples], axis=1)
                n_whole = waiting.shape[1] // _AAC_FRAME * _AAC_FRAME
                for start in range(0, n_whole, _AAC_FRAME):
                    encode(waiting[:, start : start + _AAC_FRAME])
                rest = waiting[:, n_whole:]

            yield write
            if rest.shape[1]:
                encode(rest)
            container.mux(stream.encode(None))
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror) from error


def _decode(
    av: Any, container: InputContainer, stream: AudioStream
) -> tuple[NDArray[np.float32], int]:
    """Decode a track to float32 of shape (n_samples, n_channels), and tell its rate.

    The rate is that of the decoded sound: the one in the header of HE-AAC is only half of it.
    """
    # Interleaved, because PyAV crashes on arrays of more than seven planes.
    interleave = av.AudioResampler(format="flt")
    parts = []
    rate_hz = 0
    for frame in container.decode(stream):
        rate_hz = rate_hz or frame.sample_rate
        for piece in interleave.resample(frame):
            parts.append(piece.to_ndarray().reshape(-1, piece.layout.nb_channels))
    if not parts:
        return np.zeros((0, max(1, stream.channels)), dtype=np.float32), stream.rate or 1
    return np.concatenate(parts), rate_hz


def _n_stated(container: InputContainer, stream: AudioStream, rate_hz: int) -> int | None:
    if stream.duration is not None and stream.time_base is not None:
        return round(float(stream.duration * stream.time_base * rate_hz))
    if container.duration is not None:
        return round(float(container.duration) * rate_hz / 1_000_000)
    return None
