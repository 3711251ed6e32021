"""Every command that a document shows is one: its words are those of the command line."""

from __future__ import annotations

import shlex

import pytest
import typer
from prose import ROOT, command_lines, documents, mentioned_commands

from braincast.cli.main import app

LEFT_OUT = {"…", "...", "COMMAND"}


@pytest.fixture(scope="module")
def braincast():
    return typer.main.get_command(app)


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_commands_of_a_document_exist_with_their_options(document, braincast):
    wrong = [(line, what) for line in command_lines(document) if (what := fault(braincast, line, whole=True))]
    named = [(line, what) for line in mentioned_commands(document) if (what := fault(braincast, line, whole=False))]
    assert wrong + named == []


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("run worm-forecast --models ar,var --wiring-test", ""),
        ("board token BOARD create ada --days 90", ""),
        ("data add a.nwb --name=fish -q", ""),
        ("fit worm-forecast", "something is missing"),
        ("doctor here", "too much: here"),
        ("run --modles ar", "no option --modles"),
        ("runs", "no command runs"),
        ("board", "no command"),
    ],
)
def test_a_wrong_word_is_found_out(braincast, line, expected):
    assert fault(braincast, line, whole=True) == expected


def fault(command, line: str, *, whole: bool) -> str:
    """What is wrong with the words after `braincast`, or nothing; a `whole` line has all that the command needs."""
    words = shlex.split(line)
    if not whole and any(word.strip("'\"") in LEFT_OUT for word in words):
        words = [word for word in words if word not in LEFT_OUT]
    given = 0
    while words:
        word = words.pop(0)
        if word.startswith("-") and not word.lstrip("-").replace(".", "").isdigit():
            name, _, value = word.partition("=")
            option = next((one for one in command.params if name in [*one.opts, *one.secondary_opts]), None)
            if option is None:
                return "" if name == "--help" else f"no option {name}"
            if not option.is_flag and not value and words:
                words.pop(0)
        elif given < n_arguments(command):
            given += 1
        elif hasattr(command, "commands"):
            if word not in command.commands:
                return f"no command {word}"
            command, given = command.commands[word], 0
        else:
            return f"too much: {word}"
    if not whole:
        return ""
    if getattr(command, "commands", None) and not command.invoke_without_command and command.name != "braincast":
        return "no command"
    needed = sum(one.required for one in command.params if one.param_type_name == "argument")
    return "something is missing" if given < needed else ""


def n_arguments(command) -> float:
    """How many words a command takes beside its options."""
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    return float("inf") if any(one.nargs == -1 for one in arguments) else len(arguments)
