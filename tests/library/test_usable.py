from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from phenotune.audio.entries import examined
from phenotune.library.usable import why_misnamed, why_unusable


def judged(samples: list[float], min_s: float = 0.002) -> str | None:
    sound = examined(np.array([samples], dtype=np.float32), 1000, "", {})
    return why_unusable(sound, min_s)


def test_a_sound_of_just_the_right_length() -> None:
    assert judged([0.5, -0.5]) is None


@pytest.mark.parametrize(
    ("samples", "reason"),
    [
        ([], "holds no sound (0 samples)"),
        ([0.5], "is too short (1 ms; at least 2 ms are needed)"),
        ([0.0, 0.0], "is silent (every sample is 0)"),
        ([0.00009, 0.0], "is silent (its peak is at -81 dB)"),
        ([0.5, np.nan], "holds values that are not finite (NaN or infinity)"),
        ([0.5, -np.inf], "holds values that are not finite (NaN or infinity)"),
    ],
)
def test_reasons(samples: list[float], reason: str) -> None:
    assert judged(samples) == reason


def test_a_soft_sound_is_a_sound() -> None:
    assert judged([0.00011, 0.0]) is None


@pytest.mark.parametrize("rate_hz", [1, 999, 768_001])
def test_rates_that_only_a_broken_header_states(rate_hz: int) -> None:
    sound = examined(np.ones((1, rate_hz), dtype=np.float32), rate_hz, "", {})
    reason = why_unusable(sound, 0.02)
    assert reason is not None
    assert reason.startswith(f"states a sampling rate that cannot be right ({rate_hz} Hz; expected")


def test_names_that_no_text_can_hold() -> None:
    assert why_misnamed(Path("records/caf\u00e9 録音.wav")) is None
    misnamed = Path(os.fsdecode(b"records/caf\xe9.wav"))
    if os.fsencode(misnamed) == str(misnamed).encode("utf-8", "replace"):
        pytest.skip("this system has only names that are text")
    assert why_misnamed(misnamed) == "has a name that is no text in UTF-8; rename it"
