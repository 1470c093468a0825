"""``phenotune styles``."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any


def test_the_styles_are_listed(call: Callable[..., Any]) -> None:
    called = call("styles")
    assert (called.code, called.err) == (0, "")
    names = [line.split()[0] for line in called.out.splitlines()[:4]]
    assert names == ["faithful", "collage", "drone", "percussive"]
    assert "`phenotune styles faithful` shows every setting of one" in called.out
    rows = [json.loads(row) for row in call("styles", "--json").out.splitlines()]
    assert [row["style"] for row in rows] == names


def test_a_style_lists_every_setting(call: Callable[..., Any]) -> None:
    rows = [json.loads(row) for row in call("styles", "collage", "--json").out.splitlines()]
    values = {row["name"]: row["value"] for row in rows}
    assert values["style.min_clip_s"] == 0.8
    assert values["search.max_clips_per_s"] == 10.0
    assert "style.name" not in values
    assert "*  style.boredom" in call("styles", "collage").out
