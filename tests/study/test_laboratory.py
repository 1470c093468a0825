from __future__ import annotations

import pytest

from phenotune.audio.files import read_sound
from phenotune.errors import ParameterError
from phenotune.study.eras import SPECTROGRAM_ALONE
from phenotune.study.laboratory import Laboratory, Sounds, StudyStopped

SMALL = {**SPECTROGRAM_ALONE, "search.population": 10, "search.capacity": 10}


def test_the_song_is_cut_to_an_excerpt(laboratory: Laboratory) -> None:
    assert laboratory.target_s == 4.0
    whole = read_sound(laboratory.sounds.target)
    assert (read_sound(laboratory.target).samples == whole.samples[:, : 4 * whole.rate_hz]).all()


def test_a_song_shorter_than_the_excerpt_is_taken_as_it_is(few_sounds: Sounds) -> None:
    with Laboratory(few_sounds, seed=0, excerpt_s=100.0) as laboratory:
        assert laboratory.target == few_sounds.target.absolute()


def test_longer_studies_have_longer_runs(few_sounds: Sounds) -> None:
    with Laboratory(few_sounds, seed=0, excerpt_s=4.0, scale=4) as laboratory:
        assert laboratory.scaled(20) == 80


@pytest.mark.slow
def test_a_run_is_made_once_and_tells_what_came_of_it(laboratory: Laboratory) -> None:
    outcome = laboratory.run(SMALL, cycles=3)
    assert laboratory.run(SMALL, cycles=3) is outcome
    assert laboratory.run(SMALL, cycles=3, seed=1).onsets_s != outcome.onsets_s
    assert len(outcome.cycles) == 3
    assert outcome.n_candidates == sum(cycle.n_candidates for cycle in outcome.cycles)
    assert len(outcome.cpu_s) == len(outcome.generations) >= 3
    assert min(outcome.cpu_s) > 0.0
    assert outcome.n_placements == outcome.cycles[-1].n_placements == len(outcome.durations_s)
    assert 0.0 < outcome.covered <= 1.0
    assert outcome.sound.shape[1] == 4 * outcome.rate_hz
    assert 0.0 < laboratory.measure(outcome).mel_expl < 100.0


@pytest.mark.slow
def test_a_minute_is_the_song_over_and_over(laboratory: Laboratory) -> None:
    outcome = laboratory.run({**SMALL, "search.max_generations": 1}, cycles=1, of_a_minute=True)
    assert outcome.target_s == 60.0


@pytest.mark.slow
def test_the_users_own_settings_have_no_say(
    laboratory: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcome = laboratory.run(SMALL, cycles=1)
    monkeypatch.setenv("PHENOTUNE_SEARCH__TOP", "1")
    with Laboratory(laboratory.sounds, seed=0, excerpt_s=4.0) as other:
        assert other.run(SMALL, cycles=1).onsets_s == outcome.onsets_s


def test_a_run_ends_when_somebody_asks(few_sounds: Sounds) -> None:
    with (
        Laboratory(few_sounds, seed=0, excerpt_s=4.0, is_stopped=lambda: True) as laboratory,
        pytest.raises(StudyStopped, match="asked to stop"),
    ):
        laboratory.run(SMALL, cycles=3)


def test_a_setting_that_does_not_exist_is_refused(laboratory: Laboratory) -> None:
    with pytest.raises(ParameterError, match=r"unknown setting 'search\.populatoin'"):
        laboratory.run({"search.populatoin": 3}, cycles=1)
