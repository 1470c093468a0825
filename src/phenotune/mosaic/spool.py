"""Sound that waits between two passes: its level must be known before it can be written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from phenotune.arrays import Samples

MAX_HELD_BYTES = 64 << 20
"""What is longer waits in a file."""


class Spool:
    """Blocks of sound, kept in memory while they are few and in a file without a name when they are many.

    The file lies in the folder that the sound will be written to, where there is room for it or for nothing; since it
    has no name, nothing of it is left behind, however the program ends.

    Parameters
    ----------
    folder
        Where the file lies.
    """

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.SpooledTemporaryFile(MAX_HELD_BYTES, dir=str(folder))  # noqa: SIM115
        self._shapes: list[tuple[int, int]] = []

    def __enter__(self) -> Self:
        """Nothing to be done."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Let go of the file, which is gone then."""
        self._file.close()

    def append(self, samples: Samples) -> None:
        """Keep a block.

        Raises
        ------
        OSError
            If the disk refuses.
        """
        self._file.write(np.ascontiguousarray(samples).data)
        self._shapes.append((samples.shape[0], samples.shape[1]))

    def blocks(self) -> Iterator[Samples]:
        """Give the blocks again, in their order."""
        self._file.seek(0)
        for shape in self._shapes:
            data = self._file.read(4 * shape[0] * shape[1])
            yield np.frombuffer(data, np.float32).reshape(shape)
