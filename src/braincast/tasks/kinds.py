"""Tasks of all kinds: what their declarations and their objects are."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TypeAlias

from braincast.errors import BraincastError
from braincast.tasks.card import TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.encoding.card import EncodingCard
from braincast.tasks.encoding.scene_training import SceneTraining
from braincast.tasks.encoding.stimuli import Stimuli
from braincast.tasks.encoding.task import EncodingTask
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows
from braincast.tasks.task import Task
from braincast.tasks.training import Training

# An answer that is a distribution has this axis last.
MEMBER = "member"

AnyCard: TypeAlias = TaskCard | ForecastCard | EncodingCard
AnyTask: TypeAlias = Task | ForecastTask | EncodingTask
AnyCases: TypeAlias = Cases | Windows | Stimuli
AnyTraining: TypeAlias = Training | ForecastTraining | SceneTraining

_CARDS: Mapping[str, type[TaskCard] | type[ForecastCard] | type[EncodingCard]] = {
    "perturbation": TaskCard,
    "forecast": ForecastCard,
    "rollout": ForecastCard,
    "imputation": ForecastCard,
    "encoding": EncodingCard,
}


def refuse_encoding(card: AnyCard, what: str) -> None:
    """E306 for an encoding task, of which there is no `what`: it has nothing that was recorded."""
    if isinstance(card, EncodingCard):
        fix = "Choose another task; braincast run, fit, forecast, score and compare know this one"
        raise BraincastError("E306", f"task {card.name}", f"it is an encoding task, of which there is no {what}", fix)


def card_of_json(text: str) -> AnyCard:
    """The declaration in a JSON text, of whatever kind it says it is; ValueError where it is none."""
    try:
        told = json.loads(text)
    except RecursionError as error:
        raise ValueError("it is too deep") from error
    if not isinstance(told, dict):
        raise ValueError("it is no object")
    return _CARDS.get(str(told.get("kind")), TaskCard).model_validate_json(text)
