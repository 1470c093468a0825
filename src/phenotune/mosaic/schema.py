"""What a ``mosaic.json`` may hold, as models that check it and give the published JSON schema.

The models of the genes are made from the genes themselves, so that a new gene needs nothing here. What
:func:`published_schema` gives stands in ``mosaic.schema.json`` beside this file; a test holds the two together, and

    python -c "from phenotune.mosaic.schema import write_schema; write_schema()"

writes it anew.
"""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, Union, get_type_hints

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from phenotune.errors import RunFolderError
from phenotune.genome.chromosome import Chromosome, Gene
from phenotune.genome.genes.catalogue import GENES
from phenotune.whole_files import write_whole

FORMAT = "phenotune.mosaic"
VERSION = 1
SCHEMA_FILE = Path(__file__).with_name("mosaic.schema.json")

MAX_POSITION = 2**53
"""Beyond this, other people's scripts would read integers inexactly."""


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


Text: TypeAlias = Annotated[str, Field(min_length=1, pattern=r"^[^\x00]+$")]
Sha256: TypeAlias = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Rate: TypeAlias = Annotated[int, Field(ge=1, le=768_000, description="Sampling rate in Hz.")]
Duration: TypeAlias = Annotated[float, Field(ge=0.0, le=1_000_000.0, description="In seconds.")]


class ClipModel(_Model):
    """A span of a source, in samples at the source's own rate."""

    source: Text = Field(description="Id of the source.")
    start_samples: int = Field(ge=0, le=MAX_POSITION, description="First sample of the span.")
    length_samples: int = Field(ge=1, le=MAX_POSITION, description="Number of samples.")


class ChromosomeModel(_Model):
    """A clip and the genes that turn it into what sounds, in the order in which they apply."""

    clip: ClipModel
    genes: list[GeneModel]


def _gene_model(tag: str, kind: type[Gene]) -> type[BaseModel]:
    hints = get_type_hints(kind)
    members: dict[str, Any] = {"gene": (Literal[tag], ...)}
    for field in fields(kind):  # type: ignore[arg-type]
        hint = hints[field.name]
        default = ... if field.default is MISSING else field.default
        members[field.name] = (ChromosomeModel if hint is Chromosome else hint, default)
    summary = (kind.__doc__ or "").strip().partition("\n")[0]
    return create_model(f"{kind.__name__}Gene", __base__=_Model, __doc__=summary, **members)


if TYPE_CHECKING:
    GeneModel: TypeAlias = BaseModel
else:
    GeneModel = Annotated[
        Union[tuple(_gene_model(tag, kind) for tag, kind in GENES.items())],  # noqa: UP007
        Field(discriminator="gene"),
    ]
    ChromosomeModel.model_rebuild()


class PlacementModel(_Model):
    """Where, how loud and since when a chromosome sounds."""

    id: int = Field(
        ge=1, le=MAX_POSITION, description="Unique in the mosaic, in the order of landing."
    )
    onset_samples: int = Field(
        ge=-MAX_POSITION,
        le=MAX_POSITION,
        description="Where its first sample falls, at the mosaic's rate; may be negative.",
    )
    gains: list[Annotated[float, Field(ge=-10_000.0, le=10_000.0)]] = Field(
        min_length=1,
        max_length=2,
        description="Linear gain per channel; a negative one turns the polarity.",
    )
    cycle: int = Field(ge=0, description="The cycle in which it landed.")
    lineage: int = Field(ge=0, description="Number of the founder clip that it descends from.")
    locked: bool = Field(False, description="Whether a person has locked it.")
    muted: bool = Field(
        False, description="Whether a person has muted it: it is kept, and not heard."
    )
    chromosome: ChromosomeModel


class TargetModel(_Model):
    """The song that the mosaic rebuilds; rendering needs its duration alone."""

    path: Text = Field(description="Relative to the mosaic's file, or absolute.")
    sha256: Sha256 = Field(description="Of the file's bytes.")
    rate_hz: Rate
    n_channels: int = Field(ge=1, le=64)
    duration_s: Duration


