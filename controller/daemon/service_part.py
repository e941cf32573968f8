"""A post's part in the service: what it says of itself, and its manager at the other end of the line."""

from __future__ import annotations

from typing import Any

from controller.daemon.post import Post
from controller.service_link.contact import Contact
from controller.service_link.happened import AlarmBook, IncidentsToService
from controller.service_link.into_manager import IntoManager
from controller.service_link.link import ServiceLink
from controller.service_link.outbox import Outbox
from controller.service_link.report import junction_row, post_row
from signal_drivers.errors import SiteError


def link_of(post: Post) -> ServiceLink:
    """For a site that names a service. Raises :class:`SiteError` for a password that cannot be read."""
    said, site = post.site.said.service, post.site
    assert said is not None and post.preemption is not None and post.by_hand is not None
    file = site.file(said.password_file)
    try:
        password = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise SiteError(f"the password cannot be read: {error}", where=str(file), mend="let this user read it") from None
    authority = site.file(said.authority) if said.authority is not None else None
    contact = Contact(said.url, said.account or site.said.post, password, authority)
    into = IntoManager(post.preemption, post.clock.midnight_s)
    outbox = Outbox(f"r{int(post.clock.calendar_s() * 1000):x}")
    book = AlarmBook(outbox, post.clock.calendar_s)
    post.on_news = IncidentsToService(outbox, post.camera_junctions)

    def state() -> dict[str, Any]:
        told = report(post)
        book.dated(told["junctions"])
        return told

    return ServiceLink(contact, into, post.by_hand, state, post.clock.now_s, outbox,
                       overrides=lambda: post.proofs.notice() if post.proofs is not None else None)


def report(post: Post) -> dict[str, Any]:
    """How everything stands but emergencies, in the service's words."""
    rows = {}
    for j, driver in post.drivers.items():
        keeper = post.keeper[j]
        rows[j] = junction_row(driver.junction, driver.read(), connected=keeper.connected, why=keeper.why,
                               rung=post.ladder.rung(j).name.lower(), latched=post.loop.guards[j].latched,
                               more=post.proofs.alarms(j, post.clock.calendar_s()) if post.proofs is not None else ())
    by_hand = post.by_hand.told(lambda j: post.drivers[j].read()) if post.by_hand is not None else []
    plans = list(post.site.plans.plans) if post.site.plans is not None else []
    return post_row(post.clock.calendar_s(), rows, [name[:300] for name in plans]) | {"manual": by_hand}
