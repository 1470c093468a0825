from __future__ import annotations

import json
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from phenotune.cli import doctor


def test_what_a_report_should_hold(
    call: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PHENOTUNE_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PHENOTUNE_CONFIG", str(tmp_path / "config"))
    called = call("doctor")
    assert (called.code, called.err) == (0, "")
    assert f"phenotune   {version('phenotune')}" in called.out
    for package in doctor.PACKAGES:
        assert version(package) in called.out
    assert (
        f"{tmp_path / 'cache'} (is made when it is needed; 0.0 MB of decoded sounds)" in called.out
    )
    assert f"{tmp_path / 'config'} (without a phenotune.toml)" in called.out
    assert not (tmp_path / "cache").exists()


def test_json_is_one_object(call: Callable[..., Any]) -> None:
    facts = json.loads(call("doctor", "--json").out)
    assert facts["packages"]["numpy"] == version("numpy")
    assert set(facts) >= {"phenotune", "python", "system", "processors", "kernels", "formats"}


@pytest.mark.parametrize(
    ("are_compiled", "words"), [(True, "compiled"), (False, "not compiled for this machine yet")]
)
def test_the_kernels(are_compiled: bool, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("phenotune.run.warmth.kernels_are_compiled", lambda: are_compiled)
    assert str(doctor.examine()["kernels"]).startswith(words)


def test_a_missing_extra_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    formats = doctor.examine()["formats"]["formats"]
    assert formats.startswith("not installed; pip install 'phenotune[formats]' brings m4a")


def test_each_extra_that_people_need_is_told_of() -> None:
    assert set(doctor.examine()["formats"]) == {"always", "formats", "video", "otio"}


def test_a_package_that_is_not_there() -> None:
    assert doctor.package_version("no-such-package-of-ours") == "not installed"
