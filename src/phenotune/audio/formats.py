"""What can be told of a sound file from its name and its first bytes."""

from __future__ import annotations

from pathlib import Path

HEAD_BYTES = 128
"""How much of a file the functions here want to see."""

# What libsndfile reads, without its headerless formats; then what PyAV reads besides.
_LIBSNDFILE = "wav wave bwf rf64 w64 aif aiff aifc caf flac ogg oga opus mp1 mp2 mp3"
_LIBSNDFILE_OF_OLD = "au snd voc svx 8svx iff sph nist ircam sf paf pvf avr xi"
_PYAV = "m4a m4b mp4 mov aac ac3 wma webm mka mkv"
_SUFFIXES = frozenset(
    f".{name}" for names in (_LIBSNDFILE, _LIBSNDFILE_OF_OLD, _PYAV) for name in names.split()
)

_PYAV_MAGIC = (
    b"\x1a\x45\xdf\xa3",  # EBML: WebM and Matroska
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF: WMA
    b"\x0b\x77",  # AC-3
)
_MP4_MAGIC = (b"ftyp", b"moov", b"mdat", b"wide")  # after the four bytes of a length

# Programs that write a stream whose length they do not know leave 0 or one of the largest numbers in the header.
_LARGEST_STATED_LENGTH = 0x7FFF_0000


def is_sound_name(path: str | Path) -> bool:
    """Whether a name ends like that of a sound file which libsndfile or PyAV may read.

    Parameters
    ----------
    path
        A file; only its suffix is looked at, the case of which does not matter.

    Examples
    --------
    >>> is_sound_name("Break.WAV"), is_sound_name("notes.txt")
    (True, False)
    """
    return Path(path).suffix.lower() in _SUFFIXES


def needs_av(head: bytes) -> bool:
    """Whether a file, whatever its name, begins like a format that only PyAV reads: MP4, AAC, AC-3, WMA, WebM."""
    is_adts = head[:1] == b"\xff" and head[1:2] != b"" and head[1] & 0xF6 == 0xF0  # bare AAC
    return head[4:8] in _MP4_MAGIC or head.startswith(_PYAV_MAGIC) or is_adts


def is_ogg_opus(head: bytes) -> bool:
    """Whether a file begins like Opus in Ogg, some of which libsndfile refuses and PyAV reads."""
    return head.startswith(b"OggS") and b"OpusHead" in head


def stated_n_bytes(head: bytes) -> int | None:
    """Length that the header of a WAV or AIFF file states for the whole file; None where none is stated.

    >>> stated_n_bytes(b"RIFF" + (1000).to_bytes(4, "little") + b"WAVE")
    1008
    """
    if head.startswith(b"RIFF"):
        n_bytes = int.from_bytes(head[4:8], "little")
    elif head.startswith(b"FORM"):
        n_bytes = int.from_bytes(head[4:8], "big")
    else:
        return None
    return n_bytes + 8 if 0 < n_bytes < _LARGEST_STATED_LENGTH else None
