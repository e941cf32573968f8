"""CLEAR MOT and IDF1: cases worked out by hand, and what must hold for any tracks."""

from __future__ import annotations

import time
from itertools import permutations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.errors import EvaluationError
from detectors.evaluation.account import TrackTable
from detectors.evaluation.tracks import TrackScore, score_tracks

Row = tuple[int, int, float]
"""Frame, track, x of the left side; every box is 10 × 10 pixels."""


def table(rows: list[Row]) -> TrackTable:
    array = np.array(rows, np.float64).reshape(-1, 3)
    left = array[:, 2]
    boxes = np.stack([left, np.zeros(len(left)), left + 10.0, np.full(len(left), 10.0)], axis=1)
    return TrackTable(array[:, 0].astype(np.int64), array[:, 1].astype(np.int64), boxes, np.full(len(left), np.nan))


def score(counted: list[Row], truth: list[Row], least_iou: float = 0.5) -> TrackScore:
    return score_tracks(table(counted), table(truth), least_iou)[0]


class TestByHand:
    TRUTH: list[Row] = [(f, t, 100.0 * t) for f in range(4) for t in (1, 2)]

    def test_perfect(self) -> None:
        found = score(self.TRUTH, self.TRUTH)
        assert (found.mota, found.motp, found.idf1, found.id_switches) == (1.0, 1.0, 1.0, 0)
        assert (found.mostly_tracked, found.mostly_lost, found.true_tracks) == (2, 0, 2)

    def test_a_switch_a_miss_and_an_extra_box(self) -> None:
        # 1 is followed by 11, then by 12; 2 by 13 until it is lost; 14 is nobody.
        counted: list[Row] = [(0, 11, 100.0), (1, 11, 100.0), (2, 12, 100.0), (3, 12, 100.0), (0, 13, 200.0), (1, 13, 200.0),
                              (2, 13, 200.0), (1, 14, 500.0)]
        found = score(counted, self.TRUTH)
        assert (found.matches, found.missed, found.extra, found.id_switches) == (7, 1, 1, 1)
        assert found.mota == pytest.approx(1 - 3 / 8)
        # Whole tracks: 11 or 12 has two boxes in common with 1, 13 has three with 2; 2 · 5 / (8 + 8).
        assert (found.id_matches, found.idf1) == (5, pytest.approx(10 / 16))
        assert (found.mostly_tracked, found.mostly_lost) == (1, 0)

    def test_who_is_followed_stays_followed_though_another_is_nearer(self) -> None:
        # In image 1 a second box lies exactly over the road user, the first three pixels beside it: IoU 7/13.
        found = score([(0, 1, 0.0), (1, 1, 3.0), (1, 2, 0.0)], [(0, 5, 0.0), (1, 5, 0.0)])
        assert (found.matches, found.extra, found.id_switches) == (2, 1, 0)
        assert found.motp == pytest.approx((1 + 7 / 13) / 2)
        # Four pixels beside it, IoU 6/14, it has lost it.
        found = score([(0, 1, 0.0), (1, 1, 4.0), (1, 2, 0.0)], [(0, 5, 0.0), (1, 5, 0.0)])
        assert (found.matches, found.extra, found.id_switches) == (2, 1, 1)

    def test_who_was_lost_for_an_image_is_not_kept(self) -> None:
        found = score([(0, 1, 0.0), (2, 1, 3.0), (2, 2, 0.0)], [(f, 5, 0.0) for f in range(3)])
        assert (found.matches, found.missed, found.id_switches) == (2, 1, 1)

    def test_a_switch_over_a_gap(self) -> None:
        found = score([(0, 1, 0.0), (2, 2, 0.0), (3, 1, 0.0)], [(f, 5, 0.0) for f in range(4)])
        assert (found.missed, found.id_switches) == (1, 2)

    def test_two_that_change_places(self) -> None:
        counted: list[Row] = [(0, 1, 0.0), (0, 2, 100.0), (1, 2, 0.0), (1, 1, 100.0)]
        found = score(counted, [(f, t, 100.0 * t) for f in range(2) for t in range(2)])
        assert (found.id_switches, found.mota, found.idf1) == (2, 0.5, 0.5)

    def test_nobody_counted_and_only_inventions(self) -> None:
        assert score([], self.TRUTH).mota == 0.0
        found = score([(f, 1, 5000.0) for f in range(16)], self.TRUTH)
        assert (found.mota, found.idf1, found.mostly_lost) == (-2.0, 0.0, 2)
        assert np.isnan(found.motp)

    def test_mostly_is_four_fifths(self) -> None:
        truth: list[Row] = [(f, t, 100.0 * t) for f in range(10) for t in range(4)]
        found = score([(f, t, x) for f, t, x in truth if f < (8, 7, 3, 2)[t]], truth)
        assert (found.mostly_tracked, found.mostly_lost) == (1, 1)

    def test_a_share_that_is_met_exactly(self) -> None:
        # 10 × 10 boxes 5 pixels apart share 50 of 150.
        assert score([(0, 1, 5.0)], [(0, 1, 0.0)], 1 / 3).matches == 1
        assert score([(0, 1, 5.1)], [(0, 1, 0.0)], 1 / 3).matches == 0

    @pytest.mark.parametrize("bad", [0.0, -1.0, 1.1, float("nan")])
    def test_a_share_that_is_none(self, bad: float) -> None:
        with pytest.raises(EvaluationError, match="no share of two boxes"):
            score(self.TRUTH, self.TRUTH, bad)


