from __future__ import annotations

import os
from pathlib import Path

from phenotune.run.watching import COST_SHARE, PAUSE_S, Looked, Settling, Watcher


class Clock:
    """Time that passes when it is told to, and a little at each glance."""

    def __init__(self) -> None:
        self.now_s = 100.0
        self.step_s = 0.0

    def __call__(self) -> float:
        self.now_s += self.step_s
        return self.now_s


def grow(path: Path, content: bytes, mtime_s: int) -> None:
    path.write_bytes(content)
    os.utime(path, (mtime_s, mtime_s))


def test_what_is_known_and_at_rest_is_nothing_new() -> None:
    files = Settling({"a": (1, 1)})
    assert not files.look({"a": (1, 1)})


def test_a_new_file_is_left_out_until_it_is_at_rest_and_the_rest_is_not_kept_waiting() -> None:
    files = Settling({"a": (1, 1)})
    assert not files.look({"a": (1, 1), "b": (1, 1), "slow": (1, 1)})
    assert files.look({"a": (1, 1), "b": (1, 1), "slow": (2, 2)})
    assert files.unsettled == {"slow"}
    assert not files.look({"a": (1, 1), "b": (1, 1), "slow": (3, 3)})
    assert files.look({"a": (1, 1), "b": (1, 1), "slow": (3, 3)})
    assert files.unsettled == frozenset()


def test_a_known_file_that_is_written_over_is_waited_for() -> None:
    files = Settling({"a": (9, 1)})
    assert not files.look({"a": (3, 2)})
    assert not files.look({"a": (6, 3)})
    assert not files.look({"a": (9, 4)})
    assert files.look({"a": (9, 4)})


def test_a_file_is_gone_when_it_was_not_there_at_two_looks() -> None:
    files = Settling({"a": (1, 1), "b": (1, 1)})
    assert not files.look({"a": (1, 1)})
    assert files.look({"a": (1, 1)})
    assert not files.look({"a": (1, 1)})


def test_a_file_that_is_back_at_the_second_look_was_never_gone() -> None:
    files = Settling({"a": (1, 1)})
    assert not files.look({})
    assert not files.look({"a": (1, 1)})
    assert not files.look({"a": (1, 1)})


def test_a_run_folder_is_watched_for_what_concerns_a_run(tmp_path: Path) -> None:
    library, clock = tmp_path / "library", Clock()
    watcher = Watcher(tmp_path, [library], clock=clock)

    def looks() -> list[Looked | None]:
        found = []
        for _ in range(3):
            clock.now_s += PAUSE_S
            found.append(watcher.look([library]))
        return found

    assert looks() == [None] * 3
    for name in ("mosaic.wav", "notes.txt", "target.txt", "target"):
        grow(tmp_path / name, b"x", 1)
    assert looks() == [None] * 3
    grow(tmp_path / "target.wav", b"x", 1)
    grow(tmp_path / "phenotune.toml", b"x", 1)
    assert looks() == [None, Looked(target=True, settings=True), None]
    library.mkdir()
    grow(library / "kick.wav", b"x", 1)
    grow(tmp_path / "inject.ogg", b"x", 1)
    assert looks() == [None, Looked(library=True, inject=True), None]
    grow(library / "kick.wav", b"xy", 1)
    assert looks() == [None, Looked(library=True), None]
    (library / "kick.wav").unlink()
    assert looks() == [None, Looked(library=True), None]


def test_it_is_looked_seldom(tmp_path: Path) -> None:
    clock = Clock()
    watcher = Watcher(tmp_path, [], clock=clock)
    grow(tmp_path / "target.wav", b"x", 1)
    clock.now_s += 0.9 * PAUSE_S
    watcher.look([])
    clock.now_s += 0.2 * PAUSE_S
    assert watcher.look([]) is None  # the first look
    clock.now_s += 0.9 * PAUSE_S
    assert watcher.look([]) is None  # too soon
    clock.now_s += 0.2 * PAUSE_S
    assert watcher.look([]) == Looked(target=True)


def test_a_dear_look_is_followed_by_a_long_pause(tmp_path: Path) -> None:
    clock = Clock()
    watcher = Watcher(tmp_path, [], clock=clock)
    clock.now_s += PAUSE_S
    clock.step_s = 0.5
    watcher.look([])
    clock.step_s = 0.0
    grow(tmp_path / "target.wav", b"x", 1)
    clock.now_s += 0.5 * COST_SHARE - 1.0
    assert watcher.look([]) is None
    clock.now_s += 1.0
    assert watcher.look([]) is None
    clock.now_s += PAUSE_S
    assert watcher.look([]) == Looked(target=True)
