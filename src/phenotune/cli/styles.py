"""``phenotune styles``: which named styles there are, and every setting of one."""

from __future__ import annotations

from typing import Annotated

from phenotune.cli.options import AS_JSON, argument
from phenotune.cli.presets import list_all, list_settings, preset_settings


def styles(
    name: Annotated[str | None, argument("Show every setting with this style.", "NAME")] = None,
    *,
    as_json: Annotated[bool, AS_JSON] = False,
) -> None:
    """List the styles, or every setting of one over the default preset.

    A setting is shown with its value, unit, limits and help.
    """
    from phenotune.run.styles import STYLES

    if name is None:
        list_all(STYLES, as_json)
    else:
        list_settings(preset_settings(None, name), as_json)
