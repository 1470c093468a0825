from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
import soundfile
import wavinfo

from phenotune.arrays import Samples
from phenotune.audio.files import read_sound, write_sound
from phenotune.errors import ParameterError
from phenotune.export import cues as cues_module
from phenotune.export.arrangement import Arrangement
from phenotune.export.cues import Cue, add_cues
from phenotune.export.formats import export_mosaic
from phenotune.export.labels import label
from phenotune.export.options import Options
from phenotune.mosaic.mosaic import Mosaic


def read_cues(path: Path) -> list[Cue]:
    """The markers of a file as wavinfo reads them."""
    info = wavinfo.WavInfoReader(str(path), info_encoding="utf-8")
    assert info.cues is not None
    texts = {label.name: label.text for label in info.cues.labels}
    lengths = {text.name: text.length for text in info.cues.ranges}
    return [Cue(c.sample_offset, lengths[c.name], texts[c.name]) for c in info.cues.cues]


def chunks(path: Path) -> list[tuple[bytes, int]]:
    """Names and sizes of the chunks; the file is walked through to its last byte."""
    data = path.read_bytes()
    assert struct.unpack("<I", data[4:8]) == (len(data) - 8,)
    found, at = [], 12
    while at < len(data):
        name, size = struct.unpack("<4sI", data[at : at + 8])
        found.append((name, size))
        at += 8 + size + size % 2
    assert at == len(data)
    return found


def test_a_marker_stands_where_each_clip_begins(
    mosaic: Mosaic, arrangement: Arrangement, tmp_path: Path
) -> None:
    document = export_mosaic(mosaic, "cues", tmp_path / "out")
    found = read_cues(document)
    assert [cue.text for cue in found] == [label(item) for item in arrangement.heard]
    for cue, item in zip(found, arrangement.heard, strict=True):
        assert cue.start_samples == max(0, item.onset_samples)
        n_samples = arrangement.phenotype(item.sound).shape[1]
        end = min(arrangement.n_samples, item.onset_samples + n_samples)
        assert cue.start_samples + cue.length_samples == pytest.approx(end, abs=8)
        assert cue.length_samples >= 0
        assert cue.start_samples + cue.length_samples <= arrangement.n_samples


def test_the_sound_is_that_of_the_mosaic_bit_for_bit(mosaic: Mosaic, tmp_path: Path) -> None:
    document = export_mosaic(mosaic, "cues", tmp_path / "out")
    samples, rate_hz = soundfile.read(document, dtype="float32")
    assert rate_hz == 44_100
    np.testing.assert_array_equal(samples.T, mosaic.render())


@pytest.mark.parametrize("bits", [16, 24])
def test_of_fewer_bits_the_sound_is_that_of_the_mosaic_s_own_file(
    mosaic: Mosaic, tmp_path: Path, bits: int
) -> None:
    document = export_mosaic(mosaic, "cues", tmp_path / "out", Options(bits=bits))
    mosaic.write(tmp_path / "own.wav", bits=bits)
    ours, own = read_sound(document).samples, read_sound(tmp_path / "own.wav").samples
    np.testing.assert_allclose(ours, own, atol=2.0 ** (2 - bits))


@pytest.mark.parametrize("n_samples", [1, 2, 3, 4])
@pytest.mark.parametrize("bits", [16, 24, 32])
@pytest.mark.parametrize("text", ["", "odd", "even", "é音💥"])
def test_chunks_of_odd_length_are_filled_up(
    tmp_path: Path, n_samples: int, bits: int, text: str
) -> None:
    path = tmp_path / "a.wav"
    sound: Samples = np.linspace(-0.5, 0.5, n_samples, dtype=np.float32)[None]
    write_sound(path, sound, 8000, bits=bits)
    before = read_sound(path).samples
    wanted = [Cue(0, n_samples, text), Cue(n_samples - 1, 1, "last")]
    add_cues(path, wanted)
    assert [name for name, _ in chunks(path)][-2:] == [b"cue ", b"LIST"]
    assert read_cues(path) == wanted
    np.testing.assert_array_equal(read_sound(path).samples, before)


def test_thousands_of_markers_are_read_back(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_sound(path, np.zeros((1, 5000), np.float32), 8000)
    wanted = [Cue(number, 1, f"#{number}") for number in range(5000)]
    add_cues(path, wanted)
    assert read_cues(path) == wanted
    assert read_sound(path).samples.shape[1] == 5000


def test_a_file_without_markers_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    write_sound(path, np.zeros((1, 10), np.float32), 8000)
    add_cues(path, [])
    assert chunks(path)[-2:] == [(b"cue ", 4), (b"LIST", 4)]
    assert read_sound(path).samples.shape[1] == 10


def test_what_is_too_much_for_a_wav_is_refused_and_left_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.wav"
    write_sound(path, np.zeros((1, 10), np.float32), 8000)
    before = path.read_bytes()
    monkeypatch.setattr(cues_module, "MAX_RIFF_BYTES", 100)
    with pytest.raises(ParameterError, match="more than a WAV with markers can hold"):
        add_cues(path, [Cue(0, 1, "a")])
    assert path.read_bytes() == before
    path.write_bytes(b"RF64" + before[4:])
    monkeypatch.setattr(cues_module, "MAX_RIFF_BYTES", 10**6)
    with pytest.raises(ParameterError, match="take the format labels"):
        add_cues(path, [Cue(0, 1, "a")])
