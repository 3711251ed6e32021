"""What is said of a simulation, in the terminal and on its page alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from braincast.reports.numbers import count, p_value, percent

SYNTHETIC = "Synthetic wiring: made up with the statistics of a fly's brain. These are no neurons of a fly."
Document = Mapping[str, Any]


def title(document: Document) -> str:
    """What is simulated."""
    return f"{_name(document)}: {count(document['neurons'])} neurons that spike"


def drive(document: Document) -> str:
    """Who is driven, with what."""
    asked, driven = document["asked"], _neurons(document["driven"])
    if asked["input_spikes"] is not None:
        return f"{driven} driven by the spikes in {asked['input_spikes']}"
    if asked["stimulate"] is None:
        return "nobody is driven"
    return f"{driven} driven by Poisson spikes at {asked['rate_hz']:g} Hz each"


def outcome(document: Document) -> str:
    """What came of it."""
    return (
        f"{count(document['spikes'])} spikes in {seconds(document['simulated_s'])} of brain "
        f"({document['spikes_per_s']:,.0f} a second); {_neurons(document['active'])} active, "
        f"{count(document['recruited'])} of them without being driven."
    )


def cautions(document: Document) -> list[str]:
    """What to know before rates are believed: edges that take no part, signs assumed, a state that keeps itself up."""
    return [words for words in (_edges(document), _signs(document), _afterwards(document)) if words is not None]


def _edges(document: Document) -> str | None:
    if not (left_out := document["edges_left_out"]):
        return None
    total = left_out + document["edges"]
    fix = "" if document["wiring"]["signs"] else "; --signs RULE assumes one where it is unknown"
    return f"{count(left_out)} of {count(total)} edges take no part: without a known sign, or not chemical{fix}."


def _signs(document: Document) -> str | None:
    assumed = document["wiring"]["signs"]
    return None if assumed is None else f"Signs that nobody stated are assumed: {assumed}."


def _afterwards(document: Document) -> str | None:
    if not document.get("self_sustained"):  # a screen does not ask
        return None
    after, where = document["after_drive_spikes_per_s"], " all over the brain" if document["broad"] else ""
    return (
        f"The activity keeps itself up{where}: {after:,.0f} spikes a second are left 0.1 s after the drive has ended. "
        "The model has no adaptation that would end it; rates in this state say little about the stimulus."
    )


def screen_title(document: Document) -> str:
    """What is screened."""
    return f"{_name(document)}: {count(document['conditions'])} conditions, {document['screen']}d one by one"


def changed(document: Document) -> str:
    """How many responses a screen finds."""
    found, of = count(document["responses_changed"]), count(document["responses"])
    return f"{found} of {of} responses change by more than {document['threshold_hz']:g} Hz"


def screened(document: Document) -> str:
    """The strongest response of a screen."""
    strongest = next(iter(document["strongest"]), None)
    if strongest is None or not strongest["change_hz"]:
        return "No condition changes a readout."
    what = f"{strongest['readout']} by {strongest['change_hz']:+.3g} Hz on average"
    return f"The strongest change: {strongest['condition']}, {document['screen']}d, moves {what}."


def accuracy(document: Document) -> str:
    """How many phenotypes are told, and whether wrong wirings tell as many."""
    found = document["accuracy"]
    own = f"{percent(found['value'])} (95 % interval {percent(found['ci'][0])} to {percent(found['ci'][1])})"
    floor = f"always saying the commonest word, {percent(found['floor'])}"
    beside = [f"{name} {percent(null['mean'])}, p {p_value(null['p'])}" for name, null in found["nulls"].items()]
    wrong = f" Wrong wirings: {'; '.join(beside)}; {found['draws']} draws each." if beside else ""
    return f"Accuracy {own}; {floor}.{wrong}"


def few(names: Sequence[str], most: int = 6) -> str:
    """Some of the names, and how many more."""
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def seconds(duration_s: float) -> str:
    """A time that was asked for, as it was asked for."""
    return f"{duration_s:.6g} s"


def speed(document: Document) -> str:
    """How long it took, beside how long the brain would."""
    wall, brain = document["wall_s"], document["simulated_s"]
    return f"{seconds(brain)} of brain in {wall:.3g} s, after {document['load_s']:.3g} s of loading"


def _name(document: Document) -> str:
    """The wiring's name, without the signs that were assumed, which are said elsewhere."""
    return document["wiring"]["name"].split(" (signs:")[0]


def _neurons(number: int) -> str:
    return "1 neuron" if number == 1 else f"{count(number)} neurons"
