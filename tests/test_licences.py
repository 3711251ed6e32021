"""What is installed with braincast may be used as freely as braincast itself."""

from __future__ import annotations

import re
from importlib.metadata import Distribution, distribution

from packaging.requirements import Requirement

# Of these no one asks more than to be named, or to pass changes of its own files on (MPL).
FREE = ("0BSD", "Apache", "BSD", "CC0", "ISC", "LLVM-exception", "MIT", "MPL-2.0", "PSF", "Zlib")


def test_every_package_that_braincast_needs_has_a_free_licence():
    unclear = {name: told for name, told in licences("braincast").items() if not is_free(told)}
    assert unclear == {}


def test_a_licence_that_asks_for_more_is_noticed():
    assert not is_free("GPL-3.0-or-later") and not is_free("MIT AND LGPL-2.1") and not is_free("")
    assert is_free("BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0")


def licences(root: str) -> dict[str, str]:
    """Each package that is installed because of another one, without extras, and how it words its licence."""
    found: dict[str, str] = {}
    waiting = [root]
    while waiting:
        package = distribution(waiting.pop())
        name = re.sub(r"[-_.]+", "-", package.name).lower()
        if name in found:
            continue
        found[name] = wording(package)
        for line in package.requires or []:
            needed = Requirement(line)
            if needed.marker is None or needed.marker.evaluate({"extra": ""}):
                waiting.append(needed.name)
    return found


def wording(package: Distribution) -> str:
    """The expression, else the classifiers, else the first line of the old field."""
    told = package.metadata
    classified = [line.split("::")[-1] for line in told.get_all("Classifier", []) if line.startswith("License ::")]
    return told.get("License-Expression") or " AND ".join(classified) or told.get("License", "").partition("\n")[0]


def is_free(told: str) -> bool:
    """Whether each of the licences that are named is one of those above."""
    parts = re.split(r"\b(?:AND|OR|WITH)\b", told.replace("Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0"))
    return all(any(part.strip(" ()").startswith(free) for free in FREE) for part in parts)
