"""The pages of the site, each from a template; and what the templates ask for beside the document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from braincast.reports import charts
from braincast.reports.numbers import decimal, interval, printable, typographic
from braincast.reports.rendering import page_environment
from braincast.reports.site import figures, points, words
from braincast.reports.site.assets import POLICY
from braincast.reports.site.emblem import emblem
from braincast.reports.site.reading import BoardModel, Site
from braincast.reports.site.scorecards import STEPS, Cell, scorecards, sure
from braincast.reports.site.standing import BoardEntry, BoardTask, Document, Place
from braincast.reports.wording import ARMS

_MOST_IN_MATRIX, _MOST_PAIRS, _MOST_TABLES = 12, 300, 6


def pages(site: Site) -> Iterator[tuple[str, str]]:
    """Every page by its place in the site."""
    yield "index.html", front_page(site)
    yield "about.html", _rendered("about.html.j2", site)
    yield "models/index.html", _rendered("models.html.j2", site, root="../", models=site.models, tracks=_tracks(site))
    for task in site.tasks:
        yield f"tasks/{task.page}.html", task_page(site, task)
        if len(task.places) > 1:
            yield f"compare/{task.page}.html", compare_page(site, task)
        if points.has_brain(task):
            yield f"brains/{task.page}.html", brain_page(site, task)
    for model in site.models:
        yield f"models/{model.newest.page}.html", model_page(site, model)


def front_page(site: Site) -> str:
    """What the tasks are and why, who leads each, and how to take part."""
    scored = [entry for entry in site.entries if entry.document]
    people = {entry.author for entry in scored if entry.role != "baseline"}
    return _rendered(
        "front.html.j2",
        site,
        priority=[task for task in site.tasks if task.is_priority],
        others=[task for task in site.tasks if not task.is_priority],
        emblem=emblem(),
        n_models=sum(model.newest.role != "baseline" for model in site.models),
        n_authors=len(people),
        n_scored=len(scored),
    )


def task_page(site: Site, task: BoardTask) -> str:
    """A task: in plain words, its ranking, its scorecards, its curves, and how to take part."""
    known = {entry.id: entry for entry in task.entries}
    floors = [place.entry for place in task.places if place.entry.role == "baseline"]
    first = [] if task.floor is None else [task.floor]
    ordered = [*first, *(entry for entry in floors if entry is not task.floor)]
    return _rendered(
        "task.html.j2",
        site,
        root="../",
        task=task,
        axis=charts.score_axis([place.entry.shown for place in task.places], task.primary.key),
        floors=[entry.score(task.primary.key).value for entry in ordered],
        scorecards=scorecards(task) if task.places else [],
        scale=_scale(),
        drops=[(place.entry, drop) for place in task.places if (drop := _drop(task, place.entry)) is not None],
        nulls=list(_nulls(task)),
        matrix=_matrix(task),
        n_ranked=sum(place.rank is not None for place in task.places),
        history=[(step, known.get(step["entry"])) for step in reversed(task.told["history"] or ())],
        has_traces=bool(task.told["traces"]) and not task.told["hidden"],
        has_brain=points.has_brain(task),
        tries=_tries(task),
        withdrawn=[entry for entry in task.entries if entry.is_withdrawn],
        commands=words.commands(task),
        citations=_texts(task.dataset.get("citation")),
    )


def model_page(site: Site, model: BoardModel) -> str:
    """A model: who made it and how, its results on all tasks, the hashes that they are bound to."""
    rows = []
    for entry in model.entries:
        task = site.task(str(entry.told["task"]))
        places = () if task is None else task.places
        rows.append({"entry": entry, "task": task, "place": next((p for p in places if p.entry.id == entry.id), None)})
    return _rendered("model.html.j2", site, root="../", model=model, rows=rows)


def compare_page(site: Site, task: BoardTask) -> str:
    """Any two entries of a task, side by side."""
    known = {place.entry.id: place.entry for place in task.places}
    pairs = [(known[a], known[b], pair) for (a, b), pair in task.pairs.items() if a in known and b in known]
    return _rendered("compare.html.j2", site, root="../", task=task, pairs=pairs[:_MOST_PAIRS], n_pairs=len(pairs))


def brain_page(site: Site, task: BoardTask) -> str:
    """The neurons of a task in space, coloured by an entry's skill."""
    entries = [place.entry for place in task.places if place.entry.skills is not None]
    tables = [(entry, points.extremes(task, entry)) for entry in entries[:_MOST_TABLES]]
    return _rendered("brain.html.j2", site, root="../", task=task, entries=entries, tables=tables)


