"""A policy's file that is none, or another's, is refused in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.learned.columns import GROUP_FEATURES, STAGE_FEATURES
from controller.learned.observation import VERSION, Seen
from controller.learned.policy import CARD_KEY, VERSION_KEY, Policy
from controller.registry import strategy
from controller.strategies.learned import DEFAULT
from signal_drivers.errors import BadInput

pytest.importorskip("onnxruntime")


def _seen(seed: int, junctions: int = 3, groups: int = 7, stages: int = 4) -> Seen:
    pick = np.random.default_rng(seed)

    def some(*shape: int) -> np.ndarray:
        return pick.random(shape, dtype=np.float32)

    green = (some(junctions, stages, groups) < 0.4).astype(np.float32)
    allowed = (some(junctions, stages) < 0.7).astype(np.float32)
    allowed[:, 0] = 1.0
    rows, marks = some(junctions, groups, GROUP_FEATURES), some(junctions, stages, STAGE_FEATURES)
    rows[:, :, 0], rows[:, :, 1:3] = 1.0, 0.0
    marks[:, :, 0] = 0.0
    marks[:, 0, 0] = 1.0
    return Seen(rows, marks, green, np.zeros_like(green), allowed)


def test_the_default_is_small_says_what_it_is_and_scores() -> None:
    policy = Policy(DEFAULT)
    assert DEFAULT.stat().st_size < 2_000_000
    assert {"seeds", "nets", "figures", "limits"} <= policy.card.keys()
    seen = _seen(1)
    scores = policy.scores(seen)
    assert scores.shape == seen.allowed.shape
    assert ((scores < -1e8) == (seen.allowed < 0.5)).all()


@given(seed=st.integers(0, 10**6), order=st.permutations(range(7)), stages=st.permutations(range(4)))
def test_order_means_nothing_and_neither_does_room(seed: int, order: list[int], stages: list[int]) -> None:
    policy, seen = Policy(DEFAULT), _seen(seed)
    plain = policy.scores(seen)
    turned = Seen(seen.groups[:, order], seen.stages[:, stages], seen.green[:, stages][:, :, order],
                  seen.yields[:, stages][:, :, order], seen.allowed[:, stages])
    assert policy.scores(turned) == pytest.approx(plain[:, stages], abs=1e-3)
    wider = Seen(np.pad(seen.groups, ((0, 0), (0, 5), (0, 0))), np.pad(seen.stages, ((0, 0), (0, 2), (0, 0))),
                 np.pad(seen.green, ((0, 0), (0, 2), (0, 5))), np.pad(seen.yields, ((0, 0), (0, 2), (0, 5))),
                 np.pad(seen.allowed, ((0, 0), (0, 2))))
    assert policy.scores(wider)[:, :4] == pytest.approx(plain, abs=1e-3)


@given(share=st.floats(0.0, 0.999))
def test_a_truncated_file_is_one_line(tmp_path_factory: pytest.TempPathFactory, share: float) -> None:
    file = tmp_path_factory.mktemp("cut") / "cut.onnx"
    whole = DEFAULT.read_bytes()
    file.write_bytes(whole[:int(share * len(whole))])
    with pytest.raises(BadInput) as refused:
        Policy(file)
    assert "\n" not in str(refused.value) and str(file) in str(refused.value)


def _changed(change: Callable[[dict[str, str]], None], file: Path) -> Path:
    onnx = pytest.importorskip("onnx")
    model = onnx.load(str(DEFAULT))
    said = {entry.key: entry.value for entry in model.metadata_props}
    change(said)
    del model.metadata_props[:]
    for key, value in said.items():
        entry = model.metadata_props.add()
        entry.key, entry.value = key, value
    onnx.save(model, str(file))
    return file


def test_another_observation_another_model_and_an_unreadable_card_are_refused(tmp_path: Path) -> None:
    def newer(said: dict[str, str]) -> None:
        said[VERSION_KEY] = str(VERSION + 1)

    def stranger(said: dict[str, str]) -> None:
        del said[VERSION_KEY]

    def scrawl(said: dict[str, str]) -> None:
        said[CARD_KEY] = "[1"

    for change, what in ((newer, f"sees observation {VERSION + 1}"), (stranger, "no policy of mourour"), (scrawl, "card")):
        with pytest.raises(BadInput, match=what):
            Policy(_changed(change, tmp_path / "other.onnx"))


def test_a_file_that_is_not_there_by_the_strategys_name(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        strategy(f"learned:{tmp_path / 'nowhere.onnx'}")
    with pytest.raises(BadInput, match="cannot be read"):
        Policy(tmp_path)
