"""Arms of a wiring test: what a model is fitted again without, and what each is called in a run's document."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from braincast.brain.connectome import Connectome
from braincast.brain.nulls import CONTROLS, applicable
from braincast.brain.specimen_nulls import OTHERS
from braincast.scoring.scores import Role
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.kinds import AnyCard, AnyTask

# Under which key each arm stands in the document of a run.
KEYS: Mapping[str, str] = MappingProxyType(
    {
        "identity-permuted": "identity",
        "class-permuted": "class",
        "degree-preserving": "degree",
        "weights-shuffled": "weights",
        "signs-shuffled": "signs",
        "density-matched": "random",
        "within-type-permuted": "within_type",
        "distance-preserving": "distance",
        "no-edges": "none",
        "unconstrained": "unconstrained",
        "transposed": "transpose",
        OTHERS: "others",
    }
)
# Of circuits that are repeated over columns.
CIRCUIT_KEYS: Mapping[str, str] = MappingProxyType({"offsets-shuffled": "offsets"})
# Arms of which only the answers see another wiring: what was learned on the true one is put on it.
LEARNED_BEFORE: Mapping[str, str] = MappingProxyType(
    {"offsets-shuffled-after": "offsets-shuffled", "signs-shuffled-after": "signs-shuffled"}
)
# Of recordings with wiring: what any run of a model on the wiring stands beside, and what decides.
_USUAL = ("identity-permuted", "degree-preserving", "no-edges", "expression-permuted")
_DECISIVE = ("identity-permuted", "degree-preserving")

Arms = Mapping[str, Role]


def usual_arms(card: AnyCard) -> Arms:
    """The nulls and controls that every run has: those on the task's card, or those of any task with wiring.

    Of recordings with wiring, a card that names nulls has these alone. In an encoding task a null is a training of its
    own, and belongs to the wiring test.
    """
    if isinstance(card, EncodingCard):
        return dict.fromkeys(card.controls, "control")
    found: dict[str, Role] = {**dict.fromkeys(card.nulls, "null"), **dict.fromkeys(card.controls, "control")}
    if isinstance(card, ForecastCard) and card.whose_wiring != "none" and not card.nulls:
        found = {**dict.fromkeys(_USUAL, "null"), **found}
    return found


def planned_arms(card: AnyCard, *, wiring_test: bool) -> Arms:
    """What can be told of a run's arms before there are data: the usual ones; of a circuit's wiring test, all."""
    nulls = card.nulls if wiring_test and isinstance(card, EncodingCard) else ()
    return {**dict.fromkeys(nulls, "null"), **usual_arms(card)}


def all_arms(task: AnyTask) -> Arms:
    """Those of a full wiring test: the usual ones, and all others that make sense for the task's wiring."""
    if isinstance(task, EncodingTask):
        return planned_arms(task.card, wiring_test=True)
    fit = [arm for arm in KEYS if _makes_sense(task, arm)]
    return {**usual_arms(task.card), **{arm: "control" if arm in CONTROLS else "null" for arm in fit}}


def decisive_arms(card: AnyCard) -> tuple[str, ...]:
    """The nulls that a verdict rests on."""
    if isinstance(card, ForecastCard) and card.whose_wiring != "none":
        return card.decisive_nulls or _DECISIVE
    return card.decisive_nulls


def _makes_sense(task: AnyTask, arm: str) -> bool:
    if isinstance(task, EncodingTask):
        return False
    if not isinstance(task, ForecastTask):
        connectome = task.structure.connectome
        return arm != OTHERS and connectome is not None and applicable(connectome, arm)
    if task.card.whose_wiring == "none":
        return False
    found = _own_wirings(task)
    return len(found) > 1 if arm == OTHERS else all(applicable(connectome, arm) for connectome in found)


def _own_wirings(task: ForecastTask) -> list[Connectome]:
    """The different connectomes of the task's recordings, as nulls see them."""
    found = {id(one): one.connectome for one in task.structure.specimens}
    return [connectome for connectome in found.values() if connectome is not None]
