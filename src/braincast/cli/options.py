"""Options that every command understands in the same way."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network; take data from the cache.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an output that exists.")]
Data = Annotated[Path | None, typer.Option("--data", help="A local copy of the data, or a folder with it.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; a new place in the cache without it.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="K=V", help="Fix a setting of the model.")]
TaskName = Annotated[str, typer.Argument(metavar="TASK", help="A task's name (braincast list tasks).")]
