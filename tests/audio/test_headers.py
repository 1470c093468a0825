"""What a file says of itself: :func:`phenotune.audio.files.read_header`, whose module is tested in test_files.py."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.files import read_header, write_sound
from phenotune.errors import AudioFileError


def test_a_header_tells_what_a_file_is(tmp_path: Path) -> None:
    sound = np.zeros((2, 100), np.float32)
    write_sound(tmp_path / "a.wav", sound, 44_100, bits=32)
    write_sound(tmp_path / "a.flac", sound[:1], 44_100, bits=16)
    assert read_header(tmp_path / "a.wav") == ("WAV", "FLOAT", 2)
    assert read_header(tmp_path / "a.flac") == ("FLAC", "PCM_16", 1)


def test_what_is_no_sound_has_no_header(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"not a sound at all")
    assert read_header(tmp_path / "a.wav") is None
    with pytest.raises(AudioFileError, match="does not exist"):
        read_header(tmp_path / "b.wav")
