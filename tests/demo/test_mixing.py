from __future__ import annotations

import numpy as np
import pytest

from phenotune.demo import mixing

RATE_HZ = 1000


@pytest.mark.parametrize(
    ("position", "gains"), [(-1.0, (1.0, 0.0)), (0.0, (0.5**0.5,) * 2), (1.0, (0.0, 1.0))]
)
def test_panning_keeps_the_power(position: float, gains: tuple[float, float]) -> None:
    stereo = mixing.panned(np.array([2.0]), position)
    np.testing.assert_allclose(stereo[:, 0], 2.0 * np.array(gains), atol=1e-12)


@pytest.mark.parametrize(
    ("onset_s", "expected"),
    [
        (0.0, [1, 2, 3, 0]),
        (0.002, [0, 0, 1, 2]),
        (-0.001, [2, 3, 0, 0]),
        (0.009, [0, 0, 0, 0]),
        (-0.009, [0, 0, 0, 0]),
    ],
)
def test_what_lies_beyond_the_bus_is_lost(onset_s: float, expected: list[float]) -> None:
    bus = np.zeros(4)
    mixing.place(bus, np.array([1.0, 2.0, 3.0]), onset_s, RATE_HZ)
    np.testing.assert_array_equal(bus, expected)


def test_placing_adds() -> None:
    bus = np.ones((2, 3))
    mixing.place(bus, np.ones((2, 2)), 0.001, RATE_HZ)
    np.testing.assert_array_equal(bus, [[1, 2, 2], [1, 2, 2]])


def test_echoes_change_sides_and_fade() -> None:
    click = np.zeros((2, 44_100))
    click[0, 0] = 1.0
    sound = mixing.echoed(click, 0.25, 44_100, feedback=0.5, n=2)
    energy = np.sum(sound[:, :44_000].reshape(2, 4, 11_000) ** 2, axis=-1)
    assert (energy[:, 0] == [1.0, 0.0]).all()
    assert energy[1, 1] > 0.0 == energy[0, 1]
    assert energy[1, 1] > energy[0, 2] > 0.0 == energy[1, 2]
    assert not energy[:, 3].any()


def test_a_constant_delay_shifts() -> None:
    np.testing.assert_allclose(
        mixing.delayed(np.array([1.0, 2.0, 4.0]), np.full(3, 0.5)), [0.0, 1.5, 3.0]
    )


def test_a_chorus_is_wide(rng: np.random.Generator) -> None:
    wide = mixing.chorused(rng.standard_normal(8000), 8000)
    assert wide.shape == (2, 8000)
    assert np.corrcoef(wide)[0, 1] < 0.9


def test_drive_bends_but_keeps_the_peak() -> None:
    bent = mixing.driven(np.array([-1.0, 0.0, 0.5, 1.0]), 2.0)
    np.testing.assert_allclose(bent[[0, 1, 3]], [-1.0, 0.0, 1.0])
    assert bent[2] > 0.75


def test_the_master_peaks_at_its_ceiling_and_has_no_mean(rng: np.random.Generator) -> None:
    mix = 0.2 + 3.0 * rng.standard_normal((2, 44_100))
    master = mixing.mastered(mix, 44_100)
    assert np.abs(master).max() == pytest.approx(10.0 ** (-1.0 / 20.0))
    assert np.abs(master.mean(axis=1)).max() < 1e-3
    np.testing.assert_allclose(master[:, [0, -1]], 0.0, atol=1e-12)
