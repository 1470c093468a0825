"""The demo made once for all tests of its files, and the measures by which its music is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from phenotune.demo.make import DemoFiles, make_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    """A demo as anybody gets it. Do not write into it."""
    folder: Path = tmp_path_factory.mktemp("demo") / "phenotune-demo"
    return make_demo(folder)
