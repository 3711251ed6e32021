"""Links that a page may carry: https and places on the page itself, nothing else."""

from __future__ import annotations

import re

_ALLOWED = re.compile(r"(https://[A-Za-z0-9][^\s<>\"'`\\]*|#[A-Za-z0-9_-]+)")
_DOI = re.compile(r"\bdoi:(10\.\d{4,9}/[^\s<>\"'`\\]+?)\.?$")


def safe_link(address: str | None) -> str | None:
    """The address if it is https or a fragment, else None: `javascript:` and its kin are dropped."""
    return address if address is not None and _ALLOWED.fullmatch(address) else None


def doi_link(reference: str) -> str | None:
    """The https address of the DOI that ends a reference, if there is one."""
    found = _DOI.search(reference)
    return None if found is None else safe_link(f"https://doi.org/{found.group(1)}")


def before_doi(reference: str) -> str:
    """The reference without the DOI that ends it."""
    return _DOI.sub("", reference).rstrip()
