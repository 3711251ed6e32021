"""Token buckets: who asks too often is told when to come again."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections.abc import Callable, Hashable

_MOST_BUCKETS = 20_000


class Rates:
    """Up to `per_minute` requests at once for each key, refilled evenly over a minute."""

    def __init__(self, per_minute: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._most, self._per_second, self._clock = per_minute, per_minute / 60, clock
        self._buckets: dict[Hashable, tuple[float, float]] = {}  # what is left, and when that was
        self._lock = threading.Lock()

    def take(self, key: Hashable) -> float:
        """Take one; 0, or the seconds after which there is one again."""
        with self._lock:
            left = self._left(key)
            taken = left >= 1
            self._buckets[key] = (left - taken, self._clock())
            self._forget()
        return 0.0 if taken else (1 - left) / self._per_second

    def wait_s(self, key: Hashable) -> float:
        """What `take` would answer, with nothing taken."""
        with self._lock:
            return max(0.0, (1 - self._left(key)) / self._per_second)

    def _left(self, key: Hashable) -> float:
        left, at = self._buckets.get(key, (self._most, self._clock()))
        return min(self._most, left + (self._clock() - at) * self._per_second)

    def _forget(self) -> None:
        """Full buckets say nothing; where too many others are, the oldest half goes."""
        if len(self._buckets) > _MOST_BUCKETS:
            kept = [key for key in self._buckets if self._left(key) < self._most]
            self._buckets = {key: self._buckets[key] for key in kept[-_MOST_BUCKETS // 2 :]}


def network_of(host: str) -> str:
    """The address that is counted: an IPv6 customer has a whole /64."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
