"""An independent reading of recorded heads: it knows letters and times, and shares no code with the head monitor."""

from __future__ import annotations

from signal_drivers.junction import Junction
from simulation.netmodel.derive import SignalNet
from simulation.record import RunRecord, SignalTrack


def faults(record: RunRecord, signals: SignalNet) -> list[str]:
    """What was shown that must not be: conflicts, short greens, short yellows, short intergreens."""
    found = []
    for track in record.signals:
        found += _faults(track, signals.junctions[track.junction].junction, record.end_s)  # type: ignore[index]
    return found


def _spans(track: SignalTrack, k: int, end_s: float) -> list[tuple[str, float, float, bool]]:
    """(what shows, from, until, was it still showing at the end) for head ``k``; both greens are one thing."""
    rows: list[tuple[str, float, float, bool]] = []
    for i, state in enumerate(track.states):
        until = track.times_s[i + 1] if i + 1 < len(track.states) else end_s
        letter = state[k].upper() if state[k] in "Gg" else state[k]
        if rows and rows[-1][0] == letter:
            rows[-1] = (letter, rows[-1][1], until, i + 1 == len(track.states))
        else:
            rows.append((letter, track.times_s[i], until, i + 1 == len(track.states)))
    return rows


def _faults(track: SignalTrack, j: Junction, end_s: float) -> list[str]:
    found = []
    yields = {(a, b) for s in j.stages for a in s.yielding for b in s.green}
    spans = {g: _spans(track, k, end_s) for k, g in enumerate(track.groups)}
    for i, state in enumerate(track.states):
        green = [(g, state[k]) for k, g in enumerate(track.groups) if state[k] in "Gg"]
        for a, la in green:
            for b, lb in green:
                allowed = (la == "g" and (a, b) in yields) or (lb == "g" and (b, a) in yields)
                if a < b and j.intergreens.conflict(a, b) and not allowed:  # type: ignore[arg-type]
                    found.append(f"{track.junction} {track.times_s[i]}: {a} {b} green together")
    for g in j.groups:
        row = spans[g.id]
        for n, (letter, start, until, last) in enumerate(row):
            if letter == "G" and n > 0 and not last and until - start < g.min_green_s - 1e-6:
                found.append(f"{track.junction} {start}: {g.id} green {until - start} s of {g.min_green_s}")
            if letter == "G" and not last and not g.for_pedestrians and row[n + 1][0] != "y":
                found.append(f"{track.junction} {until}: {g.id} ends without yellow")
            if letter == "y" and not last and abs(until - start - j.yellow_s) > 1e-6:
                found.append(f"{track.junction} {start}: {g.id} yellow {until - start} s of {j.yellow_s}")
    for (a, b), seconds in j.intergreens.items():
        ends = [until for letter, _, until, last in spans[a] if letter == "G" and not last]
        begins = [start for letter, start, _, _ in spans[b][1:] if letter == "G"]
        for begun in begins:
            before = [e for e in ends if e <= begun + 1e-6]
            if before and begun - max(before) < seconds - 1e-6 and (b, a) not in yields:
                found.append(f"{track.junction} {begun}: {a} -> {b} {begun - max(before)} s of {seconds}")
    return found
