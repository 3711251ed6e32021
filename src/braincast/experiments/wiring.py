"""Does the wiring help? A model against the same model with null wirings: yes, no, or cannot tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from braincast.experiments.arms import CIRCUIT_KEYS, KEYS, decisive_arms
from braincast.experiments.entrants import DECISIVE_DRAWS
from braincast.scoring.forecasting.card import ForecastScorecard
from braincast.scoring.metrics import load_metric
from braincast.scoring.scorecard import Scorecard
from braincast.scoring.scores import Interval
from braincast.tasks.kinds import AnyCard

Answer = Literal["helps", "does not", "cannot tell"]
AnyScorecard: TypeAlias = Scorecard | ForecastScorecard
ALPHA = 0.05


@dataclass(frozen=True)
class Arm:
    """One null: its mean score, the model's lead over it (paired interval), and the permutation p.

    p is (1 + draws at least as good as the model) / (1 + draws), None for an arm without draws. `p_holm` is corrected
    over the arms that do not decide.
    """

    name: str
    arm: str
    role: str
    decisive: bool
    n_draws: int
    value: float | None
    value_ci: Interval | None
    difference: float | None
    ci: Interval | None
    p: float | None
    p_holm: float | None = None


@dataclass(frozen=True)
class Verdict:
    """What the comparison says about one model, in a word and in a sentence."""

    model: str
    metric: str
    value: float | None
    ci: Interval | None
    answer: Answer
    margin: float
    sentence: str
    arms: tuple[Arm, ...]

    @property
    def weakest(self) -> Arm | None:
        """Of the nulls that decide, the one over which the model leads least; None where a lead is undefined."""
        decisive = [(arm.difference, arm) for arm in self.arms if arm.decisive]
        known = [(difference, arm) for difference, arm in decisive if difference is not None]
        if not known or len(known) < len(decisive):
            return None
        sign = 1 if load_metric(self.metric).larger_is_better else -1
        return min(known, key=lambda pair: sign * pair[0])[1]

    def to_dict(self) -> dict[str, Any]:
        """The JSON contract of a wiring test: `effect` and `ci` are the lead over the decisive null where it is
        smallest, `p` the largest of theirs, `draws` the fewest; arms that were not run are None. `compared` has
        every arm in full."""
        weakest, decisive = self.weakest, [arm for arm in self.arms if arm.decisive]
        keys = {**KEYS, **CIRCUIT_KEYS}
        own = {keys[arm.arm]: {"value": arm.value, "ci": arm.value_ci} for arm in self.arms if arm.arm in keys}
        p = [arm.p for arm in decisive if arm.p is not None]
        return {
            "verdict": self.answer,
            "metric": self.metric,
            "effect": weakest.difference if weakest else None,
            "ci": weakest.ci if weakest else None,
            "p": max(p) if decisive and len(p) == len(decisive) else None,
            "margin": self.margin,
            "draws": min((arm.n_draws for arm in decisive), default=0),
            "arms": {"true": {"value": self.value, "ci": self.ci}, **dict.fromkeys(KEYS.values()), **own},
            "model": self.model,
            "value": self.value,
            "sentence": self.sentence,
            "compared": [asdict(arm) for arm in self.arms],
        }


def wiring_verdict(scorecard: AnyScorecard, card: AnyCard, model: str) -> Verdict:
    """The verdict on `model` from the nulls on the scorecard.

    does not: for every decisive null the paired interval inside ± the task's equivalence margin, above 0 or not.
    helps: not so, and every such interval above 0 with p ≤ 0.05. Otherwise, and always with fewer than 39 draws, it
    cannot be told.
    """
    score = scorecard.models[model]
    arms = _holm([_arm(scorecard, card, name) for name, other in scorecard.models.items() if other.of == model])
    answer = _answer([arm for arm in arms if arm.decisive], card)
    own = score.metrics[card.primary]
    sentence = _sentence(model, own.value, answer, arms, card)
    return Verdict(model, card.primary, own.value, own.ci, answer, card.equivalence_margin, sentence, tuple(arms))


def _arm(scorecard: AnyScorecard, card: AnyCard, name: str) -> Arm:
    score = scorecard.models[name]
    arm = name.partition("@")[2]
    observed = scorecard.models[score.of or ""].metrics[card.primary].value
    pair = next(c for c in scorecard.comparisons if c.a == score.of and c.b == name)
    values = _by_draw(score.replicates, score.n_seeds)
    n_draws = len(values)
    p = None
    if n_draws > 1 and observed is not None:
        sign = 1 if load_metric(card.primary).larger_is_better else -1
        # A draw whose score is undefined counts against the model: it was not shown to be worse.
        as_good = [value is None or sign * value >= sign * observed for value in values]
        p = (1 + sum(as_good)) / (1 + n_draws)
    own, decisive = score.metrics[card.primary], arm in decisive_arms(card)
    return Arm(name, arm, score.role, decisive, n_draws, own.value, own.ci, pair.difference, pair.ci, p)


def _by_draw(values: Sequence[float | None], n_seeds: int) -> list[float | None]:
    """The mean over the seeds of each draw; None where one is undefined."""
    draws = [values[first : first + n_seeds] for first in range(0, len(values), n_seeds)]
    known = [[value for value in draw if value is not None] for draw in draws]
    return [sum(own) / n_seeds if len(own) == n_seeds else None for own in known]


def _holm(arms: list[Arm]) -> list[Arm]:
    """Holm 1979 over the arms that are shown but do not decide."""
    shown = sorted((arm for arm in arms if not arm.decisive and arm.p is not None), key=lambda arm: arm.p or 0.0)
    corrected: dict[str, float] = {}
    highest = 0.0
    for rank, arm in enumerate(shown):
        highest = max(highest, min(1.0, (len(shown) - rank) * (arm.p or 0.0)))
        corrected[arm.name] = highest
    return [Arm(**{**asdict(arm), "p_holm": corrected.get(arm.name)}) for arm in arms]


def _answer(decisive: list[Arm], card: AnyCard) -> Answer:
    if not decisive or any(arm.n_draws < DECISIVE_DRAWS or arm.ci is None for arm in decisive):
        return "cannot tell"
    if _within_margin(decisive, card):
        return "does not"
    shown = _above_zero(decisive, card) and all(arm.p is not None and arm.p <= ALPHA for arm in decisive)
    return "helps" if shown else "cannot tell"


def _above_zero(arms: list[Arm], card: AnyCard) -> bool:
    """Whether every lead, with its whole interval, is on the better side of 0."""
    sign = 1 if load_metric(card.primary).larger_is_better else -1
    return all(arm.ci is not None and min(sign * bound for bound in arm.ci) > 0 for arm in arms)


def _within_margin(arms: list[Arm], card: AnyCard) -> bool:
    """Whether every lead, with its whole interval, is too small to matter."""
    margin = card.equivalence_margin
    return all(arm.ci is not None and -margin <= arm.ci[0] and arm.ci[1] <= margin for arm in arms)


def _sentence(model: str, value: float | None, answer: Answer, arms: list[Arm], card: AnyCard) -> str:
    opening = {
        "helps": f"The wiring helps {model}",
        "does not": f"The wiring does not help {model}",
        "cannot tell": f"Whether the wiring helps {model} cannot be told",
    }[answer]
    decisive = [arm for arm in arms if arm.decisive]
    against = "; ".join(_against(arm, card) for arm in decisive) or "no null was run"
    few = [arm for arm in decisive if arm.n_draws < DECISIVE_DRAWS]
    reason = f" A verdict needs {DECISIVE_DRAWS} draws of each null." if few else ""
    margin = ""
    if answer == "does not" and _above_zero(decisive, card):
        margin = f" The leads are above 0 but below {card.equivalence_margin:g}, what counts as a difference."
    whose = {"atlas": "an atlas", "another animal": "another animal", "same animal": "the same animal"}[
        card.whose_wiring
    ]
    shown = "undefined" if value is None else f"{value:.3f}"
    scored = f"{load_metric(card.primary).title} {shown}, against {against}."
    return f"{opening}: {scored}{margin}{reason} The wiring is of {whose}."


def _against(arm: Arm, card: AnyCard) -> str:
    if arm.value is None or arm.difference is None or arm.ci is None:
        return f"{arm.arm} (undefined)"
    p = "" if arm.p is None else f", permutation p = {arm.p:.3f} over {arm.n_draws} draws"
    interval = f"95 % interval {arm.ci[0]:+.3f} to {arm.ci[1]:+.3f}"
    # Of an error, a negative difference is good: to call that a lead would turn its meaning round.
    word = "lead" if load_metric(card.primary).larger_is_better else "difference"
    return f"{arm.value:.3f} {arm.arm} ({word} {arm.difference:+.3f}, {interval}{p})"
