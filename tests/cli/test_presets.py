from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from phenotune.run.settings import RunSettings, flat_values


def test_the_presets_are_listed(call: Callable[..., Any]) -> None:
    called = call("presets")
    assert (called.code, called.err) == (0, "")
    names = [line.split()[0] for line in called.out.splitlines() if line]
    assert set(names) >= {"classic", "guided"}


def test_a_preset_lists_every_setting(call: Callable[..., Any]) -> None:
    rows = [json.loads(row) for row in call("presets", "guided", "--json").out.splitlines()]
    names = [name for name in flat_values(RunSettings()) if name not in ("preset", "style.name")]
    assert [row["name"] for row in rows] == names
    assert all(row["help"] for row in rows)
    seed = rows[0]
    assert (seed["name"], seed["value"], seed["unit"]) == ("run.seed", 0, "")


def test_what_differs_from_the_default_is_marked(call: Callable[..., Any]) -> None:
    lines = call("presets", "classic").out.splitlines()
    rows = {line[3:].split()[0]: line for line in lines if line[3:]}
    assert rows["genes.varispeed.max_cents"].startswith("*  ")
    assert "600 cents" in rows["genes.varispeed.max_cents"]
    assert "-4800 to 4800" in rows["genes.varispeed.max_cents"]
    assert "Highest pitch" in rows["genes.varispeed.max_cents"]
    assert rows["run.seed"].startswith("   ")


def test_an_unknown_preset_suggests_the_nearest(call: Callable[..., Any]) -> None:
    called = call("presets", "guidet")
    assert (called.code, called.out) == (2, "")
    assert called.err == "error: unknown preset 'guidet'; did you mean 'guided'?\n"


def test_a_preset_is_shown_without_the_users_own_settings(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "phenotune.toml").write_text("[run]\nseed = 9\n")
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(tmp_path))
    monkeypatch.setenv("PHENOTUNE_RUN__SEED", "8")
    rows = [json.loads(row) for row in call("presets", "guided", "--json").out.splitlines()]
    assert rows[0]["value"] == 0


def test_presets_of_ones_own_are_listed(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "presets").mkdir()
    text = 'about = "Few, long clips."\nextends = "guided"\n[library]\nmin_clip_s = 1.0\n'
    (tmp_path / "presets" / "long.toml").write_text(text)
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(tmp_path))
    assert "long         Few, long clips." in call("presets").out
    assert "*  library.min_clip_s" in call("presets", "long").out
