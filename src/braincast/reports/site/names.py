"""Names of the site's files: made of what a board calls things, safe wherever they are written, and never twice."""

from __future__ import annotations

import hashlib
import re

_PLAIN = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
_OTHER = re.compile(r"[^a-z0-9]+")
_KEPT = 40


def file_name(*parts: str) -> str:
    """A name of a-z, 0-9 and "-": plain names as they are, all others shortened, with a piece of their hash.

    Several parts always carry the hash, since "a", "b-c" and "a-b", "c" would else be the same name.
    """
    if len(parts) == 1 and _PLAIN.fullmatch(parts[0]):
        return parts[0]
    whole = "\0".join(parts).encode("utf-8", "backslashreplace")
    words = "-".join(_OTHER.sub("-", part.lower()).strip("-")[:_KEPT] for part in parts)
    return f"{words.strip('-')}-{hashlib.sha256(whole).hexdigest()[:10]}".lstrip("-")
