"""Join scenario files that meet: corridors of several files become one network at the junctions they share."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from signal_drivers.errors import ScenarioError
from simulation.scenario.model import ArmFacts, Include, JunctionFacts, ScenarioFacts


def join(own: ScenarioFacts, parts: list[tuple[Include, ScenarioFacts]], where: str) -> ScenarioFacts:
    """The including file's facts with those of its parts; demand and incident are the including file's own.

    Of a part only the chosen corridors come in: their junctions, the roads between those, and their arms. A junction
    held by several parts comes from the first; its crossings are those of all, less legs that the joined net has not.

    Raises:
        ScenarioError: an unknown corridor, a nested include, or a junction met twice that ``shared`` does not name.
    """
    shared = {s.junction for s in own.shared}
    dropped = {(s.junction, arm) for s in own.shared for arm in s.drop_arms}
    junctions: dict[str, JunctionFacts] = {}
    arms: dict[str, ArmFacts] = {}
    corridors, roads, bans = list(own.corridors), list(own.roads), list(own.turn_bans)
    mapped, assumed, sources = list(own.mapped), list(own.assumed), list(own.sources)
    own_names = {c.id for c in own.corridors}
    for k, (include, part) in enumerate(parts):
        if part.include:
            raise ScenarioError(f"include[{k}]: {include.scenario!r} itself includes others", where=where,
                                mend="include the innermost files")
        known = {c.id: c for c in part.corridors}
        for name in include.corridors:
            if name not in known:
                raise ScenarioError(f"include[{k}].corridors: {include.scenario!r} has no corridor {name!r}",
                                    where=where, mend="it has: " + ", ".join(known))
        chosen = [known[n] for n in include.corridors] or list(part.corridors)
        kept = {j for c in chosen for j in c.junctions}
        for junction in (j for j in part.junctions if j.id in kept):
            if junction.id in junctions:
                if junction.id not in shared:
                    raise ScenarioError(f"junction {junction.id!r} comes from two files", where=where,
                                        mend="name it under shared")
                both = dict.fromkeys((*junctions[junction.id].crossings, *junction.crossings))
                junctions[junction.id] = junctions[junction.id].model_copy(update={"crossings": tuple(both)})
            else:
                junctions[junction.id] = junction
        for arm in part.arms:
            if arm.junction in kept and (arm.junction, arm.id) not in dropped:
                arms.setdefault(arm.id, arm)
        roads += [r for r in part.roads if {r.start, r.end} <= kept]
        bans += [b for b in part.turn_bans if b.junction in kept]
        corridors += [c for c in chosen if c.id not in own_names]
        mapped += part.mapped
        assumed += part.assumed
        sources += part.sources
    for junction in own.junctions:
        junctions[junction.id] = junction
    for arm in own.arms:
        arms[arm.id] = arm
    legs = _leg_test(arms.values(), [(r.start, r.end) for r in roads])
    fitted = tuple(
        j.model_copy(update={"crossings": tuple(c for c in j.crossings if legs(j.id, c))}) for j in junctions.values()
    )
    return own.model_copy(update={
        "include": (), "shared": (), "junctions": fitted, "arms": tuple(arms.values()), "roads": tuple(roads),
        "corridors": tuple(corridors),
        "turn_bans": tuple(b for b in bans if legs(b.junction, b.from_leg) and legs(b.junction, b.to_leg)),
        "mapped": tuple(dict.fromkeys(mapped)), "assumed": tuple(dict.fromkeys(assumed)),
        "sources": tuple(dict.fromkeys(sources)),
    })


def _leg_test(arms: Iterable[ArmFacts], roads: list[tuple[str, str]]) -> Callable[[str, str], bool]:
    legs = {(a.junction, a.id) for a in arms}
    for start, end in roads:
        legs |= {(start, end), (end, start)}
    return lambda junction, leg: (junction, leg) in legs
