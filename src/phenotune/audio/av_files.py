"""Sound files that only PyAV reads; the only place that imports av, which the extra ``formats`` brings."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from phenotune.audio.sound import Sound
from phenotune.errors import AudioFileError, MissingExtraError

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
    av = _import_av(path)
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


def _import_av(path: Path) -> Any:
    try:
        import av
    except ImportError as error:
        raise MissingExtraError(f"reading {path}", "formats") from error
    return av


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
