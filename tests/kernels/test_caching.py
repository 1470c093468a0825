from __future__ import annotations

import pytest

from phenotune.kernels import caching


def test_numba_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**options: bool) -> object:
        raise RuntimeError("cannot cache function '_nothing': no locator available")

    assert caching._can_be_kept() is caching.CACHE
    monkeypatch.setattr(caching, "njit", refuse)
    assert not caching._can_be_kept()
