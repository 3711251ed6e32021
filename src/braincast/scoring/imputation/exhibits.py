"""What a report shows of single neurons that were hidden: their activity beside what was said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from braincast.scoring.forecasting.exhibits import ForecastExhibits, forecast_exhibits
from braincast.scoring.forecasting.neurons import NeuronSkill
from braincast.scoring.imputation.in_windows import answered_in_windows, asked_in_windows
from braincast.scoring.scores import Contender
from braincast.tasks.forecasting.task import ForecastTask


def imputation_exhibits(
    task: ForecastTask,
    contenders: Mapping[str, Contender],
    headline: str,
    shown: Sequence[str],
    neurons: Mapping[str, NeuronSkill],
) -> ForecastExhibits | None:
    """As of forecasts of the task's windows, every neuron where it was hidden."""
    drawn = {name: contenders[name] for name in {headline, task.card.baseline} & set(contenders)}
    gathered = {name: answered_in_windows(task.card, contender, name) for name, contender in drawn.items()}
    return forecast_exhibits(asked_in_windows(task), gathered, headline, shown, neurons)
