from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from phenotune.mosaic import spool as module
from phenotune.mosaic.spool import Spool


@pytest.mark.parametrize("max_held_bytes", [0, 1, 100, 10**6])
def test_blocks_come_again_in_their_order(
    max_held_bytes: int,
    tmp_path: Path,
    rng: np.random.Generator,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MAX_HELD_BYTES", max_held_bytes)
    blocks = [rng.standard_normal((2, n)).astype(np.float32) for n in (10, 1, 0, 37)]
    with Spool(tmp_path) as spool:
        for block in blocks:
            spool.append(block)
        for _ in range(2):
            found = list(spool.blocks())
            assert [block.shape for block in found] == [block.shape for block in blocks]
            assert all(map(np.array_equal, found, blocks))
        assert list(tmp_path.iterdir()) == []  # it has no name, even while it is there
    assert list(tmp_path.iterdir()) == []


def test_views_are_kept_as_they_sound(tmp_path: Path) -> None:
    samples = np.arange(20, dtype=np.float32).reshape(2, 10)
    with Spool(tmp_path) as spool:
        spool.append(samples[:, ::2])
        assert np.array_equal(next(spool.blocks()), samples[:, ::2])
