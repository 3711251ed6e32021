"""Addresses from a stranger: plain links and plain e-mail addresses, which mean the same to every reader.

Pages escape them as well; these rules keep out what runs (`javascript:`), what hides where it leads (user names,
numbers of hosts, punycode) and what breaks out of an attribute (quotes, spaces).
"""

from __future__ import annotations

import re

from braincast.forecasts.submissions.texts import Flaw, spelled

LONGEST_ADDRESS = 300

_LABEL = r"(?!xn--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
# The last label is of letters only: no IPv4 address, no hexadecimal one.
_HOST = rf"(?:{_LABEL}\.)+[a-z]{{2,63}}"
# Percent-encoding of control characters is left out.
_PLACE = r"(?:[a-z0-9._~:/?#@!$&()*+,;=-]|%[2-9a-f][0-9a-f])*"
# Only the scheme is compared as written.
_LINK = re.compile(rf"(?-i:https)://{_HOST}(?::443)?(?:[/?#]{_PLACE})?", re.IGNORECASE | re.ASCII)
_EMAIL = re.compile(rf"(?![+-])[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@{_HOST}", re.IGNORECASE | re.ASCII)


def flaw_of_link(link: str) -> Flaw | None:
    """E609 unless it is a plain https link."""
    if _fits(link, _LINK):
        return None
    what = f"{spelled(link)} is not a plain https link: a host's name, no user, no port but 443, ASCII letters only"
    return Flaw("E609", what, "Write it as in https://example.org/page, other letters percent-encoded")


def flaw_of_contact(contact: str) -> Flaw | None:
    """E609 unless it is a plain e-mail address or a plain https link."""
    if _fits(contact, _LINK, _EMAIL):
        return None
    what = f"{spelled(contact)} is neither a plain e-mail address nor a plain https link"
    return Flaw("E609", what, "Write it as in ada@example.org or https://example.org/ada")


def _fits(address: str, *patterns: re.Pattern[str]) -> bool:
    return len(address) <= LONGEST_ADDRESS and any(pattern.fullmatch(address) for pattern in patterns)
