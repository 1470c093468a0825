"""A file as libsndfile is given it: nameless, and with room for the errors that a callback cannot raise."""

from __future__ import annotations

import os
from typing import BinaryIO


class Stream:
    """A file as libsndfile sees it.

    The callbacks that libsndfile reads and writes through cannot carry an exception: it would be printed and lost. So
    the first one is kept here. That is also how "No space left on device" gets out, which libsndfile calls a "System
    error". And since the stream has no name, no format can be guessed from one: libsndfile takes any file called
    ``.vox``, ``.gsm`` or ``.au`` for headerless sound, even a letter to your aunt.

    Parameters
    ----------
    file
        Open for reading or writing; it stays open.

    Attributes
    ----------
    error
        The first that reading or writing met, or None.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.error: OSError | None = None

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Go to a place; -1 where there is none."""
        try:
            return self._file.seek(offset, whence)
        except OSError:  # a broken header points to a place before the beginning
            return -1

    def tell(self) -> int:
        """Give the place."""
        return self._file.tell()

    def read(self, n_bytes: int) -> bytes:
        """Read; nothing after an error."""
        try:
            return self._file.read(n_bytes)
        except OSError as error:
            self.error = self.error or error
            return b""

    def write(self, data: bytes) -> int:
        """Write, and tell how many bytes; 0 after an error."""
        try:
            return self._file.write(data)
        except OSError as error:
            self.error = self.error or error
            return 0
