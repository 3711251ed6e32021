"""The page of the command line, made from the commands themselves, so that it can't go stale."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from enum import Enum
from typing import Any, get_args, get_type_hints

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_OPENING = """# The command line

`braincast COMMAND --help` says the same. Every command takes `--json` (one document on standard output and nothing
else), `--quiet` and `--offline`. Exit codes: 0 done, 2 bad usage, 3 bad input, 4 interrupted but resumable; errors
have [codes](errors.md).
"""


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds reference/commands.md."""
    files.append(File.generated(config, "reference/commands.md", content=page()))
    return files


def page() -> str:
    """All commands with their arguments and options."""
    from braincast.cli.main import app

    return "\n".join([_OPENING, *(_section(name, command) for name, command in commands(typer.main.get_command(app)))])


def commands(command: Any, name: str = "braincast") -> Iterator[tuple[str, Any]]:
    """Every command under this one that does something, with its whole name."""
    before = "".join(f" {_metavar(one)}" for one in command.params if one.param_type_name == "argument")
    for word, inner in getattr(command, "commands", {}).items():
        yield from commands(inner, f"{name}{before} {word}")
    if name != "braincast" and (not hasattr(command, "commands") or command.invoke_without_command):
        yield name, command


def _section(name: str, command: Any) -> str:
    shown = [option for option in command.params if not getattr(option, "hidden", False)]
    usage = " ".join([name, "[OPTIONS]", *(_metavar(one) for one in shown if one.param_type_name == "argument")])
    types = get_type_hints(command.callback)
    rows = [f"| {_names(one)} | {_said(one, types[one.name])} | {_default(one)} |" for one in shown]
    table = "\n".join(["| name | what | unless told otherwise |", "|---|---|---|", *rows])
    return f"## `{name}`\n\n{_plain(inspect.cleandoc(command.help or ''))}\n\n```text\n{usage}\n```\n\n{table}\n"


def _metavar(argument: Any) -> str:
    shown = (argument.metavar or argument.name.upper()).replace("...", "").strip("[]")
    shown = f"{shown}..." if argument.nargs == -1 else shown
    return shown if argument.required else f"[{shown}]"


def _names(one: Any) -> str:
    if one.param_type_name == "argument":
        return f"`{_metavar(one)}`"
    takes = f" {one.metavar}" if one.metavar else ""
    return " ".join(f"`{name}{takes}`" for name in [*one.opts, *one.secondary_opts])


def _said(one: Any, kind: Any) -> str:
    enums = [each for each in (kind, *get_args(kind)) if isinstance(each, type) and issubclass(each, Enum)]
    words = [f"`{choice.value}`" for enum in enums for choice in enum]
    among = f" One of {', '.join(words)}." if words else ""
    return _plain(one.help or "").replace("\n", " ") + among


def _default(one: Any) -> str:
    if one.required:
        return "must be given"
    plain = one.default if isinstance(one.default, (str, int, float)) and not isinstance(one.default, bool) else None
    return "" if plain in (None, "") else f"`{getattr(plain, 'value', plain)}`"


def _plain(text: str) -> str:
    """Text whose signs mean nothing in Markdown."""
    text = re.sub(r"([*_<|\[\]])", r"\\\1", text)
    return re.sub(r"\s*\f.*", "", text, flags=re.DOTALL)
