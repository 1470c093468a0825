from __future__ import annotations

import dataclasses
import math
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.dither import quantise_dithered
from phenotune.audio.files import read_sound, write_sound
from phenotune.audio.levels import peak
from phenotune.audio.loudness import LoudnessMeter
from phenotune.errors import LibraryError, ParameterError, RunFolderError
from phenotune.mosaic import rendering, spool
from phenotune.mosaic.levelling import Normalise
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.writing import DITHER_SEED
from phenotune.units import amplitude_to_db


def louder(mosaic: Mosaic, gain: float) -> Mosaic:
    placements = tuple(
        dataclasses.replace(each, gains=tuple(gain * value for value in each.gains))
        for each in mosaic.placements
    )
    return dataclasses.replace(mosaic, placements=placements)


def test_a_peak_is_where_it_was_asked_for(mosaic: Mosaic, tmp_path: Path) -> None:
    for gain, bits in ((0.1, 24), (9.0, 24), (9.0, 32)):
        written = louder(mosaic, gain).write(tmp_path / "a.wav", bits=bits, normalise="peak")
        found = read_sound(tmp_path / "a.wav").samples
        assert amplitude_to_db(peak(found)) == pytest.approx(-1.0, abs=0.001)
        assert written.peak_db == pytest.approx(-1.0)
        assert math.copysign(1.0, written.gain_db) == (1.0 if gain < 1.0 else -1.0)
        assert (written.lufs, written.softer_by_lu) == (None, 0.0)


@pytest.mark.parametrize("name", ["a.wav", "a.flac", "a.aiff"])
def test_a_loudness_is_where_it_was_asked_for(name: str, mosaic: Mosaic, tmp_path: Path) -> None:
    level = Normalise("loudness", lufs=-30.0)
    written = mosaic.write(tmp_path / name, 48_000, normalise=level)
    sound = read_sound(tmp_path / name)
    meter = LoudnessMeter(48_000, 2)
    meter.add(sound.samples)
    assert meter.integrated_lufs() == pytest.approx(-30.0, abs=0.01)
    assert written.lufs == pytest.approx(-30.0, abs=0.01)


def test_what_stays_softer_is_told(mosaic: Mosaic, tmp_path: Path) -> None:
    level = Normalise("loudness", peak_db=-12.0, lufs=-3.0)
    written = mosaic.write(tmp_path / "a.wav", normalise=level)
    assert written.peak_db == pytest.approx(-12.0)
    assert written.lufs is not None
    assert written.softer_by_lu == pytest.approx(-3.0 - written.lufs, abs=0.01)


