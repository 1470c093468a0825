"""The elite: the few that live on unchanged where only children go on."""

from __future__ import annotations

import numpy as np

from phenotune.search.settings import SearchSettings


def n_elite(settings: SearchSettings, age: int) -> int:
    """Size of the elite that joins a population's generation number ``age``, counted from 1.

    A late elite grows from nothing, in equal steps, over ``elite_ramp_generations`` from ``elite_ramp_from`` on.

    >>> late = SearchSettings(survivors="children", elite_schedule="late", elite=4, max_generations=200)
    >>> [n_elite(late, age) for age in (50, 62, 63, 75, 100, 150)]
    [0, 0, 1, 2, 4, 4]
    """
    if settings.elite_schedule == "none":
        return 0
    if settings.elite_schedule == "constant":
        return settings.elite
    n_grown = min(max(0, age - settings.elite_ramp_from), settings.elite_ramp_generations)
    return settings.elite * n_grown // settings.elite_ramp_generations


def draw_elite(rng: np.random.Generator, n_ranked: int, n_wanted: int) -> list[int]:
    """Draw ranks by the triangular law: of n the best has n tickets, the next n - 1, the last has one.

    The law is linear in the rank and does not look at the scores, so that a good one is drawn often, and the best
    not always. Nobody is drawn twice.

    Parameters
    ----------
    rng
        Chance.
    n_ranked
        How many there are.
    n_wanted
        How many to draw; all of them if there are fewer.

    Returns
    -------
    list of int
        Ranks from 0, the best, in rising order.
    """
    tickets = np.arange(n_ranked, 0, -1)
    drawn: list[int] = []
    for _ in range(min(n_wanted, n_ranked)):
        last_tickets = np.cumsum(tickets)
        ticket = int(rng.integers(last_tickets[-1]))
        rank = int(np.searchsorted(last_tickets, ticket, side="right"))
        tickets[rank] = 0
        drawn.append(rank)
    return sorted(drawn)
