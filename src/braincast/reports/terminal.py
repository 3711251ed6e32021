"""Scorecards, comparisons and lists on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from braincast.reports.entries import Document, headline, metric_title, verdict_on
from braincast.reports.forecasting.terminal import forecast_notes, forecast_scoreboards, forecast_sentence
from braincast.reports.numbers import DASH, count, decimal, interval, p_value, printable
from braincast.reports.rollouts.terminal import is_rollout, rollout_notes, rollout_scoreboards, rollout_sentence
from braincast.reports.terminal_scoreboard import scoreboards
from braincast.reports.vision.terminal import encoding_notes, encoding_scoreboards, encoding_sentence, is_encoding

_WRITERS = {
    "rollout": (rollout_sentence, rollout_scoreboards, rollout_notes),
    "forecast": (forecast_sentence, forecast_scoreboards, forecast_notes),
    "encoding": (encoding_sentence, encoding_scoreboards, encoding_notes),
    "perturbation": (lambda document: "", scoreboards, lambda document: []),
}
_ANSWER_STYLE = {"helps": "bold green", "does not": "bold yellow", "cannot tell": "bold"}


def show_result(document: Document, console: Console) -> None:
    """The verdict on the headline model, the scoreboard, the ceiling, the other verdicts, and where the files are."""
    sentence, tables, notes = _WRITERS[_kind_of(document)]
    _show_headline(document, console, sentence(document))
    for table in tables(document, console.width):
        console.print(table)
    _show_notes(document, notes(document), console)
    _show_other_verdicts(document, console)
    for name, path in (document.get("files") or {}).items():
        # Never wrapped, so that a long path can be copied.
        shown = ", ".join(path) if isinstance(path, list) else path
        console.print(_line(f"{name}  ", "dim", shown, "bold"), soft_wrap=True)


def show_comparison(document: Document, console: Console) -> None:
    """Paired differences a - b with intervals; `document["comparisons"]` is a list of `Comparison.to_dict()`."""
    comparisons = document.get("comparisons") or ()
    for pair in comparisons:
        if pair.get("group") is None:
            console.print(_line(_comparison_sentence(pair), "bold"))
    columns = ("pair", "metric", "among", "difference", "95 % interval", "p")
    show_table("Paired differences", columns, [_comparison_row(pair) for pair in comparisons], console)


def show_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """A plain table; None is shown as a dash, and columns of numbers are aligned right."""
    table = Table(title=Text(printable(title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    for index, column in enumerate(columns):
        numeric = bool(rows) and all(_is_number(row[index]) for row in rows)
        table.add_column(Text(printable(column)), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(_cell(value)) for value in row))
    console.print(table)
    if not rows:
        console.print(Text("nothing to show", style="dim"))


def _show_headline(document: Document, console: Console, sentence: str = "") -> None:
    leader = headline(document)
    task = f"{printable(document['task'])} {printable(document.get('version', ''))}"
    console.print(_line(task, "bold", f"  task {printable(document['task_hash'])[:12]}", "dim"))
    console.print()
    if leader is None:
        return
    verdict = verdict_on(document, leader.name)
    if sentence:
        console.print(_line(sentence, "bold"))
    if verdict is not None:
        style = _ANSWER_STYLE.get(verdict["verdict"], "bold")
        console.print(_line(verdict["sentence"], style))
    elif not sentence:
        key = document["primary"]
        score, title = leader.score(key), metric_title(key)
        value = f"{title.title} {decimal(score.value, title.digits)} (95 % {interval(score.ci, title.digits)})"
        console.print(_line(f"{leader.name} leads: {value}. It has no null wirings to compare with.", "bold"))
    if document.get("headline_rule"):
        console.print(_line(f"{leader.name} is the headline by: {document['headline_rule']}.", "dim"))
    if caveat := (document.get("caveats") or {}).get(leader.name):
        console.print(_line(f"Caveat: {printable(caveat)}", "bold"))
    console.print()


def _kind_of(document: Document) -> str:
    if is_rollout(document):
        return "rollout"
    if is_encoding(document):
        return "encoding"
    return "forecast" if "leads" in document else "perturbation"


def _show_notes(document: Document, notes: Sequence[tuple[str, str]], console: Console) -> None:
    ceiling = document.get("ceiling") or {}
    if ceiling.get("correlation") is not None:
        reach = f"{decimal(ceiling['correlation'])} ({interval(ceiling['correlation_ci'])})"
        pairs = f"{count(ceiling['n_pairs'])} pairs with {ceiling['min_trials']} or more trials"
        console.print(_line("Ceiling  ", "bold", f"a perfect model would reach a correlation of {reach}; {pairs}", ""))
    if document.get("n_animals"):
        console.print(_line("Animals  ", "bold", printable(document["n_animals"]), ""))
    floor = document.get("baseline")
    if floor is not None:
        skill = f"share of the way from {printable(floor)} to a perfect forecast"
        console.print(_line("Skill    ", "bold", skill, ""))
    for head, words in notes:
        console.print(_line(f"{head:9}", "bold", words, ""))
    console.print()


def _show_other_verdicts(document: Document, console: Console) -> None:
    leader = headline(document)
    verdicts = (document.get("wiring") or {}).items()
    others = [verdict for model, verdict in verdicts if leader is None or model != leader.name]
    for verdict in others:
        console.print(_line(f"{verdict['sentence']}", "dim"))
    if others:
        console.print()


def _comparison_sentence(pair: Mapping[str, Any]) -> str:
    title = metric_title(pair["metric"])
    difference, ci = pair["difference"], pair["ci"]
    if difference is None or ci is None:
        return f"{pair['a']} and {pair['b']} cannot be compared by {title.title}: it is undefined."
    if ci[0] <= 0 <= ci[1]:
        how = f"{title.title}, 95 % interval of the difference {interval(ci, title.digits, signed=True)}"
        return f"No difference can be seen between {pair['a']} and {pair['b']} ({how})."
    first, second = (pair["a"], pair["b"]) if (difference > 0) == title.larger_is_better else (pair["b"], pair["a"])
    # The lead is told as a positive number, and so is its interval, whichever way the difference was taken.
    lead = interval(sorted(abs(end) for end in ci), title.digits)
    lead_by = decimal(abs(difference), title.digits)
    return f"{first} is ahead of {second} by {lead_by} ({title.title}, 95 % interval {lead})."


def _comparison_row(pair: Mapping[str, Any]) -> tuple[str, ...]:
    title = metric_title(pair["metric"])
    difference = decimal(pair["difference"], title.digits, signed=True)
    ends = interval(pair["ci"], title.digits, signed=True)
    both = f"{pair['a']} - {pair['b']}"
    return both, title.short, pair.get("group") or "all", difference, ends, p_value(pair["p"])


def _line(*parts: str) -> Text:
    """Text from (words, style) pairs; names in it are never read as markup."""
    return Text.assemble(*((printable(words), style) for words, style in zip(parts[::2], parts[1::2], strict=True)))


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _cell(value: Any) -> str:
    if value is None:
        return DASH
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    return count(value) if isinstance(value, int) else printable(value)