TRACKS = st.dictionaries(st.tuples(st.integers(0, 5), st.integers(0, 3)), st.integers(0, 12).map(lambda n: n * 2.5),
                         max_size=14).map(lambda found: [(f, t, x) for (f, t), x in found.items()])


class TestProperties:
    @given(TRACKS.filter(bool))
    def test_perfect_tracks_score_1(self, rows: list[Row]) -> None:
        # Boxes of one image that lie over each other exactly can be paired either way.
        rows = list({(f, x): (f, t, x) for f, t, x in rows}.values())
        found = score(rows, rows)
        assert (found.mota, found.motp, found.idf1, found.mostly_tracked) == (1.0, 1.0, 1.0, found.true_tracks)

    @given(TRACKS, TRACKS, st.permutations([0, 1, 2, 3]), st.randoms(use_true_random=False))
    def test_names_and_order_change_nothing(self, counted: list[Row], truth: list[Row], names: list[int], chance: object) -> None:
        other = [(f, names[t] + 40, x) for f, t, x in counted]
        chance.shuffle(other)  # type: ignore[attr-defined]
        one, two = score(counted, truth), score(other, truth)
        assert (one.idf1, one.id_matches) == pytest.approx((two.idf1, two.id_matches), nan_ok=True)
        assert one.iou_sum == pytest.approx(two.iou_sum) or ties(counted, truth)

    @given(TRACKS, TRACKS)
    def test_counts_add_up(self, counted: list[Row], truth: list[Row]) -> None:
        found, matches = score_tracks(table(counted), table(truth))
        assert found.matches + found.missed == len(truth) and found.matches + found.extra == len(counted)
        assert len({m.true for m in matches}) == len({m.counted for m in matches}) == found.matches
        assert found.id_matches <= len(truth) and found.id_switches <= found.matches
        assert not found.mota > 1.0 and not found.idf1 > 1.0

    @given(TRACKS, TRACKS)
    def test_no_other_pairing_of_whole_tracks_has_more_in_common(self, counted: list[Row], truth: list[Row]) -> None:
        where = {(f, t): x for f, t, x in counted}
        common = np.zeros((4, 4), int)
        for f, t, x in truth:
            for c in range(4):
                common[t, c] += (f, c) in where and abs(where[f, c] - x) <= 10 / 3 + 1e-9
        best = max(sum(common[t, c] for t, c in enumerate(those)) for those in permutations(range(4)))
        assert score(counted, truth).id_matches == best

    @given(st.integers(2, 30), st.sets(st.integers(1, 29)))
    def test_each_new_number_costs_one_switch(self, length: int, breaks: set[int]) -> None:
        breaks = {b for b in breaks if b < length}
        truth = [(f, 0, 0.0) for f in range(length)]
        counted = [(f, sum(b <= f for b in breaks), 0.0) for f in range(length)]
        found = score(counted, truth)
        assert found.id_switches == len(breaks)
        assert found.mota == pytest.approx(1 - len(breaks) / length)


def ties(counted: list[Row], truth: list[Row]) -> bool:
    """Whether two boxes of an image compete for one: then either may win it where both share as much."""
    near = [(f, t, c) for f, t, x in truth for g, c, y in counted if f == g and abs(x - y) < 5.0]
    return len(near) > len({(f, t) for f, t, _ in near}) or len(near) > len({(f, c) for f, _, c in near})


def test_a_hundred_thousand_boxes_in_seconds() -> None:
    frames, each = 2000, 50
    f, t = np.repeat(np.arange(frames), each), np.tile(np.arange(each), frames)
    left, top = 30.0 * (t % 10) + f % 40, 20.0 * (t // 10)
    boxes = np.stack([left, top, left + 40.0, top + 30.0], axis=1).astype(np.float64)
    truth = TrackTable(f, t + each * (f // 40), boxes, np.full(len(f), np.nan))
    noise = np.random.default_rng(1).normal(0.0, 2.0, boxes.shape)
    begin = time.process_time()
    found, _ = score_tracks(TrackTable(f, truth.tracks, boxes + noise, truth.speeds_mps), truth)
    assert time.process_time() - begin < 20.0
    assert found.mota > 0.99 and found.idf1 > 0.99
