"""Whatever junction, whatever is asked, whenever: the virtual cabinet never shows what must never be seen."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import event, given
from hypothesis import strategies as st

from signal_drivers.guard import SafetyGuard
from signal_drivers.junction import Junction
from signal_drivers.monitor import HeadMonitor
from signal_drivers.requests import StageRequest
from signal_drivers.status import Head
from simulation.cabinet.clockwork import Clockwork
from tests.signal_drivers.random_junctions import junctions

SLACK_S = 1e-5
STEPS = st.lists(st.tuples(st.one_of(st.sampled_from([1.0, 0.5, 0.1, 7.0]), st.floats(0.01, 9.0)), st.integers(0, 20)),
                 min_size=10, max_size=60)


@dataclass
class Film:
    """What was seen, moment by moment, judged by rules written out again in full: no code shared with the monitor."""

    junction: Junction
    times_s: list[float] = field(default_factory=list)
    frames: list[tuple[Head, ...]] = field(default_factory=list)

    def take(self, now_s: float, heads: tuple[Head, ...]) -> None:
        self.times_s.append(now_s)
        self.frames.append(heads)

    def faults(self) -> list[str]:
        return [f for i in range(len(self.junction.groups)) for f in (*self._yellow_and_green(i), *self._against_others(i))]

    def _runs(self, i: int, *aspects: Head) -> list[tuple[int, int | None]]:
        """First frame of each spell of group i in one of ``aspects``, and the first after it (None while it lasts)."""
        runs, start = [], None
        for k, frame in enumerate(self.frames):
            if frame[i] in aspects and start is None:
                start = k
            elif frame[i] not in aspects and start is not None:
                runs.append((start, k))
                start = None
        return runs if start is None else [*runs, (start, None)]

    def _yellow_and_green(self, i: int) -> list[str]:
        group, found, t = self.junction.groups[i], [], self.times_s
        for start, end in self._runs(i, Head.GREEN, Head.GREEN_YIELD):
            if end is None:
                continue
            if t[end] - t[start] < group.min_green_s - SLACK_S:
                found.append(f"{group.id} green for {t[end] - t[start]}")
            follows = self.frames[end][i]
            if follows is not (Head.RED if group.for_pedestrians or not self.junction.yellow_s else Head.AMBER):
                found.append(f"{group.id} {follows.name} after green")
        for start, end in self._runs(i, Head.AMBER):
            if end is not None and t[end] - t[start] < self.junction.yellow_s - SLACK_S:
                found.append(f"{group.id} yellow for {t[end] - t[start]}")
            if end is not None and self.frames[end][i] is not Head.RED:
                found.append(f"{group.id} {self.frames[end][i].name} after yellow")
        return found

    def _against_others(self, i: int) -> list[str]:
        a, found, t = self.junction.groups[i].id, [], self.times_s
        for j, other in enumerate(self.junction.groups):
            if not self.junction.intergreens.conflict(a, other.id):
                continue
            need = self.junction.intergreens.between(a, other.id)
            for _, end in self._runs(i, Head.GREEN, Head.GREEN_YIELD):
                for start, _ in self._runs(j, Head.GREEN):
                    if end is not None and end <= start and t[start] - t[end] < need - SLACK_S:
                        found.append(f"{a} -> {other.id} after {t[start] - t[end]} of {need}")
            for frame in self.frames:
                if frame[i] is Head.GREEN and frame[j] is Head.GREEN:
                    found.append(f"{a} and {other.id} both protected")
                if frame[i].is_green and frame[j].is_green and not any(
                        {a, other.id} <= s.green and {a, other.id} & s.yielding for s in self.junction.stages):
                    found.append(f"{a} and {other.id} together in no stage")
        return found


def asked(junction: Junction, choice: int, sequence: int, now_s: float) -> StageRequest:
    return StageRequest(junction.id, junction.stages[choice % len(junction.stages)].id, sequence, now_s, now_s + 5.0)


class TestNeverAViolation:
    @given(junction=junctions(), steps=STEPS, start_s=st.sampled_from([0.0, 3.7, 61200.0]))
    def test_of_the_cabinet_alone_whatever_it_is_asked(self, junction: Junction, steps: list[tuple[float, int]],
                                                      start_s: float) -> None:
        cabinet, monitor, film = Clockwork(junction, start_s), HeadMonitor(junction), Film(junction)
        now_s, changes = start_s, 0
        for sequence, (wait_s, choice) in enumerate(steps, start=1):
            seen = monitor.watch(cabinet.status(now_s))
            film.take(now_s, tuple(cabinet.heads))
            was = cabinet.stage
            request = asked(junction, choice, sequence, now_s)
            changes += cabinet.request(request, now_s) and request.stage != was
            seen += monitor.watch(cabinet.status(now_s))
            film.take(now_s, tuple(cabinet.heads))
            assert seen == []
            now_s += wait_s
            cabinet.tick(now_s)
        event(f"stage changes: {min(changes // 3 * 3, 15)}+")
        assert film.faults() == []

    @given(junction=junctions(), steps=STEPS)
    def test_under_the_guard_and_what_it_accepts_the_cabinet_accepts(self, junction: Junction,
                                                                     steps: list[tuple[float, int]]) -> None:
        cabinet, guard, now_s, accepted = Clockwork(junction, 0.0), SafetyGuard(junction), 0.0, 0
        for sequence, (wait_s, choice) in enumerate(steps, start=1):
            status = cabinet.status(now_s)
            guard.watch(status)
            request = asked(junction, choice, sequence, now_s)
            if guard.review(request, status, now_s).accepted:
                accepted += 1
                assert cabinet.request(request, now_s), f"the guard let {request} pass, the cabinet did not"
                assert cabinet.status(now_s).echo_sequence == sequence
            guard.watch(cabinet.status(now_s))
            now_s += wait_s
            cabinet.tick(now_s)
        event(f"accepted: {min(accepted // 5 * 5, 30)}+")
        assert guard.violations == []
        assert guard.latched is None
        assert guard.requests == accepted + sum(guard.vetoes.values())

    @given(junction=junctions(), steps=STEPS)
    def test_and_every_transition_ends(self, junction: Junction, steps: list[tuple[float, int]]) -> None:
        cabinet, now_s = Clockwork(junction, 0.0), 0.0
        longest_s = max([junction.yellow_s, *(s for _, s in junction.intergreens.items())])
        for sequence, (wait_s, choice) in enumerate(steps, start=1):
            now_s += wait_s
            cabinet.tick(now_s)
            request = asked(junction, choice, sequence, now_s)
            if not cabinet.request(request, now_s):
                continue
            now_s += longest_s
            cabinet.tick(now_s)
            status = cabinet.status(now_s)
            assert status.stage == status.target == request.stage
            target = junction.stage[request.stage]
            for group, head in zip(junction.groups, status.heads, strict=True):
                assert head.is_green == (group.id in target.green)
                assert (head is Head.GREEN_YIELD) == (group.id in target.yielding)
