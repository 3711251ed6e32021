"""What a single figure is the mean over: all windows alike, or the windows of each condition and then conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from braincast.scoring.forecasting.blocks import BlockResamples
from braincast.scoring.forecasting.groups import CaseMask
from braincast.scoring.forecasting.spread import Spread
from braincast.tasks.forecasting.card import ForecastCard


@dataclass(frozen=True, eq=False)
class Averaging:
    """How cases become one figure: each part's own value, then their plain mean. Without parts all cases are one.

    `part[case]` is the number of the part (the condition) that a case belongs to.
    """

    part: Int[np.ndarray, " case"] | None = None

    def parts(self, within: CaseMask) -> list[CaseMask]:
        """The cases of each part; all of them together cover `within`."""
        if self.part is None:
            return [within]
        return [within & (self.part == number) for number in np.unique(self.part[within])]

    def weights(self, within: CaseMask) -> Float[np.ndarray, " case"]:
        """How much each case counts in the mean; on average 1 within the mask, 0 outside of it."""
        parts = self.parts(within)
        weights = np.zeros(len(within))
        for part in parts:
            weights[part] = 1.0 if len(parts) == 1 else within.sum() / (len(parts) * part.sum())
        return weights

    def spread(self, resamples: BlockResamples, within: CaseMask) -> Spread:
        """How the deviations of an average over these cases become an interval."""
        return resamples.spread(within, None if self.part is None else self.weights(within))

    def mean(self, values: Float[np.ndarray, " case"], within: CaseMask) -> float:
        """The mean of one number of each case."""
        return float(np.mean([values[part].mean() for part in self.parts(within)]))


OVER_WINDOWS = Averaging()


def averaging_of(card: ForecastCard) -> Averaging:
    """What the single figures of a task are means over."""
    if card.average == "windows":
        return OVER_WINDOWS
    number = {name: k for k, name in enumerate(dict.fromkeys(case.condition for case in card.cases))}
    return Averaging(np.array([number[case.condition] for case in card.cases], dtype=np.int64))


def mean_of_parts(
    values: Sequence[Float[np.ndarray, "*any"]], present: Sequence[Bool[np.ndarray, "*any"]]
) -> Float[np.ndarray, "*any"]:
    """Plain mean over parts of which anything was drawn; NaN where nothing was, or where a part is undefined."""
    if len(values) == 1:
        return values[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(present, values, 0.0).sum(axis=0) / np.sum(present, axis=0)
