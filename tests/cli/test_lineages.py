from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

SCORED = {"event": "generation_scored", "n_candidates": 10, "best_fitness": 0.1, "explained": 0.0}


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run of two cycles; one clip of lineage 12 has landed."""
    folder = tmp_path / "RUN"
    (folder / "state").mkdir(parents=True)
    (folder / "out").mkdir()
    (folder / "state" / "format.json").write_text('{"format": "phenotune.run", "version": 1}')
    clip = {"source": "s0", "start_samples": 4410, "length_samples": 22_050}
    placement = {"lineage": 12, "cycle": 1, "chromosome": {"clip": clip, "genes": []}}
    source = {"id": "s0", "path": "../records/break.wav", "rate_hz": 44_100}
    rows = [
        {"event": "run_started", "target": "song.wav", "resumed_at_cycle": 0},
        {
            **SCORED,
            "cycle": 1,
            "n_lineages": 10,
            "largest_lineage_share": 0.1,
            "lineages": [[3, 1]],
        },
        {"event": "clip_placed", "cycle": 1, "lineage": 12},
        {"event": "placements_changed", "cycle": 1, "sources": [source], "placed": [placement]},
        {
            **SCORED,
            "cycle": 2,
            "n_lineages": 2,
            "largest_lineage_share": 0.9,
            "lineages": [[12, 9]],
        },
        {
            **SCORED,
            "cycle": 2,
            "n_lineages": 3,
            "largest_lineage_share": 0.8,
            "lineages": [[12, 8]],
        },
    ]
    (folder / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def test_a_picture_and_a_short_table(run: Path, call: Callable[..., Any]) -> None:
    called = call("lineages", run)
    picture = run / "out" / "lineages.png"
    assert (called.code, called.err) == (0, "")
    assert called.out.splitlines() == [
        "generations       3 in 2 cycles",
        "lineages          10 at the start, 3 at the end",
        "biggest share     80% at the end, at most 90% in generation 2",
        "biggest lineage   12",
        "its founder clip  break.wav, 0.500 s from 0.100 s, as it landed in cycle 1",
        f"picture           {picture}",
    ]
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_one_that_never_landed_has_no_clip(run: Path, call: Callable[..., Any]) -> None:
    rows = (run / "log.jsonl").read_text().splitlines()[:2]
    (run / "log.jsonl").write_text("\n".join(rows) + "\n")
    assert (
        "its founder clip  not known, since no clip of it has stayed\n" in call("lineages", run).out
    )


def test_as_json_into_another_file(run: Path, tmp_path: Path, call: Callable[..., Any]) -> None:
    called = call("lineages", run, "--json", "-o", tmp_path / "mine.png")
    assert json.loads(called.out) == {
        "n_generations": 3,
        "n_cycles": 2,
        "n_lineages_at_start": 10,
        "n_lineages_at_end": 3,
        "largest_share_at_end": 0.8,
        "largest_share": 0.9,
        "largest_share_at_generation": 2,
        "largest_lineage": 12,
        "founder": {"cycle": 1, "source": "break.wav", "start_s": 0.1, "length_s": 0.5},
        "picture": str(tmp_path / "mine.png"),
    }
    assert (tmp_path / "mine.png").exists()
    assert not (run / "out" / "lineages.png").exists()


def test_no_run_folder_is_the_worlds_fault(tmp_path: Path, call: Callable[..., Any]) -> None:
    called = call("lineages", tmp_path / "nowhere")
    assert (called.code, called.out) == (1, "")
    assert called.err.endswith("nowhere: there is no such folder\n")
