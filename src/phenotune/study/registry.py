"""All claims by their names, in the order of the article. A new one enters with a file and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from phenotune.study.claim import Claim
from phenotune.study.claims import (
    c01_seeding,
    c02_silence,
    c03_elitism,
    c04_false_seeds,
    c05_sections,
    c06_smaller,
    c07_untouched,
    c08_proximity,
    c09_waveform,
    c10_spread,
    c11_length,
    c12_generations,
    c13_memory,
    c14_decent,
)

_CLAIMS: tuple[Claim, ...] = (
    c01_seeding.CLAIM,
    c02_silence.CLAIM,
    c03_elitism.CLAIM,
    c04_false_seeds.CLAIM,
    c05_sections.CLAIM,
    c06_smaller.CLAIM,
    c07_untouched.CLAIM,
    c08_proximity.CLAIM,
    c09_waveform.CLAIM,
    c10_spread.CLAIM,
    c11_length.CLAIM,
    c12_generations.CLAIM,
    c13_memory.CLAIM,
    c14_decent.CLAIM,
)

CLAIMS: Mapping[str, Claim] = {claim.id: claim for claim in _CLAIMS}
