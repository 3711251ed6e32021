"""What candidates of one model share is worked out once: kept beside the training set for as long as that lives."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from braincast.tasks.forecasting.training import ForecastTraining

Made = TypeVar("Made")
_KEPT: WeakKeyDictionary[ForecastTraining, dict[Hashable, Any]] = WeakKeyDictionary()


def remembered(training: ForecastTraining, key: Hashable, make: Callable[[], Made]) -> Made:
    """`make()`, called once for each training set and key; whoever gets the result must not change it."""
    kept = _KEPT.setdefault(training, {})
    if key not in kept:
        kept[key] = make()
    return kept[key]
