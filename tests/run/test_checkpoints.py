from __future__ import annotations

import errno
import json
import math
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from phenotune.canvas.placement import Placement
from phenotune.errors import RunFolderError
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.run.checkpoints import (
    BrokenCheckpointError,
    Checkpoint,
    checkpoint_files,
    read_checkpoint,
    read_newest_checkpoint,
    write_checkpoint,
)

INNER = Chromosome(Clip("s1", 0, 50))
PLACEMENTS = (
    Placement(3, Chromosome(Clip("s0", 5, 100), (Varispeed(-317.3),)), -20, (0.1, -0.2), 1, 4),
    Placement(7, Chromosome(Clip("s0", 0, 9), (Append(INNER),)), 44, (1 / 3,), 2, 9, locked=True),
)


def checkpoint(cycle: int = 2, **engine: Any) -> Checkpoint:
    return Checkpoint(cycle, 12.5, PLACEMENTS, 8, engine, {"search": {"population": 60}})


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_checkpoint_comes_back_as_it_was(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, checkpoint(best=0.5))
    assert path == tmp_path / "checkpoint-2.json"
    assert read_checkpoint(path) == checkpoint(best=0.5)
    assert read_newest_checkpoint(tmp_path) == (checkpoint(best=0.5), ())


def test_an_empty_run_has_a_checkpoint_too(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, Checkpoint(0, 0.0, (), 1))
    assert read_checkpoint(path) == Checkpoint(0, 0.0, (), 1)


def test_the_state_of_chance_survives(tmp_path: Path, rng: np.random.Generator) -> None:
    state = dict(rng.bit_generator.state)
    found = read_checkpoint(write_checkpoint(tmp_path, checkpoint(rng=state)))
    again = np.random.default_rng()
    again.bit_generator.state = found.engine["rng"]
    assert again.random(3).tolist() == np.random.default_rng(440).random(3).tolist()


def test_infinities_and_exact_floats_survive(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, checkpoint(best=-math.inf, share=0.1 + 0.2))
    engine = read_checkpoint(path).engine
    assert engine == {"best": -math.inf, "share": 0.1 + 0.2}


def test_the_newest_three_are_kept_counted_by_number(tmp_path: Path) -> None:
    for cycle in (1, 9, 10, 11):
        write_checkpoint(tmp_path, checkpoint(cycle))
    assert [path.stem for path in checkpoint_files(tmp_path)] == [
        "checkpoint-11",
        "checkpoint-10",
        "checkpoint-9",
    ]


def test_other_files_are_left_alone(tmp_path: Path) -> None:
    for name in ("checkpoint-x.json", "checkpoint-1.json.txt", "format.json"):
        (tmp_path / name).touch()
    for cycle in range(1, 6):
        write_checkpoint(tmp_path, checkpoint(cycle), n_kept=1)
    assert names(tmp_path) == [
        "checkpoint-1.json.txt",
        "checkpoint-5.json",
        "checkpoint-x.json",
        "format.json",
    ]


def test_a_run_taken_back_forgets_what_came_later(tmp_path: Path) -> None:
    for cycle in (5, 6, 7):
        write_checkpoint(tmp_path, checkpoint(cycle))
    write_checkpoint(tmp_path, checkpoint(6, again=True))
    newest, _ = read_newest_checkpoint(tmp_path)
    assert newest == checkpoint(6, again=True)
    assert names(tmp_path) == ["checkpoint-5.json", "checkpoint-6.json"]


def test_without_checkpoints_there_is_none(tmp_path: Path) -> None:
    assert read_newest_checkpoint(tmp_path) == (None, ())
    assert read_newest_checkpoint(tmp_path / "none") == (None, ())


@pytest.mark.parametrize("n_bytes", [0, 1, 60, -5])
def test_a_torn_newest_one_falls_back_to_the_one_before(tmp_path: Path, n_bytes: int) -> None:
    write_checkpoint(tmp_path, checkpoint(1))
    path = write_checkpoint(tmp_path, checkpoint(2))
    path.write_bytes(path.read_bytes()[:n_bytes])
    found, messages = read_newest_checkpoint(tmp_path)
    assert found == checkpoint(1)
    assert len(messages) == 1
    assert messages[0].startswith(f"{path}: is not JSON")


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("next_id", 7, r"next_id: expected more than every id, got 7"),
        ("cycle", -1, r"cycle: input should be greater than or equal to 0, got -1"),
        ("engine", [], r"engine: input should be .*, got \[\]"),
        ("format", "other", r"format: "),
        ("placements", [{}], r"placements\[0\].id: is missing"),
    ],
)
def test_a_broken_one_is_told_with_its_place(
    tmp_path: Path, key: str, value: object, message: str
) -> None:
    path = write_checkpoint(tmp_path, checkpoint())
    path.write_text(json.dumps(json.loads(path.read_text()) | {key: value}))
    with pytest.raises(BrokenCheckpointError, match=message):
        read_checkpoint(path)


def test_a_gene_out_of_its_range_is_told_with_its_place(tmp_path: Path) -> None:
    path = write_checkpoint(tmp_path, checkpoint())
    path.write_text(path.read_text().replace("-317.3", "-9999.0"))
    with pytest.raises(
        BrokenCheckpointError, match=r"placements\[0\].chromosome.genes\[0\].cents: .* -9999"
    ):
        read_checkpoint(path)


def test_when_all_are_broken_it_says_so_and_what_to_do(tmp_path: Path) -> None:
    for cycle in (1, 2):
        write_checkpoint(tmp_path, checkpoint(cycle)).write_text("{")
    with pytest.raises(RunFolderError, match=r"none of its checkpoints can be read; remove them"):
        read_newest_checkpoint(tmp_path)


def test_a_newer_version_is_no_broken_one(tmp_path: Path) -> None:
    write_checkpoint(tmp_path, checkpoint(1))
    path = write_checkpoint(tmp_path, checkpoint(2))
    path.write_text(path.read_text().replace('"version": 1', '"version": 2'))
    with pytest.raises(RunFolderError, match=r"newer phenotune \(checkpoint version 2") as caught:
        read_newest_checkpoint(tmp_path)
    assert not isinstance(caught.value, BrokenCheckpointError)


@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    write_checkpoint(tmp_path, checkpoint(1))

    def refuse(*args: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, call, refuse)
    with pytest.raises(RunFolderError, match=r"checkpoint-2.json: .*No space left on device"):
        write_checkpoint(tmp_path, checkpoint(2))
    monkeypatch.undo()
    assert names(tmp_path) == ["checkpoint-1.json"]
    assert read_newest_checkpoint(tmp_path) == (checkpoint(1), ())
