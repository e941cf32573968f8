"""Green for emergencies: over what a strategy wants and below what the guard allows.

The manager only changes decisions: it drops those that would turn a vehicle's green off, adds those that turn it on in time, and
lets everything else pass. It never shortens a yellow, a red clearance or a pedestrian's time, because it cannot: those are the
cabinet's, and the guard judges its wishes as it judges everybody's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from controller.fairness import overdue_stage
from controller.network import Network
from controller.preemption.arrival import Arrival, arrivals, queue_ahead
from controller.preemption.change_times import TICK_S, ChangeTimes
from controller.preemption.conflicts import Claim, in_order
from controller.preemption.emergency import Emergency, Lifecycle
from controller.preemption.recovery import Recovery, recovery_named
from controller.preemption.route import Route
from controller.preemption.settings import PreemptionSettings
from controller.preemption.soonest import Soonest
from controller.preemption.stage_choice import best_stage, serves
from controller.preemption.track import Track
from controller.preemption.trams import tram_in_the_way
from controller.strategy import Decision, Tick, may_leave
from signal_drivers.ids import GroupId, JunctionId
from signal_drivers.stages import Stage
from signal_drivers.status import CabinetStatus

REASON = "green wave for"
"""How the reason of every decision of the manager begins."""
NEAR_M = 150.0
"""Further from its stop line a signal holds nobody up."""
ENDED_KEPT = 200
"""Of so many that are over it is still known how they ended; the permanent archive is elsewhere."""
Told = Callable[[float, str, str, str], None]
"""Hears (now_s, emergency, junction or "", what) of everything that begins and ends."""


@dataclass(slots=True)
class _Hold:
    """A junction in the hand of an emergency."""

    emergency: str
    since_s: float


class PreemptionManager:
    """Takes in emergencies and their positions; :meth:`apply` is asked once a second, after the strategy."""

    def __init__(self, network: Network, settings: PreemptionSettings | None = None, told: Told | None = None) -> None:
        self.settings = settings or PreemptionSettings()
        self._times = {j: ChangeTimes(junction) for j, junction in network.junctions.items()}
        self._soonest = Soonest(self._times)
        self._tracks: dict[str, Track] = {}
        """Those under way."""
        self._ended: dict[str, tuple[Lifecycle, str]] = {}
        """How the last ones ended, the latest last."""
        self._holds: dict[JunctionId, _Hold] = {}
        self._resting_s: dict[tuple[JunctionId, str], float] = {}
        """Until when a junction that has waited for a vehicle in vain does not wait for it again."""
        self._recovery: Recovery = recovery_named(self.settings.recovery)
        self._told = told
        self.expected: dict[str, tuple[Arrival, ...]] = {}
        """The last prediction for every emergency that is under way."""

    @property
    def junctions(self) -> frozenset[JunctionId]:
        """Those it may hold."""
        return frozenset(self._times)

    # What dispatch says

    def request(self, emergency: Emergency, now_s: float) -> Lifecycle:
        """Take an emergency in. One that has expired, or passes no signal of this network, is rejected; a second one with the id
        of one still under way changes nothing."""
        known = self._tracks.get(emergency.id)
        if known is not None:
            return known.state
        track = self._tracks[emergency.id] = Track(emergency, now_s)
        if now_s >= emergency.expires_s:
            track.state, track.why = Lifecycle.REJECTED, "it has expired"
        elif not any(s.junction in self._times for s in emergency.route.signals):
            track.state, track.why = Lifecycle.REJECTED, "its way passes no signal of this post"
        self._say(now_s, emergency.id, "", track.state.value)
        if track.state.over:
            self._retire(emergency.id, track)
        return track.state

    def moved(self, emergency: str, at_m: float, speed_mps: float, time_s: float, *, stood_s: float | None = None,
              lost: bool = False) -> None:
        """A position, metres along the way. Those of unknown or ended emergencies change nothing. ``stood_s``: for so long it has
        stood, where not its speed is to say so; ``lost``: it is off its way and no other is known, so that nothing is to wait
        for it until it comes back."""
        track = self._tracks.get(emergency)
        if track is None:
            return
        before = track.lost
        track.heard(at_m, speed_mps, time_s, stood_s=stood_s, lost=lost)
        if track.lost is not before:
            self._say(time_s, emergency, "", "off its way, and no other is known" if lost else "back on its way")

    def rerouted(self, emergency: str, route: Route, now_s: float) -> None:
        """It goes another way from now on; the signals of the old one are let go with the next :meth:`apply`."""
        track = self._tracks.get(emergency)
        if track is not None:
            track.route, track.at_m, track.heard_s = route, 0.0, float("-inf")
            self._say(now_s, emergency, "", "another way")

    def cancel(self, emergency: str, now_s: float) -> None:
        track = self._tracks.get(emergency)
        if track is not None:
            track.state, track.why = Lifecycle.CANCELLED, "called off"
            self._say(now_s, emergency, "", track.state.value)
            self._retire(emergency, track)

    def _retire(self, emergency: str, track: Track) -> None:
        """It is over: all that is kept is how it ended, and not for ever."""
        del self._tracks[emergency]
        self._ended.pop(emergency, None)
        self._ended[emergency] = track.state, track.why
        if len(self._ended) > ENDED_KEPT:
            del self._ended[next(iter(self._ended))]
        for key in [k for k in self._resting_s if k[1] == emergency]:
            del self._resting_s[key]

    def state(self, emergency: str) -> tuple[Lifecycle, str] | None:
        """Where it stands and why; None of one that was never heard of, or ended long ago."""
        track = self._tracks.get(emergency)
        return (track.state, track.why) if track is not None else self._ended.get(emergency)

    def held(self) -> dict[JunctionId, str]:
        """The junctions in an emergency's hand, and whose."""
        return {j: hold.emergency for j, hold in self._holds.items()}

    # What control asks

    def apply(self, tick: Tick, decisions: Sequence[Decision]) -> Sequence[Decision]:
        """``decisions`` with those replaced, added or dropped that an emergency needs; one a junction at most."""
        self._soonest.see(tick)
        claims = self._claims(tick)
        self._let_go(tick, claims)
        if not claims and not self._recovery.busy:
            return decisions
        kept = {d.junction: d for d in decisions}
        for j, rows in claims.items():
            status = tick.statuses.get(j)
            if status is not None and status.stage in self._times[j].junction.stage:
                self._serve(j, status, rows, tick, kept)
        for j in list(self._recovery.busy):
            if j not in self._holds and j in tick.statuses:
                self._recovery.apply(self._times[j].junction, tick.statuses[j], tick, kept)
        return list(kept.values())

    def _claims(self, tick: Tick) -> dict[JunctionId, list[Claim]]:
        rows: dict[JunctionId, list[Claim]] = {}
        self.expected = {}
        for name, track in list(self._tracks.items()):
            before = track.state
            track.look(tick.now_s, self.settings)
            if track.state is not before:
                self._say(tick.now_s, name, "", track.state.value)
            if track.state.over:
                self._retire(name, track)
            departs_s = track.departs_s
            if track.state.over or (track.unheard and departs_s is None):
                continue
            place_m = track.place_m(tick.now_s, self.settings)
            if track.lost:
                continue
            if track.stood_since_s is not None and self._held_up(track, tick):
                # Who has waited for a while and may go at last is not at the scene the next second.
                track.held_up_s = tick.now_s
            elif track.stands_free_s(tick.now_s) > self.settings.at_scene_s:
                if not track.at_scene:
                    self._say(tick.now_s, name, "", "stands at the scene")
                track.at_scene = True
            if track.at_scene:
                continue
            expected = arrivals(track.route, place_m, track.speed_mps, tick.now_s, tick.frame, self.settings,
                                lambda s: self._soonest.green_s(s, tick), departs_s)
            self.expected[name] = tuple(expected)
            for arrival in expected:
                j = arrival.signal.junction
                if j in self._times and self._resting_s.get((j, name), float("-inf")) <= tick.now_s:
                    mine = j in self._holds and self._holds[j].emergency == name
                    # Without news nothing new is asked for; what is held stays held until the vehicle is given up.
                    if mine or track.state is not Lifecycle.STALE:
                        rows.setdefault(j, []).append(Claim(track.emergency, arrival))
        return rows

    def _held_up(self, track: Track, tick: Tick) -> bool:
        """True while something of traffic holds it: red, or vehicles before it at the next signal."""
        signal = next(iter(track.route.signals_beyond(track.at_m)), None)
        if signal is None or signal.stop_line_m - track.at_m > NEAR_M:
            return False
        return self._soonest.green_s(signal, tick) > 0 or queue_ahead(signal, signal.stop_line_m - track.at_m, tick.frame) > 0

    def _let_go(self, tick: Tick, claims: dict[JunctionId, list[Claim]]) -> None:
        for j, hold in list(self._holds.items()):
            if any(c.emergency.id == hold.emergency for c in claims.get(j, ())):
                continue
            del self._holds[j]
            self._say(tick.now_s, hold.emergency, j, "released")
            if not claims.get(j):
                self._recovery.begin(j, hold.since_s, tick.now_s)

    def _serve(self, j: JunctionId, status: CabinetStatus, rows: list[Claim], tick: Tick,
               kept: dict[JunctionId, Decision]) -> None:
        assert status.stage is not None
        times = self._times[j]
        claim, groups = self._first(times, status, rows, tick)
        target = best_stage(times, status, groups, tick.frame, tick.now_s)
        if target is None:
            return
        wanted = kept.get(j)
        stage = times.junction.stage[wanted.stage] if wanted is not None and wanted.stage in times.junction.stage else None
        arrival, now_s = claim.arrival, tick.now_s
        hold = self._holds.get(j)
        mine = hold is not None and hold.emergency == claim.emergency.id
        # A green that is held for it is not given up because something on its way is thought to take longer.
        shown = groups <= times.junction.stage[status.stage].green
        green_by_s = arrival.unhindered_by_s if mine and shown else arrival.green_by_s
        if now_s + times.to_green_s(status, groups, target, now_s) + TICK_S < green_by_s:
            # There is time yet; but not for a stage that could not be left again in time.
            if wanted is not None and stage is not None \
                    and serves(times.junction, stage, groups) < serves(times.junction, target, groups) \
                    and now_s + times.by_way_of_s(status, stage.id, groups, target, now_s) > green_by_s:
                self._shorten(wanted, status, groups, target, tick, kept, green_by_s)
            return
        if hold is None or not mine:
            hold = self._holds[j] = _Hold(claim.emergency.id, now_s)
            self._say(now_s, claim.emergency.id, j, "activated")
            self._tracks[claim.emergency.id].state = Lifecycle.ACTIVATED
        if now_s - hold.since_s > 2 * self.settings.longest_hold_s:
            self._resting_s[j, claim.emergency.id] = now_s + self.settings.cooldown_s
            self._say(now_s, claim.emergency.id, j, "cooldown: it has not come")
            return
        if status.stage == target.id:
            if stage is not None and serves(times.junction, stage, groups) < serves(times.junction, target, groups):
                kept.pop(j)
            return
        late = overdue_stage(times.junction, status, tick)
        if late is not None and late[1].isdisjoint(target.green):
            # The guard lets nothing pass but who is past the maximum red.
            # Not the stage that the strategy wants for them: it may let people walk who are not late, and takes long to leave.
            kept.pop(j, None)
            if may_leave(times.junction, status, now_s, late[0]):
                kept[j] = Decision(j, late[0], "maximum red")
            return
        kept.pop(j, None)
        if may_leave(times.junction, status, now_s, target.id) \
                and not tram_in_the_way(times.junction, status, target, tick, self.settings):
            kept[j] = Decision(j, target.id, f"{REASON} {claim.emergency.id}")

    def _shorten(self, wanted: Decision, status: CabinetStatus, groups: frozenset[GroupId], target: Stage, tick: Tick,
                 kept: dict[JunctionId, Decision], until_s: float) -> None:
        """Instead of a stage that could not be left again in time: its variant without people or trams if that can, or none.
        Where somebody is past the maximum red only what serves one of them is let pass."""
        times, now_s = self._times[wanted.junction], tick.now_s
        others = times.junction.variants.get(times.junction.stage[wanted.stage].base, ())
        late = overdue_stage(times.junction, status, tick)
        fit = [v for v in others if (late is None or not late[1].isdisjoint(v.green))
               and now_s + times.by_way_of_s(status, v.id, groups, target, now_s) <= until_s]
        kept.pop(wanted.junction)
        if fit:
            most = max(fit, key=lambda v: (len(v.green), v.id))
            if most.id != status.stage and may_leave(times.junction, status, now_s, most.id):
                kept[wanted.junction] = Decision(wanted.junction, most.id, f"{wanted.reason}, short")

    def _first(self, times: ChangeTimes, status: CabinetStatus, rows: list[Claim],
               tick: Tick) -> tuple[Claim, frozenset[GroupId]]:
        """The claim to serve now and the groups to show green for: of all claims, where one stage lets them all through."""
        if len(rows) == 1:
            return rows[0], rows[0].arrival.signal.groups
        together = frozenset[GroupId]().union(*(c.arrival.signal.groups for c in rows))
        soonest = min(rows, key=lambda c: c.arrival.green_by_s)
        if any(serves(times.junction, s, together) == 2 * len(together) for s in times.junction.stages):
            return soonest, together

        def soonest_s(claim: Claim) -> float:
            return tick.now_s + self._soonest.green_s(claim.arrival.signal, tick)

        def change_s(a: Claim, b: Claim) -> float:
            first = best_stage(times, status, a.arrival.signal.groups, tick.frame, tick.now_s)
            second = best_stage(times, status, b.arrival.signal.groups, tick.frame, tick.now_s)
            if first is None or second is None or first.id == second.id:
                return 0.0
            return times.whole_s(first.id, second.id)

        ordered = in_order(rows, soonest_s, change_s)
        for claim in ordered[1:]:
            track = self._tracks[claim.emergency.id]
            if track.state is Lifecycle.RECEIVED:
                track.state, track.why = Lifecycle.QUEUED, f"behind {ordered[0].emergency.id}"
        return ordered[0], ordered[0].arrival.signal.groups

    def _say(self, now_s: float, emergency: str, junction: str, what: str) -> None:
        if self._told is not None:
            self._told(now_s, emergency, junction, what)
