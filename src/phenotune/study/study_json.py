"""The study's figures for scripts."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from phenotune.study.claim import Claim, Finding
from phenotune.study.laboratory import Laboratory

FORMAT = "phenotune.study"
VERSION = 1


def study_json(findings: Sequence[tuple[Claim, Finding, float]], laboratory: Laboratory) -> str:
    """Text of ``study.json``: what was studied, on what, and the verdict, table and figures of each claim."""
    study = {
        "format": FORMAT,
        "version": VERSION,
        "seed": laboratory.seed,
        "target": laboratory.sounds.target.name,
        "target_s": round(laboratory.target_s, 3),
        "library": laboratory.sounds.library.name,
        "claims": [
            claim_as_dict(claim, finding, elapsed_s) for claim, finding, elapsed_s in findings
        ],
    }
    return json.dumps(study, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def claim_as_dict(claim: Claim, finding: Finding, elapsed_s: float) -> dict[str, Any]:
    """One claim as plain dicts, lists, strings and numbers; what is not finite becomes None."""
    table = finding.table
    return {
        "claim": claim.id,
        "title": claim.title,
        "says": claim.says,
        "test": claim.test,
        "verdict": finding.judgement.verdict,
        "line": finding.judgement.line,
        "figures": {name: _finite(value) for name, value in finding.figures.items()},
        "table": {"header": list(table.header), "rows": [list(row) for row in table.rows]},
        "elapsed_s": round(elapsed_s, 3),
    }


def _finite(value: float) -> float | None:
    return round(float(value), 6) if math.isfinite(value) else None
