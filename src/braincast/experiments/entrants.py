"""Who takes part in a run: models, baselines, and the nulls and controls of what each model uses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from braincast.brain.nulls import CONTROLS
from braincast.brain.specimen_nulls import SPECIMEN_NULLS, TRUE_WIRING
from braincast.errors import BraincastError, unknown_name
from braincast.experiments.arms import LEARNED_BEFORE, Arms, decisive_arms, usual_arms
from braincast.models.registry import load_model, model_names
from braincast.scoring.scores import Role
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.kinds import AnyCard

# A permutation test at 0.05 needs at least 19 draws, a two-sided one 39.
DECISIVE_DRAWS = 39
QUICK_DRAWS = 3
# Of nulls on which no verdict rests: enough for an interval of their mean.
DESCRIPTIVE_DRAWS = 10
# One draw says all: nothing is random about these.
_ONE_DRAW = ("no-edges", *CONTROLS)


@dataclass(frozen=True)
class Entrant:
    """A row of the scoreboard: a model with its own or another wiring, and the seeds or draws that stand for it.

    Of each draw of a null there are `n_seeds` replicates, one after the other. `settings` are fixed by name. One that
    `learned_before` was fitted to the true wiring, and answers with the other.
    """

    name: str
    model: str
    role: Role
    of: str | None = None
    wiring: str = TRUE_WIRING
    replicates: tuple[int, ...] = (0,)
    n_seeds: int = 1
    settings: tuple[tuple[str, Any], ...] = ()
    learned_before: bool = False

    def draw_and_seed(self, replicate: int) -> tuple[int, int]:
        """Which draw of a null and which seed of the model a replicate is; a model with its own wiring has no draws.

        Where the model learned before, each seed gets a draw of its own.
        """
        if self.learned_before:
            return replicate, replicate
        return (0, replicate) if self.of is None else divmod(replicate, self.n_seeds)


def wanted_models(card: AnyCard, models: str | Sequence[str] | None, track: str = "open") -> tuple[str, ...]:
    """Names to run: the task's default line-up, all that can answer it on that track, or those named.

    A name that is not known is E303, one that cannot answer this task E306.
    """
    if models is None:
        return _on_track(card, card.lineup, track)
    if models == "all":
        return tuple(name for name in model_names() if load_model(name).card.can_answer(card, track))
    named = models.split(",") if isinstance(models, str) else list(models)
    for name in named:
        if name not in model_names():
            raise unknown_name("E303", "model", name, model_names())
        load_model(name).card.require_answer(card, track)
    return tuple(dict.fromkeys(named))


def baselines_of(card: AnyCard, track: str = "open") -> tuple[str, ...]:
    """The task's baselines that answer it on that track."""
    return _on_track(card, card.baselines, track)


def contestants(card: AnyCard, models: Sequence[str], n_seeds: int, track: str = "open") -> list[Entrant]:
    """The task's baselines, then the models asked for; a model without randomness runs once whatever `n_seeds`.

    A floor that is a distribution has as many seeds as its card says, at the least. A model that was told the truth is
    a control.
    """
    if n_seeds < 1:
        raise BraincastError("E305", "--seeds", f"{n_seeds} seeds", "Give at least 1")
    names = dict.fromkeys([*baselines_of(card, track), *models])
    entrants = []
    for name in names:
        model = load_model(name).card
        role: Role = "baseline" if name in card.baselines else "control" if model.is_control else "model"
        seeds = tuple(range(max(n_seeds, model.fewest_seeds))) if model.stochastic else (0,)
        entrants.append(Entrant(name, name, role, replicates=seeds))
    return entrants


def controls_of(
    card: AnyCard, entrant: Entrant, n_decisive: int, n_other: int, arms: Arms | None = None
) -> list[Entrant]:
    """The nulls and controls of what a model uses, with as many draws of the nulls that decide and of the others.

    They are those of `arms`, or else the task's usual ones. The floor of an encoding task has none.
    """
    uses, arms, decisive = load_model(entrant.model).card.uses, arms or usual_arms(card), decisive_arms(card)
    draws = {arm: n_decisive if arm in decisive else n_other for arm in arms}
    if entrant.role == "baseline" and isinstance(card, EncodingCard):
        return []
    return [_arm(entrant, arm, role, draws[arm]) for arm, role in arms.items() if _removed_by(arm) in uses]


def _on_track(card: AnyCard, names: tuple[str, ...], track: str) -> tuple[str, ...]:
    """Of the task's own models those that answer it on a track: all of them on the usual one."""
    if track == "open":
        return names
    return tuple(name for name in names if load_model(name).card.can_answer(card, track))


def _removed_by(arm: str) -> str:
    return SPECIMEN_NULLS[arm][0] if arm in SPECIMEN_NULLS else "connectome"


def _arm(entrant: Entrant, arm: str, role: Role, n_draws: int) -> Entrant:
    n_seeds = len(entrant.replicates)
    if arm in LEARNED_BEFORE:
        own = {"wiring": LEARNED_BEFORE[arm], "n_seeds": 1, "learned_before": True}
        return replace(entrant, name=f"{entrant.name}@{arm}", role=role, of=entrant.name, **own)
    replicates = tuple(range((1 if arm in _ONE_DRAW else n_draws) * n_seeds))
    name = f"{entrant.name}@{arm}"
    return Entrant(name, entrant.model, role, entrant.name, arm, replicates, n_seeds, entrant.settings)
