"""What the site says in plain words: who leads, and a task for two kinds of readers who never met the other's field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from braincast.reports.numbers import count, decimal, interval, percent, typographic
from braincast.reports.site.standing import BoardEntry, BoardTask
from braincast.reports.wording import WIRING

Told = tuple[str, str]

# Words in a card that tell how activity was seen, and what that means to one who never saw a neuron.
_INDICATORS = (
    (
        ("BOLD",),
        "BOLD is the oxygen in the blood of a region, seen by magnetic resonance. It follows the activity of millions "
        "of neurons some seconds late and smoothed, so much of it can be told from the frames before.",
    ),
    (
        ("made-up", "simulated", "chaotic", "linear law"),
        "The brain is made up: its numbers follow a known law, so it can be said how good a forecast could be.",
    ),
    (
        ("worm", "zebrafish", "ZAPBench", "calcium", "fluorescence", "neuron"),
        "Neurons carry a protein that glows when calcium flows in, as it does when they are active. The glow rises "
        "within a fraction of a second and fades over seconds: it is a slow, noisy shadow of the spikes.",
    ),
)

_ASKED = {
    "forecast": "From {context} frames of all neurons, say what each of them does in the {horizon} frames that follow.",
    "imputation": "In windows of {horizon} frames some neurons are hidden; say what they do from what the others do.",
    "rollout": "From {context} frames, go on freely for {horizon} frames: not the same moment is asked for but the "
    "same climate, its rhythms, states and correlations.",
    "perturbation": "One neuron is stimulated with light; say how every other neuron responds.",
    "edges": "From activity alone, say which neurons are connected.",
    "signs": "Say which connections excite and which inhibit.",
}


def listed(names: Sequence[str]) -> str:
    """`A`, `A and B`, `A, B and C`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def who_leads(task: BoardTask) -> str:
    """One sentence: the leader, or those who cannot be told apart."""
    leaders = [f"{entry.model} ({entry.author})" for entry in task.leaders]
    if not leaders:
        return "No ranked entry yet: the baselines wait to be beaten." if task.places else "Nothing is scored yet."
    if len(leaders) == 1:
        return f"{leaders[0]} leads."
    shown = leaders if len(leaders) <= 4 else [*leaders[:3], f"{len(leaders) - 3} others"]
    return f"{listed(shown)} cannot be told apart at the top."


def by_how_much(task: BoardTask) -> str:
    """What the best entry gains over the baseline, and over the first that is surely behind."""
    if not task.leaders:
        return ""
    first = task.leaders[0]
    told = [_gain(task, first)]
    behind = next((p.entry for p in task.places if p.rank is not None and p.rank[0] > 1), None)
    pair = None if behind is None else task.pair(first.id, behind.id)
    if behind is not None and pair is not None and pair.get("ci") is not None:
        difference = interval(pair["ci"], task.primary.digits, signed=True)
        told.append(f"{behind.model} is surely behind: the difference is {typographic(difference)} (95 %).")
    return " ".join(part for part in told if part)


def _gain(task: BoardTask, entry: BoardEntry) -> str:
    score = entry.score(task.primary.key)
    if score.value is None:
        return ""
    value = typographic(decimal(score.value, task.primary.digits))
    told = f"{entry.model} has a {task.primary.in_sentence} of {value}"
    if score.ci is not None:
        told += f" (95 % interval {typographic(interval(score.ci, task.primary.digits))})"
    pair = entry.against(task.baseline, task.primary.key)
    if pair is not None and pair.get("ci") is not None:
        difference, ends = pair["difference"], pair["ci"]
        digits = task.primary.digits
        told += f"; against {task.baseline} that is {typographic(decimal(difference, digits, signed=True))}"
        told += f" ({typographic(interval(ends, digits, signed=True))})"
    return f"{told}{_share(task, score.skill, is_told=pair is not None)}."


def _share(task: BoardTask, skill: float | None, *, is_told: bool) -> str:
    """The skill in words; `is_told` where the words before have named the baseline."""
    if skill is None or (task.primary.larger_is_better and skill <= 0):
        return ""
    if task.primary.larger_is_better:
        return f", {percent(skill)} of the way from {'it' if is_told else task.baseline} to a perfect answer"
    return f", {percent(abs(skill))} {'less' if skill >= 0 else 'more'}{'' if is_told else f' than {task.baseline}'}"


def why_unranked(why: str | None) -> str:
    """The reason in a sentence of its own."""
    known = {
        "a baseline": "A baseline: a reference, not ranked.",
        "fewer than 3 seeds": "Fewer than 3 seeds: shown, not ranked, since luck cannot be told from skill.",
    }
    return known.get(why or "", why or "")


