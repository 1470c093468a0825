"""What the kernels that name their wide registers have in common.

The compiler takes a plain loop into wide registers where it can prove that nothing overlaps, which it cannot for sums
that stay in registers while the loops around them go on. Such sums are written in the compiler's own intermediate
language, sixteen float32 at a time; on a machine with narrower registers it cuts them up. Multiplication and addition
are rounded each by itself, so that every machine that follows IEEE 754 gets the same numbers.

Numba's cache does not notice edits in this file: after one, delete ``__pycache__`` beside it.
"""

from __future__ import annotations

from llvmlite import ir

WIDTH = 16
FLOAT = ir.FloatType()
VECTOR = ir.VectorType(FLOAT, WIDTH)
ZERO = ir.Constant(VECTOR, [0.0] * WIDTH)


def data_of(context, builder, kind, array):
    """The pointer to the first number of an array of this numba type."""
    return context.make_array(kind)(context, builder, array).data


def load(builder, data, index):
    """Sixteen numbers from an index on, aligned as one of them is."""
    place = builder.bitcast(builder.gep(data, [index]), VECTOR.as_pointer())
    return builder.load(place, align=4)


def store(builder, vector, data, index):
    """Write the numbers of a vector from an index on."""
    place = builder.bitcast(builder.gep(data, [index]), vector.type.as_pointer())
    builder.store(vector, place, align=4)


def spread(builder, number):
    """Sixteen times the same number."""
    nothing = ir.Constant(VECTOR, ir.Undefined)
    first = builder.insert_element(nothing, number, ir.Constant(ir.IntType(32), 0))
    return builder.shuffle_vector(
        first, nothing, ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), [0] * WIDTH)
    )


def pick(builder, vector, lanes):
    """Some lanes of a vector, in the order given, as a vector of that many."""
    order = ir.Constant(ir.VectorType(ir.IntType(32), len(lanes)), list(lanes))
    return builder.shuffle_vector(vector, ir.Constant(vector.type, ir.Undefined), order)


def interleave(builder, first, second):
    """Two vectors of sixteen, lane by lane: the first half of the result and the second."""
    halves = []
    for start in (0, WIDTH // 2):
        order = [start + k // 2 + WIDTH * (k % 2) for k in range(WIDTH)]
        lanes = ir.Constant(ir.VectorType(ir.IntType(32), WIDTH), order)
        halves.append(builder.shuffle_vector(first, second, lanes))
    return halves
