"""Options that every command understands in the same way."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from braincast.errors import BraincastError

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output and nothing else.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Offline = Annotated[bool, typer.Option("--offline", help="Use no network; take data from the cache.")]
Force = Annotated[bool, typer.Option("--force", help="Replace an output that exists.")]
Data = Annotated[Path | None, typer.Option("--data", help="A local copy of the data, or a folder with it.")]
Out = Annotated[Path | None, typer.Option("--out", help="Where to write; a new place in the cache without it.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="Seed of everything random.")]
Sets = Annotated[list[str] | None, typer.Option("--set", metavar="K=V", help="Fix a setting of the model.")]
Track = Annotated[
    str, typer.Option("--track", metavar="open|no-stimulus", help="Whether models are told what is shown.")
]
BoardPath = Annotated[Path, typer.Argument(metavar="BOARD", help="The board's folder.")]
TaskName = Annotated[str, typer.Argument(metavar="TASK", help="A task's name (braincast list tasks).")]


_EVERYWHERE = {
    name: Annotated[bool, typer.Option(f"--{name}", *letters, hidden=True)]
    for name, letters in {"quiet": ["-q"], "offline": [], "force": []}.items()
}


def understood_everywhere(app: typer.Typer) -> None:
    """Let each command take --quiet, --offline and --force, also one that shows, fetches and replaces nothing."""
    for group in app.registered_groups:
        understood_everywhere(group.typer_instance or app)
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = _understanding(command.callback)


def _understanding(command: Callable[..., Any]) -> Callable[..., Any]:
    told = inspect.signature(command, eval_str=True)
    added = {name: kind for name, kind in _EVERYWHERE.items() if name not in told.parameters}

    @wraps(command)
    def called(**given: Any) -> Any:
        return command(**{name: value for name, value in given.items() if name not in added})

    more = [inspect.Parameter(n, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=k) for n, k in added.items()]
    called.__signature__ = told.replace(parameters=[*told.parameters.values(), *more])  # pyright: ignore[reportAttributeAccessIssue]
    return called


def parsed_settings(settings: Sequence[str]) -> dict[str, Any]:
    """`k=v` pairs of --set."""
    return {key: parsed_value(text) for key, text in (_pair("--set", each, "penalty=10") for each in settings)}


def parsed_pairs(option: str, pairs: Sequence[str], example: str) -> dict[str, str]:
    """`k=text` pairs of an option, each key once."""
    parsed: dict[str, str] = {}
    for pair in pairs:
        key, text = _pair(option, pair, example)
        if key in parsed:
            raise BraincastError("E305", option, f"{key!r} is given twice", "Give it once")
        parsed[key] = text
    return parsed


def task_track(text: str) -> Literal["open", "no-stimulus"]:
    """The track that --track names; E305 for another word."""
    if text in ("open", "no-stimulus"):
        return text
    raise BraincastError("E305", "--track", f"there is no track {text!r}", "Choose open or no-stimulus")


def parsed_value(text: str) -> Any:
    """JSON where it can be (numbers, true, false), else text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # no JSON, a number of thousands of digits, or too deep
        return text


def _pair(option: str, pair: str, example: str) -> tuple[str, str]:
    key, equals, text = pair.partition("=")
    if not key or not equals:
        raise BraincastError("E305", option, f"{pair!r} is not of the form K=V", f"Write for example {example}")
    return key, text
