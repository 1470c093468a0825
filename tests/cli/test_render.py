from __future__ import annotations

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


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["--bits", "12"], 2, "--bits: expected 16, 24 or 32, got 12"),
        (["--rate", "10"], 2, "rate_hz: expected 1000 to 768000 Hz, got 10"),
        (["-o", "song.xyz"], 2, "song.xyz"),
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