def for_learners(task: BoardTask) -> list[Told]:
    """The task for people of machine learning who never saw a neuron."""
    card, told = task.card, task.told
    rows = [("What you are asked", asked(task)), ("What a number is", _indicator(task))]
    if told.get("unit"):
        rows.append(("What is asked for", _quantity(task)))
    rows.append(("Shapes", _shapes(task)))
    if card.get("fold_rule"):
        rows.append(("Splits", f"{_capital(str(card['fold_rule']))}."))
    rows.append(("What counts", _what_counts(task)))
    if told.get("wiring"):
        rows.append(
            ("What wiring is", f"Which neuron is connected to which, a sparse directed graph. {whose_wiring(task)}")
        )
    return rows


def for_neuroscientists(task: BoardTask) -> list[Told]:
    """The same task for people who know brains and never trained a network."""
    card, told = task.card, task.told
    rows = [
        (
            "What a model does",
            "It turns the numbers it is given into those that are asked for. Its own numbers, the parameters, are set "
            "so that its errors on training frames are small.",
        ),
        (
            "Why data are split",
            "A model may learn its training frames by heart. Settings are chosen on validation frames, and what counts "
            "is the test, which the board alone opens.",
        ),
        (
            "What skill is",
            f"0 is as good as the baseline {task.baseline}, 1 would be perfect; below 0 the baseline is better.",
        ),
        (
            "What seeds are",
            "Training begins from random numbers. Ranked entries bring three such beginnings or more, so luck shows.",
        ),
        (
            "What intervals say",
            f"{_capital(str(card.get('resampling') or 'test windows are drawn again'))}. Two entries whose paired "
            "difference may be zero share a rank.",
        ),
    ]
    if told.get("animals"):
        rows.append(("Animals", f"{_capital(str(told['animals']))}."))
    if card.get("ceiling"):
        rows.append(("The best that can be", f"{_capital(str(card['ceiling']))}."))
    return rows


def asked(task: BoardTask) -> str:
    """What is to be answered, by the kind of the task."""
    template = _ASKED.get(str(task.told.get("kind")))
    if template is None:
        return str(task.told.get("question") or "")
    return template.format(context=task.card.get("context", "some"), horizon=task.card.get("horizon", "some"))


def whose_wiring(task: BoardTask) -> str:
    """Whose wiring models may use."""
    return WIRING.get(str(task.told.get("wiring")), "No wiring is part of this task.")


def _indicator(task: BoardTask) -> str:
    text = " ".join(str(part) for part in (task.title, task.told.get("question"), task.dataset.get("title")))
    known = next((words for keys, words in _INDICATORS if any(key in text for key in keys)), "")
    return known or f"{_capital(str(task.card.get('quantity') or 'a number for each neuron'))}."


def _quantity(task: BoardTask) -> str:
    quantity, unit = str(task.card.get("quantity") or "a value"), str(task.told["unit"])
    return f"{_capital(quantity)}, {'a pure number' if unit == '1' else f'in {unit}'}."


def _shapes(task: BoardTask) -> str:
    card, told = task.card, task.told
    n, cases = count(told.get("n_neurons")), count(told.get("n_cases"))
    if not card.get("horizon"):
        return f"{cases} cases × {count(len(task.leads))} leads × {n} neurons."
    frame = "" if not card.get("dt_s") else f", one each {decimal(card['dt_s'], 2)} s"
    given = f"{count(card['context'])} frames × {n} neurons in, " if card.get("context") else ""
    return f"{given}{count(card['horizon'])} × {n} out{frame}; {cases} test cases."


def _what_counts(task: BoardTask) -> str:
    primary = task.primary
    return (
        f"{_capital(primary.title)}: {primary.direction} is better. The baseline to beat is {task.baseline}; "
        f"{listed([str(name) for name in task.told.get('baselines') or (task.baseline,)])} always take part."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:].rstrip(".")


def commands(task: BoardTask) -> dict[str, Any]:
    """What to type to take part."""
    name = task.name
    return {
        "files": f"braincast task files {name} --out question",
        "validate": f"braincast validate {name} my-submission",
        "score": f"braincast score {name} my-submission",
        "submit": f"braincast board submit https://ADDRESS {name} my-submission --token-file my-token",
        "http": f"curl --data-binary @my-submission.zip -H 'Authorization: Bearer TOKEN' "
        f"https://ADDRESS/api/v1/tasks/{name}/submissions",
    }