def _rendered(template: str, site: Site, root: str = "", **parts: Any) -> str:
    return _environment().get_template(f"site/{template}").render(site=site, root=root, **parts)


@cache
def _environment() -> Environment:
    environment = page_environment()
    environment.filters.update(stamp=_stamp, lines=_lines)
    environment.globals.update(
        charts=charts,
        entry_name=figures.entry_name,
        podium=_podium,
        policy=POLICY,
        rank_text=_rank_text,
        words=words,
    )
    return environment


def _stamp(stamp: object, day_only: bool = False) -> str:
    """`2026-11-27 08:05 UTC`; what is no time is written as it is."""
    text = printable(stamp or "–")
    is_stamp = len(text) >= 16 and text[10] == "T"
    return text[:10] if is_stamp and day_only else f"{text[:10]} {text[11:16]} UTC" if is_stamp else text


def _lines(text: object) -> Markup:
    """Escaped text whose lines stay lines."""
    return Markup("<br>").join(escape(printable(line)) for line in str(text).splitlines())


def _podium(task: BoardTask) -> list[Place]:
    """The first of the ranking and the baseline, best first."""
    ranked = [place for place in task.places if place.rank is not None][:3]
    return [*ranked, *(place for place in task.places if place.entry is task.floor)]


def _rank_text(place: Place) -> str:
    if place.rank is None:
        return "–"
    return str(place.rank[0]) if place.rank[0] == place.rank[1] else f"{place.rank[0]}–{place.rank[1]}"


def _scale() -> list[str]:
    """Where the nine colours begin, from worst to best."""
    steps = [f"{100 * step:g} %" for step in STEPS]
    return [*(f"−{step}" for step in reversed(steps)), "0", *(f"+{step}" for step in steps)]


def _drop(task: BoardTask, entry: BoardEntry) -> Mapping[str, Any] | None:
    """In against out of distribution; from the two groups where the document gives no comparison."""
    drop = entry.document.get("drop")
    if drop:
        return drop
    groups = entry.groups("distribution")
    inside, outside = (groups[key].value if key in groups else None for key in ("in", "out"))
    if inside is None or outside is None:
        return None
    return {"in": inside, "out": outside, "difference": outside - inside, "ci": None}


def _nulls(task: BoardTask) -> Iterator[dict[str, Any]]:
    key = task.primary.key
    for place in task.places:
        for null, told in (place.entry.document.get("nulls") or {}).items():
            pair = told.get("comparison") or {}
            how = sure(pair, task.primary)
            yield {
                "entry": place.entry,
                "null": null,
                "words": ARMS.get(null, ""),
                "own": place.entry.score(key).value,
                "value": (told.get("metrics", {}).get(key) or {}).get("value"),
                "difference": pair.get("difference"),
                "ci": pair.get("ci"),
                "answer": {1: "the own wiring helps", -1: "the own wiring harms"}.get(how, "cannot be told"),
            }


def _matrix(task: BoardTask) -> list[tuple[BoardEntry, list[Cell | None]]]:
    ranked = [place.entry for place in task.places if place.rank is not None][:_MOST_IN_MATRIX]
    if len(ranked) < 2:
        return []
    return [(a, [None if a is b else _pair_cell(task, task.pair(a.id, b.id)) for b in ranked]) for a in ranked]


def _pair_cell(task: BoardTask, pair: Document | None) -> Cell | None:
    if pair is None:
        return None
    how, digits = sure(pair, task.primary), task.primary.digits
    told = f"95 % interval {interval(pair.get('ci'), digits, signed=True)}"
    return Cell(typographic(decimal(pair.get("difference"), digits, signed=True)), 0, how, typographic(told))


def _tracks(site: Site) -> list[str]:
    return sorted({str(model.newest.told["track"]) for model in site.models if model.newest.told["track"]})


def _tries(task: BoardTask) -> list[tuple[str, int]]:
    used = {entry.author: entry.told["tries"] for entry in task.entries if entry.told["tries"] is not None}
    return sorted(used.items())


def _texts(value: Any) -> list[str]:
    """One text or several as a list."""
    return [] if not value else [str(value)] if isinstance(value, str) else [str(each) for each in value]
