"""Training from nothing to a policy that runs, interrupted and gone on with."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytest.importorskip("onnx")

import onnx
import torch

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import Seen
from controller.learned.policy import Policy
from controller.strategies.learned import DEFAULT
from signal_drivers.errors import BadInput
from simulation.detector_faults import PERFECT, read_degradation
from simulation.learning.configuration import FILES, TrainSettings, begin, digest_of
from simulation.learning.engine import Here
from simulation.learning.export import TURNED, export, network_of
from simulation.learning.improve import step_share
from simulation.learning.lessons import plan
from simulation.learning.samples import load
from simulation.learning.spoilt import MOST
from simulation.learning.train import train

SMALL = TrainSettings(nets=2, net_s=120, boulevards=1, boulevard_s=120, scenarios=(), rounds=0, epochs=1, width=16)


@pytest.mark.integration
def test_a_small_training_can_be_gone_on_with_and_gives_the_same(tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    card = train(SMALL, tmp_path / "a", Here(1), "cpu", lambda what, share: told.append((what, share)))
    policy = Policy(tmp_path / "a" / FILES["policy"])
    assert policy.card == json.loads(json.dumps(card)) and card["figures"][0]["rows"] > 50
    assert told[-1][0].startswith("round 0: epoch 1") and told[-1][1] == 1.0
    lessons = sorted((tmp_path / "a" / FILES["lessons"]).glob("*.npz"))
    assert [file.name for file in lessons] == ["0-boulevard0000.npz", "0-net0000.npz", "0-net0001.npz"]
    # One lesson is lost, and what was learnt: it alone is held again, and all comes out as it was.
    first, kept = load(lessons[0]), lessons[1].stat().st_mtime_ns
    lessons[0].unlink()
    learnt = tmp_path / "a" / FILES["round"].format(0)
    learnt.unlink()
    before = (tmp_path / "a" / FILES["policy"]).read_bytes()
    train(SMALL, tmp_path / "a", Here(1), "cpu", lambda what, share: None)
    again = load(lessons[0])
    assert (again.groups == first.groups).all() and (again.wish == first.wish).all()
    assert lessons[1].stat().st_mtime_ns == kept
    assert (tmp_path / "a" / FILES["policy"]).read_bytes() == before
    # Asked once more it has nothing to do, and what was spoilt meanwhile is said in one line.
    told.clear()
    again_card = train(SMALL, tmp_path / "a", Here(1), "cpu", lambda what, share: told.append((what, share)))
    assert again_card == json.loads(json.dumps(card))
    assert not told
    learnt.write_bytes(learnt.read_bytes()[:1000])
    with pytest.raises(BadInput, match=r"gone on with.*done again"):
        train(SMALL, tmp_path / "a", Here(1), "cpu", lambda what, share: None)


@pytest.mark.integration
def test_reinforcement_after_imitation_leaves_a_policy_a_checkpoint_and_a_log(tmp_path: Path,
                                                                              monkeypatch: pytest.MonkeyPatch) -> None:
    # What its critic is worth is not looked at here.
    monkeypatch.setattr("simulation.learning.improve.WARM_UP", 1)
    monkeypatch.setattr("simulation.learning.improve.ROLLOUT_S", 32)
    done: list[float] = []
    monkeypatch.setattr("simulation.learning.improve.step_share", lambda share: done.append(share) or step_share(share))
    settings = SMALL.model_copy(update={"improve_steps": 256, "improve_nets": 1, "looks": 1, "held_back_nets": 1,
                                         "held_back_scenarios": (), "held_back_times": 1, "improve_spoilt_share": 1.0})
    card = train(settings, tmp_path, Here(1), "cpu", lambda what, share: None)
    first, then = card["lost_held_back"]
    assert first == 1.0 and ("what vehicles and people" in card["limits"]) == (then < 1.0)
    assert Policy(tmp_path / FILES["policy"]).card == json.loads(json.dumps(card))
    logs = {file.parent.name for file in (tmp_path / FILES["log"]).rglob("events.out.tfevents.*")}
    assert "imitation_0" in logs and len(logs) > 1
    # One part of one rollout is all there is: SB3 asked how large its steps are where it began.
    assert set(done) == {0.0}
    # What was kept is gone on with: it has all its looks, and nothing is learnt again.
    kept = (tmp_path / FILES["improved"]).read_bytes()
    again = train(settings, tmp_path, Here(1), "cpu", lambda what, share: None)
    assert again["lost_held_back"] == card["lost_held_back"]
    assert (tmp_path / FILES["improved"]).read_bytes() == kept
    (tmp_path / FILES["improved"]).write_bytes(kept[:1000])
    with pytest.raises(BadInput, match=r"gone on with.*done again"):
        train(settings, tmp_path, Here(1), "cpu", lambda what, share: None)


@pytest.mark.integration
def test_reinforcement_begins_with_a_policys_file_and_holds_no_lessons(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simulation.learning.improve.WARM_UP", 1)
    monkeypatch.setattr("simulation.learning.improve.ROLLOUT_S", 32)
    # It is as sharp as it was made: not twice.
    monkeypatch.setattr("simulation.learning.improve.SHARPER", float("nan"))
    # On streets of one's own alone.
    settings = TrainSettings(scenarios=("far@morning",), improve_steps=256, improve_nets=0, scenario_s=120, looks=1,
                             held_back_nets=0, held_back_scenarios=("far@offpeak",), held_back_times=1,
                             begun_with=digest_of(DEFAULT))
    card = train(settings, tmp_path, Here(1), "cpu", lambda what, share: None, DEFAULT)
    shipped, made = Policy(DEFAULT), Policy(tmp_path / FILES["policy"])
    assert made.card == json.loads(json.dumps(card)) and not (tmp_path / FILES["lessons"]).exists()
    assert not list((tmp_path / "nets").glob("*"))
    assert card["begun_with"] == settings.begun_with and card["sharp"] and len(card["lost_held_back"]) == 2
    assert card["figures"] == shipped.card["figures"] and card["settings"]["improve_steps"] == 256
    seen = by_chance()
    kept = card["lost_held_back"][1] >= 1.0
    assert bool(made.scores(seen) == pytest.approx(shipped.scores(seen), abs=1e-4)) == kept
    # Another policy's training is another.
    with pytest.raises(BadInput, match="another begun_with"):
        train(settings.model_copy(update={"begun_with": "0" * 16}), tmp_path, Here(1), "cpu", lambda what, share: None, DEFAULT)


def test_a_policys_file_gives_its_network_back(tmp_path: Path) -> None:
    seen, network = by_chance(), network_of(DEFAULT)
    assert network.width == 64
    with torch.no_grad():
        scores = network(*(torch.from_numpy(part) for part in seen)).numpy()
    assert scores == pytest.approx(Policy(DEFAULT).scores(seen), abs=1e-4)
    export(network, tmp_path / "again.onnx", {})
    again = network_of(tmp_path / "again.onnx").state_dict()
    assert all(torch.equal(again[name], part) for name, part in network.state_dict().items())
    # As it was written before weights had names.
    model = onnx.load(tmp_path / "again.onnx")
    for one in model.graph.initializer:
        one.name = one.name.removesuffix(TURNED) + "-turned" * one.name.endswith(TURNED)
    onnx.save(model, tmp_path / "old.onnx")
    with pytest.raises(BadInput, match="not those of such a network"):
        network_of(tmp_path / "old.onnx")


def by_chance() -> Seen:
    """Six junctions with five groups and four stages."""
    pick = np.random.default_rng(3)
    some = [pick.random(size, np.float32) for size in ((6, 5, GROUP_FEATURES), (6, 4, STAGE_FEATURES))]
    flags = [(pick.random(size) < share).astype(np.float32)
             for size, share in (((6, 4, 5), 0.5), ((6, 4, 5), 0.2), ((6, 4), 0.8))]
    return Seen(*some, *flags)


def test_steps_are_the_largest_until_the_last_third_and_then_fall_to_none() -> None:
    assert [step_share(done) for done in (0.0, 0.5, 2 / 3)] == [1.0, 1.0, 1.0]
    assert [step_share(done) for done in (5 / 6, 1.0, 1.1)] == pytest.approx([0.5, 0.0, 0.0])


def test_another_configuration_is_refused_where_one_is(tmp_path: Path) -> None:
    begin(SMALL, tmp_path)
    begin(SMALL, tmp_path)
    with pytest.raises(BadInput, match="another epochs, seed"):
        begin(SMALL.model_copy(update={"epochs": 2, "seed": 5}), tmp_path)
    (tmp_path / FILES["config"]).write_text('{"nets": 2, "colour": "red"}')
    with pytest.raises(BadInput, match=r"colour.*another --out"):
        begin(SMALL, tmp_path)


def test_rounds_are_held_on_other_nets_and_the_pupil_drives_in_the_later_ones(tmp_path: Path) -> None:
    settings = TrainSettings(nets=3, boulevards=2, scenarios=("zerktouni@evening",))
    first, second = plan(settings, 0, None), plan(settings, 1, tmp_path / "policy-0.onnx")
    assert len(first) == len(second) == 6 and not {one.seed for one in first} & {one.seed for one in second}
    assert {one.pupil_share for one in first} == {0.0} and {one.pupil_share for one in second} == {settings.pupil_share}
    assert len({one.name for one in first + second}) == 12


def test_of_some_lessons_the_detectors_are_worse_and_never_worse_than_that() -> None:
    wanted = plan(TrainSettings(nets=120, boulevards=80, spoilt_share=0.5), 0, None)
    bad = [read_degradation(one.detectors) for one in wanted if one.detectors != PERFECT]
    assert 70 <= len(bad) <= 130
    for one in bad:
        for name in ("missing", "bad", "miscount", "outage", "position_m", "speed_mps"):
            assert 0.0 <= getattr(one, name) <= getattr(MOST, name)
    assert len(set(map(str, bad))) == len(bad), "each in its own way"
    assert wanted == plan(TrainSettings(nets=120, boulevards=80, spoilt_share=0.5), 0, None)
    assert {one.detectors for one in plan(TrainSettings(), 0, None)} == {PERFECT}
