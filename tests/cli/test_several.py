"""Variants, comparisons and batches on the command line, on sounds of a second and a half."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import phenotune.run.api as api
from phenotune.audio.files import write_sound
from phenotune.run.events import CycleFinished, Event
from phenotune.run.project import Project

pytestmark = pytest.mark.slow

RATE_HZ = 22_050
QUICK = (
    "--cycles", "1", "--set", "search.population=12", "--set", "search.capacity=12",
    "--set", "run.picture=false",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _desk(tmp_path: Path, rng: np.random.Generator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A working folder with ``song.wav`` and ``records/``."""
    time_s = np.arange(3 * RATE_HZ // 2) / RATE_HZ
    notes = np.sin(2 * np.pi * np.where(time_s % 0.5 < 0.25, 220.0, 330.0) * time_s)
    swell = (1.0 - time_s % 0.25 / 0.25) ** 2
    write_sound(tmp_path / "song.wav", 0.5 * (notes * swell).astype(np.float32)[None], RATE_HZ)
    (tmp_path / "records").mkdir()
    (tmp_path / "records" / "CREDITS").write_text("*.wav: made for these tests (CC0)\n")
    for name, hz in (("low", 110.0), ("high", 440.0)):
        tone = np.sin(2 * np.pi * hz * time_s) + 0.1 * rng.normal(size=time_s.size)
        write_sound(
            tmp_path / "records" / f"{name}.wav", 0.3 * tone.astype(np.float32)[None], RATE_HZ
        )
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def ctrl_c(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Press Ctrl-C once, at the end of the first cycle of a run whose folder has this name."""
    evolving, pressed = api.evolving_project, []

    def press_in(name: str) -> None:
        def evolving_project(project: Project, started_at: float | None = None) -> Iterator[Event]:
            for event in evolving(project, started_at):
                if project.folder.path.name == name and isinstance(event, CycleFinished):
                    if not pressed:
                        os.kill(os.getpid(), signal.SIGINT)
                    pressed.append(event)
                yield event

        monkeypatch.setattr("phenotune.run.api.evolving_project", evolving_project)

    return press_in


def rows_of(out: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in out.splitlines()]


def test_variants_end_with_a_table_and_a_page(call: Callable[..., Any]) -> None:
    called = call("evolve", "song.wav", "records", "--variants", "2", "--seed", "3", *QUICK)
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0].split()[:3] == ["explained", "clips", "clips/s"]
    assert [line.split()[0] for line in lines[1:4]] == ["seed-3", "seed-4", "better"]
    assert lines[4:] == ["song-mosaic/compare.html"]
    assert "1 of 2: seed-3" in called.err
    assert "warning" not in called.err
    assert Path("song-mosaic/variants/seed-4/out/mosaic.wav").exists()
    again = call("evolve", "song.wav", "records", "--variants", "2", "--seed", "3", *QUICK)
    assert again.code == 0
    assert again.out == called.out
    assert again.err.count("done before, and left alone") == 2


def test_each_line_of_json_names_its_variant(call: Callable[..., Any]) -> None:
    called = call("evolve", "song.wav", "records", "--variants", "drone,none", "--json", *QUICK)
    rows = rows_of(called.out)
    assert {row["variant"] for row in rows[:-1]} == {"drone", "none"}
    finished = [row for row in rows if row["event"] == "finished"]
    assert [row["variant"] for row in finished] == ["drone", "none"]
    assert rows[-1]["event"] == "compared"
    assert [row["name"] for row in rows[-1]["variants"]] == ["drone", "none"]
    assert rows[-1]["variants"][1]["explained"] == finished[1]["explained"]
    assert set(rows[-1]["variants"][0]) > {"lmsd_db", "sc", "chroma", "onset_r", "median_clip_s"}


def test_quiet_variants_print_their_folder(call: Callable[..., Any]) -> None:
    called = call("evolve", "song.wav", "records", "-o", "R", "--variants", "1", "-q", *QUICK)
    assert (called.code, called.out, called.err) == (0, "R\n", "")


def test_ctrl_c_compares_what_there_is_and_the_same_command_goes_on(
    call: Callable[..., Any], ctrl_c: Callable[[str], None]
) -> None:
    ctrl_c("seed-1")
    quick = ("--cycles", "2", *QUICK[2:])
    called = call("evolve", "song.wav", "records", "--variants", "3", *quick)
    assert called.code == 130
    assert "2 variants to go; the same command goes on" in called.err
    assert [line.split()[0] for line in called.out.splitlines()[1:3]] == ["seed-0", "seed-1"]
    assert not Path("song-mosaic/variants/seed-2").exists()
    called = call("evolve", "song.wav", "records", "--variants", "3", "--json", *quick)
    assert called.code == 0
    finished = [row for row in rows_of(called.out) if row["event"] == "finished"]
    assert [(row["variant"], row["cycles"]) for row in finished] == [("seed-1", 2), ("seed-2", 2)]
    assert len(rows_of(called.out)[-1]["variants"]) == 3


def test_a_variant_that_fails_does_not_lose_the_others(call: Callable[..., Any]) -> None:
    place = Path("R/variants/drone")
    arguments = ("evolve", "song.wav", "records", "-o", "R", "--variants", "faithful,drone,none")
    call("evolve", "song.wav", "records", "-o", "R", "--variants", "faithful", *QUICK)
    place.mkdir(parents=True)
    (place / "mine.txt").touch()
    called = call(*arguments, *QUICK)
    assert called.code == 1
    assert "error: drone: R/variants/drone: is not a run folder and not empty" in called.err
    assert [line.split()[0] for line in called.out.splitlines()[1:3]] == ["faithful", "none"]
    (failed,) = [
        row for row in rows_of(call(*arguments, "--json", *QUICK).out) if row["event"] == "failed"
    ]
    assert failed["variant"] == "drone"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("song.wav", "records", "--variants", "drome"), "got 'drome'; there are the styles"),
        (("song.wav", "records", "--variants", "2", "--set", "search.top=-1"), "search.top"),
        (("records", "--variants", "2"), "--variants"),
    ],
)
def test_callers_mistakes_are_found_before_anything_is_made(
    call: Callable[..., Any], arguments: tuple[str, ...], message: str
) -> None:
    called = call("evolve", *arguments)
    assert (called.code, called.out) == (2, "")
    assert message in called.err
    assert not Path("song-mosaic").exists()


def test_compare_runs_that_are_there(call: Callable[..., Any]) -> None:
    call("evolve", "song.wav", "records", "-o", "R", "--variants", "2", "-q", *QUICK)
    call("evolve", "song.wav", "records", "-o", "alone", "-q", *QUICK)
    called = call("compare", "alone", "R")
    assert called.code == 0
    assert [line.split()[0] for line in called.out.splitlines()[1:4]] == [
        "alone",
        "seed-0",
        "seed-1",
    ]
    assert called.out.splitlines()[-1] == "compare.html"
    before = Path("compare.html").read_bytes()
    refused = call("compare", "alone", "R")
    assert (refused.code, refused.out) == (1, "")
    assert (
        "compare.html: is there already; name another place with -o, or replace it with --force"
        in refused.err
    )
    assert call("compare", "alone", "R", "--force").code == 0
    quiet = call("compare", "alone", "R", "--force", "-q")
    assert (quiet.code, quiet.out, quiet.err) == (0, "compare.html\n", "")
    assert Path("compare.html").read_bytes() == before
    # The page of a folder of variants is the program's own.
    assert call("compare", "R").out.splitlines()[-1] == "R/compare.html"
    (row,) = rows_of(call("compare", "R", "-o", "other.html", "--json").out)
    assert [each["name"] for each in row["variants"]] == ["seed-0", "seed-1"]
    assert call("compare", "R", "-o", "page.txt").code == 2
    assert call("compare", "nowhere").code == 1


def test_a_batch_goes_on_past_a_bad_song(call: Callable[..., Any]) -> None:
    Path("more").mkdir()
    Path("more/song.wav").write_bytes(Path("song.wav").read_bytes())
    Path("more/bad.wav").write_text("no sound")
    arguments = ("batch", "song.wav", "more", "--library", "records", "-o", "out")
    called = call(*arguments, *QUICK)
    assert called.code == 1
    lines = called.out.splitlines()
    assert [line.split()[0] for line in lines[1:4]] == ["song.wav", "more/bad.wav", "more/song.wav"]
    assert lines[1].endswith("out/song-mosaic")
    assert "failed" in lines[2]
    assert lines[3].endswith("out/song-mosaic-2")
    assert lines[4] == "2 of 3 done, 1 failed: out/summary.json"
    (error,) = [line for line in called.err.splitlines() if line.startswith("error: ")]
    assert error.count(error.split()[1].rstrip(":")) == 1
    assert "error: more/bad.wav: " in called.err
    summary = json.loads(Path("out/summary.json").read_text())
    assert [run["status"] for run in summary["runs"]] == ["done", "failed", "done"]
    assert summary["runs"][2]["run"] == "out/song-mosaic-2"
    again = rows_of(call(*arguments, "--json", *QUICK).out)[-1]
    assert again["event"] == "summary"
    assert [run["was_done"] for run in again["runs"]] == [True, False, True]


def test_a_batch_that_went_well_and_one_that_is_gone_on_with(call: Callable[..., Any]) -> None:
    arguments = ("batch", "*.wav", "-l", "records", "-o", "out")
    called = call(*arguments, "-q", *QUICK)
    assert (called.code, called.out, called.err) == (0, "out/song-mosaic\n", "")
    more = ("--cycles", "2", *QUICK[2:])
    (finished,) = [
        row
        for row in rows_of(call(*arguments, "--again", "--json", *more).out)
        if row["event"] == "finished"
    ]
    assert (finished["song"], finished["cycles"]) == ("song.wav", 2)


def test_ctrl_c_ends_a_batch_with_the_summary_so_far(
    call: Callable[..., Any], ctrl_c: Callable[[str], None]
) -> None:
    Path("next.wav").write_bytes(Path("song.wav").read_bytes())
    ctrl_c("song-mosaic")
    arguments = ("batch", "song.wav", "next.wav", "-l", "records", "-o", "out")
    called = call(*arguments, "--cycles", "2", *QUICK[2:])
    assert called.code == 130
    assert called.out.splitlines()[-1] == (
        "0 of 2 done, 2 to go; the same command goes on: out/summary.json"
    )
    summary = json.loads(Path("out/summary.json").read_text())
    assert [run["status"] for run in summary["runs"]] == ["stopped"]
    assert not Path("out/next-mosaic").exists()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("song.wav",), 2, "--library"),
        (("song.wav", "-l", "gone"), 1, "gone: there is no such file or folder"),
        (("song.wav", "-l", "records", "--seed", "x"), 2, "--seed: expected a whole number"),
        (("song.wav", "-l", "records", "--style", "drome"), 2, "did you mean 'drone'"),
        (("song.wav", "-l", "records", "-o", "song.wav"), 1, "song.wav: is a file"),
    ],
)
def test_what_a_batch_cannot_do(
    call: Callable[..., Any], arguments: tuple[str, ...], code: int, message: str
) -> None:
    called = call("batch", *arguments)
    assert (called.code, called.out) == (code, "")
    assert message in called.err
    assert not Path("mosaics").exists()
