"""Whatever comes in is answered with a reason: no input of any shape makes the service fail."""

from __future__ import annotations

import json
import math
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from controller.service.mistakes import mistakes
from controller.service.plausible import EARTH_M, distance_m
from controller.service.rate import Rate
from controller.service.roles import Role
from controller.service.said import NewEmergency, Positions, PostState
from controller.service.tokens import make_token, read_token
from tests.controller.service.harness import Served
from tests.controller.service.straight_road import at

KEY = b"a key that is long enough to sign"
WORDS = ("id", "vehicle", "class", "priority", "origin", "destination", "route", "type", "coordinates", "LineString",
         "expires_at", "sent_at", "nonce", "lon", "lat", "time", "junctions", "ambulance",
         "2026-11-26T07:30:00Z", "9999-12-31T23:59:59-23:59")
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(WORDS)
anything = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(
    st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=6), max_leaves=20)
places = st.tuples(st.floats(-180, 180), st.floats(-90, 90))


@settings(max_examples=80)
@given(anything)
def test_any_json_is_read_or_refused_with_words_in_both_languages(value: Any) -> None:
    for kind in (NewEmergency, Positions, PostState):
        try:
            TypeAdapter(kind).validate_python(value)
        except ValidationError as fault:
            said = mistakes(fault.errors())
            assert said.detail and said.detail_fr and said.status_code == 422
            said.response()


@settings(max_examples=25)
@given(value=anything, path=st.sampled_from(["/emergencies", "/emergencies/A-1/positions", "/junctions/J1/manual"]))
def test_any_json_is_answered(served: Served, value: Any, path: str) -> None:
    content = json.dumps(value).encode()
    role = Role.OPERATOR if path.endswith("manual") else Role.DISPATCH
    answered = served.ask(role, "POST", path, content=content, headers={"Content-Type": "application/json"})
    assert 400 <= answered.status_code < 500, (answered.status_code, answered.text)
    assert answered.headers["content-type"] == "application/problem+json" and answered.json()["detail_fr"]


@given(st.text(max_size=200) | st.binary(max_size=60).map(lambda b: b.decode("latin1")))
def test_any_text_is_no_token(text: str) -> None:
    assert read_token(KEY, text, 0.0) is None


@given(st.text(min_size=1, max_size=40), st.integers(0, 2**31), st.floats(1, 86400))
def test_a_token_says_what_it_was_made_with_until_its_time(name: str, version: int, good_for_s: float) -> None:
    token = make_token(KEY, name, version, 1000.0, good_for_s)
    told = read_token(KEY, token, 1000.0)
    assert told is not None and (told.name, told.version) == (name, version)
    assert read_token(KEY, token, told.expires_s) is None
    assert read_token(KEY[::-1], token, 1000.0) is None


@given(places, places)
def test_distance_is_one(a: tuple[float, float], b: tuple[float, float]) -> None:
    d = distance_m(a, b)
    assert 0 <= d <= math.pi * EARTH_M * 1.0001 and math.isclose(d, distance_m(b, a), abs_tol=1e-6)


@given(st.floats(0, 5000), st.floats(-400, 400))
def test_distance_is_that_of_the_flat_map_nearby(x_m: float, y_m: float) -> None:
    assert math.isclose(distance_m(at(0.0), at(x_m, y_m)), math.hypot(x_m, y_m), rel_tol=1e-3, abs_tol=0.01)


@given(st.integers(1, 5), st.lists(st.floats(0, 30), max_size=40))
def test_never_more_than_the_limit_within_a_minute(at_most: int, gaps_s: list[float]) -> None:
    rate, now_s, allowed = Rate(at_most), 0.0, []
    for gap_s in gaps_s:
        now_s += gap_s
        wait_s = rate.wait_s("c", now_s)
        recent = [t for t in allowed if t > now_s - 60.0]
        assert (wait_s == 0.0) == (len(recent) < at_most)
        if wait_s == 0.0:
            allowed.append(now_s)
