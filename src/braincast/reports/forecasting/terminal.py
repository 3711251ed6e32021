"""A forecast run on a terminal: a sentence, the scoreboard, and what the intervals are worth."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rich.table import Table

from braincast.reports.entries import Document, Entry, Score, headline, ranked
from braincast.reports.forecasting.falls import Fall, fall_of
from braincast.reports.forecasting.titles import DIGITS, forecast_title
from braincast.reports.numbers import count, decimal, duration, interval, percent, printable
from braincast.reports.terminal_scoreboard import WIDE, Column, table_of

_FURTHER = ("crps", "coverage", "neuron_correlation")


def forecast_scoreboards(document: Document, width: int) -> list[Table]:
    """Models and baselines best first: error, skill, both ends of the leads, members, cost."""
    key = document["primary"]
    title = forecast_title(key)
    first = [
        _number(title.short, key, lambda score: score.value),
        Column("95 % interval", lambda entry: interval(entry.score(key).ci, DIGITS)),
        _number("skill", key, lambda score: score.skill, signed=True),
        _number("first lead", key, lambda score: score.at_lead(0)),
        _number("last lead", key, lambda score: score.at_lead(-1)),
    ]
    known = {name for entry in ranked(document) for name in entry.metrics}
    further = [_number("over simple", key, lambda score: score.skill_over_simple, signed=True)]
    further += [_number(forecast_title(k).short, k, lambda score: score.value) for k in _FURTHER if k in known]
    further.append(Column("fit", lambda entry: duration(entry.cost.get("fit_s"))))
    outside = [table_of(document, _outside(document), with_arms=False)] if document.get("drops") else []
    if width >= WIDE:
        return [table_of(document, [*first, *further], with_arms=True), *outside]
    return [table_of(document, first, with_arms=True), table_of(document, further, with_arms=False), *outside]


def _outside(document: Document) -> list[Column]:
    """Scores in and out of distribution, what is lost, and the same of the skill over the floor."""
    falls = {entry.name: fall_of(document, entry) for entry in ranked(document)}
    floor = document.get("baseline")

    def skill(entry: Entry) -> Fall:
        return falls[entry.name].over(floor)

    return [
        Column("in", lambda entry: decimal(falls[entry.name].score.inside, DIGITS)),
        Column("out", lambda entry: decimal(falls[entry.name].score.outside, DIGITS)),
        Column("out - in", lambda entry: _with_ends(falls[entry.name].score.difference)),
        Column("skill in", lambda entry: decimal(skill(entry).inside, DIGITS, signed=True)),
        Column("skill: out - in", lambda entry: _with_ends(skill(entry).difference)),
    ]


def _with_ends(score: Score) -> str:
    value = decimal(score.value, DIGITS, signed=True)
    return value if score.ci is None else f"{value} ({interval(score.ci, DIGITS, signed=True)})"


def forecast_sentence(document: Document) -> str:
    """How well the headline forecasts, and how much better than the floor."""
    leader = headline(document)
    if leader is None:
        return ""
    key = document["primary"]
    score, title = leader.score(key), forecast_title(key)
    said = f"{leader.name}: {title.title} {decimal(score.value, DIGITS)} (95 % {interval(score.ci, DIGITS)})"
    floor = document.get("baseline")
    if floor is None or floor == leader.name or score.skill is None:
        return f"{said}."
    return f"{said}, skill {decimal(score.skill, signed=True)} over {floor}{_difference(document, leader, floor)}."


def forecast_notes(document: Document) -> list[tuple[str, str]]:
    """(heading, words) about the best simple model and the intervals; nothing for other kinds of runs."""
    simple, found = document.get("best_simple"), document.get("intervals")
    notes = _average_notes(document)
    if simple is not None:
        chosen = "validation" if simple["chosen_on"] == "validation" else "test windows, so it is hard to beat"
        notes.append(("Simple", f"the best simple model is {simple['name']}, chosen on {chosen}"))
    bound = (document.get("ceiling") or {}).get("homologues")
    if bound and bound["reliability"] is not None:
        reach = f"{decimal(bound['reliability'], DIGITS)} ({interval(bound['reliability_ci'], DIGITS)})"
        notes.append(("Ceiling", f"homologues correlate by {reach}: about the R² that can be reached"))
    if found:
        notes.append(("Blocks", _interval_words(found)))
        notes += _condition_notes(found)
    return notes


def _average_notes(document: Document) -> list[tuple[str, str]]:
    """Where conditions count alike: that they do, and the leader's score over all windows alike."""
    leader = headline(document)
    if leader is None or "average" not in leader.groups:
        return []
    key, score = document["primary"], leader.in_group("average", "windows")
    words = f"over conditions, which count alike; over all windows {leader.name} has {forecast_title(key).short}"
    return [("Average", f"{printable(words)} {decimal(score.value, DIGITS)}")]


def _interval_words(found: Mapping[str, Any]) -> str:
    where = "within this one animal" if found.get("within_one_animal") else f"{count(found.get('n_animals'))} animals"
    words = f"{where}; {count(found.get('n_blocks'))} blocks of {count(found.get('block_frames'))} frames"
    words += f"; on surrogates such intervals hold the mean in {percent(found.get('coverage'))} of cases"
    return f"{words}: too seldom, read them with caution" if found.get("flag") else words


def _condition_notes(found: Mapping[str, Any]) -> list[tuple[str, str]]:
    """In how many blocks the conditions are, and those whose intervals hold too seldom."""
    told = (found.get("groups") or {}).get("condition") or {}
    if not told:
        return []
    blocks = [one["n_blocks"] for one in told.values()]
    weak = [f"{printable(label)} ({percent(one['coverage'])})" for label, one in told.items() if one["flag"]]
    least, most = count(min(blocks)), count(max(blocks))
    words = f"{len(told)} conditions, of {least if least == most else f'{least} to {most}'} blocks"
    doubt = f"intervals hold too seldom in {', '.join(weak)}" if weak else "no interval holds too seldom"
    return [("By cond.", f"{words}; {doubt}")]


def _difference(document: Document, leader: Entry, floor: str) -> str:
    pairs = document.get("comparisons") or ()
    wanted = (leader.name, floor, document["primary"])
    pair = next((p for p in pairs if (p["a"], p["b"], p["metric"]) == wanted), None)
    if pair is None or pair["ci"] is None:
        return ""
    ends = interval(pair["ci"], DIGITS, signed=True)
    return f" (difference {decimal(pair['difference'], DIGITS, signed=True)}, 95 % {ends})"


def _number(head: str, key: str, of: Callable[[Score], float | None], *, signed: bool = False) -> Column:
    return Column(head, lambda entry: decimal(of(entry.score(key)), DIGITS, signed=signed))
