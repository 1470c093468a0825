from __future__ import annotations

import errno
import io
import os

import pytest

from phenotune.audio.streams import Stream


class Failing(io.BytesIO):
    """A file on a disk that fails more often than once."""

    def __init__(self) -> None:
        super().__init__(b"sound")
        self.n_failures = 0

    def _fail(self) -> None:
        self.n_failures += 1
        raise OSError(errno.EIO, f"failure {self.n_failures}")

    def read(self, n_bytes: int | None = -1) -> bytes:
        self._fail()
        return b""

    def write(self, data: object) -> int:
        self._fail()
        return 0


def test_it_reads_writes_and_goes_to_places_as_a_file_does() -> None:
    stream = Stream(io.BytesIO(b"0123456789"))
    assert stream.read(3) == b"012"
    assert stream.tell() == 3
    assert stream.seek(-2, os.SEEK_END) == 8
    assert stream.write(b"xyz") == 3
    assert stream.seek(0) == 0
    assert stream.read(99) == b"01234567xyz"
    assert stream.error is None


def test_a_place_before_the_beginning_is_no_error(tmp_path: os.PathLike[str]) -> None:
    path = os.path.join(tmp_path, "a")
    with open(path, "wb+") as file:
        stream = Stream(file)
        assert stream.seek(-1, os.SEEK_CUR) == -1
        assert stream.error is None


@pytest.mark.parametrize("call", ["read", "write"])
def test_the_first_error_is_kept_and_never_raised(call: str) -> None:
    stream = Stream(Failing())
    arguments: tuple[object, ...] = (4,) if call == "read" else (b"data",)
    assert not getattr(stream, call)(*arguments)
    assert not getattr(stream, call)(*arguments)
    assert stream.error is not None
    assert stream.error.strerror == "failure 1"
