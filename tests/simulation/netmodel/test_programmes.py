"""When a net's programme is used, and when its stages are rebuilt or refused; what the reader is told."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from signal_drivers.errors import JunctionRefused, NetError
from signal_drivers.lanes import Turn
from signal_drivers.limits import Clearance
from simulation.cabinet.clockwork import Clockwork
from simulation.netmodel.derive import SumoJunction, derive_net
from tests.simulation.netmodel.invariants import check
from tests.simulation.nets import convert, derived, four_arm, programme, with_programme


@pytest.fixture(scope="module")
def cross(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return four_arm(tmp_path_factory.mktemp("cross"), "--no-turnarounds", "true", lanes=3)


def rebuilt(net: Path) -> SumoJunction:
    """Derive, hold the invariants and make sure that the notes say the stages were rebuilt, and why."""
    signals = derive_net(net)
    check(net, signals, Clearance.GEOMETRY)
    (s,) = signals.junctions.values()
    assert s.rebuilt
    assert any(s.rebuilt in note and "rebuilt" in note for note in signals.notes)
    return s


def test_a_good_programme_is_used_as_it_is(cross: Path) -> None:
    s = derived(cross)
    assert not s.rebuilt
    greens = [p for p in programme(cross) if "y" not in p[0]]
    assert [s.state(Clockwork(s.junction, 0.0, stage.id).heads) for stage in s.junction.full_stages] == [p[0] for p in greens]
    assert [(p.state, p.duration_s) for p in s.programme] == programme(cross)


def test_one_all_green_phase_is_rebuilt(cross: Path) -> None:
    width = len(programme(cross)[0][0])
    for letter in "Gg":
        s = rebuilt(with_programme(cross, [(letter * width, 60)]))
        assert len(s.junction.full_stages) >= 2
        assert "green" in s.rebuilt


def test_one_phase_that_leans_on_yielding_alone_is_rebuilt(tmp_path: Path) -> None:
    """Two opposite roads only: all conflicts are left turns that could yield, yet one stage for ever controls nothing."""
    net = four_arm(tmp_path, "--no-turnarounds", "true", arms="WES", lanes=1)
    first = next(state for state, _ in programme(net) if "y" not in state)
    opened = first.replace("r", "g")
    assert len(rebuilt(with_programme(net, [(opened, 60)])).junction.full_stages) >= 2


def test_a_movement_without_green_is_rebuilt(cross: Path) -> None:
    phases = [("".join("r" if i == 0 else c for i, c in enumerate(state)), s) for state, s in programme(cross)]
    s = rebuilt(with_programme(cross, phases))
    assert "never gives" in s.rebuilt


def test_crossing_roads_green_at_once_are_rebuilt(cross: Path) -> None:
    states = [state for state, _ in programme(cross) if "G" in state and "y" not in state]
    both = "".join("G" if "G" in column else "r" for column in zip(*states, strict=True))
    assert rebuilt(with_programme(cross, [(both, 30), (states[0], 10), (states[1], 10)])).rebuilt


@pytest.mark.parametrize("letter", ["o", "O"])
def test_heads_switched_off_are_rebuilt(cross: Path, letter: str) -> None:
    width = len(programme(cross)[0][0])
    assert "off" in rebuilt(with_programme(cross, [(letter * width, 60)])).rebuilt


def test_a_state_that_is_too_short_is_rebuilt(cross: Path) -> None:
    phases = [(state[:-2], s) for state, s in programme(cross)]
    assert "letters" in rebuilt(with_programme(cross, phases)).rebuilt


def test_no_programme_at_all_is_rebuilt(cross: Path) -> None:
    assert "no programme" in rebuilt(with_programme(cross, [])).rebuilt


def test_all_red_is_rebuilt(cross: Path) -> None:
    width = len(programme(cross)[0][0])
    assert "no green" in rebuilt(with_programme(cross, [("r" * width, 60)])).rebuilt


def test_sixteen_phases_with_eight_stages_are_rebuilt(cross: Path) -> None:
    """One lane at a time, eight stages and their yellows: the tangle a joined junction comes out of netconvert with."""
    width = len(programme(cross)[0][0])
    parts = [range(k * width // 8, (k + 1) * width // 8) for k in range(8)]
    phases = [("".join(letter if i in part else "r" for i in range(width)), s) for part in parts
              for letter, s in (("G", 20), ("y", 3))]
    s = rebuilt(with_programme(cross, phases))
    assert "16 phases" in s.rebuilt and len(s.junction.full_stages) <= 4


def test_many_clearance_steps_of_four_stages_are_no_reason_to_rebuild(cross: Path) -> None:
    phases: list[tuple[str, float]] = []
    for state, seconds in programme(cross):
        phases += [(state, seconds)] if "y" not in state else [(state, 1.0)] * 3 + [("r" * len(state), 1.0)]
    assert len(phases) >= 10
    assert not derived(with_programme(cross, phases)).rebuilt


def test_rebuilt_stages_pair_opposite_roads_and_keep_wide_left_turns_apart(cross: Path) -> None:
    s = rebuilt(with_programme(cross, [("G" * len(programme(cross)[0][0]), 60)]))
    for stage in s.junction.full_stages:
        roads = {m.from_lane.split("_")[0] for m in s.junction.movements if m.group in stage.green and m.turn is Turn.THROUGH}
        assert roads <= {"N", "S"} or roads <= {"E", "W"}


def test_groups_that_share_a_lane_are_never_split_in_rebuilt_stages(tmp_path: Path) -> None:
    """One lane carries left, through and right: with left red and through green its first driver would block the rest."""
    net = four_arm(tmp_path, "--no-turnarounds", "true", lanes={"N": 1, "S": 3, "E": 1, "W": 3})
    s = rebuilt(with_programme(net, [("G" * len(programme(net)[0][0]), 60)]))
    for lane in s.junction.lanes:
        for stage in s.junction.full_stages:
            assert len(stage.green & set(lane.groups)) in (0, len(lane.groups)), (lane.id, stage)


def test_crossing_movements_on_one_letter_are_refused_with_the_mend(cross: Path) -> None:
    tree = ElementTree.parse(cross)
    for c in tree.getroot().findall("connection"):
        if c.get("tl") and c.get("dir") == "s":
            c.set("linkIndex", "0")
    broken = cross.with_name("shared-letter.net.xml")
    tree.write(broken)
    with pytest.raises(JunctionRefused, match=r"link index 0 .*shared-letter|shared-letter.*link index 0"):
        derive_net(broken)


def test_a_net_without_signals_is_refused(tmp_path: Path) -> None:
    net = convert(tmp_path, '<node id="A" x="0" y="0"/><node id="B" x="300" y="0"/>', '<edge id="ab" from="A" to="B"/>')
    with pytest.raises(NetError, match="no signals") as error:
        derive_net(net)
    assert str(net) in str(error.value)


def test_a_net_built_again_is_read_again(tmp_path: Path) -> None:
    before = derived(four_arm(tmp_path, lanes=1))
    after = derived(four_arm(tmp_path, lanes=3))
    assert len(after.junction.lanes) > len(before.junction.lanes)


@pytest.mark.parametrize("text", ["", "not xml", "<net>", "<routes/>"])
def test_what_is_not_a_net_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "broken.net.xml"
    file.write_text(text)
    with pytest.raises(NetError, match=r"broken\.net\.xml"):
        derive_net(file)
