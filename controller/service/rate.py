"""At most so many in a minute, counted for each client."""

from __future__ import annotations

from collections import OrderedDict, deque

CLIENTS = 10_000
"""Clients remembered; past that those are forgotten that were longest not heard of."""


class Rate:
    """A sliding window of ``window_s``. Times must not go back by much."""

    def __init__(self, at_most: int, window_s: float = 60.0) -> None:
        self.at_most, self.window_s = at_most, window_s
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, client: str, now_s: float) -> float:
        """0 where one more is allowed, which is then counted; else seconds until one is."""
        seen = self._seen.setdefault(client, deque())
        self._seen.move_to_end(client)
        while seen and seen[0] <= now_s - self.window_s:
            seen.popleft()
        if len(seen) >= self.at_most:
            return max(0.001, seen[0] + self.window_s - now_s)
        seen.append(now_s)
        if len(self._seen) > CLIENTS:
            self._seen.popitem(last=False)
        return 0.0

    def remember(self, client: str, times_s: list[float]) -> None:
        """What was allowed before a restart."""
        self._seen[client] = deque(sorted(times_s))
