"""The site of a board as a folder: a pure function of its export document, whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from braincast.files import new_folder, write_bytes, write_text
from braincast.reports.site import figures, points
from braincast.reports.site.assets import PLOTLY, assets, plotly_script
from braincast.reports.site.feeds import json_feed, rss_feed
from braincast.reports.site.pages import pages
from braincast.reports.site.reading import Site, read_site
from braincast.reports.site.standing import BoardTask


def build_site(document: Any, out: Path, *, force: bool = False) -> None:
    """Write the site of an export document into a new folder; the same document gives the same bytes.

    What is no export document is E403; an existing `out` is E501 unless `force`.
    """
    site, charting = read_site(document), plotly_script()
    with new_folder(out, force=force, what="site") as folder:
        for name, text in _files(site):
            write_text(folder / name, text)
        write_bytes(folder / "assets" / PLOTLY, charting.read_bytes())


def _files(site: Site) -> Iterator[tuple[str, str]]:
    for name, text in assets().items():
        yield f"assets/{name}", text
    yield from pages(site)
    yield "board.json", figures.plain_json(site.told)
    yield "feed.json", figures.plain_json(json_feed(site))
    yield "feed.xml", rss_feed(site)
    for task in site.tasks:
        yield from _data_of(task)


def _data_of(task: BoardTask) -> Iterator[tuple[str, str]]:
    """A task as JSON for people, and as script files for the pages that show it."""
    shown = [entry.told for entry in task.entries]
    yield f"data/task-{task.page}.json", figures.plain_json({"task": task.told, "entries": shown})
    yield f"data/task-{task.page}.js", figures.script_data("task", figures.task_data(task))
    if len(task.places) > 1:
        yield f"data/compare-{task.page}.js", figures.script_data("compare", figures.comparison_data(task))
    if points.has_brain(task):
        yield f"data/places-{task.page}.js", figures.script_data("places", points.places_data(task))
    for place in task.places:
        if place.entry.skills is not None:
            name = f"skill-{place.entry.id}"
            yield f"data/{name}.js", figures.script_data(name, points.skill_data(place.entry))
