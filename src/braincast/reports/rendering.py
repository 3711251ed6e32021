"""How every page is made: templates that escape by themselves, formats for numbers and names, styles, hashes."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined

from braincast.reports import numbers
from braincast.reports.links import before_doi, doi_link, safe_link


def page_environment() -> Environment:
    """A new environment for the templates of this room; a name that a template misspells is an error."""
    environment = Environment(
        loader=PackageLoader("braincast.reports", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        name=numbers.printable,
        num=_typographic(numbers.decimal),
        ci=_typographic(numbers.interval),
        percent=_typographic(numbers.percent),
        p=numbers.p_value,
        integer=numbers.count,
        duration=numbers.duration,
        link=safe_link,
        doi=doi_link,
        before_doi=before_doi,
        sentence=numbers.sentence,
    )
    return environment


def joined(names: Sequence[str]) -> str:
    """Files beside the templates, one after the other."""
    folder = files("braincast.reports").joinpath("templates")
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def hashed(text: str) -> str:
    """What a Content-Security-Policy calls a script or a style sheet that it allows."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _typographic(write: Callable[..., str]) -> Callable[..., str]:
    """The same number format with true minus signs."""
    return lambda *args, **options: numbers.typographic(write(*args, **options))
