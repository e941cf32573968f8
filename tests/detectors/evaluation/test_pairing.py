"""Pairs that are worth most together."""

from __future__ import annotations

from itertools import permutations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from detectors.evaluation.pairing import best_pairs

TABLES = st.lists(st.lists(st.integers(0, 9), min_size=5, max_size=5), min_size=1, max_size=5)


@given(TABLES)
def test_no_other_pairing_is_worth_more(table: list[list[int]]) -> None:
    rows, columns = np.nonzero(np.array(table))
    worth = np.array(table)[rows, columns]
    pairs = best_pairs(rows, columns, worth)
    assert len({r for r, _ in pairs}) == len({c for _, c in pairs}) == len(pairs)
    best = max(sum(table[r][c] for r, c in enumerate(those)) for those in permutations(range(5), len(table)))
    assert sum(table[r][c] for r, c in pairs) == best


def test_a_crowd_too_large_for_a_table_is_solved_as_well() -> None:
    # A chain: row i may take column i or i + 1. Worth 2 straight and 3 across; across leaves the first column to nobody.
    n = 3000
    rows = np.repeat(np.arange(n), 2)
    columns = rows + np.tile([0, 1], n)
    assert best_pairs(rows, columns, np.tile([2.0, 3.0], n)) == [(i, i + 1) for i in range(n)]
    # With a treasure at the first column, the first row alone goes straight.
    worth = np.tile([2.0, 3.0], n)
    worth[0] = 10.0
    assert best_pairs(rows, columns, worth) == [(0, 0), *((i, i + 1) for i in range(1, n))]


def test_nobody() -> None:
    assert best_pairs([], [], []) == []
