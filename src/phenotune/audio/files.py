"""The door to sound files; beside ``writing`` the only place that imports soundfile.

What libsndfile calls frames and lays out as (time, channels) is translated here, and nowhere else, to samples laid out
as (channels, time).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile
from numpy.typing import NDArray

from phenotune.audio import av_files, formats
from phenotune.audio.formats import is_sound_name
from phenotune.audio.sound import Sound
from phenotune.audio.streams import Stream
from phenotune.audio.undisturbed import undisturbed
from phenotune.audio.writing import check_format, words, write_sound
from phenotune.errors import AudioFileError
from phenotune.units import samples_to_s

__all__ = [
    "Header",
    "Sound",
    "check_file",
    "check_format",
    "is_sound_name",
    "read_header",
    "read_sound",
    "write_sound",
]

MIN_SHARE = 0.95
"""A file that holds less than this share of the length it states was cut short; a little less is a sloppy header."""

_UNKNOWN_LENGTH = 2**63 - 1
_MAX_VALUES = 2**40

# libsndfile gives the channels of Ogg in the order of the Vorbis I specification, section 4.3.9. These are the places
# in it of the channels in the order of WAVE.
_WAVE_ORDER_IN_OGG = {
    3: [0, 2, 1],
    5: [0, 2, 1, 3, 4],
    6: [0, 2, 1, 5, 3, 4],
    7: [0, 2, 1, 6, 5, 3, 4],
    8: [0, 2, 1, 7, 5, 6, 3, 4],
}


def check_file(path: Path) -> os.stat_result:
    """Make sure that something which could hold sound lies at a path, and tell its state.

    Raises
    ------
    AudioFileError
        If there is nothing, or a folder, or something that is no file, or an empty file.
    """
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise AudioFileError(path, "does not exist") from error
    except OSError as error:
        raise AudioFileError(path, f"cannot be read ({error.strerror})") from error
    if stat.S_ISDIR(status.st_mode):
        can_be_listed = os.access(path, os.R_OK | os.X_OK)
        kind = "a folder, not a sound file" if can_be_listed else "a folder that may not be read"
        raise AudioFileError(path, f"is {kind}")
    if not stat.S_ISREG(status.st_mode):
        raise AudioFileError(path, "is not a regular file")
    if status.st_size == 0:
        raise AudioFileError(path, "is empty (0 bytes)")
    return status


def read_sound(path: str | Path) -> Sound:
    """Decode a sound file from its first sample to its last.

    The file is read once and in order: seeking in Ogg Vorbis gives wrong samples (libsndfile issue 885). Whatever
    libsndfile reads is read by it; for MP4, AAC, WMA, WebM and such, told by their content and not by their name, PyAV
    is asked, and also for Opus that libsndfile refuses.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Sound
        With all its channels and at its own rate; it may hold no samples at all.

    Raises
    ------
    AudioFileError
        If the file is missing, empty, not a sound file, damaged, or cut short.
    MissingExtraError
        If only PyAV could read it, which is not installed.
    """
    path = Path(path)
    check_file(path)
    try:
        with open(path, "rb") as file:
            head = file.read(formats.HEAD_BYTES)
        if formats.needs_av(head):
            return av_files.read_sound(path)
        _check_is_whole(path, head)
        return _decode(path)
    except OSError as error:  # a disk that fails, or a file that goes away meanwhile
        raise AudioFileError(path, f"cannot be read ({error.strerror or error})") from error
    except AudioFileError:
        if not formats.is_ogg_opus(head):
            raise
        return av_files.read_sound(path)


class Header(NamedTuple):
    """What a sound file says of itself: libsndfile's names for its format and subtype, and its channels."""

    format: str
    subtype: str
    n_channels: int


@undisturbed()
def read_header(path: str | Path) -> Header | None:
    """Tell what a sound file is without decoding it; None where libsndfile cannot read it."""
    path = Path(path)
    check_file(path)
    with open(path, "rb") as file:
        try:
            with soundfile.SoundFile(Stream(file)) as decoder:
                return Header(decoder.format, decoder.subtype, decoder.channels)
        except soundfile.LibsndfileError:
            return None


def _check_is_whole(path: Path, head: bytes) -> None:
    """Refuse a WAV or AIFF that was cut short, which libsndfile takes without a word."""
    stated = formats.stated_n_bytes(head)
    if stated is not None and (there := path.stat().st_size) < MIN_SHARE * stated:
        raise AudioFileError(
            path, f"is cut short: {there} of the {stated} bytes that it states are there"
        )


@undisturbed()
def _decode(path: Path) -> Sound:
    with open(path, "rb") as file:
        stream = Stream(file)
        try:
            decoder = soundfile.SoundFile(stream)
        except soundfile.LibsndfileError as error:
            reason = f"is not a sound file that can be decoded ({words(error, stream)})"
            raise AudioFileError(path, reason) from error
        with decoder:
            try:
                interleaved = _read_all(decoder, path)
            except soundfile.LibsndfileError as error:
                reason = f"is damaged or cut short ({words(error, stream)})"
                raise AudioFileError(path, reason) from error
            tags = decoder.copy_metadata()
            if decoder.subtype in ("VORBIS", "OPUS") and decoder.channels in _WAVE_ORDER_IN_OGG:
                interleaved = interleaved[:, _WAVE_ORDER_IN_OGG[decoder.channels]]
            return Sound(np.ascontiguousarray(interleaved.T), int(decoder.samplerate), tags)


def _read_all(decoder: soundfile.SoundFile, path: Path) -> NDArray[np.float32]:
    """Read everything in one call, for soundfile seeks after each."""
    n_stated = decoder.frames
    stated_s = samples_to_s(n_stated, decoder.samplerate)
    if n_stated == _UNKNOWN_LENGTH:
        raise AudioFileError(path, "does not state its length; save it again, as WAV for example")
    try:
        if n_stated * decoder.channels > _MAX_VALUES:
            raise MemoryError
        # The number is given since without it soundfile refuses what it cannot seek in, such as GSM.
        interleaved: NDArray[np.float32] = decoder.read(n_stated, "float32", always_2d=True)
    except MemoryError as error:
        reason = f"states a length of {stated_s / 3600:.0f} h, which is more than memory holds"
        raise AudioFileError(path, reason) from error
    if len(interleaved) < MIN_SHARE * n_stated:
        there_s = samples_to_s(len(interleaved), decoder.samplerate)
        raise AudioFileError(
            path, f"is damaged or cut short: {there_s:.2f} s of {stated_s:.2f} s can be decoded"
        )
    return interleaved
