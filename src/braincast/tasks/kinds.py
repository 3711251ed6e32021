"""Tasks of all kinds: what their declarations and their objects are."""

from __future__ import annotations

import json
from typing import TypeAlias

from braincast.tasks.card import TaskCard
from braincast.tasks.cases import Cases
from braincast.tasks.forecasting.card import ForecastCard
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.forecasting.training import ForecastTraining
from braincast.tasks.forecasting.windows import Windows
from braincast.tasks.task import Task
from braincast.tasks.training import Training

# An answer that is a distribution has this axis last.
MEMBER = "member"

AnyCard: TypeAlias = TaskCard | ForecastCard
AnyTask: TypeAlias = Task | ForecastTask
AnyCases: TypeAlias = Cases | Windows
AnyTraining: TypeAlias = Training | ForecastTraining


def card_of_json(text: str) -> AnyCard:
    """The declaration in a JSON text, of whatever kind it says it is."""
    kind = json.loads(text).get("kind")
    return (ForecastCard if kind in ("forecast", "rollout", "imputation") else TaskCard).model_validate_json(text)
