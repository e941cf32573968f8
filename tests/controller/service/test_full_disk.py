"""A database that takes no more: positions are refused, and nobody is followed further than what is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event

from controller.service.roles import Role
from controller.service.search import ArchiveKind, Search, find
from controller.service.street_map import map_of
from tests.controller.service.harness import Clock, Served, iso, served
from tests.controller.streets.towns import blocks

PATH = [f"{c}.1>{c + 1}.1" for c in range(4)]
TOWN = blocks()


@contextmanager
def full(to: Served) -> Iterator[None]:
    """SQLite may not grow the file by a page: it then says what it says of a full disk."""
    def no_more(connection: Any, record: Any, proxy: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1").close()

    def as_before(connection: Any, record: Any, proxy: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1073741823").close()

    engine = to.service.store.engine
    event.listen(engine, "checkout", no_more)
    try:
        yield
    finally:
        event.remove(engine, "checkout", no_more)
        event.listen(engine, "checkout", as_before)


def stored(to: Served) -> list[dict[str, Any]]:
    with to.service.store.reading() as connection:
        return find(connection, Search(ArchiveKind.POSITIONS, place="A-1"))


def test_the_follower_is_where_the_last_stored_position_is(tmp_path: Path) -> None:
    planned = TOWN.route_over([TOWN.number[name] for name in PATH], 0.0, 100.0)
    turned = TOWN.route_over([TOWN.number[name] for name in ("0.1>1.1", "1.1>2.1", "2.1>2.2", "2.2>2.3")], 0.0, 100.0)
    city, clock = map_of(TOWN), Clock()

    def said(at_m: float) -> dict[str, Any]:
        place = turned.place(at_m)
        return {"lon": place.lon, "lat": place.lat, "time": iso(clock()), "accuracy_m": 4.0}

    def post(to: Served, what: Any) -> Any:
        return to.ask(Role.DISPATCH, "POST", "/emergencies/A-1/positions", json=what)

    with served(tmp_path, clock=clock, streets=city) as to:
        line = {"type": "LineString", "coordinates": [list(p) for p in planned.asked_line()]}
        to.begin(id="A-1", origin=None, destination=None, route=line)
        at_m = 0.0
        while at_m < 400.0:
            assert post(to, said(at_m)).status_code == 200
            clock.ahead_s, at_m = clock.ahead_s + 1.0, at_m + 12.0
        live = to.service.desk.lives["A-1"]
        refused = 0
        with full(to):
            # The last page has room for some yet, and the turn off the way lies in what is refused.
            while refused < 8 and at_m < 900.0:
                before = stored(to), live.follower, live.last, live.judged_s, live.way, live.track.at_m
                answered = post(to, [said(at_m)])
                if answered.status_code == 503:
                    assert (stored(to), live.follower, live.last, live.judged_s, live.way, live.track.at_m) == before
                    refused += 1
                    at_m += 12.0
                else:
                    assert answered.status_code == 200
                    at_m += 1.0
                clock.ahead_s += 1.0
            assert refused == 8, "the disk was not full"
        same = said(at_m)
        answered = post(to, same)
        assert answered.status_code == 200, "what was refused is no news that came before"
        rows = stored(to)
        # Who was fed with what is stored, and nothing else, stands where the service says that it stands.
        twin = city.follower(city.streets, city.streets.route_along(planned.asked_line()))
        for row in rows:
            fix = twin.heard(row["lon"], row["lat"], _s(row["time"]), accuracy_m=4.0)
        # The archive tells times to the millisecond only.
        assert rows[-1]["at_m"] == pytest.approx(fix.at_m, abs=0.1) and live.way == rows[-1]["way"] == 2
        assert post(to, same).status_code == 409


def _s(text: str) -> float:
    from datetime import datetime

    return datetime.fromisoformat(text).timestamp()


def test_positions_that_come_at_once_are_stored_in_their_order_or_refused(served: Served) -> None:
    """From several connections at the same time: each is judged by what is stored."""
    served.begin(id="many")

    async def burst() -> list[int]:
        import httpx

        from tests.controller.service.straight_road import at
        heads = {"Authorization": f"Bearer {served.token(Role.DISPATCH)}"}
        now_s = served.clock()
        async with httpx.AsyncClient(base_url=served.url, headers=heads, timeout=30.0) as http:
            answers = await asyncio.gather(*(http.post("/emergencies/many/positions", json={
                "lon": at(10.0 + i)[0], "lat": at(0.0)[1], "time": iso(now_s - 20.0 + i)}) for i in range(20)))
        return [a.status_code for a in answers]

    codes = asyncio.run(burst())
    with served.service.store.reading() as connection:
        times = [r["time"] for r in find(connection, Search(ArchiveKind.POSITIONS, place="many"))]
    assert set(codes) <= {200, 409} and len(times) == codes.count(200) >= 1
    assert times == sorted(set(times)) and times[-1] == max(times)
