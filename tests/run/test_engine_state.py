"""What lives on of a population, in a checkpoint and out of it again."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.append import Append
from phenotune.genome.genes.envelope import Envelope
from phenotune.genome.genes.varispeed import Varispeed
from phenotune.library.clip import Clip
from phenotune.run.engine_state import state_from_json, state_to_json
from phenotune.search.state import EngineState, Parent, Stock

INNER = Chromosome(Clip("s1", 0, 50))
PARENTS = (
    Parent(Chromosome(Clip("s0", 5, 100), (Varispeed(-317.3), Append(INNER))), 4, 44_100, True),
    Parent(Chromosome(Clip("s0", 5, 99), (Envelope((0.0, -6.0)),)), 5, -8, True),
    Parent(INNER, 6, 8820, False),
)
STATE = EngineState(0.25, (Stock(7, PARENTS[:2], PARENTS[1:]), Stock(3, PARENTS, ())))


def written(state: EngineState) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(state_to_json(state)))
    return content


@pytest.mark.parametrize("state", [STATE, EngineState(), EngineState(0.1, (Stock(1, (), ()),))])
def test_a_state_comes_back_as_it_was(state: EngineState) -> None:
    assert state_from_json(written(state), 44_100, 44_100) == state


def test_who_breeds_and_lives_on_as_well_is_written_once() -> None:
    first = written(STATE)["stocks"][0]
    assert len(first["parents"]) == 3
    assert (first["survivors"], first["kept"]) == ([0, 1], [1, 2])


def test_where_every_cycle_begins_afresh_there_is_one_number() -> None:
    assert written(EngineState(0.5)) == {"best_distance": 0.5}
    assert state_from_json({"best_distance": math.inf, "others": 1}, 1, 1) == EngineState()


def test_onsets_are_counted_anew_at_another_rate() -> None:
    (stock, _) = state_from_json(written(STATE), 44_100, 22_050).stocks
    assert [parent.onset_samples for parent in stock.survivors] == [22_050, -4]


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        ({"survivors": [3]}, ValueError, r"expected places from 0 to 2, got \[3\]"),
        ({"age": "old"}, ValueError, "invalid literal"),
        ({"parents": [{"lineage": 1}]}, KeyError, "chromosome"),
        (
            {"parents": [{"chromosome": {"clip": {}, "genes": []}}]},
            ValueError,
            "Field required",
        ),
    ],
)
def test_what_makes_no_sense_is_refused(
    change: dict[str, Any], kind: type[Exception], message: str
) -> None:
    content = written(STATE)
    content["stocks"][0] |= change
    with pytest.raises(kind, match=message):
        state_from_json(content, 44_100, 44_100)
