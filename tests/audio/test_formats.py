from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.audio.formats import is_ogg_opus, is_sound_name, needs_av, stated_n_bytes


@pytest.mark.parametrize(
    "name", ["a.wav", "A.WAV", "b.aiff", "c.FLAC", "d.ogg", "e.mp3", "f.caf", "g.m4a", "h.x.opus"]
)
def test_names_of_sounds(name: str) -> None:
    assert is_sound_name(name)
    assert is_sound_name(Path("folder.d") / name)


@pytest.mark.parametrize(
    "name", ["wav", ".wav", "a.txt", "b.raw", "c.wav.part", "d.vox", "", "e.mat"]
)
def test_names_of_other_things(name: str) -> None:
    assert not is_sound_name(name)


@pytest.mark.parametrize(
    "head",
    [
        b"\0\0\0\x20ftypM4A ",
        b"\x1a\x45\xdf\xa3rest",
        bytes.fromhex("3026b2758e66cf11a6d9"),
        b"\xff\xf1\x50\x80",
        b"\x0b\x77rest",
    ],
    ids=["mp4", "webm", "wma", "aac", "ac3"],
)
def test_formats_that_only_av_reads(head: bytes) -> None:
    assert needs_av(head)


@pytest.mark.parametrize(
    "head",
    [b"", b"\xff", b"RIFF\0\0\0\0WAVE", b"fLaC", b"OggS", b"ID3\x03", b"\xff\xfb\x90\x64", b"text"],
)
def test_formats_that_libsndfile_reads_and_nonsense(head: bytes) -> None:
    assert not needs_av(head)
    assert not is_ogg_opus(head)


def test_opus_in_ogg_is_told_from_vorbis() -> None:
    assert is_ogg_opus(b"OggS" + bytes(24) + b"OpusHead")
    assert not is_ogg_opus(b"OggS" + bytes(24) + b"\x01vorbis")


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"RIFF\x10\0\0\0WAVE", 24),
        (b"FORM\0\0\0\x10AIFF", 24),
        (b"RIFF\0\0\0\0WAVE", None),  # a recorder that never came to finish its header
        (b"RIFF\xff\xff\xff\xffWAVE", None),  # a stream
        (b"FORM\x7f\xff\xff\xffAIFF", None),
        (b"fLaC\0\0\0\x22", None),
        (b"", None),
    ],
)
def test_length_stated_in_the_header(head: bytes, expected: int | None) -> None:
    assert stated_n_bytes(head) == expected
