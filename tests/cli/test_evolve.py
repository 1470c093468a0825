"""The command with a made-up engine: what reaches it, what is shown, how it ends."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from phenotune.cli.evolve import what_to_evolve
from phenotune.cli.follow import go_on, summary
from phenotune.errors import ParameterError, RunFolderError
from phenotune.run.events import Event, PlacementsChanged, RunFinished
from phenotune.run.folder import RunFolder
from phenotune.run.settings import RunGroup, RunSettings


@dataclass
class MadeUpRun:
    """Stands for the API: remembers what it was asked, and tells a made-up run."""

    events: list[Event]
    asked: dict[str, Any] = field(default_factory=dict)
    stops: int = 0
    is_closed: bool = False
    ctrl_c_before: tuple[int, ...] = ()
    fails_with: Exception | None = None
    settings: RunSettings = field(default_factory=RunSettings)
    target: Path = Path("records/song.ogg")
    folder: RunFolder = field(default_factory=lambda: RunFolder(Path("song-mosaic")))

    def prepare(self, **arguments: Any) -> MadeUpRun:
        self.asked = arguments
        return self

    def request_stop(self) -> None:
        self.stops += 1

    def evolving_project(
        self, project: MadeUpRun, started_at: float | None = None
    ) -> Iterator[Event]:
        assert project is self
        assert started_at is None
        try:
            for number, event in enumerate(self.events):
                if number in self.ctrl_c_before:
                    os.kill(os.getpid(), signal.SIGINT)
                if self.fails_with is not None and number == 4:
                    raise self.fails_with
                yield event
        finally:
            self.is_closed = True


@pytest.fixture
def engine(events: list[Event], monkeypatch: pytest.MonkeyPatch) -> MadeUpRun:
    made_up = MadeUpRun(events)
    monkeypatch.setattr("phenotune.run.api.prepare", made_up.prepare)
    monkeypatch.setattr("phenotune.run.api.evolving_project", made_up.evolving_project)
    return made_up


def test_every_flag_becomes_a_setting(engine: MadeUpRun, call: Callable[..., Any]) -> None:
    arguments = (
        "song.ogg kicks snares -o RUN --preset classic --style drone --seed 7 --time 1h30m --cycles 9 "
        "--until 85% --plateau 20s --workers 3 --only-licensed --set search.population=60 --set genes.gain.weight=0 -q"
    )
    assert call("evolve", *arguments.split()).code == 0
    assert engine.asked == {
        "target": Path("song.ogg"),
        "library": [Path("kicks"), Path("snares")],
        "run": Path("RUN"),
        "preset": "classic",
        "style": "drone",
        "flags": {
            "run.seed": 7,
            "run.workers": 3,
            "run.cycles": 9,
            "run.time_s": 5400.0,
            "run.until_percent": 85.0,
            "run.plateau_s": 20.0,
            "library.only_licensed": True,
        },
        "assignments": ["search.population=60", "genes.gain.weight=0"],
    }


def test_what_is_not_given_is_left_to_the_settings(
    engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    call("evolve", "song.ogg", "kicks", "-q")
    assert engine.asked == {
        "target": Path("song.ogg"),
        "library": [Path("kicks")],
        "run": None,
        "preset": None,
        "style": None,
        "flags": {},
        "assignments": [],
    }


def test_the_summary_is_the_result_and_the_rest_is_progress(
    engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    called = call("evolve", "song.ogg", "kicks")
    out = Path("song-mosaic", "out")
    assert called.code == 0
    assert called.out.splitlines() == [
        "song.ogg: 50.0% explained by 2 clips, 0:06, 2 cycles, stopped because the cycles were done",
        f"  sound    {out / 'mosaic.wav'}",
        f"  clips    {out / 'mosaic.json'}",
        f"  picture  {out / 'mosaic.png'}",
        f"  credits  {out / 'credits.md'}",
        "go on: phenotune evolve song-mosaic --cycles 4",
    ]
    assert "compiling for this machine" in called.err
    assert engine.is_closed


def test_json_is_a_line_an_event(engine: MadeUpRun, call: Callable[..., Any]) -> None:
    called = call("evolve", "song.ogg", "kicks", "--json")
    rows = [json.loads(line) for line in called.out.splitlines()]
    assert (called.code, called.err, len(rows)) == (0, "", len(engine.events))
    assert rows[-1] == {
        "event": "finished",
        "run": "song-mosaic",
        "seed": 7,
        "cycles": 2,
        "n_placements": 2,
        "explained": 0.5,
        "elapsed_s": 6.0,
        "stopped_by": "cycles",
        "turned_down_db": 0.0,
    }


def test_what_a_cycle_has_changed_is_left_to_the_log(
    engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    engine.events.insert(6, PlacementsChanged(1, (), (), {}, ()))
    called = call("evolve", "song.ogg", "kicks", "--json")
    assert (called.code, called.err) == (0, "")
    assert len(called.out.splitlines()) == len(engine.events) - 1
    assert "placements_changed" not in called.out


def test_quiet_is_the_run_folder(engine: MadeUpRun, call: Callable[..., Any]) -> None:
    called = call("evolve", "song.ogg", "kicks", "-q")
    assert (called.code, called.out, called.err) == (0, "song-mosaic\n", "")


def test_the_first_ctrl_c_ends_the_cycle_and_says_how_to_go_on(
    engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    engine.ctrl_c_before = (5,)
    called = call("evolve", "song.ogg", "kicks")
    assert (called.code, engine.stops) == (130, 1)
    assert called.out.splitlines()[-1] == "go on: phenotune evolve song-mosaic --cycles 4"


def test_the_second_ctrl_c_stops_at_once(engine: MadeUpRun, call: Callable[..., Any]) -> None:
    engine.ctrl_c_before = (5, 7)
    before = signal.getsignal(signal.SIGINT)
    called = call("evolve", "song.ogg", "kicks")
    assert (called.code, called.out, engine.stops) == (130, "", 1)
    assert called.err.endswith("stopped at once, before there was a checkpoint to go on from\n")
    assert engine.is_closed
    assert signal.getsignal(signal.SIGINT) is before


def test_after_the_second_ctrl_c_the_last_checkpoint_stands(
    engine: MadeUpRun, call: Callable[..., Any], tmp_path: Path
) -> None:
    engine.ctrl_c_before = (5, 7)
    engine.folder = RunFolder(tmp_path)
    engine.folder.state.mkdir()
    (engine.folder.state / "checkpoint-3.json").write_text("{}")
    called = call("evolve", "song.ogg", "kicks")
    assert called.code == 130
    assert f"go on from the last checkpoint: phenotune evolve {tmp_path}" in called.err


def test_an_error_in_the_middle_is_told(engine: MadeUpRun, call: Callable[..., Any]) -> None:
    engine.fails_with = RunFolderError("RUN/log.jsonl: could not be written (No space left)")
    called = call("evolve", "song.ogg", "kicks")
    assert (called.code, called.out) == (1, "")
    assert called.err.endswith("error: RUN/log.jsonl: could not be written (No space left)\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--time", "soon"], "--time: expected a time such as 90, 60s, 2m or 1h30m, got 'soon'"),
        (["--until", "0.85"], "--until: expected a percentage such as 85%, got '0.85'"),
        (["--plateau", "-1"], "--plateau: expected a time"),
    ],
)
def test_bad_values_are_the_callers_mistake(
    arguments: list[str], message: str, engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    called = call("evolve", "song.ogg", "kicks", *arguments)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"error: {message}")
    assert engine.asked == {}


def test_paths_mean_a_target_and_a_library_or_a_run(tmp_path: Path) -> None:
    song, kicks, out = Path("song.ogg"), Path("kicks"), Path("RUN")
    assert what_to_evolve([song, kicks], out) == (song, [kicks], out)
    assert what_to_evolve([tmp_path], None) == (None, [], tmp_path)
    assert what_to_evolve([tmp_path], tmp_path) == (None, [], tmp_path)


def test_a_target_alone_is_not_enough() -> None:
    with pytest.raises(ParameterError, match=r"evolve song\.ogg FOLDER_OF_SOUNDS"):
        what_to_evolve([Path("song.ogg")], None)


def test_going_on_cannot_write_elsewhere(tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="leave -o elsewhere out"):
        what_to_evolve([tmp_path], Path("elsewhere"))


def test_the_command_to_go_on_can_be_pasted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert go_on(Path("my run")) == "phenotune evolve 'my run'"
    monkeypatch.setenv("PHENOTUNE_PROGRAM", "python3 dev.py run")
    assert go_on(Path("RUN")) == "python3 dev.py run evolve RUN"


@pytest.mark.parametrize(
    ("stopped_by", "more"),
    [
        ("cycles", " --cycles 4"),
        ("explained", " --until 93%"),
        ("time", ""),
        ("plateau", ""),
        ("request", ""),
        ("stages", "  # with another [[stage]] in its phenotune.toml"),
    ],
)
def test_going_on_asks_for_more_where_it_would_end_at_once(stopped_by: str, more: str) -> None:
    finished = RunFinished("RUN", 7, 2, 2, 0.853, 6.0, stopped_by)
    assert go_on(Path("RUN"), finished) == f"phenotune evolve RUN{more}"


@pytest.mark.parametrize(
    ("turned_down_db", "said"),
    [(0.0, ""), (0.01, ""), (24.26, "  (turned down by 24.3 dB so as not to clip)")],
)
def test_a_sound_that_was_turned_down_is_told_of(turned_down_db: float, said: str) -> None:
    finished = RunFinished("RUN", 7, 2, 2, 0.35, 6.0, "time", turned_down_db)
    assert f"  sound    {Path('RUN/out/mosaic.wav')}{said}\n" in summary(finished, "song.ogg")


def test_a_picture_that_was_not_drawn_is_not_named(
    engine: MadeUpRun, call: Callable[..., Any]
) -> None:
    engine.settings = RunSettings(run=RunGroup(picture=False))
    assert "picture" not in call("evolve", "song.ogg", "kicks").out


def test_an_error_after_a_checkpoint_says_that_it_stands(
    engine: MadeUpRun, call: Callable[..., Any], tmp_path: Path
) -> None:
    engine.fails_with = RunFolderError("RUN/log.jsonl: could not be written (No space left)")
    engine.folder = RunFolder(tmp_path)
    engine.folder.state.mkdir()
    (engine.folder.state / "checkpoint-3.json").write_text("{}")
    called = call("evolve", "song.ogg", "kicks")
    assert called.code == 1
    assert f"checkpoint stands; go on from it: phenotune evolve {tmp_path}\n" in called.err
