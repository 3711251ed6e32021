"""The command `braincast`. Commands load what they need when they run, so that help is quick."""

from __future__ import annotations

from typing import Annotated

import typer

from braincast.cli import (
    assess,
    boarding,
    catalogue,
    climbing,
    data,
    doctor,
    example_board,
    fitting,
    probing,
    publishing,
    run,
    serving,
    simulating,
    submitting,
    sweeping,
    tasks,
)
from braincast.cli.options import understood_everywhere
from braincast.version import VERSION

app = typer.Typer(
    name="braincast",
    help="How well can a model predict the activity of a brain, and does knowing its wiring help?",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


@app.callback()
def braincast(
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=lambda asked: _show_version(asked), help="Say which.")
    ] = False,
) -> None:
    """How well can a model predict the activity of a brain, and does knowing its wiring help?"""


app.command("run")(run.run)
app.command("list")(catalogue.list_)
app.command("show")(catalogue.show)
app.add_typer(data.app, name="data")
app.add_typer(tasks.app, name="task")
app.command("fit")(fitting.fit)
app.command("sweep")(sweeping.sweep)
app.command("ladder")(climbing.ladder)
app.command("forecast")(fitting.forecast)
app.command("probe")(probing.probe)
app.add_typer(simulating.app, name="simulate")
app.command("score")(assess.score)
app.command("compare")(assess.compare)
app.add_typer(submitting.app, name="submit")
app.command("validate")(submitting.validate)
boarding.app.command("example")(example_board.example)
app.add_typer(publishing.site_app, name="site")
app.add_typer(boarding.app, name="board")
app.command("serve")(serving.serve)
app.command("cite")(catalogue.cite)
app.command("doctor")(doctor.doctor)
understood_everywhere(app)


def _show_version(asked: bool) -> bool:
    if asked:
        typer.echo(f"braincast {VERSION}")
        raise typer.Exit
    return asked
