"""Who belongs to whom: the pairs, one to one, that are worth most together (the assignment problem, solved by SciPy)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array, csr_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

_FEW = 100
_DENSE = 400
"""Crowds up to this are solved as a full table, which is faster; larger ones hold few of the pairs that they could."""


def best_pairs(rows: ArrayLike, columns: ArrayLike, worth: ArrayLike) -> list[tuple[int, int]]:
    """Of the pairs (``rows[i]``, ``columns[i]``), each worth more than 0 and named once, those that together are worth most.

    Pairs that compete with no other cost next to nothing; crowds that share no member are solved apart. Sorted by row.
    """
    row, column, value = (np.asarray(a) for a in (rows, columns, worth))
    if not len(row):
        return []
    alone = (np.bincount(row)[row] == 1) & (np.bincount(column)[column] == 1)
    pairs = list(zip(row[alone].tolist(), column[alone].tolist(), strict=True))
    row, column, value = row[~alone], column[~alone], value[~alone]
    # Few are solved together: looking for crowds among them takes longer.
    for members in _crowds(row, column) if len(row) > _FEW else [slice(None)] if len(row) else []:
        pairs += _assign(row[members], column[members], value[members])
    return sorted(pairs)


def _crowds(row: NDArray[np.int64], column: NDArray[np.int64]) -> Sequence[NDArray[np.int64]]:
    left, right = int(row.max()) + 1, int(column.max()) + 1
    links = coo_array((np.ones(len(row)), (row, column + left)), shape=(left + right, left + right))
    _, crowd = connected_components(links, directed=False)
    order = np.argsort(crowd[row], kind="stable")
    return np.split(order, np.flatnonzero(np.diff(crowd[row][order])) + 1)


def _assign(row: NDArray[np.int64], column: NDArray[np.int64], worth: NDArray[np.float64]) -> list[tuple[int, int]]:
    ones, i = np.unique(row, return_inverse=True)
    others, j = np.unique(column, return_inverse=True)
    if max(len(ones), len(others)) > _DENSE:
        picked = _sparse(i, j, worth, (len(ones), len(others)))
    else:
        table = np.zeros((len(ones), len(others)))
        table[i, j] = worth
        picked = [(r, c) for r, c in zip(*linear_sum_assignment(table, maximize=True), strict=True) if table[r, c] > 0.0]
    return [(int(ones[r]), int(others[c])) for r, c in picked]


def _sparse(i: NDArray[np.int64], j: NDArray[np.int64], worth: NDArray[np.float64],
            shape: tuple[int, int]) -> list[tuple[int, int]]:
    """SciPy wants everybody paired, so each row may also take a column of its own that is worth nothing."""
    rows, columns = shape
    most = float(worth.max())
    own = np.arange(rows)
    costs = np.concatenate([1.0 + most - worth, np.full(rows, 1.0 + most)])
    table = csr_array((costs, (np.concatenate([i, own]), np.concatenate([j, own + columns]))), shape=(rows, columns + rows))
    return [(r, c) for r, c in zip(*min_weight_full_bipartite_matching(table), strict=True) if c < columns]
