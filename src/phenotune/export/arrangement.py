"""The neutral list of items that every exporter writes in its own way.

An exporter decides nothing about sound: what a placement sounds like, where it begins and how loud it is stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol

from phenotune.arrays import Samples
from phenotune.canvas.placement import Placement
from phenotune.genome.anatomy import clips, duration_s
from phenotune.genome.chromosome import Chromosome
from phenotune.genome.genes.reverse import Reverse
from phenotune.genome.rendering import Sounds, render, to_channels
from phenotune.mosaic.facts import SourceFacts, TargetFacts
from phenotune.units import samples_at_rate, samples_to_s

SLACK_S = 0.002
"""How much longer than told a sound may be: how long it is to the sample only rendering can tell."""


class ExportedMosaic(Protocol):
    """What is needed of a mosaic to export it; :class:`phenotune.mosaic.mosaic.Mosaic` has it all."""

    @property
    def rate_hz(self) -> int: ...  # noqa: D102

    @property
    def n_channels(self) -> int: ...  # noqa: D102

    @property
    def fade_ms(self) -> float: ...  # noqa: D102

    @property
    def target(self) -> TargetFacts: ...  # noqa: D102

    @property
    def sources(self) -> Sequence[SourceFacts]: ...  # noqa: D102

    @property
    def placements(self) -> Sequence[Placement]: ...  # noqa: D102

    @property
    def folder(self) -> Path | None: ...  # noqa: D102


class OpenSources(Sounds, Protocol):
    """The sources of a mosaic, open: :class:`phenotune.mosaic.sources.MosaicSources`."""

    def path(self, source_id: str) -> Path:
        """Where the file lies."""
        ...


@dataclass(frozen=True, slots=True)
class Item:
    """A placement as an exporter sees it.

    Parameters
    ----------
    placement
        What it is made from.
    source
        The source of its clip; chromosomes inside its chromosome may have others.
    sound
        Number of its chromosome in :attr:`Arrangement.chromosomes`: items with the same one sound alike but for their
        gains.
    onset_samples
        Where it begins, at the arrangement's rate; may be negative, or beyond the end.
    onset_s, duration_s
        Where it begins, and how long it lasts to within a few samples, in seconds.
    name
        What people may call it: the file's name and where in it the clip was cut.
    """

    placement: Placement
    source: SourceFacts
    sound: int
    onset_samples: int
    onset_s: float
    duration_s: float
    name: str

    @property
    def end_s(self) -> float:
        """Where it ends, in seconds."""
        return self.onset_s + self.duration_s

    @property
    def is_muted(self) -> bool:
        """Whether it is not heard."""
        return self.placement.muted

    @property
    def cents(self) -> float:
        """How much higher its own clip sounds than in the source, whatever chromosomes inside it do."""
        return sum((getattr(g, "cents", 0.0) for g in self.placement.chromosome.genes), 0.0)

    @property
    def is_reversed(self) -> bool:
        """Whether its own clip sounds backwards."""
        n_reverses = sum(isinstance(gene, Reverse) for gene in self.placement.chromosome.genes)
        return n_reverses % 2 == 1


class Arrangement:
    """A mosaic as a list of items, in the order of their onsets, with the sounds to render them from.

    Parameters
    ----------
    mosaic
        What to export.
    sounds
        Its sources, open.
    rate_hz
        Rate at which sounds are rendered and onsets counted; the mosaic's own when None. At its own rate everything is
        as in the mosaic, bit for bit.
    name
        The song's name, for people.
    bpm, first_beat_s
        Tempo, and where the first beat falls; 120 and 0 where nobody knows.

    Attributes
    ----------
    chromosomes
        Each distinct chromosome once, in the order in which it landed first.
    items
        Those that are muted as well.
    """

    def __init__(
        self,
        mosaic: ExportedMosaic,
        sounds: OpenSources,
        *,
        rate_hz: int | None = None,
        name: str | None = None,
        bpm: float = 120.0,
        first_beat_s: float = 0.0,
    ) -> None:
        self.mosaic = mosaic
        self.sounds = sounds
        self.rate_hz = mosaic.rate_hz if rate_hz is None else rate_hz
        self.name = Path(mosaic.target.path).stem if name is None else name
        self.bpm = bpm
        self.first_beat_s = first_beat_s
        self.sources: Mapping[str, SourceFacts] = {source.id: source for source in mosaic.sources}
        self._rates_hz = {source.id: source.rate_hz for source in mosaic.sources}
        numbers: dict[Chromosome, int] = {}
        for placement in mosaic.placements:
            numbers.setdefault(placement.chromosome, len(numbers))
        self.chromosomes = tuple(numbers)
        items = (self._item(each, numbers[each.chromosome]) for each in mosaic.placements)
        self.items = tuple(sorted(items, key=lambda item: (item.onset_samples, item.placement.id)))

    @property
    def n_channels(self) -> int:
        """Channels of the mosaic."""
        return self.mosaic.n_channels

    @property
    def n_samples(self) -> int:
        """Length of the mosaic at the arrangement's rate."""
        return self.mosaic.target.n_samples(self.rate_hz)

    @property
    def duration_s(self) -> float:
        """Length of the mosaic."""
        return samples_to_s(self.n_samples, self.rate_hz)

    @cached_property
    def heard(self) -> tuple[Item, ...]:
        """The items of which something may be heard: not muted, and not all before the start or beyond the end."""
        return tuple(
            item
            for item in self.items
            if not item.is_muted and item.end_s > -SLACK_S and item.onset_samples < self.n_samples
        )

    @cached_property
    def used_sources(self) -> tuple[SourceFacts, ...]:
        """The sources that sound, in the order in which the mosaic lists them; those inside chromosomes as well."""
        used = {clip.source for each in self.chromosomes for clip in clips(each)}
        return tuple(source for source in self.mosaic.sources if source.id in used)

    def phenotype(self, sound: int) -> Samples:
        """Render one of the chromosomes, at unit gain and with its fades.

        Returns
        -------
        Samples
            Float32 (1 or n_channels, n_samples): one channel goes to all channels of the mosaic alike.
        """
        chromosome = self.chromosomes[sound]
        samples = render(chromosome, self.sounds, self.rate_hz, fade_ms=self.mosaic.fade_ms)
        return to_channels(samples, self.n_channels)

    def placements_of(self, chosen: Iterable[Item]) -> tuple[Placement, ...]:
        """The placements of some items in the order of landing, as rendering wants them."""
        return tuple(sorted((item.placement for item in chosen), key=lambda each: each.id))

    def _item(self, placement: Placement, sound: int) -> Item:
        clip = placement.chromosome.clip
        source = self.sources[clip.source]
        onset_samples = samples_at_rate(placement.onset_samples, self.mosaic.rate_hz, self.rate_hz)
        return Item(
            placement=placement,
            source=source,
            sound=sound,
            onset_samples=onset_samples,
            onset_s=samples_to_s(onset_samples, self.rate_hz),
            duration_s=duration_s(placement.chromosome, self._rates_hz),
            name=f"{Path(source.path).name} {samples_to_s(clip.start_samples, source.rate_hz):.3f}s",
        )
