"""`braincast list`, `show` and `cite`: what there is; no data needed."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from braincast.cli.options import Json, Offline, Quiet
from braincast.cli.session import console, print_json
from braincast.errors import BraincastError


class Kinds(StrEnum):
    """What can be listed."""

    datasets = "datasets"
    tasks = "tasks"
    models = "models"
    metrics = "metrics"


class Kind(StrEnum):
    """What can be shown."""

    dataset = "dataset"
    task = "task"
    model = "model"
    metric = "metric"


def list_(
    what: Annotated[Kinds, typer.Argument(help="datasets, tasks, models or metrics.")],
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """List datasets, tasks, models or metrics."""
    entries = _LISTS[what]()
    if json_:
        print_json({what.value: entries})
        return
    from braincast.reports.terminal import show_table

    rows = [tuple(str(value) for value in entry.values()) for entry in entries]
    show_table(what.value.capitalize(), tuple(entries[0]) if entries else ("name",), rows, console())


def show(
    what: Annotated[Kind, typer.Argument(help="dataset, task, model or metric.")],
    name: Annotated[str, typer.Argument(help="Its name.")],
    extent: Annotated[int | None, typer.Option(help="Also count an eye of so many columns about its centre.")] = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Show the card of a dataset, task, model or metric."""
    card = _CARDS[what](name) | _counts(what, name, extent, offline)
    if json_:
        print_json(card)
        return
    from braincast.reports.terminal import show_table

    rows = [(key.replace("_", " "), _shortened(value)) for key, value in card.items()]
    show_table(f"{what.value} {name}", ("", ""), rows, console())


def cite(
    dataset: Annotated[str, typer.Argument(help="A dataset's name.")],
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Print whom to cite for a dataset, as BibTeX."""
    from braincast.datasets.registry import dataset_card

    card = dataset_card(dataset)
    if json_:
        print_json({"dataset": card.name, "citation": list(card.citation), "bibtex": card.bibtex()})
    else:
        typer.echo(card.bibtex())


def _datasets() -> list[dict[str, Any]]:
    from braincast.datasets.registry import dataset_card, dataset_names

    cards = [dataset_card(name) for name in dataset_names()]
    return [{"name": c.name, "title": c.title, "species": c.species, "redistribute": c.redistribute} for c in cards]


def _tasks() -> list[dict[str, Any]]:
    from braincast.tasks.registry import task_card, task_names

    cards = [task_card(name) for name in task_names()]
    return [{"name": c.name, "kind": c.kind, "cases": len(c.cases), "title": c.title} for c in cards]


def _models() -> list[dict[str, Any]]:
    from braincast.models.registry import load_model, model_names

    cards = [load_model(name).card for name in model_names()]
    return [
        {"name": c.name, "kinds": ", ".join(c.kinds), "uses": ", ".join(c.uses), "summary": c.summary} for c in cards
    ]


def _metrics() -> list[dict[str, Any]]:
    from braincast.scoring.metrics import load_metric, metric_names

    metrics = [load_metric(key) for key in metric_names()]
    return [{"name": m.key, "title": m.title, "perfect": m.perfect, "source": m.source} for m in metrics]


def _dataset(name: str) -> dict[str, Any]:
    from braincast.datasets.registry import dataset_card

    card = dataset_card(name)
    return {**card.model_dump(mode="json"), "hash": card.hash}


def _counts(what: Kind, name: str, extent: int | None, offline: bool) -> dict[str, Any]:
    """What only the data tell, which are fetched for it."""
    if extent is None:
        return {}
    if what is not Kind.dataset:
        raise BraincastError("E305", "--extent", f"a {what.value} has no extent", "Leave --extent out")
    from braincast.datasets.registry import counts_at

    return counts_at(name, extent, offline=offline or None)


def _task(name: str) -> dict[str, Any]:
    from braincast.tasks.effects import asked

    return asked(name).to_show()


def _model(name: str) -> dict[str, Any]:
    from braincast.experiments.sweeps.space import own_space
    from braincast.models.registry import load_model

    model = load_model(name)
    card = model.card
    return {
        "name": card.name,
        "summary": card.summary,
        "kinds": list(card.kinds),
        "answers": list(card.answers),
        "uses": list(card.uses),
        "settings": {key: setting.summary for key, setting in card.settings.items()},
        "candidates": [dict(candidate) for candidate in model.candidates],
        "sweep": {key: str(swept) for key, swept in own_space(model).items()},
        "citation": card.citation,
        "caveat": card.caveat,
        "stochastic": card.stochastic,
    }


def _metric(name: str) -> dict[str, Any]:
    from braincast.scoring.metrics import load_metric

    metric = load_metric(name)
    function = metric.of_sums or metric.of_ranks or metric.of_rollouts or metric.of_neurons or metric.of_types
    summary = " ".join((function.__doc__ or "").split()) if function else ""
    entry = {"name": metric.key, "title": metric.title, "summary": summary, "perfect": metric.perfect}
    return {**entry, "source": metric.source, "statistics": list(metric.statistics)}


_LISTS = {Kinds.datasets: _datasets, Kinds.tasks: _tasks, Kinds.models: _models, Kinds.metrics: _metrics}
_CARDS = {Kind.dataset: _dataset, Kind.task: _task, Kind.model: _model, Kind.metric: _metric}


def _shortened(value: Any) -> str:
    """Long lists are counted; --json has them whole."""
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_shortened(inner)}" for key, inner in value.items())
    if not isinstance(value, list):
        return str(value)
    if len(value) > 12:
        return f"{len(value)} entries (--json lists them)"
    return "; ".join(_shortened(entry) for entry in value)