def test_sixteen_bits_are_dithered_with_the_same_noise_each_time(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    mosaic.write(tmp_path / "a.wav", bits=16)
    mosaic.write(tmp_path / "b.wav", bits=16, n_threads=3)
    mosaic.write(tmp_path / "c.wav", bits=16, dither=False)
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()
    wanted = quantise_dithered(mosaic.render(), np.random.default_rng(DITHER_SEED))
    found = read_sound(tmp_path / "a.wav").samples
    assert np.array_equal(found * 2.0**15, wanted)
    plain = read_sound(tmp_path / "c.wav").samples
    assert not np.array_equal(found, plain)
    assert np.abs(plain - mosaic.render()).max() <= 2.0**-15


@pytest.mark.parametrize("max_held_bytes", [0, 10**9])
def test_blocks_and_files_in_between_do_not_show(
    max_held_bytes: int, mosaic: Mosaic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = mosaic.render()
    mosaic.write(tmp_path / "whole.wav", sound=sound)
    monkeypatch.setattr(rendering, "BLOCK_SAMPLES", 1000)
    monkeypatch.setattr(rendering, "MIN_BLOCK_SAMPLES", 1000)
    monkeypatch.setattr(spool, "MAX_HELD_BYTES", max_held_bytes)
    mosaic.write(tmp_path / "blocks.wav")
    assert (tmp_path / "blocks.wav").read_bytes() == (tmp_path / "whole.wav").read_bytes()


def test_a_part_is_written(mosaic: Mosaic, tmp_path: Path) -> None:
    whole = mosaic.render()
    written = mosaic.write(tmp_path / "a.wav", bits=32, from_s=0.1, to_s=0.3)
    assert written.n_samples == 8820
    found = read_sound(tmp_path / "a.wav").samples
    assert np.array_equal(found, whole[:, 4410:13_230])
    mosaic.write(tmp_path / "b.wav", bits=32, from_s=0.1, to_s=0.3, sound=whole)
    assert (tmp_path / "b.wav").read_bytes() == (tmp_path / "a.wav").read_bytes()
    mosaic.write(tmp_path / "c.wav", bits=32, from_s=0.4, to_s=9.0)
    assert np.array_equal(read_sound(tmp_path / "c.wav").samples, whole[:, 17_640:])


@pytest.mark.parametrize(
    ("from_s", "to_s", "message"),
    [
        (0.5, None, r"from_s: expected less than the 0.50 s of the mosaic, got 0.5"),
        (-1.0, None, r"from_s: expected 0 s or more, got -1.0"),
        (0.2, 0.2, r"to_s: expected more than from_s \(0.2\), got 0.2"),
        (0.0, math.nan, r"to_s: expected 0 s or more, got nan"),
    ],
)
def test_parts_that_are_not_there(
    from_s: float, to_s: float | None, message: str, mosaic: Mosaic, tmp_path: Path
) -> None:
    with pytest.raises(ParameterError, match=message):
        mosaic.write(tmp_path / "a.wav", from_s=from_s, to_s=to_s)
    assert not (tmp_path / "a.wav").exists()


def test_a_mosaic_without_placements_is_silence(mosaic: Mosaic, tmp_path: Path) -> None:
    empty = dataclasses.replace(mosaic, placements=(), sources=())
    for normalise in (None, "peak", "loudness"):
        written = empty.write(tmp_path / "a.wav", normalise=normalise)  # type: ignore[arg-type]
        assert (written.gain_db, written.peak_db) == (0.0, -math.inf)
        assert read_sound(tmp_path / "a.wav").samples.shape == (2, 22_050)
        assert not read_sound(tmp_path / "a.wav").samples.any()


def test_placements_far_outside_are_not_heard(mosaic: Mosaic, tmp_path: Path) -> None:
    far = [
        dataclasses.replace(mosaic.placements[0], id=100 + number, onset_samples=onset)
        for number, onset in enumerate((22_050, 10**9, 2**53, -(10**9), -(2**53)))
    ]
    more = dataclasses.replace(mosaic, placements=(*far, *mosaic.placements))
    assert np.array_equal(more.render(), mosaic.render())
    more.write(tmp_path / "a.wav")
    mosaic.write(tmp_path / "b.wav")
    assert (tmp_path / "a.wav").read_bytes() == (tmp_path / "b.wav").read_bytes()


@pytest.mark.parametrize("n_samples", [1, 3000, 50_000])
def test_a_changed_source_is_used_as_far_as_it_goes(
    n_samples: int, mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    path = project / "records" / "mono.wav"
    write_sound(path, np.full((1, n_samples), 0.25, np.float32), 44_100)
    with pytest.raises(LibraryError, match="has changed"):
        mosaic.write(tmp_path / "a.wav")
    written = mosaic.write(tmp_path / "a.wav", force=True)
    assert len(written.changed) == 1
    assert np.isfinite(read_sound(tmp_path / "a.wav").samples).all()
    assert mosaic.render(force=True).any()


def test_what_it_is_made_from_is_not_written_over(mosaic: Mosaic, project: Path) -> None:
    write_sound(project / "song.wav", np.zeros((1, 10), np.float32), 44_100)
    for name, what in (("song.wav", "the target"), ("records/mono.wav", "a source")):
        before = (project / name).read_bytes()
        with pytest.raises(ParameterError, match=f"{name}: is {what} of the mosaic and would be"):
            mosaic.write(project / name)
        assert (project / name).read_bytes() == before


def test_a_folder_that_is_not_there_is_told_before_anything_is_rendered(
    mosaic: Mosaic, tmp_path: Path
) -> None:
    gone = dataclasses.replace(mosaic, folder=tmp_path / "nowhere")
    with pytest.raises(RunFolderError, match=r"a.wav: could not be written .*make its folder"):
        gone.write(tmp_path / "nowhere" / "a.wav")


def test_progress_rises_to_one(mosaic: Mosaic, tmp_path: Path) -> None:
    for bits in (24, 32):
        told: list[float] = []
        mosaic.write(tmp_path / "a.wav", bits=bits, progress=told.append)
        assert told == sorted(told)
        assert told[0] > 0.0
        assert told[-1] == 1.0


LONG_RENDER = """
import dataclasses, sys
from pathlib import Path
from phenotune.mosaic.mosaic import Mosaic
mosaic = Mosaic.load(sys.argv[1])
target = dataclasses.replace(mosaic.target, duration_s=float(sys.argv[3]))
placements = [
    dataclasses.replace(placement, id=10 * second + k + 1, onset_samples=44_100 * second + 9000 * k)
    for second in range(int(target.duration_s)) for k, placement in enumerate(mosaic.placements)
]
long = dataclasses.replace(mosaic, target=target, placements=tuple(placements))
print("began", flush=True)
long.write(sys.argv[2], normalise="loudness")
status = Path("/proc/self/status")
# Not getrusage: what it tells of a child begins with what its parent took.
print(status.read_text().partition("VmHWM:")[2].split()[0] if status.exists() else 0)
"""


def rendering_process(document: Path, out: Path, duration_s: float) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", LONG_RENDER, str(document), str(out), str(duration_s)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is counted otherwise")
def test_memory_does_not_grow_with_the_length(
    mosaic: Mosaic, project: Path, tmp_path: Path
) -> None:
    document = project / "run" / "out" / "mosaic.json"
    mosaic.save(document)
    used = []
    for duration_s in (20.0, 620.0):
        process = rendering_process(document, tmp_path / "a.wav", duration_s)
        out, err = process.communicate()
        assert process.returncode == 0, err
        used.append(int(out.split()[-1]) * 1024)
    whole = (
        600 * 44_100 * 2 * 4
    )  # what ten minutes more take as float32, and as much again as int64
    assert used[1] - used[0] < 0.5 * whole


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows sends Ctrl-C otherwise")
def test_ctrl_c_leaves_nothing_behind(mosaic: Mosaic, project: Path, tmp_path: Path) -> None:
    document = project / "run" / "out" / "mosaic.json"
    mosaic.save(document)
    folder = tmp_path / "results"
    folder.mkdir()
    process = rendering_process(document, folder / "a.wav", 100_000.0)
    assert process.stdout is not None
    assert process.stdout.readline() == "began\n"
    time.sleep(3.0)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "KeyboardInterrupt" in err
    assert not list(folder.iterdir())


def test_sixteen_bits_without_dither_have_no_offset(mosaic: Mosaic, tmp_path: Path) -> None:
    sound = mosaic.render() * 0.1
    mosaic.write(tmp_path / "a.wav", bits=16, dither=False, sound=sound)
    error = (read_sound(tmp_path / "a.wav").samples.astype(np.float64) - sound) * 2.0**15
    assert np.abs(error).max() <= 0.5
