"""All that is public of a board, as one document of plain data: what the site, the service and scripts show."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from braincast.board.audit import UNSEEN
from braincast.board.board import Board
from braincast.board.entries import tries_used
from braincast.board.judging import SCORER
from braincast.board.judging.rounding import rounded, rounded_pair
from braincast.board.judging.samples import samples_in
from braincast.board.schema import AuditRow, EntryRow, TaskRow
from braincast.board.storage import samples_name
from braincast.scoring.metrics import load_metric
from braincast.scoring.standing import FEWEST_SEEDS, Standing, standing
from braincast.tasks.kinds import AnyCard, card_of_json
from braincast.version import VERSION

FORMAT = 1
_TRACED = 3  # entries whose traces are shown


def public_document(board: Board) -> dict[str, Any]:
    """The export document. Hidden tasks are in it with rounded figures and nothing by case or neuron."""
    with board.reading() as session:
        tasks = session.scalars(select(TaskRow).order_by(TaskRow.priority.is_(None), TaskRow.priority, TaskRow.name))
        shown = [_task(board, session, row) for row in tasks]
        return {
            "format": FORMAT,
            "board": _about(board, session),
            "tasks": [task for task, _ in shown],
            "entries": sorted((entry for _, entries in shown for entry in entries), key=lambda entry: entry["id"]),
        }


def state(board: Board) -> str:
    """Changes whenever the public document may have."""
    with board.reading() as session:
        last = session.scalar(select(func.max(AuditRow.id)).where(AuditRow.action.not_in(UNSEEN)))
    return f"{SCORER}.{VERSION}.{last or 0}"


def _about(board: Board, session: Session) -> dict[str, Any]:
    settings = board.settings
    newest = session.scalar(select(func.max(AuditRow.at)).where(AuditRow.action.in_(("add-task", "submit", "score"))))
    return {
        "title": settings.title,
        "about": settings.about,
        "contact": settings.contact,
        "tries": settings.tries,
        "scorer": SCORER,
        "braincast": VERSION,
        "generated": newest,
    }


def _task(board: Board, session: Session, row: TaskRow) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """A task with its standing, and its entries."""
    card = card_of_json(row.card)
    statuses = ("scored", "scoring", "queued")  # also what is scored anew
    public = (EntryRow.task_id == row.id, EntryRow.visibility != "hidden", EntryRow.status.in_(statuses))
    chosen = select(EntryRow).where(*public).order_by(EntryRow.id).options(selectinload(EntryRow.scores))
    found = session.scalars(chosen).all()
    entries = [entry for entry in found if entry.scores or entry.visibility == "withdrawn"]
    told = [_entry(session, entry) for entry in entries]
    scored = [entry for entry in entries if entry.visibility == "shown" and entry.scores]
    ranking = _standing(board, row, card, scored)
    return {**_declared(row, card), **ranking, "traces": _traces(row, scored, ranking["standing"])}, told


def _declared(row: TaskRow, card: AnyCard) -> dict[str, Any]:
    """What is asked, on what data, by which rules."""
    dataset, anatomy = json.loads(row.dataset), json.loads(row.anatomy or "{}")
    metrics = [load_metric(key) for key in card.metric_keys]
    return {
        "name": row.name,
        "version": card.version,
        "hash": row.hash,
        "title": card.title,
        "question": card.question,
        "kind": card.kind,
        "priority": row.priority,
        "reason": row.reason,
        "hidden": row.hidden,
        "truth_hash": row.truth_hash,
        "added_at": row.added_at,
        "dataset": dataset,
        "wiring": None if card.whose_wiring == "none" else card.whose_wiring,
        "card": {key: value for key, value in card.to_show().items() if key != "cases"},
        "primary": card.primary,
        "metrics": [
            {
                "key": metric.key,
                "title": metric.title,
                "larger_is_better": metric.larger_is_better,
                "perfect": metric.perfect,
                "aim": metric.aim,
                "source": metric.source,
            }
            for metric in metrics
        ],
        "leads": list(card.leads),
        "lead_s": list(card.lead_s) or None,
        "unit": card.unit,
        "baseline": card.baseline,
        "baselines": list(card.baselines),
        "nulls": list(card.nulls),
        "tracks": list(_tracks(card)),
        "noise_floor": list(getattr(card, "noise_floor", ())) or None,
        "n_cases": len(card.cases),
        "n_neurons": len(card.neurons),
        "animals": card.n_animals,
        "neurons": list(card.neurons),
        "regions": anatomy.get("regions"),
        "positions_um": anatomy.get("positions_um"),
    }


def _traces(row: TaskRow, scored: Sequence[EntryRow], order: Sequence[Mapping[str, Any]]) -> dict[str, Any] | None:
    """What a few neurons did, and forecasts of the best entries; None where data may not be shown, or are hidden."""
    shown = json.loads(row.anatomy or "{}").get("traces")
    if shown is None or row.hidden:
        return None
    by_number = {entry.id: entry for entry in scored}
    best = [by_number[place["entry"]] for place in order[:_TRACED]]
    made = {f"{entry.model} (entry {entry.id})": _document(entry).get("traces") for entry in best}
    return {**shown, "forecasts": {name: values for name, values in made.items() if values is not None}}


def _tracks(card: AnyCard) -> tuple[str, ...]:
    from braincast.forecasts.expected import expected_of

    return expected_of(card).tracks


def _standing(board: Board, row: TaskRow, card: AnyCard, scored: Sequence[EntryRow]) -> dict[str, Any]:
    """Who is where, best first; who differs from whom; how the best score came about."""
    samples = {entry.id: _samples(board, entry) for entry in scored}
    why = {entry.id: _why_unranked(entry, samples[entry.id][card.primary]) for entry in scored}
    found = standing(card, samples, ranked=[number for number, reason in why.items() if reason is None])
    pairs = [rounded_pair(pair) if row.hidden else pair for pair in found.comparisons]
    ranks = [{"entry": number, "rank": _rank(found, number), "why": why[number]} for number in found.order]
    return {"standing": ranks, "comparisons": pairs, "history": _history(row, card, scored, why)}


def _rank(found: Standing, number: int) -> list[int] | None:
    return list(found.ranks[number]) if number in found.ranks else None


def _why_unranked(entry: EntryRow, samples: np.ndarray) -> str | None:
    if entry.role == "baseline":
        return "a baseline"
    return None if len(samples) >= FEWEST_SEEDS else f"fewer than {FEWEST_SEEDS} seeds"


def _samples(board: Board, entry: EntryRow) -> dict[str, np.ndarray]:
    """Resampled values of each seed, by metric."""
    score = entry.scores[-1]
    with board.files.get(samples_name(entry.id, score.binding)) as path:
        return samples_in(path.read_bytes())


def _history(
    row: TaskRow, card: AnyCard, scored: Sequence[EntryRow], why: Mapping[int, str | None]
) -> list[dict[str, Any]]:
    """Each time a ranked entry was better than all before it; as the figures are shown."""
    larger, best, steps = load_metric(card.primary).larger_is_better, None, []
    for entry in sorted(scored, key=lambda entry: (entry.submitted_at, entry.id)):
        value = _score(row, entry)["metrics"][card.primary]["value"]
        if why[entry.id] is not None or value is None:
            continue
        if best is None or (value > best if larger else value < best):
            best = value
            steps.append({"at": entry.submitted_at, "entry": entry.id, "value": value})
    return steps


def _score(row: TaskRow, entry: EntryRow) -> dict[str, Any]:
    document = {key: value for key, value in _document(entry).items() if key != "traces"}
    return rounded(document) if row.hidden else document


def _document(entry: EntryRow) -> dict[str, Any]:
    return json.loads(entry.scores[-1].document)


def _entry(session: Session, entry: EntryRow) -> dict[str, Any]:
    task = entry.task
    brief = {
        "id": entry.id,
        "task": task.name,
        "model": entry.model,
        "role": entry.role,
        "submitted_at": entry.submitted_at,
        "status": entry.status,
        "visibility": entry.visibility,
    }
    if entry.visibility == "withdrawn":
        return brief
    score, declared = entry.scores[-1], json.loads(entry.declaration or "{}")
    compute = declared.get("compute", {})
    hashes = {"forecast_hash": score.forecast_hash, "submission_hash": entry.submission_hash}
    told = ("authors", "contact", "links", "licence", "description", "training_data", "track", "seeds", "parameters")
    return {
        **brief,
        "author": entry.author.name,
        **{key: declared.get(key) for key in (*told, "packages", "nulls")},
        "hardware": compute.get("hardware"),
        "hours": compute.get("hours"),
        "scored_at": score.scored_at,
        "task_hash": score.task_hash,
        # Hashes of forecasts would tell hidden cases apart by their order.
        **(dict.fromkeys(hashes) if task.hidden else hashes),
        "scorer": score.scorer,
        "tries": tries_used(session, task, entry.author) if task.hidden else None,
        "cost": json.loads(entry.cost) if entry.cost else None,
        "score": _score(task, entry),
    }
