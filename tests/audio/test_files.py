from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
import soundfile

from phenotune.arrays import Samples
from phenotune.audio import files
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.levels import rms
from phenotune.errors import AudioFileError, ParameterError, RunFolderError

Maker = Callable[..., Samples]

# Suffix, format and subtype of libsndfile, and how far a decoded sample may be from the original.
LOSSLESS = [
    (".wav", "WAV", "PCM_U8", 2**-7),
    (".wav", "WAV", "PCM_16", 2**-15),
    (".wav", "WAV", "PCM_24", 2**-23),
    (".wav", "WAV", "PCM_32", 2**-24),
    (".wav", "WAV", "FLOAT", 0.0),
    (".wav", "WAV", "DOUBLE", 0.0),
    (".wav", "WAVEX", "PCM_16", 2**-15),
    (".wav", "WAV", "ULAW", 2**-5),
    (".wav", "WAV", "ALAW", 2**-5),
    (".rf64", "RF64", "PCM_24", 2**-23),
    (".aiff", "AIFF", "PCM_16", 2**-15),
    (".aif", "AIFF", "FLOAT", 0.0),
    (".flac", "FLAC", "PCM_16", 2**-15),
    (".flac", "FLAC", "PCM_24", 2**-23),
    (".caf", "CAF", "PCM_24", 2**-23),
    (".caf", "CAF", "ALAC_16", 2**-15),
    (".au", "AU", "PCM_16", 2**-15),
    (".w64", "W64", "PCM_16", 2**-15),
]
LOSSY = [(".ogg", "OGG", "VORBIS"), (".opus", "OGG", "OPUS"), (".mp3", "MP3", "MPEG_LAYER_III")]


def encoded(
    samples: Samples, rate_hz: int, file_format: str, subtype: str | None = None, **tags: str
) -> bytes:
    """A file made by soundfile, that is, not by the code under test."""
    memory = io.BytesIO()
    with soundfile.SoundFile(
        memory, "w", rate_hz, samples.shape[0], format=file_format, subtype=subtype
    ) as file:
        for name, text in tags.items():
            setattr(file, name, text)
        for start in range(0, samples.shape[1], 4096):
            file.write(samples[:, start : start + 4096].T)
    return memory.getvalue()


