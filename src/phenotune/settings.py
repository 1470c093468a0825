"""What every room's settings have in common.

Each room owns one small class of settings; ``phenotune.run.settings`` composes them into the tree that
``phenotune.toml``, ``--set`` and the Python call share. Defaults, limits, units and help stand once, in the class.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Settings(BaseModel):
    """A frozen group of settings; an unknown name or a value out of range is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


def setting(default: Any, help: str, *, unit: str = "", **limits: Any) -> Any:
    """One setting.

    Parameters
    ----------
    default
        Its value when nobody sets it.
    help
        What it does, in one sentence that a user reads.
    unit
        The unit as a user writes it, "" for a plain number or choice. It also stands in the setting's name.
    **limits
        ``ge``, ``gt``, ``le``, ``lt`` as in :func:`pydantic.Field`.
    """
    return Field(default, description=help, json_schema_extra={"unit": unit}, **limits)
