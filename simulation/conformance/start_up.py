"""The order in which lamps must come up, as seen on the heads: flashing amber, all red, a stage."""

from __future__ import annotations

from collections.abc import Sequence

from signal_drivers.junction import Junction
from simulation.conformance.behaviour import longest_s
from simulation.conformance.expect import Expect
from simulation.conformance.look import ALL_RED, DARK, FLASHING, Look, spells
from simulation.conformance.probe import Probe
from simulation.conformance.verdict import Failed


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
    flashed = [False]

    def up(look: Look) -> bool:
        pictured = spells(probe.junction, [look])[0].picture
        flashed[0] = flashed[0] or pictured == FLASHING
        return flashed[0] and pictured not in (FLASHING, ALL_RED, DARK)

    flashed[0] = any(spells(probe.junction, [look])[0].picture == FLASHING for look in probe.looks[since:])
    if await probe.watch(limit_s, up, lossy=True) is None:
        raise Failed(f"flashing amber, all red, a stage within {limit_s:g} s", probe.told())
    return judge_start_up(probe.junction, probe.looks[since:], probe.expect)
