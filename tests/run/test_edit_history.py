"""What an edit has changed, taken back and done again, whatever has happened since."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from phenotune.canvas.placement import Placement
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.reverse import Reverse
from phenotune.library.clip import Clip
from phenotune.run.edit_history import Difference, EditHistory, Record
from phenotune.run.whereabouts import sources_named

CHROMOSOME = Chromosome(Clip("s1", 5, 100), (Append(Chromosome(Clip("s2", 0, 9), (Reverse(),))),))
PLACEMENT = Placement(7, CHROMOSOME, -300, (0.1, -0.7), cycle=3, lineage=12)


def difference(was: Placement | None, now: Placement | None) -> Difference:
    found = Difference.between(was, now)
    assert found is not None
    # As checkpoint and log hold it.
    return Difference(**json.loads(json.dumps(found.to_json())))


@pytest.mark.parametrize(
    "now",
    [
        None,
        replace(PLACEMENT, muted=True),
        replace(PLACEMENT, locked=True, onset_samples=12),
        replace(PLACEMENT, gains=(0.3, 0.1)),
        replace(PLACEMENT, chromosome=Chromosome(Clip("s1", 0, 1)), gains=(1.0, 1.0)),
    ],
    ids=["dropped", "muted", "moved", "louder", "exchanged"],
)
def test_there_and_back(now: Placement | None) -> None:
    there = difference(PLACEMENT, now)
    assert there.met(PLACEMENT) == (now, "")
    assert there.back().met(now) == (PLACEMENT, "")
    assert there.back().back() == there


def test_only_what_differs_is_kept() -> None:
    assert Difference.between(PLACEMENT, PLACEMENT) is None
    found = difference(PLACEMENT, replace(PLACEMENT, muted=True))
    assert (found.was, found.now) == ({"muted": False}, {"muted": True})


def test_what_was_done_already_needs_no_doing() -> None:
    dropped = difference(PLACEMENT, None)
    assert dropped.met(None) == (None, "")
    other = replace(PLACEMENT, gains=(0.2, 0.2))
    assert dropped.back().met(other) == (other, "")
    assert dropped.met(other) == (None, "")
    muted = difference(PLACEMENT, replace(PLACEMENT, muted=True))
    assert muted.met(replace(other, muted=True)) == (replace(other, muted=True), "")


def test_what_the_search_has_changed_since_stays() -> None:
    moved = replace(PLACEMENT, onset_samples=12, gains=(0.3, 0.3), locked=True)
    back = difference(moved, PLACEMENT)
    solved = replace(moved, gains=(0.5, 0.5))
    assert back.met(solved) == (
        replace(PLACEMENT, gains=(0.5, 0.5)),
        "its gains have been solved anew since",
    )
    assert back.met(None) == (None, "it is not there any more")
    nudged = replace(moved, onset_samples=99)
    assert back.met(nudged) == (
        replace(PLACEMENT, onset_samples=99),
        "it has been moved since",
    )


def test_a_chromosome_its_onset_and_its_gains_belong_together() -> None:
    rival = replace(PLACEMENT, chromosome=Chromosome(Clip("s1", 0, 1)), gains=(1.0, 1.0))
    back = difference(rival, PLACEMENT)
    other = replace(rival, gains=(0.9, 1.0), locked=True)
    assert back.met(other) == (other, "a variation has taken its place since")


def test_onsets_at_another_rate() -> None:
    moved = difference(PLACEMENT, replace(PLACEMENT, onset_samples=44_100)).at_rate(44_100, 22_050)
    assert (moved.was, moved.now) == ({"onset_samples": -150}, {"onset_samples": 22_050})
    muted = difference(PLACEMENT, replace(PLACEMENT, muted=True))
    assert muted.at_rate(44_100, 22_050) == muted
    history = EditHistory([Record(1, 2, "drop", "drop", (difference(PLACEMENT, None),))], 1)
    (record,) = history.at_rate(44_100, 22_050).records
    assert record.differences[0].back().met(None)[0] == replace(PLACEMENT, onset_samples=-150)
    assert history.at_rate(44_100, 44_100) is history


def record(number: int) -> Record:
    return Record(number, 4, "mute", "mute --all", (difference(PLACEMENT, None),))


def test_undone_edits_are_past_after_another() -> None:
    history = EditHistory()
    for number in (1, 2, 3):
        history.add(record(number))
    history.turn(3, "undone", ())
    history.turn(2, "undone", ())
    assert history.last_done is not None
    assert history.first_undone is not None
    assert (history.last_done.number, history.first_undone.number) == (1, 2)
    history.turn(2, "done", ())
    history.add(record(6))
    assert [(each.number, each.state) for each in history.records] == [
        (1, "done"),
        (2, "done"),
        (3, "left"),
        (6, "done"),
    ]
    assert history.first_undone is None


def test_an_open_edit_takes_in_what_happens() -> None:
    history = EditHistory()
    other = replace(PLACEMENT, id=8)
    history.add(Record(1, 4, "regrow", "regrow", ()))
    history.open([PLACEMENT])
    history.follow([PLACEMENT, other])
    assert history.records[0].differences == (Difference.between(None, other),)
    history.close([other])
    history.follow([])
    assert [each.id for each in history.records[0].differences] == [7, 8]


def test_it_survives_json_and_names_its_sources() -> None:
    history = EditHistory([record(1)], 5)
    again = EditHistory.from_json(json.loads(json.dumps(history.to_json())))
    assert again == history
    assert sources_named(again.to_json()) == {"s1", "s2"}
    assert EditHistory.from_json({}) == EditHistory()
    with pytest.raises(KeyError, match="differences"):
        EditHistory.from_json({"records": [{"number": 1}]})
