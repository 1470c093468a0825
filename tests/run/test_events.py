"""Events as they stand in JSON."""

from __future__ import annotations

import json
import math

from phenotune.run.events import GenerationScored, event_as_dict


def test_what_json_cannot_say_becomes_null() -> None:
    event = GenerationScored(1, 1, 60, -math.inf, 60, 0.1, math.nan)
    row = json.loads(json.dumps(event_as_dict(event), allow_nan=False))
    assert (row["event"], row["n_candidates"]) == ("generation_scored", 60)
    assert (row["best_fitness"], row["explained"]) == (None, None)
