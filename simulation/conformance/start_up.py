"""The order in which lamps must come up, as seen on the heads: flashing amber, all red, a stage."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from signal_drivers.junction import Junction
from simulation.conformance.behaviour import longest_s
from simulation.conformance.expect import Expect
from simulation.conformance.look import ALL_RED, DARK, FLASHING, Look, picture, spells
from simulation.conformance.probe import Probe
from simulation.conformance.verdict import Failed, NotTried

UNSEEN_S = 3.0


def judge_start_up(junction: Junction, looks: Sequence[Look], expect: Expect) -> str:
    """What came up, over looks that end with a stage. Raises :class:`Failed` for another order or too short an all-red."""
    least_s = longest_s(junction)
    expected = f"flashing amber, then all red for at least the longest intergreen of {least_s:g} s, then a stage"
    seen = spells(junction, looks)
    names = [s.picture for s in seen]
    told = ", then ".join(f"{s.picture} {s.longest_s:.1f} s" if s.picture in (FLASHING, ALL_RED, DARK) else s.picture
                          for s in seen)
    if FLASHING not in names:
        raise Failed(expected, f"no flashing amber: {told}")
    after = seen[len(names) - names[::-1].index(FLASHING):]
    if [s.picture for s in after[:1]] != [ALL_RED]:
        raise Failed(expected, f"no all red after flashing: {told}")
    if after[0].longest_s < least_s - expect.tolerance_s:
        raise Failed(expected, f"all red for {after[0].longest_s:.1f} s of {least_s:g} s: {told}")
    if len(after) < 2 or not after[1].picture.startswith("stage "):
        raise Failed(expected, told)
    return told


async def comes_up(probe: Probe, since: int) -> str:
    """Watch until a stage shows and judge the start-up in looks from index ``since``."""
    limit_s = probe.expect.start_up_limit_s + longest_s(probe.junction)
    begun_s = probe.last.got_s

    def flashed() -> bool:
        return any(picture(probe.junction, look.heads) == FLASHING for look in probe.looks[since:])

    def unseen() -> bool:
        """The link was gone for longer than a start-up may take to be seen in whole."""
        return any(b.asked_s - a.got_s > UNSEEN_S for a, b in pairwise(probe.looks[max(0, since - 1):]))

    def up(look: Look) -> bool:
        return picture(probe.junction, look.heads) not in (FLASHING, ALL_RED, DARK) and (flashed() or unseen())

    if await probe.watch(limit_s, up, lossy=True) is None:
        raise Failed(f"flashing amber, all red, a stage within {limit_s:g} s", probe.told())
    if not flashed() and unseen():
        raise NotTried(f"the link came back only {probe.last.got_s - begun_s:.0f} s later, when the start-up was over: watch the "
                       "lamps")
    return judge_start_up(probe.junction, probe.looks[since:], probe.expect)
