from __future__ import annotations

import dataclasses
import json

import pytest

from phenotune.errors import ParameterError, RunFolderError
from phenotune.mosaic import reading
from phenotune.mosaic.encode import placements_from_models
from phenotune.mosaic.mosaic import Mosaic
from phenotune.mosaic.reading import read_mosaic
from phenotune.mosaic.schema import read_model


def many(mosaic: Mosaic, n_placements: int) -> Mosaic:
    placements = [
        dataclasses.replace(mosaic.placements[k % 4], id=k + 1, onset_samples=k)
        for k in range(n_placements)
    ]
    return dataclasses.replace(mosaic, placements=tuple(placements))


@pytest.mark.parametrize("n_placements", [0, 1, 3, 4, 5, 9])
@pytest.mark.parametrize("indent", [None, 3])
def test_pieces_give_what_the_whole_gives(
    indent: int | None, n_placements: int, mosaic: Mosaic, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "N_AT_ONCE", 4)
    text = json.dumps(many(mosaic, n_placements).to_json(), indent=indent)
    whole = read_model(text)
    model, placements = read_mosaic(text.encode())
    assert placements == placements_from_models(whole.placements)
    assert model.placements == []
    assert model == whole.model_copy(update={"placements": []})


def test_what_is_right_is_never_read_as_a_whole(
    mosaic: Mosaic, monkeypatch: pytest.MonkeyPatch
) -> None:
    sizes = []

    def spy(text: str | bytes) -> object:
        sizes.append(len(text))
        return read_model(text)

    monkeypatch.setattr(reading, "read_model", spy)
    text = json.dumps(many(mosaic, 500).to_json())
    read_mosaic(text)
    assert len(sizes) == 1
    assert sizes[0] < len(text) / 50


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text[:-1], "is not JSON"),
        (lambda text: text + " x", "is not JSON: trailing characters"),
        (lambda text: text.replace('"cycle": 2', '"cycle": -2'), r"placements\[2\].cycle: "),
        (lambda text: text.replace('"cycle": 2', '"cycle": NaN'), r"placements\[2\].cycle: "),
        (lambda text: text.replace('"id": 3', '"id": 2'), r"placements\[2\].id: expected each id"),
        (lambda text: text.replace('"cents": -317.0', '"cents": 1e9'), r"placements\[0\].*cents"),
        (lambda text: text.replace('"version": 1', '"version": 9'), "newer phenotune"),
        (lambda text: text.replace('"placements": [', '"placements": [,'), "is not JSON"),
        (lambda text: text.replace('"seed"', '"seat"'), "seat"),
        (lambda text: "[" * 100_000, "is not JSON"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(change, message: str, mosaic: Mosaic) -> None:  # type: ignore[no-untyped-def]
    text = json.dumps(mosaic.to_json())
    assert change(text) != text
    with pytest.raises((RunFolderError, ParameterError), match=message):
        read_mosaic(change(text))


def test_bytes_that_are_no_text_are_told() -> None:
    with pytest.raises(RunFolderError, match="is not JSON"):
        read_mosaic(b"\xff\xfe{")
