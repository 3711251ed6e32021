"""`braincast probe`: experiments on a fitted model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import Data, Force, Json, Offline, Out, Quiet, Seed
from braincast.cli.session import print_json, session
from braincast.errors import BraincastError, unknown_name

if TYPE_CHECKING:
    from braincast.experiments.probes.chosen import Neurons
    from braincast.experiments.probes.finding import Finding
    from braincast.experiments.probes.subject import Subject

# What each probe can be told beside the seed.
_TAKES: Mapping[str, frozenset[str]] = {
    "lesion": frozenset({"neuron", "type", "states", "draws", "refits"}),
    "stimulate": frozenset({"neuron", "type", "size", "leads", "states", "draws", "refits"}),
    "attribute": frozenset({"neuron", "states", "draws", "refits"}),
    "jacobian": frozenset({"frames", "states", "draws", "refits"}),
    "dimension": frozenset({"leads", "states", "draws"}),
}
_STATES, _REFITS, _SHOWN = 100, 5, 5


def probe(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A folder made by braincast fit.")],
    kind: Annotated[str, typer.Argument(metavar="lesion|stimulate|attribute|jacobian|dimension", help="What is done.")],
    neuron: Annotated[
        str | None, typer.Option("--neuron", metavar="A,B", help="Silence, push or explain these neurons.")
    ] = None,
    type_: Annotated[
        str | None, typer.Option("--type", metavar="T", help="Silence or push all neurons of a type, class or region.")
    ] = None,
    size: Annotated[float | None, typer.Option("--size", help="Of a push, in standard deviations (1).")] = None,
    leads: Annotated[
        int | None, typer.Option("--leads", min=1, help="Frames ahead; past the horizon on the model's own output.")
    ] = None,
    frames: Annotated[
        int | None, typer.Option("--frames", min=1, help="How many last frames of the context a Jacobian is of (1).")
    ] = None,
    states: Annotated[
        int | None, typer.Option("--states", min=2, help="Validation windows asked about (100 of each fold).")
    ] = None,
    draws: Annotated[int | None, typer.Option("--draws", min=1, help="Draws of the null (99, of wirings 999).")] = None,
    refits: Annotated[
        int | None, typer.Option("--refits", min=0, help="Refits to unrelated neurons (5; 0 for trained networks).")
    ] = None,
    seed: Seed = 0,
    out: Out = None,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
    force: Force = False,
) -> None:
    """Push, silence or shuffle neurons of a fitted model. Or take its map apart; each beside a null."""
    from braincast.experiments.probes.subject import Subject
    from braincast.files import require_free
    from braincast.tasks.registry import load_task
    from braincast.training.checkpoint import load_fit, read_fit_record

    given = {"neuron": neuron, "type": type_, "size": size, "leads": leads, "frames": frames, "states": states}
    asked = _taken(kind, {**given, "draws": draws, "refits": refits})
    record = read_fit_record(run)
    path = out or run.with_name(f"{run.name}-{kind}")
    require_free(path, force=force, what="probe")
    with session(quiet=quiet, offline=offline):
        task = load_task(record["task"], data=data, track=record.get("track", "open"))
        n_states = asked.pop("states", None if kind == "dimension" else _STATES)
        subject = Subject(load_fit(run, task), n_states=n_states)
        document = _write(_carried_out(kind, subject, asked, seed), path, force=force)
    if json_:
        print_json(document)
    else:
        _show(document, path)


def _taken(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given; E305 for an unknown probe or what it knows nothing of."""
    if kind not in _TAKES:
        raise unknown_name("E305", "probe", kind, _TAKES)
    asked = {name: value for name, value in given.items() if value is not None}
    for name in asked:
        if name not in _TAKES[kind]:
            known = ", ".join(f"--{each}" for each in sorted(_TAKES[kind]))
            raise BraincastError("E305", f"--{name}", f"{kind} knows nothing of it", f"It takes {known}")
    return asked


