"""All records of the demo's library, and how one is cut."""

from __future__ import annotations

import numpy as np

from phenotune.arrays import Samples
from phenotune.demo.filters import highpass
from phenotune.demo.records import basses, breaks, effects, pads, singing, stabs
from phenotune.demo.records.record import Record
from phenotune.demo.signals import faded, generator, peak_to
from phenotune.units import db_to_amplitude

RECORDS: tuple[Record, ...] = (
    *stabs.RECORDS,
    *breaks.RECORDS,
    *pads.RECORDS,
    *singing.RECORDS,
    *basses.RECORDS,
    *effects.RECORDS,
)


def cut(record: Record) -> Samples:
    """The sound of a record, ``(1 or 2, n)``, float32: no rumble below 25 Hz, ends faded, at its peak level."""
    sound = record.make(generator(record.path), record.rate_hz)
    clean = faded(highpass(sound, 25.0, record.rate_hz), record.rate_hz, 0.001, 0.008)
    return np.atleast_2d(peak_to(clean, db_to_amplitude(record.peak_db))).astype(np.float32)
