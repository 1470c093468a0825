from __future__ import annotations

import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.audio.files import read_sound, write_sound
from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.library.clip import Clip
from phenotune.library.library import open_library
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.mosaic.mosaic import Mosaic

RATE_HZ = 8000


@pytest.fixture
def run(tmp_path: Path, rng: np.random.Generator) -> Path:
    """A run folder whose mosaic is one clip, too loud, half a second into a second."""
    noise = rng.uniform(-0.9, 0.9, (1, RATE_HZ)).astype(np.float32)
    write_sound(tmp_path / "noise.wav", noise, RATE_HZ)
    source = open_library([tmp_path / "noise.wav"]).sources[0]
    clip = Chromosome(Clip(source.id, 0, RATE_HZ // 4))
    mosaic = Mosaic(
        rate_hz=RATE_HZ,
        seed=0,
        explained=0.5,
        target=TargetFacts("song.wav", "0" * 64, RATE_HZ, 2, 1.0),
        sources=(SourceFacts.of(source),),
        placements=(Placement(1, clip, RATE_HZ // 2, (2.0, 1.0), 1, 1),),
    )
    (tmp_path / "RUN" / "out").mkdir(parents=True)
    mosaic.save(tmp_path / "RUN" / "out" / "mosaic.json")
    return tmp_path / "RUN"


def test_a_run_is_rendered_beside_its_mosaic(run: Path, call: Callable[..., Any]) -> None:
    called = call("render", run)
    path = run / "out" / "mosaic.wav"
    assert (called.code, called.out) == (0, f"{path}\n")
    assert called.err == "turned down by 5.1 dB so as not to clip\n"
    sound = read_sound(path)
    assert (sound.rate_hz, sound.samples.shape) == (RATE_HZ, (2, RATE_HZ))
    assert not sound.samples[:, : RATE_HZ // 2].any()
    assert np.abs(sound.samples).max() == pytest.approx(0.999, abs=0.001)


@pytest.mark.parametrize("bits", [16, 24, 32])
def test_rate_bits_and_file_can_be_chosen(
    bits: int, run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    path = tmp_path / "song.wav"
    document = run / "out" / "mosaic.json"
    called = call("render", document, "-o", path, "--rate", "16000", "--bits", bits)
    assert (called.code, called.out) == (0, f"{path}\n")
    sound = read_sound(path)
    assert (sound.rate_hz, sound.samples.shape[1]) == (16_000, 16_000)
    assert path.stat().st_size == pytest.approx(2 * 16_000 * bits // 8, rel=0.01)


def test_another_rate_gets_a_name_of_its_own(run: Path, call: Callable[..., Any]) -> None:
    called = call("render", run, "--rate", "16000")
    assert called.out == f"{run / 'out' / 'mosaic-16000.wav'}\n"


def test_sources_that_have_moved_can_be_found(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "noise.wav").rename(elsewhere / "noise.wav")
    called = call("render", run)
    assert (called.code, called.out) == (1, "")
    assert "noise.wav" in called.err
    assert call("render", run, "--sources", elsewhere).code == 0
    (elsewhere / "noise.wav").rename(elsewhere / "hiss.wav")
    assert call("render", run, "--sources", elsewhere).code == 0


def test_a_source_that_has_changed_needs_force(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    write_sound(tmp_path / "noise.wav", np.full((1, 100), 0.5, np.float32), RATE_HZ)
    called = call("render", run)
    assert (called.code, called.out) == (1, "")
    assert "noise.wav: has changed since the mosaic was made" in called.err
    assert "or use it as it is with --force" in called.err
    called = call("render", run, "--force")
    assert called.code == 0
    assert called.err.startswith(f"warning: {tmp_path / 'noise.wav'}: has changed")
    sound = read_sound(run / "out" / "mosaic.wav").samples
    assert sound[0, RATE_HZ // 2 + 50] > 0.9
    assert not sound[:, RATE_HZ // 2 + 100 :].any()


@pytest.mark.parametrize(
    ("arguments", "name", "peak_db", "said"),
    [
        (["--normalise", "peak"], "mosaic-peak.wav", -1.0, "turned down by 6.1 dB: peak -1.0 dBFS"),
        (["--normalise", "peak", "--peak-db", "-6"], "mosaic-peak.wav", -6.0, "peak -6.0 dBFS"),
        (["--normalise", "loudness", "--lufs", "-5"], "mosaic-loudness.wav", -1.0, "LU softer"),
        (["--normalise", "loudness", "--lufs", "-30"], "mosaic-loudness.wav", None, "-30.0 LUFS"),
    ],
)
def test_it_is_turned_to_a_level(
    arguments: list[str],
    name: str,
    peak_db: float | None,
    said: str,
    run: Path,
    call: Callable[..., Any],
) -> None:
    called = call("render", run, *arguments)
    assert (called.code, called.out) == (0, f"{run / 'out' / name}\n")
    assert said in called.err
    if peak_db is not None:
        found = np.abs(read_sound(run / "out" / name).samples).max()
        assert 20.0 * np.log10(found) == pytest.approx(peak_db, abs=0.01)


def test_a_part_is_rendered(run: Path, call: Callable[..., Any]) -> None:
    called = call("render", run, "--from", "0:00.5", "--to", "700ms", "--bits", "32")
    path = run / "out" / "mosaic-from-0.5s-to-0.7s.wav"
    assert (called.code, called.out) == (0, f"{path}\n")
    part = read_sound(path).samples
    call("render", run, "--bits", "32")
    whole = read_sound(run / "out" / "mosaic.wav").samples
    assert np.array_equal(part, whole[:, RATE_HZ // 2 : round(0.7 * RATE_HZ)])


def test_dither_is_on_at_sixteen_bits_and_can_be_off(
    run: Path, tmp_path: Path, call: Callable[..., Any]
) -> None:
    sounds = []
    for flags in ([], ["--dither"], ["--no-dither"]):
        assert call("render", run, "--bits", 16, "-o", tmp_path / "a.wav", *flags).code == 0
        sounds.append(read_sound(tmp_path / "a.wav").samples)
    assert np.array_equal(sounds[0], sounds[1])
    assert sounds[0][:, :1000].any()
    assert not sounds[2][:, :1000].any()


def test_a_format_gets_a_rate_that_it_has(run: Path, call: Callable[..., Any]) -> None:
    path = run / "out" / "song.opus"
    mosaic = Mosaic.load(run / "out" / "mosaic.json")
    dataclasses.replace(mosaic, rate_hz=11_025).save(run / "out" / "mosaic.json")
    called = call("render", run, "-o", path)
    assert called.code == 0
    assert "at 12000 Hz, since opus does not have 11025 Hz" in called.err
    assert read_sound(path).rate_hz == 12_000
    called = call("render", run, "-o", path, "--rate", "11025")
    assert (called.code, called.out) == (2, "")


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--bits", "12"], 2, "--bits: expected 16, 24 or 32, got 12"),
        (["--rate", "10"], 2, "--rate: expected 1000 to 768000 Hz, got 10"),
        (["-o", "song.xyz"], 2, "song.xyz: expected a name that ends in .wav, .flac, .aiff"),
        (["--dither"], 2, "--dither: expected --bits 16 with it, got 24"),
        (["--normalise", "rms"], 2, "--normalise: expected peak or loudness, got 'rms'"),
        (["--lufs", "-14"], 2, "--lufs: expected --normalise with it"),
        (["--normalise", "peak", "--lufs", "-14"], 2, "--lufs: expected --normalise loudness"),
        (["--normalise", "peak", "--peak-db", "3"], 2, "--peak-db: expected -60 to 0 dB, got 3"),
        (["--from", "2s"], 2, "--from: expected less than the 1.00 s of the mosaic, got 2"),
        (["--from", "soon"], 2, "--from: expected a time such as 12s, 90, 1m30s or 1:30"),
    ],
)
def test_bad_values_are_refused(
    arguments: list[str], code: int, message: str, run: Path, call: Callable[..., Any]
) -> None:
    called = call("render", run, *arguments)
    assert (called.code, called.out) == (code, "")
    assert message in called.err


def test_a_run_without_a_mosaic_says_how_to_get_one(
    tmp_path: Path, call: Callable[..., Any]
) -> None:
    called = call("render", tmp_path)
    assert called.code == 1
    assert called.err == (
        f"error: {tmp_path}: has no out/mosaic.json yet; `phenotune evolve {tmp_path}` makes one\n"
    )


@pytest.mark.parametrize(
    ("arguments", "name"),
    [([], "mosaic-cycle-3.wav"), (["--rate", "16000"], "mosaic-cycle-3-16000.wav")],
)
def test_an_earlier_cycle_of_a_run_is_rendered(
    arguments: list[str],
    name: str,
    run: Path,
    call: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[Path, int]] = []

    def mosaic_at(folder: Path, cycle: int) -> Mosaic:
        asked.append((folder, cycle))
        return Mosaic.load(run / "out" / "mosaic.json")

    monkeypatch.setattr("phenotune.run.api.mosaic_at", mosaic_at)
    called = call("render", run, "--cycle", "3", *arguments)
    assert (called.code, called.out) == (0, f"{run / 'out' / name}\n")
    assert asked == [(run, 3)]
    assert np.abs(read_sound(run / "out" / name).samples).max() > 0.5


def test_only_a_run_has_earlier_cycles(run: Path, call: Callable[..., Any]) -> None:
    called = call("render", run / "out" / "mosaic.json", "--cycle", "3")
    assert called.code == 2
    assert "--cycle: expected a run folder" in called.err
    assert "got the file" in called.err