@contextmanager
def full_disk(n_bytes_left: int) -> Iterator[None]:
    """A disk on which no file can grow beyond so many bytes; it refuses even root."""
    resource = pytest.importorskip("resource", reason="only Unix can simulate a full disk")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (n_bytes_left, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# Reading


@pytest.mark.parametrize(("suffix", "file_format", "subtype", "tolerance"), LOSSLESS)
@pytest.mark.parametrize("n_channels", [1, 2])
def test_lossless_formats(
    n_channels: int,
    suffix: str,
    file_format: str,
    subtype: str,
    tolerance: float,
    noise: Maker,
    tmp_path: Path,
) -> None:
    path = tmp_path / f"sound{suffix}"
    samples = noise(n_channels, 5001)
    path.write_bytes(encoded(samples, 44_100, file_format, subtype))
    sound = read_sound(path)
    assert sound.rate_hz == 44_100
    assert sound.samples.dtype == np.float32
    assert sound.samples.flags.c_contiguous
    assert sound.samples.shape == samples.shape
    np.testing.assert_allclose(sound.samples, samples, rtol=0, atol=tolerance)


@pytest.mark.parametrize(("suffix", "file_format", "subtype"), LOSSY)
def test_lossy_formats_keep_length_place_and_channels(
    suffix: str,
    file_format: str,
    subtype: str,
    tones: Maker,
    pitches: Callable[..., list[int]],
    tmp_path: Path,
) -> None:
    path = tmp_path / f"sound{suffix}"
    samples = tones([440, 660], 48_000)
    samples[:, :24_000] = 0.0
    path.write_bytes(encoded(samples, 48_000, file_format, subtype))
    sound = read_sound(path)
    assert sound.samples.shape == (2, 48_000)
    assert pitches(sound.samples[:, 24_000:], 48_000) == [440, 660]
    assert np.abs(sound.samples[:, :23_000]).max() < 0.02
    assert rms(sound.samples[:, 25_000:]) == pytest.approx(0.2 / 2**0.5, rel=0.15)


@pytest.mark.parametrize("subtype", ["GSM610", "IMA_ADPCM", "MS_ADPCM"])
def test_codecs_of_old(
    subtype: str, tones: Maker, pitches: Callable[..., list[int]], tmp_path: Path
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(tones([440], 8_000), 8_000, "WAV", subtype))
    sound = read_sound(path)
    assert sound.samples.shape == (1, pytest.approx(8_000, rel=0.1))  # whole blocks
    assert pitches(sound.samples[:, :8_000], 8_000) == [440]


@pytest.mark.parametrize("rate_hz", [8_000, 11_025, 44_100, 96_000, 192_000])
def test_rates_are_kept(rate_hz: int, noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(noise(1, 100), rate_hz, "WAV"))
    assert read_sound(path).rate_hz == rate_hz


@pytest.mark.parametrize("n_samples", [0, 1, 2])
def test_next_to_nothing(n_samples: int, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(np.ones((2, n_samples), np.float32), 44_100, "WAV", "FLOAT"))
    assert read_sound(path).samples.tolist() == [[1.0] * n_samples] * 2


def test_values_of_float_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples = np.array([[2.5, -3.0, np.nan, np.inf, 1e-9]], dtype=np.float32)
    path.write_bytes(encoded(samples, 44_100, "WAV", "FLOAT"))
    np.testing.assert_array_equal(read_sound(path).samples, samples)


@pytest.mark.parametrize("n_channels", [3, 4, 5, 6, 7, 8, 20])
def test_any_number_of_channels(n_channels: int, noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    samples = noise(n_channels, 100)
    path.write_bytes(encoded(samples, 48_000, "WAV", "FLOAT"))
    np.testing.assert_array_equal(read_sound(path).samples, samples)


@pytest.mark.parametrize(
    ("n_channels", "in_wave_order"),
    [
        (3, [300, 800, 500]),
        (4, [300, 500, 800, 1100]),
        (5, [300, 800, 500, 1100, 1400]),
        (6, [300, 800, 500, 60, 1100, 1400]),
        (7, [300, 800, 500, 60, 1700, 1100, 1400]),
        (8, [300, 800, 500, 60, 1700, 2000, 1100, 1400]),
    ],
)
def test_channels_of_vorbis_come_in_the_order_of_wave(
    n_channels: int,
    in_wave_order: list[int],
    tones: Maker,
    pitches: Callable[..., list[int]],
    tmp_path: Path,
) -> None:
    # Vorbis: left, centre, right, then surrounds from the front to the back, and the LFE last.
    in_vorbis_order = [300, 500, 800, 1100, 1400, 1700, 2000][: n_channels - (n_channels > 5)]
    in_vorbis_order += [60] * (n_channels > 5)
    path = tmp_path / "sound.ogg"
    path.write_bytes(encoded(tones(in_vorbis_order, 44_100), 44_100, "OGG", "VORBIS"))
    assert pitches(read_sound(path).samples, 44_100) == in_wave_order


def test_tags(noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "sound.flac"
    path.write_bytes(encoded(noise(1, 100), 44_100, "FLAC", artist="Björk", title="Jóga"))
    assert read_sound(path).tags == {"artist": "Björk", "title": "Jóga"}


def test_a_file_is_read_in_order_and_never_sought_in(
    noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sound.ogg"
    path.write_bytes(encoded(noise(2, 200_000), 44_100, "OGG"))
    places = []
    seek = soundfile.SoundFile.seek

    def spy(self: soundfile.SoundFile, frames: int, whence: int = os.SEEK_SET) -> int:
        if (frames, whence) != (0, os.SEEK_CUR):  # that is how soundfile asks where it is
            places.append(frames)
        return int(seek(self, frames, whence))

    monkeypatch.setattr(soundfile.SoundFile, "seek", spy)
    read_sound(path)
    assert set(places) <= {200_000}  # where the reading has ended anyway


def test_real_ogg(real_audio: Path) -> None:
    path = sorted(real_audio.glob("targets/*.ogg"))[-1]
    sound = read_sound(path)
    interleaved, rate_hz = soundfile.read(path, dtype="float32", always_2d=True)
    assert sound.rate_hz == rate_hz
    np.testing.assert_array_equal(sound.samples, interleaved.T)
    with soundfile.SoundFile(path) as file:
        assert sound.tags == file.copy_metadata()


def test_names_beyond_ascii(noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "Ünïcode 录音.flac"
    path.write_bytes(encoded(noise(1, 100), 44_100, "FLAC"))
    assert read_sound(str(path)).samples.shape == (1, 100)


# What cannot be read


def test_a_missing_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AudioFileError, match=r"gone\.wav: does not exist") as caught:
        read_sound(tmp_path / "gone.wav")
    assert caught.value.path == tmp_path / "gone.wav"
    assert caught.value.exit_code == 1
    monkeypatch.setattr(files, "check_file", lambda path: None)  # it goes away just then
    with pytest.raises(AudioFileError, match=r"gone\.wav: cannot be read \(No such file"):
        read_sound(tmp_path / "gone.wav")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(AudioFileError, match="is a folder, not a sound file"):
        read_sound(tmp_path)


def test_a_file_below_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"x")
    with pytest.raises(AudioFileError, match=r"cannot be read \(Not a directory\)"):
        read_sound(tmp_path / "a.wav" / "b.wav")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes here")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.wav")
    with pytest.raises(AudioFileError, match="is not a regular file"):
        read_sound(tmp_path / "pipe.wav")


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything"
)
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = tmp_path / "secret.wav"
    path.write_bytes(b"x")
    path.chmod(0)
    with pytest.raises(AudioFileError, match=r"cannot be read \(Permission denied\)"):
        read_sound(path)


def test_an_empty_file(tmp_path: Path) -> None:
    (tmp_path / "empty.wav").touch()
    with pytest.raises(AudioFileError, match=r"is empty \(0 bytes\)"):
        read_sound(tmp_path / "empty.wav")


@pytest.mark.parametrize(
    "suffix", ["wav", "aiff", "flac", "ogg", "mp3", "m4a", "au", "snd", "vox", "gsm", "raw", "sd2"]
)
def test_text_under_the_name_of_a_sound(suffix: str, tmp_path: Path) -> None:
    path = tmp_path / f"letter.{suffix}"
    path.write_text("Dear aunt, this is not a sound file. Yours, me.\n" * 100)
    with pytest.raises(
        AudioFileError,
        match=r"is not a sound file that can be decoded \(format not recognised\)",
    ):
        read_sound(path)


@pytest.mark.parametrize(
    ("suffix", "file_format"), [("wav", "WAV"), ("aiff", "AIFF"), ("flac", "FLAC"), ("mp3", "MP3")]
)
def test_a_file_cut_in_half(suffix: str, file_format: str, noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / f"half.{suffix}"
    whole = encoded(noise(2, 44_100), 44_100, file_format)
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(AudioFileError, match="cut short"):
        read_sound(path)


@pytest.mark.parametrize(
    ("suffix", "file_format"),
    [("wav", "WAV"), ("aiff", "AIFF"), ("flac", "FLAC"), ("ogg", "OGG"), ("caf", "CAF")],
)
def test_a_file_cut_in_its_header(
    suffix: str, file_format: str, noise: Maker, tmp_path: Path
) -> None:
    path = tmp_path / f"header.{suffix}"
    path.write_bytes(encoded(noise(2, 44_100), 44_100, file_format)[:40])
    with pytest.raises(AudioFileError, match=r"is cut short|is not a sound file that can be"):
        read_sound(path)


def test_a_damaged_file(noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "damaged.flac"
    content = bytearray(encoded(noise(2, 44_100), 44_100, "FLAC"))
    middle = len(content) // 2
    content[middle : middle + 1000] = bytes(1000)
    path.write_bytes(content)
    with pytest.raises(AudioFileError, match=r"is damaged or cut short \(flac decoder lost sync\)"):
        read_sound(path)


@pytest.mark.parametrize("size_in_header", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\x00\xf0\xff\x7f"])
def test_a_recording_of_unknown_length(size_in_header: bytes, noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "stream.wav"
    content = bytearray(encoded(noise(2, 1000), 44_100, "WAV"))
    content[4:8] = size_in_header
    content[40:44] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    assert read_sound(path).samples.shape == (2, 1000)


def flac_that_states(n_samples: int, samples: Samples) -> bytes:
    content = bytearray(encoded(samples, 44_100, "FLAC"))
    content[21] = (content[21] & 0xF0) | n_samples >> 32
    content[22:26] = (n_samples & 0xFFFFFFFF).to_bytes(4, "big")
    return bytes(content)


def test_a_flac_that_states_no_length(noise: Maker, tmp_path: Path) -> None:
    path = tmp_path / "stream.flac"
    path.write_bytes(flac_that_states(0, noise(2, 5000)))
    with pytest.raises(AudioFileError, match="does not state its length; save it again"):
        read_sound(path)


@pytest.mark.parametrize("max_values", [2**10, 2**60])
def test_a_flac_that_states_weeks(
    max_values: int, noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_memory(*args: object, **kwargs: object) -> None:
        raise MemoryError

    monkeypatch.setattr(files, "_MAX_VALUES", max_values)
    monkeypatch.setattr(soundfile.SoundFile, "read", no_memory)
    path = tmp_path / "liar.flac"
    path.write_bytes(flac_that_states(2**36 - 1, noise(2, 5000)))
    with pytest.raises(AudioFileError, match=r"states a length of 433 h, which is more than"):
        read_sound(path)


def test_a_disk_that_fails_while_reading(
    noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "sound.wav"
    path.write_bytes(encoded(noise(2, 1000), 44_100, "WAV"))
    monkeypatch.setattr(files.Stream, "read", failing_read)
    with pytest.raises(AudioFileError, match=r"Input/output error"):
        read_sound(path)


def failing_read(self: files.Stream, n_bytes: int) -> bytes:
    self.error = OSError(5, "Input/output error")
    return b""


# Writing


@pytest.mark.parametrize(
    ("name", "bits", "tolerance"),
    [
        ("a.wav", 16, 2**-15),
        ("a.wav", 24, 2**-23),
        ("a.wav", 32, 0.0),
        ("a.FLAC", 16, 2**-15),
        ("a.flac", 24, 2**-23),
    ],
)
@pytest.mark.parametrize("n_channels", [1, 2, 3])
@pytest.mark.parametrize("n_samples", [1, 2, 70_000])
def test_what_is_written_is_read(
    n_samples: int,
    n_channels: int,
    name: str,
    bits: int,
    tolerance: float,
    noise: Maker,
    tmp_path: Path,
) -> None:
    samples = noise(n_channels, n_samples)
    write_sound(tmp_path / name, samples, 48_000, bits=bits)
    sound = read_sound(tmp_path / name)
    assert sound.rate_hz == 48_000
    np.testing.assert_allclose(sound.samples, samples, rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", ["a.ogg", "a.mp3"])
def test_lossy_writing(
    name: str, tones: Maker, pitches: Callable[..., list[int]], tmp_path: Path
) -> None:
    write_sound(tmp_path / name, tones([440, 660], 44_100, 3.0), 44_100)
    sound = read_sound(tmp_path / name)
    assert sound.samples.shape == (2, 132_300)
    assert pitches(sound.samples, 44_100) == [440, 660]


def test_no_samples_make_an_empty_wav(tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", np.zeros((2, 0), np.float32), 44_100)
    assert read_sound(tmp_path / "a.wav").samples.shape == (2, 0)


def test_defaults_are_24_bits(noise: Maker, tmp_path: Path) -> None:
    write_sound(tmp_path / "a.wav", noise(2, 100), 44_100)
    assert soundfile.info(tmp_path / "a.wav").subtype == "PCM_24"


def test_integers_clip_and_floats_do_not(tmp_path: Path) -> None:
    loud = np.array([[1.5, -1.5]], dtype=np.float32)
    write_sound(tmp_path / "a.wav", loud, 44_100, bits=16)
    write_sound(tmp_path / "b.wav", loud, 44_100, bits=32)
    assert read_sound(tmp_path / "a.wav").samples.tolist() == [[1 - 2**-15, -1.0]]
    assert read_sound(tmp_path / "b.wav").samples.tolist() == loud.tolist()


@pytest.mark.parametrize(("name", "bits"), [("a.wav", 24), ("a.wav", 32), ("a.flac", 24)])
def test_the_same_sound_gives_the_same_bytes(
    name: str, bits: int, noise: Maker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = noise(2, 1000)
    write_sound(tmp_path / name, samples, 44_100, bits=bits)
    first = (tmp_path / name).read_bytes()
    # libsndfile puts the time into the PEAK chunk of float files; that it is nothing shows that it was taken out.
    place = first.find(b"PEAK")
    assert place == -1 or first[place + 12 : place + 16] == bytes(4)
    write_sound(tmp_path / name, samples, 44_100, bits=bits)
    assert (tmp_path / name).read_bytes() == first


@pytest.mark.parametrize(
    ("name", "bits", "match"),
    [
        (
            "a.au",
            24,
            r"expected a name that ends in \.wav, \.flac, \.aiff, \.aif, \.ogg, \.opus, \.mp3",
        ),
        ("a", 24, r"expected a name that ends in"),
        ("a.wav", 8, r"expected bits to be one of 16, 24, 32, got 8"),
        ("a.flac", 32, r"expected bits to be one of 16, 24, got 32"),
    ],
)
def test_formats_that_cannot_be_written(name: str, bits: int, match: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=match):
        write_sound(tmp_path / name, np.zeros((1, 10), np.float32), 44_100, bits=bits)
    assert not list(tmp_path.iterdir())


def test_a_rate_that_the_format_cannot_hold(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="MP3 cannot hold 2 channels at 96000 Hz"):
        write_sound(tmp_path / "a.mp3", np.zeros((2, 10), np.float32), 96_000)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("samples", "match"),
    [
        (np.zeros(10, np.float32), r"expected shape \(n_channels, n_samples\)"),
        (np.zeros((1, 10)), "expected float32"),
        (np.full((1, 10), np.nan, np.float32), "expected finite values"),
    ],
)
def test_what_is_no_sound_is_not_written(samples: np.ndarray, match: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match=match):
        write_sound(tmp_path / "a.wav", samples, 44_100)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.ogg", "a.mp3"])
def test_a_full_disk_leaves_the_old_file(name: str, noise: Maker, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"old")
    with (
        full_disk(20_000),
        pytest.raises(RunFolderError, match=r"could not be written \(File too large\)"),
    ):
        write_sound(tmp_path / name, noise(2, 200_000), 44_100)
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [(name, b"old")]
