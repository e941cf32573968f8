"""The OpenAPI document: whatever is made from it is answered, and never with a fault of the service."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from controller.service.app import create_app
from controller.service.roles import Role
from tests.controller.service.harness import Served, iso

EXAMPLES = 2
ROLES = {"/posts": Role.POST, "/junctions": Role.OPERATOR, "/emergencies": Role.DISPATCH, "/archive": Role.ENGINEER,
         "/certificates": Role.ENGINEER}
KNOWN = {"name": "A-1", "junction": "J1", "post": "anfa", "certificate": "0123456789abcdef"}


def test_every_route_is_told_of_in_both_languages_with_its_refusals(served: Served) -> None:
    document = create_app(served.service).openapi()
    for path, row in document["paths"].items():
        for method, told in row.items():
            where = f"{method} {path}"
            assert told["summary"] and told["x-summary-fr"], where
            if path not in ("/token", "/health"):
                assert told["security"] == [{"password": []}], where
                assert {"401", "403", "413", "422"} <= told["responses"].keys(), where
    assert document["components"]["securitySchemes"]["password"]["flows"]["password"]["tokenUrl"] == "token"
    assert "ProblemBody" in document["components"]["schemas"] and "HTTPValidationError" not in document["components"]["schemas"]


@pytest.mark.parametrize("good", [True, False], ids=["as documented", "not as documented"])
def test_no_request_made_from_the_document_makes_it_fail(served: Served, good: bool) -> None:
    import schemathesis
    from schemathesis import GenerationMode

    served.clock.ahead_s += 3600.0
    served.begin(id=f"A-1{'' if good else 'n'}")
    state = {"time": iso(served.clock()), "junctions": [{"id": "J1", "stages": ["S1"]}]}
    assert served.ask(Role.POST, "PUT", "/posts/anfa/state", json=state).status_code == 204
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    called = 0

    def one(case: Any) -> None:
        nonlocal called
        for name, value in KNOWN.items():
            if good and name in (case.path_parameters or {}) and called % 2:
                case.path_parameters[name] = value
        role = next((r for path, r in ROLES.items() if case.path.startswith(path)), Role.VIEWER)
        answered = case.call(headers={"Authorization": f"Bearer {served.token(role)}"})
        called += 1
        assert answered.status_code < 500, f"{case.method} {case.path}: {answered.status_code} {answered.text}"
        if answered.status_code >= 400:
            assert answered.headers["content-type"] == ["application/problem+json"], f"{case.method} {case.path}"

    found = [r.ok() for r in schema.get_all_operations()]
    for operation in found:
        if operation.path.endswith("/stream") or operation.path == "/events":
            continue
        cases = operation.as_strategy(generation_mode=GenerationMode.POSITIVE if good else GenerationMode.NEGATIVE)
        # Where there is nothing to say, nothing wrong can be said.
        with suppress(Unsatisfiable):
            settings(max_examples=EXAMPLES, phases=[Phase.generate], suppress_health_check=list(HealthCheck))(given(cases)(one))()
    assert called > len(found)
