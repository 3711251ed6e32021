"""What the service allows to whoever comes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from braincast.board.settings import Settings
from braincast.forecasts.expected import expected_of
from braincast.forecasts.submissions.contents import largest_bytes
from braincast.tasks.kinds import card_of_json


@dataclass(frozen=True)
class ServiceLimits:
    """Requests a minute of a token, of an address, and of an address whose tokens are refused; sizes and times.

    `open_uploads` and `incoming_bytes` are those of one author; `silence_s` is how long a body may pause.
    """

    token_requests: float = 600.0
    address_requests: float = 1_200.0
    refused_requests: float = 30.0
    open_uploads: int = 16
    incoming_bytes: int = 64 << 30
    json_bytes: int = 16 << 10
    silence_s: float = 30.0
    upload_days: float = 7.0
    answer_days: float = 7.0
    writers: int = 32
    publish_s: float = 2.0

    @classmethod
    def at_rate(cls, requests: float) -> ServiceLimits:
        """So many requests a minute of a token; an address, behind which several may be, has twice as many."""
        return cls(token_requests=requests, address_requests=2 * requests)


STANDARD = ServiceLimits()


def largest_upload(card: str, settings: Settings) -> int:
    """The most bytes of a submission to the task that this JSON declares."""
    return min(settings.largest_bytes, _needed_bytes(card))


@lru_cache(maxsize=256)
def _needed_bytes(card: str) -> int:
    return largest_bytes(expected_of(card_of_json(card)))
