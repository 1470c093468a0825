"""The catalogue: which genes there are.

A gene enters with one line of :class:`GenesSettings`: its tag, its ranges and its class. All else follows from the
lines; the order is that of drawing, so a new line goes to the end of its kind.
"""

from __future__ import annotations

import difflib
from typing import Annotated, Any, cast

from phenotune.genome.chromosome import Gene
from phenotune.genome.genes.add import Add, AddRanges
from phenotune.genome.genes.append import Append, AppendRanges
from phenotune.genome.genes.chunk import Chunk, ChunkRanges
from phenotune.genome.genes.duplicate import Duplicate, DuplicateRanges
from phenotune.genome.genes.envelope import Envelope, EnvelopeRanges
from phenotune.genome.genes.equaliser import Equaliser, EqualiserRanges
from phenotune.genome.genes.gain import Gain, GainRanges
from phenotune.genome.genes.high_shelf import HighShelf, HighShelfRanges
from phenotune.genome.genes.low_shelf import LowShelf, LowShelfRanges
from phenotune.genome.genes.ranges import GeneRanges
from phenotune.genome.genes.repeat import Repeat, RepeatRanges
from phenotune.genome.genes.reverse import Reverse, ReverseRanges
from phenotune.genome.genes.split import Split, SplitRanges
from phenotune.genome.genes.varispeed import Varispeed, VarispeedRanges
from phenotune.settings import Settings, setting

NAMED_WEIGHT = 1.0
"""Weight of a gene that is named in ``only`` and has none of its own."""


class GenesSettings(Settings):
    """Which genes may be drawn, how likely, and within which ranges."""

    only: tuple[str, ...] = setting(
        (),
        'The genes that a mosaic may have, such as "reverse" and "varispeed"; none of the others is drawn, solved or '
        "proposed. Empty: all by their weights. One that is named is drawn, with weight 1 if it has none.",
    )
    split: Annotated[SplitRanges, Split] = SplitRanges()
    reverse: Annotated[ReverseRanges, Reverse] = ReverseRanges()
    varispeed: Annotated[VarispeedRanges, Varispeed] = VarispeedRanges()
    gain: Annotated[GainRanges, Gain] = GainRanges()
    low_shelf: Annotated[LowShelfRanges, LowShelf] = LowShelfRanges()
    high_shelf: Annotated[HighShelfRanges, HighShelf] = HighShelfRanges()
    equaliser: Annotated[EqualiserRanges, Equaliser] = EqualiserRanges()
    envelope: Annotated[EnvelopeRanges, Envelope] = EnvelopeRanges()
    repeat: Annotated[RepeatRanges, Repeat] = RepeatRanges()
    chunk: Annotated[ChunkRanges, Chunk] = ChunkRanges()
    duplicate: Annotated[DuplicateRanges, Duplicate] = DuplicateRanges()
    add: Annotated[AddRanges, Add] = AddRanges()
    append: Annotated[AppendRanges, Append] = AppendRanges()

    def model_post_init(self, context: Any, /) -> None:
        """Refuse a name that is no gene's."""
        for name in self.only:
            if name not in GENES:
                near = difflib.get_close_matches(name, GENES, n=1)
                hint = f"did you mean '{near[0]}'?" if near else f"there are: {', '.join(GENES)}"
                raise ValueError(f"only: unknown gene '{name}'; {hint}")

    def permits(self, tag: str) -> bool:
        """Whether a mosaic may have the gene at all, drawn, solved or proposed."""
        return not self.only or tag in self.only

    def weight_of(self, tag: str) -> float:
        """How likely the gene is drawn, relative to the others: its own weight, or what ``only`` makes of that."""
        weight: float = getattr(self, tag).weight
        if not self.only:
            return weight
        return (weight or NAMED_WEIGHT) if tag in self.only else 0.0


_LINES = {tag: field for tag, field in GenesSettings.model_fields.items() if tag != "only"}

GENES: dict[str, type[Gene]] = {
    tag: cast("type[Gene]", field.metadata[0]) for tag, field in _LINES.items()
}
"""The class of each gene by its tag."""

RANGES: dict[str, type[GeneRanges]] = {
    tag: cast("type[GeneRanges]", field.annotation) for tag, field in _LINES.items()
}
"""The class of each gene's ranges by its tag."""