def _carried_out(kind: str, subject: Subject, asked: dict[str, Any], seed: int) -> Finding:
    from braincast.experiments.probes.attribute import probe_attribute
    from braincast.experiments.probes.dimension import probe_dimension
    from braincast.experiments.probes.jacobian import probe_jacobian
    from braincast.experiments.probes.lesion import probe_lesion
    from braincast.experiments.probes.stimulate import probe_stimulate

    renamed = {"draws": "n_draws", "leads": "n_leads", "frames": "n_frames", "refits": "n_refits", "size": "size"}
    how = {renamed[name]: value for name, value in asked.items() if name in renamed} | {"seed": seed}
    if "refits" in _TAKES[kind]:
        how.setdefault("n_refits", _usual_refits(subject))
    if kind == "jacobian":
        return probe_jacobian(subject, **how)
    if kind == "dimension":
        return probe_dimension(subject, **how)
    if kind == "attribute":
        return probe_attribute(subject, _target(subject, asked.get("neuron")), **how)
    chosen = _chosen(kind, subject, asked)
    return probe_lesion(subject, chosen, **how) if kind == "lesion" else probe_stimulate(subject, chosen, **how)


def _chosen(kind: str, subject: Subject, asked: Mapping[str, Any]) -> Neurons:
    from braincast.experiments.probes.chosen import named, of_type

    if ("neuron" in asked) == ("type" in asked):
        what, fix = f"{kind} needs to be told of which neurons", "Give either --neuron A,B or --type T"
        raise BraincastError("E305", "--neuron", what, fix)
    return (
        named(subject.task, _names(subject, asked["neuron"]))
        if "neuron" in asked
        else of_type(subject.task, asked["type"])
    )


def _target(subject: Subject, text: str | None) -> int | None:
    from braincast.experiments.probes.chosen import named

    if text is None:
        return None
    found = named(subject.task, _names(subject, text))
    if len(found) > 1:
        raise BraincastError("E305", "--neuron", "attribute explains one neuron at a time", "Name one, or none for all")
    return int(found[0])


def _names(subject: Subject, text: str) -> list[str]:
    """Names between commas, or one name that has commas in it."""
    return [text] if text in subject.neurons else [name.strip() for name in text.split(",") if name.strip()]


def _usual_refits(subject: Subject) -> int:
    """A few of a model in closed form; none of one that is trained, which may take hours."""
    from braincast.models.interface import Learner
    from braincast.models.registry import load_model

    return 0 if isinstance(load_model(subject.fitted.model), Learner) else _REFITS


def _write(finding: Finding, path: Path, *, force: bool) -> dict[str, Any]:
    """The folder of a probe, complete or not at all; its document comes back."""
    from braincast.files import new_folder, write_json, write_text
    from braincast.reports.probe_figure import probe_figure

    names = {"probe": "probe.json", "effects": "effects.csv", "figure": "figure.svg"}
    document = {**finding.to_dict(), "files": {kind: str(path / name) for kind, name in names.items()}}
    with new_folder(path, force=force, what="probe") as folder:
        write_text(folder / names["effects"], finding.effects.to_csv(index=False))
        write_text(folder / names["figure"], probe_figure(finding))
        write_json(folder / names["probe"], document)
    return document


def _show(document: Mapping[str, Any], path: Path) -> None:
    from braincast.reports.numbers import decimal, p_value

    null = document["null"]
    beside = f"p {p_value(document['p'])} against {null['draws']} draws of {null['kind']}"
    if (document.get("agreement") or {}).get("told") and document["p"] is None:
        beside = "it was told the wiring, so that following it is no evidence"
    elif document["p"] is None:
        beside = "nothing to compare the whole with"
    pairs = document.get("significant_pairs")
    beside = beside if pairs is None else f"{beside}; {pairs} pairs with q ≤ 0.05"
    typer.echo(f"{document['probe']} of {document['model']} on {document['task']}: {beside}")
    shown = document["effects"][:_SHOWN]
    keys = [key for key in next(iter(shown), ()) if key in ("of", "pre", "post", "lead", "component")]
    if shown:
        typer.echo(f"  {'  '.join(keys)}  effect")
    for row in shown:
        typer.echo(f"  {'  '.join(str(row[key]) for key in keys)}  {decimal(row['effect'], 4)}")
    typer.echo(f"{path}")
