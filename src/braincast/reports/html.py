"""The report of a run as one HTML file that opens from disk: nothing loaded, every name escaped, one script of its own.

Everything can be read without the script, which adds sorting and pointing (docs/decisions/0011).
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

from jinja2 import Environment
from markupsafe import Markup

from braincast.datasets.card import DatasetCard
from braincast.experiments.entrants import DECISIVE_DRAWS
from braincast.experiments.wiring import ALPHA
from braincast.files import write_text
from braincast.reports import charts, curve_charts, lead_charts, wording
from braincast.reports.entries import Document
from braincast.reports.forecasting import neuron_charts, trace_charts
from braincast.reports.forecasting.view import ForecastView, ImputationView
from braincast.reports.packing import data_block, packed
from braincast.reports.rendering import hashed, joined, page_environment
from braincast.reports.rollouts import charts as rollout_charts
from braincast.reports.rollouts.view import RolloutView
from braincast.reports.view import View
from braincast.reports.vision import polar
from braincast.reports.vision.view import VisionView
from braincast.scoring.encoding.exhibits import EncodingExhibits
from braincast.scoring.exhibits import Exhibits
from braincast.scoring.forecasting.exhibits import ForecastExhibits
from braincast.scoring.rollouts.exhibits import RolloutExhibits
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.kinds import AnyCard

_STYLES = ("report.css", "explore.css", "plots.css")
_SCRIPTS = ("data.js", "palette.js", "order.js", "maps.js", "anatomy.js", "neuron.js", "sorting.js", "start.js")
_VISION_STYLES = (*_STYLES, "vision/vision.css")
_VISION_SCRIPTS = (
    *("palette.js", "sorting.js"),
    *("vision/screen.js", "vision/eye.js", "vision/player.js", "vision/start.js"),
)
_FORECAST_SCRIPTS = ("sorting.js", "tables.js")

AnyExhibits: TypeAlias = Exhibits | ForecastExhibits | RolloutExhibits | EncodingExhibits


def render_report(
    document: Document,
    card: AnyCard,
    dataset: DatasetCard,
    command: str,
    exhibits: AnyExhibits | None = None,
) -> str:
    """The page's text. `document` is what `braincast run --json` prints; parts that it lacks are left out.

    `exhibits` are the maps of single pairs, examples of single neurons, climates, or courses of responses; without them
    the page has none.
    """
    if isinstance(card, ForecastCard) and card.rollout is not None:
        climates = exhibits if isinstance(exhibits, RolloutExhibits) else None
        view = RolloutView(document, card, dataset, command, climates)
        return rendered("rollout/report.html.j2", _STYLES, _FORECAST_SCRIPTS, view=view)
    if isinstance(card, EncodingCard):
        courses = exhibits if isinstance(exhibits, EncodingExhibits) else None
        view = VisionView(document, card, dataset, command, courses)
        data = None if view.movies is None else data_block(view.movies)
        return rendered("vision/report.html.j2", _VISION_STYLES, _VISION_SCRIPTS, view=view, data=data, polar=polar)
    if isinstance(card, ForecastCard):
        shown = exhibits if isinstance(exhibits, ForecastExhibits) else None
        kind = ForecastView if card.imputation is None else ImputationView
        view = kind(document, card, dataset, command, shown)
        return rendered("forecast/report.html.j2", _STYLES, _FORECAST_SCRIPTS, view=view)
    maps = exhibits if isinstance(exhibits, Exhibits) else None
    view = View(document, card, dataset, command, maps)
    data = None if maps is None else data_block(packed(maps))
    return rendered("report.html.j2", _STYLES, _SCRIPTS, view=view, data=data, views=data_block(view.views))


def write_report(
    path: Path,
    document: Document,
    card: AnyCard,
    dataset: DatasetCard,
    command: str,
    exhibits: AnyExhibits | None = None,
) -> None:
    """Write the page, whole or not at all."""
    write_text(path, render_report(document, card, dataset, command, exhibits))


def rendered(template: str, styles: tuple[str, ...], scripts: tuple[str, ...], **parts: Any) -> str:
    """A template of this room as a page, with its styles and scripts inside it and a policy that allows no others."""
    style, script = joined(styles), f'"use strict";(() => {{\n{joined(scripts)}}})();'
    return (
        _environment()
        .get_template(template)
        .render(style=Markup(style), script=Markup(script), policy=_policy(style, script), **parts)
    )


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.globals.update(
        charts=charts,
        curves=curve_charts,
        lead_charts=lead_charts,
        neuron_charts=neuron_charts,
        rollout_charts=rollout_charts,
        trace_charts=trace_charts,
        wording=wording,
        alpha=ALPHA,
        decisive_draws=DECISIVE_DRAWS,
    )
    return environment


def _policy(style: str, script: str) -> str:
    """What the page may do: show itself with this one style sheet, run this one script, and nothing else."""
    return (
        f"default-src 'none'; script-src {hashed(script)}; style-src {hashed(style)}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )
