"""The door to sound files; the only place that imports soundfile.

What libsndfile calls frames and lays out as (time, channels) is translated here, and nowhere else, to samples laid out
as (channels, time).
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

import numpy as np
import soundfile
from numpy.typing import NDArray

from phenotune.arrays import Samples, check_samples
from phenotune.audio import av_files, formats
from phenotune.audio.formats import is_sound_name
from phenotune.audio.sound import Sound
from phenotune.audio.streams import Stream
from phenotune.audio.undisturbed import undisturbed
from phenotune.errors import AudioFileError, ParameterError
from phenotune.units import samples_to_s
from phenotune.whole_files import whole_file

__all__ = ["Sound", "check_file", "check_format", "is_sound_name", "read_sound", "write_sound"]

MIN_SHARE = 0.95
"""A file that holds less than this share of the length it states was cut short; a little less is a sloppy header."""

_UNKNOWN_LENGTH = 2**63 - 1
_MAX_VALUES = 2**40
_SAMPLES_AT_ONCE = 1 << 16

# libsndfile gives the channels of Ogg in the order of the Vorbis I specification, section 4.3.9. These are the places
# in it of the channels in the order of WAVE.
_WAVE_ORDER_IN_OGG = {
    3: [0, 2, 1],
    5: [0, 2, 1, 3, 4],
    6: [0, 2, 1, 5, 3, 4],
    7: [0, 2, 1, 6, 5, 3, 4],
    8: [0, 2, 1, 7, 5, 6, 3, 4],
}

_SUBTYPES = {
    ".wav": {16: "PCM_16", 24: "PCM_24", 32: "FLOAT"},
    ".flac": {16: "PCM_16", 24: "PCM_24"},
    ".ogg": dict.fromkeys((16, 24, 32), "VORBIS"),
    ".mp3": dict.fromkeys((16, 24, 32), "MPEG_LAYER_III"),
}
_MAX_WAV_BYTES = 2**32 - 2**16


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


def write_sound(path: str | Path, samples: Samples, rate_hz: int, *, bits: int = 24) -> None:
    """Write a sound file whole or not at all; the same sound gives the same bytes in WAV and FLAC.

    Parameters
    ----------
    path
        The file; its suffix is the format: ``.wav``, ``.flac``, ``.ogg`` (Vorbis) or ``.mp3``.
    samples
        Sound, float32 of shape (n_channels, n_samples). Beyond 1.0 it clips, save in a WAV of 32 bits; see
        :func:`phenotune.audio.levels.scale_to_fit`.
    rate_hz
        Its rate.
    bits
        16, 24, or 32 for float, which is WAV only. OGG and MP3 have no bits and ignore it.

    Raises
    ------
    ParameterError
        If the format is not one of the four, or cannot hold this many bits or channels or this rate.
    RunFolderError
        If the disk refuses; what was there before is then untouched.
    """
    path = Path(path)
    check_samples(samples)
    check_format(path, bits)
    file_format, subtype = _format_to_write(path, samples, bits)
    with whole_file(path) as temporary, open(temporary, "r+b") as file:
        _encode(Stream(file), samples, rate_hz, (file_format, subtype))
        _forget_time_of_writing(file)


def check_format(path: str | Path, bits: int) -> None:
    """Make sure that :func:`write_sound` has a format for a name, which it is good to know before the sound is made.

    Raises
    ------
    ParameterError
        If the format is not one of the four, or cannot hold this many bits.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _SUBTYPES:
        raise ParameterError(f"{path}: expected a name that ends in {', '.join(_SUBTYPES)}")
    if bits not in _SUBTYPES[suffix]:
        choices = ", ".join(str(choice) for choice in _SUBTYPES[suffix])
        raise ParameterError(f"{path}: expected bits to be one of {choices}, got {bits!r}")


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
            reason = f"is not a sound file that can be decoded ({_words(error, stream)})"
            raise AudioFileError(path, reason) from error
        with decoder:
            try:
                interleaved = _read_all(decoder, path)
            except soundfile.LibsndfileError as error:
                reason = f"is damaged or cut short ({_words(error, stream)})"
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


def _words(error: soundfile.LibsndfileError, stream: Stream) -> str:
    """What libsndfile has to say, without the name of the stream."""
    if stream.error is not None:
        return str(stream.error.strerror)
    if (
        error.code == 7
    ):  # "File does not exist or is not a regular file", said of what only looks like MP3
        return "no sound found in it"
    text = str(error.error_string).removeprefix("Error : ").rstrip(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]  # not "mPEG"


def _format_to_write(path: Path, samples: Samples, bits: int) -> tuple[str, str]:
    suffix = path.suffix.lower()
    is_huge = suffix == ".wav" and samples.size * bits // 8 > _MAX_WAV_BYTES
    return "RF64" if is_huge else suffix[1:].upper(), _SUBTYPES[suffix][bits]


@undisturbed()
def _encode(
    stream: Stream, samples: Samples, rate_hz: int, format_and_subtype: tuple[str, str]
) -> None:
    n_channels, n_samples = samples.shape
    file_format, subtype = format_and_subtype
    try:
        encoder = soundfile.SoundFile(
            stream, "w", rate_hz, n_channels, format=file_format, subtype=subtype
        )
    except soundfile.LibsndfileError as error:
        raise stream.error or ParameterError(
            f"{file_format} cannot hold {n_channels} channels at {rate_hz} Hz ({_words(error, stream)})"
        ) from error
    try:
        with encoder:
            # In pieces: some releases of libsndfile overflow their stack on a long piece of Vorbis.
            for start in range(0, n_samples, _SAMPLES_AT_ONCE):
                encoder.write(samples[:, start : start + _SAMPLES_AT_ONCE].T)
    except (soundfile.LibsndfileError, AssertionError) as error:
        raise stream.error or OSError(str(error)) from error
    if stream.error is not None:
        raise stream.error


def _forget_time_of_writing(file: BinaryIO) -> None:
    """Blank the time stamp that libsndfile puts into the PEAK chunk of a float WAV."""
    file.seek(0)
    place = file.read(formats.HEAD_BYTES).find(b"PEAK")
    if place >= 0:
        # Name, size and version of the chunk, four bytes each, come before the time.
        file.seek(place + 12)
        file.write(bytes(4))
