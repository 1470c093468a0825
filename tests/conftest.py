"""What all tests share: chance with a fixed seed, folders of their own, the demo, and real sound where there is."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings

from phenotune.demo.make import DemoFiles, make_demo

PROJECT = Path(__file__).resolve().parents[1]

# The same examples every time, and no deadlines: a test never judges by time.
settings.register_profile("phenotune", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("phenotune")


@pytest.fixture
def rng() -> np.random.Generator:
    """A fresh generator with the fixed seed 440."""
    return np.random.default_rng(440)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoFiles:
    """A demo as anybody gets it, synthesised once for all tests. Do not write into it."""
    return make_demo(tmp_path_factory.mktemp("demo") / "phenotune-demo")


@pytest.fixture(scope="session")
def real_audio() -> Path:
    """Folder of real music (``targets/*.ogg``, ``library/**``), which is not part of the project.

    It is looked for in ``$PHENOTUNE_AUDIO``, else in ``../shared/audio`` beside the project.
    """
    named = os.environ.get("PHENOTUNE_AUDIO")
    folder = Path(named) if named else PROJECT.parent / "shared" / "audio"
    if not any(folder.glob("targets/*.ogg")) or not any(folder.glob("library/**/*.*")):
        pytest.skip(
            f"no real music in {folder}; set PHENOTUNE_AUDIO to a folder with targets/ and library/"
        )
    return folder


@pytest.fixture(scope="session", autouse=True)
def _folders_of_our_own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep tests away from the cache, the settings and the environment of whoever runs them.

    ``NUMBA_CACHE_DIR`` is left alone, so that kernels are compiled once and not by every run of the tests.
    """
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("PHENOTUNE_")]:
            if "__" in name or name == "PHENOTUNE_PRESET":
                patch.delenv(name)
        patch.setenv("PHENOTUNE_CACHE", str(tmp_path_factory.mktemp("cache")))
        patch.setenv("PHENOTUNE_CONFIG", str(tmp_path_factory.mktemp("config")))
        yield
