"""`braincast board`: who takes part. Hosting, submitting, scoring, moderating."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from braincast.cli import entering
from braincast.cli.options import BoardPath, Data, Force, Json, Offline, Quiet, TaskName
from braincast.cli.serving import audit, token_app
from braincast.cli.session import done, print_json, session
from braincast.errors import EXIT_INPUT

if TYPE_CHECKING:
    from braincast.board.board import Board
    from braincast.board.tasks import Hidden
    from braincast.tasks.kinds import AnyTask

app = typer.Typer(help="Host a benchmark, or take part in one.", no_args_is_help=True, rich_markup_mode=None)

Entries = Annotated[list[int] | None, typer.Argument(metavar="[ENTRY]...", help="Entries by number; all without any.")]


app.add_typer(token_app, name="token")
for _command in (entering.submit, entering.status, entering.withdraw, entering.hide, entering.show):
    app.command(_command.__name__)(_command)
app.command("audit")(audit)


@app.callback()
def boards() -> None:
    """Host a benchmark, or take part in one."""


@app.command("create")
def create(
    board: BoardPath,
    title: Annotated[str, typer.Option("--title", help="What the board is called.")] = "A braincast board",
    about: Annotated[str, typer.Option("--about", help="What it is for, in plain words.")] = "",
    contact: Annotated[str, typer.Option("--contact", help="Where questions reach whoever hosts it.")] = "",
    database: Annotated[
        str, typer.Option("--database", metavar="URL", help="Another database than SQLite in the folder.")
    ] = "",
    files: Annotated[str, typer.Option("--files", metavar="URL", help="Another place for files (fsspec).")] = "",
    tries: Annotated[int, typer.Option("--tries", min=1, help="Tries of an author on each hidden task.")] = 5,
    json_: Json = False,
) -> None:
    """Make an empty board."""
    from braincast.board.board import Board
    from braincast.board.settings import checked

    told = {"title": title, "about": about, "contact": contact, "database": database, "files": files, "tries": tries}
    made = Board.create(board, checked(told, "options"))
    done({"board": str(board), "database": made.database.shown}, f"{board} is a board without tasks", json_)


@app.command("add-task")
def add_task(
    board: BoardPath,
    task: TaskName,
    hidden: Annotated[
        Path | None, typer.Option("--hidden", metavar="TRUTH", help="A truth that nobody else has (.npz).")
    ] = None,
    priority: Annotated[
        int | None, typer.Option("--priority", min=1, max=1000, help="Its place on the front page.")
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why it has that place, in plain words.")] = "",
    data: Data = None,
    json_: Json = False,
    quiet: Quiet = False,
    offline: Offline = False,
) -> None:
    """Ask a task on a board. Its baselines are fitted and queued."""
    from braincast.board.board import Board
    from braincast.tasks.kinds import refuse_encoding
    from braincast.tasks.registry import load_task

    opened = Board.open(board)
    with session(quiet=quiet, offline=offline):
        asked = load_task(task, data=data)
        refuse_encoding(asked.card, "board")
        truth = None if hidden is None else _hidden(asked, hidden)
        entries = ask(opened, asked, data=data, hidden=truth, priority=priority, reason=reason)
    done(
        {"task": task, "task_hash": asked.hash, "truth_hash": truth and truth.hash, "baselines": entries},
        f"{task} is asked on {board}, with {len(entries)} baselines to be scored",
        json_,
    )


@app.command("score")
def score(
    board: BoardPath,
    workers: Annotated[int, typer.Option("--workers", min=1, metavar="N", help="Processes that score.")] = 1,
    stay: Annotated[bool, typer.Option("--stay", help="Wait for more when nothing is left.")] = False,
    with_parent: Annotated[int | None, typer.Option("--with-parent", hidden=True)] = None,
    json_: Json = False,
    quiet: Quiet = False,
) -> None:
    """Score all entries that wait."""
    from braincast.forecasts.submissions.limits import end_with_parent

    if with_parent is not None:  # else workers of a service that was killed would stay, and the next one has its own
        end_with_parent(with_parent)
    from braincast.board.board import Board
    from braincast.board.crew import score_all

    with session(quiet=quiet):
        counts = score_all(Board.open(board), workers, stay=stay)
    told = ", ".join(f"{n} {status}" for status, n in counts.items()) or "nothing waited"
    done({"entries": counts}, told, json_)


@app.command("rescore")
def rescore(board: BoardPath, entries: Entries = None, json_: Json = False) -> None:
    """Queue entries to be scored again. Those named, or all that another version of the scorer scored."""
    from braincast.board.board import Board
    from braincast.board.verifying import rescore as queue_again

    queued = queue_again(Board.open(board), entries or ())
    done({"queued": queued}, f"{len(queued)} entries wait to be scored: braincast board score {board}", json_)


@app.command("verify")
def verify(board: BoardPath, entries: Entries = None, json_: Json = False, quiet: Quiet = False) -> None:
    """Score entries again and compare every bit. From their stored bytes."""
    from braincast.board.board import Board
    from braincast.board.judging import Nursery
    from braincast.board.verifying import scored_entries
    from braincast.board.verifying import verify as verify_entry
    from braincast.progress import step

    opened = Board.open(board)
    numbers = scored_entries(opened, entries or ())
    findings = []
    with session(quiet=quiet), step("verifying", len(numbers)) as advance, Nursery() as nursery:
        for number in numbers:
            findings.append(verify_entry(opened, number, nursery))
            advance(1)
    differing = {finding.entry: list(finding.differs) for finding in findings if finding.differs}
    if json_:
        print_json({"verified": len(findings), "differing": differing, "same": not differing})
    else:
        for number, differs in differing.items():
            typer.echo(f"E809 entry {number}: {', '.join(differs)}", err=True)
        typer.echo(f"{len(findings) - len(differing)} of {len(findings)} entries are the same, bit for bit")
    if differing:
        raise typer.Exit(EXIT_INPUT)


@app.command("export")
def export(
    board: BoardPath,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write the document to a file.")] = None,
    json_: Json = False,
    force: Force = False,
) -> None:
    """All that is public, as one JSON document."""
    from braincast.board.board import Board
    from braincast.board.export import public_document
    from braincast.files import require_free, write_json

    opened = Board.open(board)
    if out is not None:
        opened.require_outside(out)
        require_free(out, force=force, what="export")
    document = public_document(opened)
    if out is not None:
        write_json(out, document)
    if json_ or out is None:
        print_json(document)
    else:
        typer.echo(str(out))


@app.command("backup")
def backup(
    board: BoardPath,
    out: Annotated[Path, typer.Argument(metavar="BACKUP", help="A new folder. Hidden truths are in it.")],
    json_: Json = False,
    force: Force = False,
) -> None:
    """Copy everything to a folder of plain files. The board may go on meanwhile."""
    from braincast.board.backup import backup as write_backup
    from braincast.board.board import Board

    counts = write_backup(Board.open(board), out, force=force)
    done({"backup": str(out), "rows": counts}, f"{counts['entry']} entries are in {out}", json_)


@app.command("restore")
def restore(
    board: Annotated[Path, typer.Argument(metavar="BOARD", help="A new folder.")],
    source: Annotated[Path, typer.Argument(metavar="BACKUP", help="What `board backup` wrote.")],
    database: Annotated[str, typer.Option("--database", metavar="URL", help="An empty database.")] = "",
    files: Annotated[str, typer.Option("--files", metavar="URL", help="A place for files.")] = "",
    json_: Json = False,
) -> None:
    """Make a board of a backup, in whatever database."""
    from braincast.board.backup import restore as read_backup

    read_backup(source, board, database=database, files=files)
    done({"board": str(board)}, f"{board} is as {source} was", json_)


@app.command("migrate")
def migrate(board: BoardPath, json_: Json = False) -> None:
    """Bring a board to this version of braincast. Make a backup before."""
    from braincast.board.board import Board

    opened = Board.open(board, migrated=False)
    before = opened.database.revision()
    opened.database.migrate()
    told = {"before": before, "now": opened.database.revision()}
    done(told, f"{board} was at revision {before}, and is at {told['now']}", json_)


def _hidden(task: AnyTask, path: Path) -> Hidden:
    from braincast.board.judging import check_truth
    from braincast.board.tasks import Hidden

    return Hidden(path, check_truth(task.card, task, path))


def ask(
    board: Board,
    task: AnyTask,
    *,
    data: Path | None = None,
    hidden: Hidden | None = None,
    priority: int | None = None,
    reason: str = "",
) -> list[int]:
    """Ask a task on a board, and fit, pack and queue its baselines; their entries."""
    from dataclasses import asdict
    from tempfile import TemporaryDirectory

    from braincast.board.entries import HOUSE, enter, entered, keep
    from braincast.board.tasks import add_task as add
    from braincast.datasets.registry import dataset_card
    from braincast.experiments.entrants import baselines_of
    from braincast.experiments.exhibited import exhibited
    from braincast.experiments.packed import Plan, pack_models

    card = dataset_card(task.card.dataset)
    dataset = card.model_dump(mode="json") | {"hash": card.hash}
    known = entered(board, task.name, HOUSE, "baseline")
    plans = [Plan(name) for name in baselines_of(task.card) if name not in known]
    entries = list(known.values())
    with TemporaryDirectory() as scratch:
        made = [(packed, keep(board, packed.path)) for packed in pack_models(task, plans, Path(scratch))]

    def enter_baselines(session: Any, row: Any) -> None:
        for packed, kept in made:
            about = {"role": "baseline", "model": packed.model, "cost": asdict(packed.cost)}
            entries.append(enter(session, board, row, kept, author=HOUSE, **about))

    told = {"data": data, "hidden": hidden, "priority": priority, "reason": reason, "then": enter_baselines}
    add(board, task.card, dataset, anatomy=exhibited(task, card, hidden=hidden is not None), **told)
    return entries
