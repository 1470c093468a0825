"""The target in sections, each with a population of its own.

The canvas stays one. A clip begins in its own section and may sound beyond the end of it, and it is scored over
everything that it touches, against all that lies there already, whichever section that came from. So the sections share
their context, nothing is cut at a boundary, and the sum has no seam that would have to be crossfaded.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the target in which onsets are looked for.

    Parameters
    ----------
    number
        Counted from 0.
    n_sections
        How many there are in all.
    first_samples, end_samples
        The first sample, and the one after the last.
    of_stretch
        Whether it belongs to a stretch of the target outside of which nothing is looked for.
    """

    number: int
    n_sections: int
    first_samples: int
    end_samples: int
    of_stretch: bool = False

    @property
    def n_samples(self) -> int:
        """Its length."""
        return self.end_samples - self.first_samples

    @property
    def span(self) -> tuple[int, int] | None:
        """As candidates are told of it: None where the section is all of the target."""
        is_all = self.n_sections == 1 and not self.of_stretch
        return None if is_all else (self.first_samples, self.end_samples)

    def nearest(self, sample: int) -> int:
        """The sample of the section that is nearest to this one."""
        return min(max(sample, self.first_samples), self.end_samples - 1)


def sections_of(
    n_target_samples: int, section_samples: int, stretch: tuple[int, int] | None = None
) -> tuple[Section, ...]:
    """Cut a target into sections of equal length, none shorter than asked for; one where 0 is asked for.

    With a stretch, its first sample and the one after the last, nothing but that is cut.

    >>> [(s.first_samples, s.end_samples) for s in sections_of(25, 10)]
    [(0, 12), (12, 25)]
    >>> len(sections_of(25, 0)), len(sections_of(25, 100))
    (1, 1)
    """
    first, last = stretch or (0, n_target_samples)
    n_samples = last - first
    n = max(1, n_samples // section_samples) if section_samples > 0 else 1
    edges = [first + number * n_samples // n for number in range(n + 1)]
    return tuple(
        Section(number, n, edges[number], edges[number + 1], of_stretch=stretch is not None)
        for number in range(n)
    )
