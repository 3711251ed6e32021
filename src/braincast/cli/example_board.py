"""`braincast board example`: a board with the models of the zoo on all tasks that can be asked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli.options import BoardPath, Data, Json, Offline, Quiet
from braincast.cli.session import print_json, session
from braincast.errors import BraincastError, unknown_name

if TYPE_CHECKING:
    from braincast.board.board import Board
    from braincast.experiments.packed import Plan
    from braincast.tasks.kinds import AnyCard


@dataclass(frozen=True)
class Asked:
    """A task of the example board, and why it has its place on the front page."""

    task: str
    reason: str
    is_brought: bool = False


# Only what may be passed on: a forecast can hold what was measured (persistence repeats it), and a board keeps
# forecasts. The worm's atlas is asked for probabilities, which repeat nothing.
TASKS = (
    Asked(
        "worm-perturbation",
        "The one animal whose wiring is known and whose neurons were stimulated one by one: does the wiring tell who "
        "answers?",
    ),
    Asked("worm-forecast", "A whole brain at work in a moving animal, a few seconds ahead.", True),
    Asked("zebrafish-regions", "A vertebrate's whole brain that is shown things: what will its regions do?", True),
    Asked("worm-imputation", "What do neurons do that the microscope missed, told by the others?", True),
    Asked("worm-rollout", "A model that runs on by itself: does it have the brain's climate?", True),
    Asked("synthetic-linear", "A made-up brain whose noise floor is known: does a model reach it?"),
    Asked("synthetic-chaos", "A made-up brain that cannot be told far ahead: how far does a model get?"),
    Asked("lorenz63-rollout", "Chaotic convection, known for sixty years: the climate of three equations."),
    Asked("lorenz96-rollout", "A chaotic ring with wiring that is known exactly."),
)
SEEDS = 3
DRAWS = 3
# Seconds of a fit, as the model's card says; slower models would make the command last longer than a coffee.
_QUICK_S, _QUICK_STOCHASTIC_S = 3.0, 7.0


def example(
    board: BoardPath,
    tasks: Annotated[str | None, typer.Option("--tasks", metavar="A,B", help="Some tasks instead of all.")] = None,
    models: Annotated[
        str | None, typer.Option("--models", metavar="A,B", help="Models instead of all that are quick to fit.")
    ] = None,
    site: Annotated[Path | None, typer.Option("--site", metavar="SITE", help="Build the site here, too.")] = None,
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Make a board of the zoo. On all tasks that can be asked here; scored, with its site.

    Tasks whose data must be brought are asked with --data. The same command goes on with a board that was begun.
    """
    from braincast.board.board import Board
    from braincast.board.crew import score_all
    from braincast.board.settings import Settings
    from braincast.cli.run import n_cores

    chosen = _chosen(tasks, data)
    with session(quiet=quiet, offline=offline):
        about = "Models of the braincast zoo, as they come. Made by one command: braincast board example."
        settings = Settings(title="The braincast example board", about=about)
        opened = Board.open(board) if board.exists() else Board.create(board, settings)
        entries = sum(len(_enter(opened, asked, place, models, data)) for place, asked in enumerate(chosen, 1))
        counts = score_all(opened, n_cores())
        if site is not None:
            _build(opened, site)
    document = {"board": str(board), "tasks": [asked.task for asked in chosen], "entries": entries, "scored": counts}
    if json_:
        print_json({**document, "files": {"site": site and str(site)}})
    else:
        typer.echo(f"{board}: {entries} entries on {len(chosen)} tasks. Look at it: braincast serve {board}")


def _build(board: Board, site: Path) -> None:
    from braincast.board.export import public_document
    from braincast.reports.site.build import build_site

    build_site(public_document(board), site, force=True)


def _chosen(tasks: str | None, data: Path | None) -> list[Asked]:
    by_name = {asked.task: asked for asked in TASKS}
    if tasks is None:
        return [asked for asked in TASKS if data is not None or not asked.is_brought]
    for name in tasks.split(","):
        if name not in by_name:
            raise unknown_name("E302", "task of the example board", name, by_name)
        if by_name[name].is_brought and data is None:
            raise BraincastError("E405", f"task {name}", "its data must be brought", "Give their folder: --data PATH")
    return [by_name[name] for name in tasks.split(",")]


def _enter(board: Board, asked: Asked, place: int, models: str | None, data: Path | None) -> list[int]:
    """Ask a task, and submit what is not there yet; the entries."""
    from braincast.board.entries import HOUSE, entered, receive
    from braincast.cli.boarding import ask
    from braincast.cli.run import n_cores
    from braincast.experiments.packed import pack_models
    from braincast.tasks.registry import load_task

    own = data if asked.is_brought else None
    task = load_task(asked.task, data=own)
    entries = ask(board, task, data=own, priority=place, reason=asked.reason)
    known = entered(board, asked.task, HOUSE)
    plans = [plan for plan in _plans(task.card, models) if plan.model not in known]
    with TemporaryDirectory() as scratch:
        for packed in pack_models(task, plans, Path(scratch), n_cores()):
            told: dict[str, Any] = {"author": HOUSE, "model": packed.model, "cost": asdict(packed.cost)}
            entries.append(receive(board, asked.task, packed.path, **told))
    return entries


def _plans(card: AnyCard, models: str | None) -> list[Plan]:
    """The models that answer a task, with three seeds each; those that look at the wiring with draws of its nulls."""
    from braincast.experiments.entrants import wanted_models
    from braincast.experiments.packed import Plan
    from braincast.models.registry import load_model

    named: Sequence[str] = [] if models is None else models.split(",")
    plans = []
    for name in wanted_models(card, "all"):
        model = load_model(name).card
        limit_s = _QUICK_STOCHASTIC_S if model.stochastic else _QUICK_S
        if name in card.baselines or (name not in named if named else model.typical_fit_s > limit_s):
            continue
        wired = "connectome" in model.uses and card.nulls
        nulls = dict.fromkeys(card.decisive_nulls, DRAWS) if wired else {}
        plans.append(Plan(name, SEEDS, nulls))
    return plans