class SourceModel(_Model):
    """A sound file that clips are cut from."""

    id: Text
    path: Text = Field(description="Relative to the mosaic's file, or absolute.")
    sha256: Sha256 = Field(description="Of the file's bytes.")
    rate_hz: Rate
    n_channels: int = Field(ge=1, le=64)
    duration_s: Duration
    credit: str | None = Field(None, description="Who made it, and under which licence.")


class MosaicModel(_Model):
    """A finished list of placements and what it needs: rendering it is a pure function of the two."""

    format: Literal["phenotune.mosaic"]
    version: Literal[1]
    rate_hz: Rate
    n_channels: int | None = Field(
        None, ge=1, le=2, description="As many as there are gains, when left out."
    )
    seed: int = Field(ge=0, description="Seed of the run that made it.")
    explained: float = Field(description="1 - distance / distance of silence.")
    fade_ms: float = Field(5.0, ge=0.0, le=1000.0, description="Fade at both ends of a placement.")
    target: TargetModel
    sources: list[SourceModel]
    placements: list[PlacementModel]


class Header(BaseModel):
    """The two values that every file of ours begins with; what else there is, is not looked at."""

    model_config = ConfigDict(strict=True, extra="ignore")

    format: str = ""
    version: int = 0


def read_model(content: str | bytes) -> MosaicModel:
    """Check a mosaic's text; nothing in it is run, and no file is opened.

    Raises
    ------
    RunFolderError
        With up to five things that are wrong, each with its place and what stands there; or that it is no mosaic, or
        one of a newer version.
    """
    try:
        header = Header.model_validate_json(content)
    except ValidationError as error:
        raise RunFolderError(describe_errors(error)) from error
    if header.format != FORMAT:
        raise RunFolderError(f'is not a mosaic: expected "format": "{FORMAT}"')
    if header.version > VERSION:
        raise RunFolderError(
            f"was made by a newer phenotune (mosaic version {header.version}; "
            f"this one reads up to {VERSION}); update phenotune"
        )
    try:
        return MosaicModel.model_validate_json(content)
    except ValidationError as error:
        raise RunFolderError(describe_errors(error)) from error


def describe_errors(error: ValidationError, n_shown: int = 5) -> str:
    """Put what a check found in a few lines: place, what is wrong, and the value that stands there."""
    details = error.errors(include_url=False, include_context=False)
    lines = [_describe(detail) for detail in details[:n_shown]]
    if len(details) > n_shown:
        lines.append(f"and {len(details) - n_shown} more")
    return "\n".join(lines) if len(lines) > 1 else lines[0]


def _describe(detail: Any) -> str:
    message = str(detail["msg"])
    message = message[:1].lower() + message[1:]
    if detail["type"] == "json_invalid":
        return f"is not JSON: {message.removeprefix('invalid JSON: ')}"
    if detail["type"] == "missing":
        return f"{place_of(detail['loc'])}: is missing"
    value = repr(detail["input"])
    value = value if len(value) <= 80 else f"{value[:77]}..."
    return f"{place_of(detail['loc'])}: {message}, got {value}"


def place_of(location: tuple[int | str, ...]) -> str:
    """Path of a value as a person writes it; the tag that chose a gene's model is left out.

    >>> place_of(("placements", 3, "chromosome", "genes", 0, "varispeed", "cents"))
    'placements[3].chromosome.genes[0].cents'
    """
    path = ""
    for i, part in enumerate(location):
        if isinstance(part, int):
            path += f"[{part}]"
        elif not (part in GENES and i >= 2 and location[i - 2] == "genes"):
            path += f".{part}" if path else part
    return path or "the whole"


def published_schema() -> dict[str, Any]:
    """Give the JSON schema of a mosaic."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **MosaicModel.model_json_schema(),
    }


def write_schema() -> None:
    """Write ``mosaic.schema.json`` anew, after the models or a gene have changed."""
    write_whole(SCHEMA_FILE, json.dumps(published_schema(), indent=2) + "\n")
