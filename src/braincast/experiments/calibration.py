"""What the verdict on a model's wiring is worth: the instrument on brains of which the answer is known.

A brain is simulated on a wiring. A model is asked about it with that wiring, which helps, or with another one that has
the same graph but other names, which cannot. Fits, draws, scores, intervals and the rule are those of a run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from braincast.experiments.arms import decisive_arms
from braincast.experiments.entrants import DECISIVE_DRAWS, Entrant, controls_of
from braincast.experiments.jobs import Job, run_job
from braincast.experiments.known_brains import Family, brain
from braincast.experiments.wiring import ALPHA, Verdict, wiring_verdict
from braincast.models.interface import Settings
from braincast.scoring.any_task import score
from braincast.scoring.forecasting.scorecard import score_forecasts
from braincast.scoring.metrics import load_metric
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyTask

ANSWERS = ("helps", "does not", "cannot tell")


@dataclass(frozen=True)
class Trial:
    """The verdict on one brain; of each arm the lead over it (above 0: better), its interval, and p."""

    seed: int
    answer: str
    arms: Mapping[str, Mapping[str, Any]]


def tried(
    family: Family,
    *,
    seed: int,
    own_wiring: bool,
    strength: float | None = None,
    others: Mapping[str, int] | None = None,
) -> Trial:
    """A wiring test on one brain: all draws of the arms that decide, and so many of `others`."""
    task = family.ask(brain(family, seed=seed, own_wiring=own_wiring, strength=strength))
    found = verdict_on(task, family.model, family.settings, others or {})
    sign = 1 if load_metric(found.metric).larger_is_better else -1
    arms = {}
    for arm in found.arms:
        ci = None if arm.ci is None else sorted(sign * bound for bound in arm.ci)
        arms[arm.arm] = {"lead": None if arm.difference is None else sign * arm.difference, "ci": ci, "p": arm.p}
    return Trial(seed, found.answer, arms)


def verdict_on(task: AnyTask, model: str, settings: Settings, others: Mapping[str, int]) -> Verdict:
    """The verdict on a model with fixed settings; of arms that do not decide as many draws as `others` says."""
    own = Entrant(model, model, "model")
    entrants = [own]
    for arm, n_draws in {**dict.fromkeys(decisive_arms(task.card), DECISIVE_DRAWS), **others}.items():
        entrants += controls_of(task.card, own, n_draws, n_draws, {arm: "null"})
    contenders = {
        one.name: Contender(tuple(run_job(task, Job(one, k), settings) for k in one.replicates), one.role, one.of)
        for one in entrants
    }
    if isinstance(task, ForecastTask):
        return wiring_verdict(score_forecasts(task, contenders), task.card, model)
    return wiring_verdict(score(task, contenders), task.card, model)


def rates(trials: Sequence[Trial]) -> dict[str, Any]:
    """Shares of verdicts, and for each arm of small p, of intervals above 0 and of both."""
    answers = {answer: share([trial.answer == answer for trial in trials]) for answer in ANSWERS}
    arms = dict.fromkeys(arm for trial in trials for arm in trial.arms)
    return {"brains": len(trials), "verdicts": answers, "arms": {arm: _arm_rates(trials, arm) for arm in arms}}


def share(found: Sequence[bool]) -> dict[str, Any]:
    """How often, with the 95 % interval of the share (Clopper & Pearson 1934, Biometrika 26:404)."""
    from scipy.stats import beta

    n, count = len(found), sum(found)
    lower = float(beta.ppf(0.025, count, n - count + 1)) if count else 0.0
    upper = float(beta.ppf(0.975, count + 1, n - count)) if count < n else 1.0
    return {"count": count, "n": n, "share": round(count / n, 4), "ci": [round(lower, 4), round(upper, 4)]}


def _arm_rates(trials: Sequence[Trial], arm: str) -> dict[str, Any]:
    found = [trial.arms[arm] for trial in trials if arm in trial.arms]
    small = [one["p"] is not None and one["p"] <= ALPHA for one in found]
    ahead = [one["ci"] is not None and one["ci"][0] > 0 for one in found]
    leads = [one["lead"] for one in found if one["lead"] is not None]
    both = share([a and b for a, b in zip(small, ahead, strict=True)])
    mean = round(sum(leads) / len(leads), 4) if leads else None
    return {"p": share(small), "interval": share(ahead), "both": both, "mean_lead": mean}
