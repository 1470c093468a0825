from __future__ import annotations

import pytest

from phenotune.cli.options import by_their_flags

FLAGS = {"--from", "--to", "--rate", "--peak-db", "--parts"}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("from_s: expected less", "--from: expected less"),
        ("from, to: expected more", "--from, --to: expected more"),
        ("rate_hz: expected more", "--rate: expected more"),
        ("peak_db: expected less", "--peak-db: expected less"),
        ("n_parts: expected 1", "--parts: expected 1"),
        ("nudge: expected a time", "nudge: expected a time"),
        ("--from: expected a time", "--from: expected a time"),
        ("from song.wav: gone", "from song.wav: gone"),
        ("run.from_s: expected more", "run.from_s: expected more"),
        ("from", "from"),
    ],
)
def test_a_parameter_is_told_by_its_flag(message: str, told: str) -> None:
    assert by_their_flags(message, FLAGS) == told
