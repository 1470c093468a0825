"""Laboratories whose runs are short, shared by all claims so that runs are made once."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from phenotune.demo.make import DemoFiles
from phenotune.study.laboratory import Laboratory, Outcome, Sounds


class ShortLaboratory(Laboratory):
    """A laboratory that makes a share of the cycles, and a single run where claims ask for several seeds."""

    def __init__(self, sounds: Sounds, *, excerpt_s: float, share: float) -> None:
        super().__init__(sounds, seed=0, excerpt_s=excerpt_s)
        self._share = share

    def scaled(self, n: int) -> int:
        return max(2, math.ceil(n * self._share))

    def run(
        self,
        settings: Mapping[str, Any],
        *,
        cycles: int,
        preset: str = "classic",
        seed: int = 0,
        of_a_minute: bool = False,
    ) -> Outcome:
        return super().run(
            settings,
            cycles=cycles,
            preset=preset,
            seed=0,
            of_a_minute=of_a_minute,
        )


@pytest.fixture(scope="module")
def laboratory(demo: DemoFiles) -> Iterator[Laboratory]:
    """Half as long as people run it, with one seed: enough for what is large."""
    sounds = Sounds(demo.target, demo.library)
    with ShortLaboratory(sounds, excerpt_s=8.0, share=0.5) as made:
        yield made


@pytest.fixture(scope="module")
def hasty_laboratory(demo: DemoFiles) -> Iterator[Laboratory]:
    """A few cycles: enough to come to a verdict, whichever it is."""
    sounds = Sounds(demo.target, demo.library)
    with ShortLaboratory(sounds, excerpt_s=4.0, share=0.05) as made:
        yield made
