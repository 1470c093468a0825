"""Settings of a stage: a part of a run that has stops, sounds and settings of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import model_validator

from phenotune.settings import Settings, setting

INSIDE = {"library": "library.paths", "style": "style.name", "genes": "genes.only"}
"""Where a key of the stage stands when the group of its name is a table."""


class StageSettings(Settings):
    """One ``[[stage]]`` of ``phenotune.toml``.

    Whatever is not named here is taken for a setting of the run: ``search.regression``, or a whole table
    ``[stage.search]``. ``library``, ``genes`` and ``style`` are groups of settings as well: lists and a name are what
    stands here, a table is settings, and then ``paths``, ``name`` and ``only`` in it are the same.
    """

    name: str = setting("", "What the stage is called in messages.")
    cycles: int = setting(0, "It ends after this many cycles.", ge=0)
    time_s: float = setting(0.0, "It ends after this time.", unit="s", ge=0.0)
    until_percent: float = setting(
        0.0, "It ends when this much is explained.", unit="%", ge=0.0, le=100.0
    )
    plateau_s: float = setting(
        0.0,
        "It ends when this much time has brought less than a tenth of a percent.",
        unit="s",
        ge=0.0,
    )
    target: str = setting("", "The song to rebuild meanwhile; relative to the run folder.")
    library: tuple[str, ...] = setting((), "The sounds meanwhile; relative to the run folder.")
    preset: str = setting("", "A preset that takes the place of the run's.")
    style: str = setting("", "A style that takes the place of the run's.")
    genes: tuple[str, ...] | None = setting(None, "The only genes that may be drawn.")
    values: dict[str, Any] = setting({}, "Any other settings, by their dotted names.")

    @model_validator(mode="before")
    @classmethod
    def _take_apart(cls, raw: Any) -> Any:
        """Tell the stage's own keys from the settings that it changes."""
        if not isinstance(raw, Mapping):
            return raw
        own: dict[str, Any] = {}
        values: dict[str, Any] = dict(_flat(raw.get("values", {}), ""))
        for key, value in raw.items():
            if key in cls.model_fields and not isinstance(value, Mapping):
                own[key] = value
            elif key != "values":
                values.update(_flat({key: value}, ""))
        for key, inner in INSIDE.items():
            if inner in values:
                own[key] = values.pop(inner)
        if isinstance(own.get("library"), str):
            own["library"] = (own["library"],)
        return {**own, "values": values}

    @property
    def has_stop(self) -> bool:
        """Whether it ends by itself."""
        return any((self.cycles, self.time_s, self.until_percent, self.plateau_s))


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    """Nested tables as dotted names."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value
