from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from phenotune.export.reaper_items import Fades, balance, colour_of
from phenotune.export.reaper_pieces import Piece

SIZES = st.floats(0.0, 100.0, allow_subnormal=False)


@given(SIZES, SIZES, st.sampled_from([1.0, -1.0]))
def test_a_balance_gives_the_gains_back(left: float, right: float, sign: float) -> None:
    said = balance((sign * left, sign * right))
    assert said is not None
    assert -1.0 <= said.pan <= 1.0
    polarity = -1.0 if said.is_inverted else 1.0
    back = [
        polarity * said.volume * min(1.0, 1.0 - said.pan),
        polarity * said.volume * min(1.0, 1.0 + said.pan),
    ]
    assert back == pytest.approx([sign * left, sign * right], rel=1e-12, abs=1e-13)


@given(st.floats(-100.0, 100.0))
def test_one_channel_has_no_balance(gain: float) -> None:
    said = balance((gain,))
    assert said is not None
    assert (said.volume, said.pan, said.is_inverted) == (abs(gain), 0.0, gain < 0.0)


def test_opposite_polarities_are_no_balance() -> None:
    assert balance((0.5, -0.1)) is None
    assert balance((0.0, -0.1)) is not None


def test_colours_differ() -> None:
    assert len({colour_of(index) for index in range(100)}) == 100


def piece(start: int, n_samples: int) -> Piece:
    return Piece("s0", 0.0, 1.0, start, np.ones(n_samples))


@pytest.mark.parametrize(
    ("start", "n_samples", "expected"),
    [
        (0, 1000, Fades(220, 220)),
        (0, 500, Fades(220, 0)),
        (400, 600, Fades(0, 220)),
        (100, 100, Fades(0, 0)),
        (0, 300, Fades(0, 0)),
    ],
)
def test_a_piece_has_the_fades_that_it_can_hold(
    start: int, n_samples: int, expected: Fades
) -> None:
    assert Fades(220, 220).of(piece(start, n_samples), 1000) == expected


def test_very_short_fades_are_left_to_the_envelope() -> None:
    assert Fades(15, 16).of(piece(0, 64), 64) == Fades(0, 16)
