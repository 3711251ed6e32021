"""The scoreboard of a run as tables for a terminal: one when it is wide, two when it is not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from rich import box
from rich.table import Table
from rich.text import Text

from braincast.reports.entries import Document, Entry, arms_of, headline, metric_title, ranked
from braincast.reports.numbers import decimal, duration, interval, percent, printable

# All columns side by side need this many characters.
WIDE = 120
_BESIDE_THE_PRIMARY = ("auroc_per_stimulus", "auroc_within_fold")
_FURTHER = ("average_precision", "log_loss", "correlation")


@dataclass(frozen=True)
class Column:
    """A column after the names: its heading, and what stands in it for an entry."""

    head: str
    cell: Callable[[Entry], str]


def scoreboards(document: Document, width: int) -> list[Table]:
    """Models and baselines best first, with their nulls and controls below them, in `width` characters."""
    first = [*_primary(document), *_metrics(document, _BESIDE_THE_PRIMARY)]
    first.append(Column("skill", lambda entry: decimal(entry.score(document["primary"]).skill, signed=True)))
    further = _metrics(document, _FURTHER)
    if any(entry.score("correlation").ceiling_share is not None for entry in ranked(document)):
        further.append(Column("of ceiling", lambda entry: percent(entry.score("correlation").ceiling_share)))
    further.append(Column("fit", lambda entry: duration(entry.cost.get("fit_s"))))
    if width >= WIDE:
        return [table_of(document, [*first, *further], with_arms=True)]
    return [table_of(document, first, with_arms=True), table_of(document, further, with_arms=False)]


def _primary(document: Document) -> list[Column]:
    key = document["primary"]
    title = metric_title(key)
    value = Column(title.short, lambda entry: decimal(entry.score(key).value, title.digits))
    return [value, Column("95 % interval", lambda entry: interval(entry.score(key).ci, title.digits))]


def _metrics(document: Document, keys: tuple[str, ...]) -> list[Column]:
    known = {key for entry in ranked(document) for key in entry.metrics}
    titles = [metric_title(key) for key in keys if key in known]
    # The default arguments bind this round's title.
    return [Column(t.short, lambda entry, t=t: decimal(entry.score(t.key).value, t.digits)) for t in titles]


def table_of(document: Document, columns: list[Column], *, with_arms: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0))
    table.add_column("model", overflow="fold", vertical="bottom")
    for column in columns:
        head = Text(printable(column.head).replace(" ", "\n", 1 if column.head != "95 % interval" else 0))
        table.add_column(head, justify="right", no_wrap=True)
    leader = headline(document)
    for entry in ranked(document):
        style = "bold" if leader is not None and entry.name == leader.name else ""
        _add(table, columns, entry, Text(_own_label(entry, document), style=style), style)
        for arm in arms_of(document, entry.name) if with_arms else ():
            _add(table, columns, arm, Text(_arm_label(arm), style="dim"), "dim")
    return table


def _add(table: Table, columns: list[Column], entry: Entry, label: Text, style: str) -> None:
    table.add_row(label, *(Text(column.cell(entry), style=style) for column in columns))


def _own_label(entry: Entry, document: Document) -> str:
    mark = " (floor)" if entry.name == document.get("baseline") else ""
    return printable(entry.name) + (mark or (" (baseline)" if entry.role == "baseline" else ""))


def _arm_label(entry: Entry) -> str:
    draws = f" ×{len(entry.replicates)}" if len(entry.replicates) > 1 else ""
    kind = " (control)" if entry.role == "control" else ""
    return f"  - {printable(entry.arm)}{draws}{kind}"
