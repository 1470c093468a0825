from __future__ import annotations

import pytest
from pydantic import ValidationError

from phenotune.library.settings import LibrarySettings


def test_defaults() -> None:
    assert LibrarySettings().model_dump() == {
        "clip_s": 0.0,
        "clip_beats": 0.0,
        "min_clip_s": 0.15,
        "max_clip_s": 3.0,
        "rms_gate": 0.05,
        "exclude": (),
        "only_licensed": False,
    }


def test_every_setting_has_help_and_its_unit() -> None:
    for name, field in LibrarySettings.model_fields.items():
        extra = field.json_schema_extra
        assert isinstance(extra, dict)
        assert field.description
        units = {"s": "s", "beats": "beats"}
        assert extra["unit"] == units.get(name.rpartition("_")[2], "")


@pytest.mark.parametrize(
    ("values", "match"),
    [
        ({"clip_s": -1.0}, "greater than or equal to 0"),
        ({"rms_gate": 1.5}, "less than or equal to 1"),
        ({"min_clip_s": float("nan")}, "finite number"),
        ({"max_clip_s": 100.0}, "less than or equal to 60"),
        ({"min_clip_s": 4.0}, r"min_clip_s \(4 s\) must not exceed max_clip_s \(3 s\)"),
        (
            {"clip_s": 3.0, "clip_beats": 8.0},
            r"clip_s \(3 s\) and clip_beats \(8 beats\) both tell .* set one of them to 0",
        ),
        ({"excluded": ()}, "Extra inputs are not permitted"),
    ],
)
def test_limits(values: dict[str, object], match: str) -> None:
    with pytest.raises(ValidationError, match=match):
        LibrarySettings(**values)
