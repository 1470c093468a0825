from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo.room import CLUB, HALL, PLATE, Room, impulse_response, in_room, reverberated

RATE_HZ = 44_100


@pytest.mark.parametrize("room", [CLUB, HALL, PLATE], ids=lambda room: room.name)
def test_a_room_dies_away_in_its_time(room: Room) -> None:
    response = impulse_response(room, RATE_HZ)
    np.testing.assert_allclose(np.sum(response**2, axis=-1), 1.0)
    left_db = 10.0 * np.log10(
        np.cumsum(response[0][::-1] ** 2)[::-1] + 1e-20
    )  # Schroeder's integral
    fallen = [int(np.argmax(left_db < -level)) / RATE_HZ for level in (5.0, 25.0)]
    assert 3.0 * (fallen[1] - fallen[0]) == pytest.approx(room.t60_s, rel=0.25)


def test_left_and_right_hear_different_walls() -> None:
    assert abs(np.corrcoef(impulse_response(CLUB, RATE_HZ))[0, 1]) < 0.3


def test_the_same_room_is_the_same_room() -> None:
    np.testing.assert_array_equal(impulse_response(CLUB, RATE_HZ), impulse_response(CLUB, RATE_HZ))


def test_the_room_answers_after_the_sound_and_keeps_its_length() -> None:
    click = np.zeros((2, RATE_HZ))
    click[:, 100] = 1.0
    wet = reverberated(click, CLUB, RATE_HZ)
    assert wet.shape == click.shape
    np.testing.assert_allclose(wet[:, :100], 0.0, atol=1e-12)
    both = in_room(click, CLUB, RATE_HZ, wet=0.5, longer_s=0.25)
    assert both.shape == (2, round(1.25 * RATE_HZ))
    np.testing.assert_allclose(both[:, :RATE_HZ], click + 0.5 * wet, atol=1e-9)
    np.testing.assert_allclose(both[:, -1], 0.0, atol=1e-12)
