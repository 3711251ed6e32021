"""The report of a run as one HTML file that opens from disk: no script, nothing loaded, every name escaped."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from braincast.datasets.card import DatasetCard
from braincast.experiments.entrants import DECISIVE_DRAWS
from braincast.experiments.wiring import ALPHA
from braincast.files import write_text
from braincast.reports import charts, numbers, wording
from braincast.reports.entries import Document
from braincast.reports.links import before_doi, doi_link, safe_link
from braincast.reports.view import View
from braincast.tasks.card import TaskCard


def render_report(document: Document, card: TaskCard, dataset: DatasetCard, command: str) -> str:
    """The page's text. `document` is what `braincast run --json` prints; parts that it lacks are left out."""
    style = _style()
    template = _environment().get_template("report.html.j2")
    return template.render(view=View(document, card, dataset, command), style=Markup(style), policy=_policy(style))


def write_report(path: Path, document: Document, card: TaskCard, dataset: DatasetCard, command: str) -> None:
    """Write the page, whole or not at all."""
    write_text(path, render_report(document, card, dataset, command))


def _environment() -> Environment:
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
    environment.globals.update(charts=charts, wording=wording, alpha=ALPHA, decisive_draws=DECISIVE_DRAWS)
    return environment


def _typographic(write):
    """The same number format with true minus signs."""
    return lambda *args, **options: numbers.typographic(write(*args, **options))


def _style() -> str:
    return files("braincast.reports").joinpath("templates/report.css").read_text(encoding="utf-8")


def _policy(style: str) -> str:
    """What the page may do: show itself with this one style sheet, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"
