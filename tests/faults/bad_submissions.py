"""All bad submissions, by topic."""

from __future__ import annotations

from hostile import archives, declarations, frames, links, metadata, names, places, stores, values
from hostile.entry import Bad

BAD_SUBMISSIONS: tuple[Bad, ...] = tuple(
    bad
    for module in (places, names, links, archives, stores, frames, metadata, values, declarations)
    for bad in module.BAD
)
TOPICS = tuple(dict.fromkeys(bad.topic for bad in BAD_SUBMISSIONS))
