"""A rollout run on a terminal: a sentence, every measure beside its floor, and what the intervals are worth."""

from __future__ import annotations

from rich.table import Table

from braincast.reports.entries import Document, headline, named
from braincast.reports.forecasting.titles import DIGITS, forecast_title
from braincast.reports.numbers import count, decimal, interval
from braincast.reports.terminal_scoreboard import WIDE, Column, table_of

_SHORT = {
    "spectral_hellinger": "power spectra",
    "invariant_kl": "invariant measure",
    "autocorrelation_error": "auto- correlation",
    "autocorrelation_time_error": "memory time",
    "covariance_error": "covariance spectrum",
    "lyapunov_error": "Lyapunov exponent",
    "drift": "drift mean",
    "variance_drift": "drift variance",
    "blown_up": "blown up",
    "stable_share": "stable share",
}


def is_rollout(document: Document) -> bool:
    """Whether a document is of a rollout task."""
    return "truth" in (document.get("ceiling") or {})


def rollout_scoreboards(document: Document, width: int) -> list[Table]:
    """Every measure of models, baselines and controls; best first by the primary one."""
    keys = list(next(iter(document["models"].values()))["metrics"])
    columns = [_number(key) for key in keys]
    columns.insert(1, Column("95 % interval", lambda entry: interval(entry.score(keys[0]).ci, DIGITS)))
    if width >= WIDE + 20:
        return [table_of(document, columns, with_arms=True)]
    half = 1 + len(columns) // 2
    return [table_of(document, part, with_arms=False) for part in (columns[:half], columns[half:])]


def rollout_sentence(document: Document) -> str:
    """How far the headline's climate is from the brain's, and how far the brain's is from itself."""
    leader, truth, key = headline(document), named(document, "truth"), document["primary"]
    if leader is None or truth is None:
        return ""
    score, title = leader.score(key), forecast_title(key).title
    own = f"{leader.name}: {title} {decimal(score.value, DIGITS)} (95 % {interval(score.ci, DIGITS)})"
    return f"{own}; truth against truth {decimal(truth.score(key).value, DIGITS)}."


def rollout_notes(document: Document) -> list[tuple[str, str]]:
    """(heading, words) about floor and intervals."""
    found = document.get("intervals") or {}
    where = "within this one animal" if found.get("within_one_animal") else f"{count(found.get('n_animals'))} animals"
    words = f"{where}; {count(found.get('n_blocks'))} blocks of {count(found.get('block_frames'))} frames"
    flag = ": few, read intervals with caution" if found.get("flag") else ""
    floor = "the row truth: windows of the training frames, held against what followed the initial states"
    return [("Floor", floor), ("Blocks", words + flag)]


def _number(key: str) -> Column:
    head = _SHORT.get(key, forecast_title(key).short)
    return Column(head, lambda entry: decimal(entry.score(key).value, DIGITS))
