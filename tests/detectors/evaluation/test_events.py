"""Counted against true events: one to one, the most pairs, and never better than they are."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.counting.line import Direction
from detectors.errors import EvaluationError
from detectors.evaluation.events import EventScore, ScoredEvent, score_events
from detectors.vision.road_users import RoadUser

RIGHT, LEFT = Direction.LEFT_TO_RIGHT, Direction.RIGHT_TO_LEFT


def at(*times_s: float, way: Direction | None = RIGHT, line: str | None = None) -> list[ScoredEvent]:
    return [ScoredEvent(t, way, line) for t in times_s]


class TestByHand:
    def test_all_found(self) -> None:
        score = score_events(at(1.1, 5.0, 9.4), at(1.0, 5.5, 9.0))
        assert score == EventScore(((0, 0), (1, 1), (2, 2)), (), (), ())
        assert (score.precision, score.recall, score.f1) == (1.0, 1.0, 1.0)

    def test_one_missed_and_one_twice_is_not_perfect_though_totals_agree(self) -> None:
        score = score_events(at(1.0, 1.2, 9.0), at(1.0, 5.0, 9.0))
        assert (score.counted, score.true) == (3, 3)
        assert (len(score.hits), score.extra, score.missed) == (2, (1,), (1,))
        assert score.f1 == pytest.approx(2 / 3)

    def test_the_nearest_first_would_lose_a_pair(self) -> None:
        # 1.4 is nearest to 1.5, but then 1.9 and 1.0 are left without anybody.
        assert score_events(at(1.4, 2.1), at(1.0, 1.5), 0.6).hits == ((0, 0), (1, 1))

    def test_the_window_is_closed_in_whole_frames(self) -> None:
        assert len(score_events(at(0.1 * 7), at(0.1), 0.6).hits) == 1
        assert len(score_events(at(0.71), at(0.1), 0.6).hits) == 0

    def test_wrong_way_near_a_true_event(self) -> None:
        score = score_events([ScoredEvent(1.0, LEFT), ScoredEvent(9.0, LEFT)], [ScoredEvent(1.1, RIGHT), ScoredEvent(9.0, LEFT)])
        assert (score.hits, score.extra, score.missed, score.wrong_direction) == (((1, 1),), (0,), (0,), (0,))

    def test_a_way_that_nobody_went_is_wrong_wherever_it_is(self) -> None:
        assert score_events(at(1.0, 50.0), at(1.0) + at(3.0), 0.6).wrong_direction == ()
        assert score_events(at(1.0) + at(50.0, way=LEFT), at(1.0)).wrong_direction == (1,)

    def test_a_double_count_beside_oncoming_traffic_is_not_the_wrong_way(self) -> None:
        score = score_events(at(1.0, 1.1), [ScoredEvent(1.0, RIGHT), ScoredEvent(1.2, LEFT)])
        assert (score.extra, score.wrong_direction, score.missed) == ((1,), (), (1,))

    def test_another_line_is_another_event(self) -> None:
        score = score_events(at(1.0, line="north"), at(1.0, line="south"))
        assert (score.hits, score.wrong_direction) == ((), ())
        assert len(score_events(at(1.0, line="north"), at(1.0)).hits) == 1

    def test_side_by_side_each_goes_to_its_own_lane(self) -> None:
        counted = [ScoredEvent(61.0, RIGHT, None, "4"), ScoredEvent(61.5, RIGHT, None, "1")]
        truth = [ScoredEvent(60.9, RIGHT, None, "1"), ScoredEvent(61.4, RIGHT, None, "4")]
        assert score_events(counted, truth).hits == ((0, 1), (1, 0))
        kinds = [ScoredEvent(1.0, kind=RoadUser.BUS), ScoredEvent(1.0, kind=RoadUser.CAR)]
        assert score_events(kinds, kinds[::-1]).hits == ((0, 1), (1, 0))

    def test_nothing_is_no_number(self) -> None:
        empty = score_events([], [])
        assert math.isnan(empty.f1) and math.isnan(empty.precision) and math.isnan(empty.recall)
        assert score_events([], at(1.0)).f1 == 0.0 == score_events(at(1.0), []).f1

    @pytest.mark.parametrize("bad", [-0.1, math.nan, math.inf])
    def test_a_window_that_is_none(self, bad: float) -> None:
        with pytest.raises(EvaluationError, match="window"):
            score_events([], [], bad)

    @pytest.mark.parametrize("bad", [math.nan, -math.inf])
    def test_a_moment_that_is_none(self, bad: float) -> None:
        with pytest.raises(EvaluationError, match="true event 2 is at"):
            score_events([], at(1.0, bad))

    def test_a_day_of_a_boulevard_at_once(self) -> None:
        truth = [ScoredEvent(i * 0.9, RIGHT if i % 3 else LEFT) for i in range(60_000)]
        counted = [event._replace(time_s=event.time_s + 0.25) for event in truth]
        assert score_events(counted, truth).f1 == 1.0

    def test_a_window_wider_than_the_day(self) -> None:
        crowd = at(*range(5000))
        with pytest.raises(EvaluationError, match="shorter than the time between vehicles"):
            score_events(crowd, crowd, 1e6)


EVENTS = st.lists(st.builds(ScoredEvent, st.integers(0, 30).map(lambda n: n * 0.2), st.sampled_from([RIGHT, LEFT]),
                            st.sampled_from(["a", "b", None]), st.sampled_from(["1", "2", None])), max_size=6)


def most_pairs(counted: list[ScoredEvent], truth: list[ScoredEvent], within_s: float) -> int:
    """Every pairing there is, tried."""
    if len(counted) > len(truth):
        counted, truth = truth, counted
    return max(sum(abs(c.time_s - t.time_s) <= within_s + 1e-6 and c.direction == t.direction
                   and (c.line is None or t.line is None or c.line == t.line) for c, t in zip(counted, those, strict=True))
               for those in permutations(truth, len(counted)))


class TestProperties:
    @given(EVENTS, EVENTS, st.sampled_from([0.0, 0.3, 0.6, 2.0]))
    def test_one_to_one_and_the_most(self, counted: list[ScoredEvent], truth: list[ScoredEvent], within_s: float) -> None:
        score = score_events(counted, truth, within_s)
        assert len({c for c, _ in score.hits}) == len({t for _, t in score.hits}) == len(score.hits)
        assert len(score.hits) == most_pairs(counted, truth, within_s)
        assert (score.counted, score.true) == (len(counted), len(truth))
        assert set(score.wrong_direction) <= set(score.extra)
        for c, t in score.hits:
            assert counted[c].direction == truth[t].direction
            assert abs(counted[c].time_s - truth[t].time_s) <= within_s + 1e-6

    @given(EVENTS)
    def test_against_itself_all_is_right(self, events: list[ScoredEvent]) -> None:
        score = score_events(events, events, 0.0)
        assert (score.extra, score.missed, score.wrong_direction) == ((), (), ())

    @given(EVENTS, EVENTS)
    def test_swapped_sides_swap_precision_and_recall(self, one: list[ScoredEvent], other: list[ScoredEvent]) -> None:
        there, back = score_events(one, other), score_events(other, one)
        assert len(there.hits) == len(back.hits)
        assert there.precision == back.recall or math.isnan(there.precision)

    @given(EVENTS, EVENTS, st.randoms(use_true_random=False))
    def test_the_order_of_the_lists_changes_nothing(self, counted: list[ScoredEvent], truth: list[ScoredEvent],
                                                    chance: object) -> None:
        mixed = list(truth)
        chance.shuffle(mixed)  # type: ignore[attr-defined]
        one, other = score_events(counted, truth), score_events(counted, mixed)
        assert (len(one.hits), len(one.wrong_direction)) == (len(other.hits), len(other.wrong_direction))

    @given(EVENTS, EVENTS)
    def test_a_wider_window_never_loses_a_hit(self, counted: list[ScoredEvent], truth: list[ScoredEvent]) -> None:
        hits = [len(score_events(counted, truth, w).hits) for w in (0.0, 0.3, 0.6, 1.2, 5.0)]
        assert hits == sorted(hits)
