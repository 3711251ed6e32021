"""The pages of all datasets, tasks, models and metrics: what `braincast list` and `show` say, so none is missing."""

from __future__ import annotations

import io
import json
import os
import re
import tempfile
from contextlib import redirect_stdout
from typing import Any
from unittest import mock

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_TEXT = re.compile(r"([*_<|\[\]$])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds reference/datasets.md, tasks.md, models.md and metrics.md."""
    for kind, entries in catalogues().items():
        files.append(File.generated(config, f"reference/{kind}.md", content=_PAGES[kind](entries)))
    return files


def catalogues() -> dict[str, list[dict[str, Any]]]:
    """The cards of everything that comes with braincast, by kind; the cache is an empty one."""
    from braincast.cli.main import app

    command = typer.main.get_command(app)
    with tempfile.TemporaryDirectory() as home, mock.patch.dict(os.environ, {"BRAINCAST_HOME": home}):
        names = {kind: [each["name"] for each in _printed(command, "list", kind)[kind]] for kind in _PAGES}
        return {kind: [_printed(command, "show", kind.rstrip("s"), name) for name in names[kind]] for kind in _PAGES}


def _printed(command: Any, *words: str) -> Any:
    with redirect_stdout(io.StringIO()) as said:
        command.main([*words, "--json", "--offline"], standalone_mode=False)
    return json.loads(said.getvalue())


def _datasets(cards: list[dict[str, Any]]) -> str:
    opening = "`braincast data get NAME` fetches one, `braincast cite NAME` prints whom to thank."
    return _page("Datasets", opening, [_dataset(card) for card in cards])


def _dataset(card: dict[str, Any]) -> str:
    facts = [
        ("species", _text(card["species"])),
        ("animals", _text(card["n_animals"])),
        ("licence", _text(card["licence"])),
        ("may be passed on", card["redistribute"]),
        ("to cite", "<br>".join(map(_text, card["citation"]))),
    ]
    return _section(card["name"], f"{_text(card['title'])}.", card["summary"], facts)


def _tasks(cards: list[dict[str, Any]]) -> str:
    opening = "`braincast run NAME` runs one; `braincast show task NAME --json` prints every case, split and threshold."
    return _page("Tasks", opening, [_task(card) for card in cards])


def _task(card: dict[str, Any]) -> str:
    facts = [
        ("kind", card["kind"]),
        ("data", _linked("datasets", [card["dataset"]]) if card.get("dataset") else ""),
        ("wiring", _text(card.get("wiring", ""))),
        ("animals", _text(card.get("n_animals", ""))),
        ("cases", f"{len(card['cases']):,}" if card.get("cases") else ""),
        ("decided by", _linked("metrics", [card["primary"]])),
        ("baselines", _linked("models", card.get("baselines", []))),
        ("line-up", _linked("models", card.get("lineup", []))),
        ("ceiling", _text(str(card.get("ceiling", "")))),
        ("hash", f"`{card['hash'][:16]}…`, version {card['version']}"),
    ]
    return _section(card["name"], f"{_text(card['title'])}", card.get("question", ""), facts)


def _models(cards: list[dict[str, Any]]) -> str:
    opening = "`braincast fit TASK NAME --set SETTING=VALUE` fits one, `braincast run TASK --models A,B` compares some."
    return _page("Models", opening, [_model(card) for card in cards])


def _model(card: dict[str, Any]) -> str:
    settings = [f"`{key}`: {_text(said)}" for key, said in card["settings"].items()]
    facts = [
        ("tasks", ", ".join(card["kinds"])),
        ("is told", ", ".join(card["uses"])),
        ("settings", "<br>".join(settings)),
        ("paper", _text(card["citation"])),
        ("caveat", _text(card["caveat"])),
    ]
    return _section(card["name"], card["summary"], "", facts)


def _metrics(cards: list[dict[str, Any]]) -> str:
    opening = "Each is a function of sums that can be added ([how forecasts are scored](../concepts/scoring.md))."
    return _page("Metrics", opening, [_metric(card) for card in cards])


def _metric(card: dict[str, Any]) -> str:
    perfect = "" if card["perfect"] is None else f"{card['perfect']:g}"
    facts = [("perfect", perfect), ("paper", _text(card["source"]))]
    return _section(card["name"], f"{_text(card['title'][:1].upper() + card['title'][1:])}.", card["summary"], facts)


_PAGES = {"datasets": _datasets, "tasks": _tasks, "models": _models, "metrics": _metrics}


def _page(title: str, opening: str, sections: list[str]) -> str:
    return "\n".join([f"# {title}\n\n{opening}\n", *sections])


def _section(name: str, lead: str, more: str, facts: list[tuple[str, str]]) -> str:
    rows = [f"| {key} | {' '.join(said.split())} |" for key, said in facts if said]
    table = "\n".join(["| | |", "|---|---|", *rows])
    return "\n\n".join([f"## {name}", lead, *([_text(more)] if more else []), table]) + "\n"


def _linked(kind: str, names: list[str]) -> str:
    return ", ".join(f"[{_text(name)}]({kind}.md#{name})" for name in names)


def _text(said: str) -> str:
    """Text whose signs mean nothing in Markdown."""
    return _TEXT.sub(r"\\\1", said)
