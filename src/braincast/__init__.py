"""braincast: how well can a model predict the activity of a brain, and does knowing its wiring help?

Names load on use, so that `import braincast` is quick.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from braincast.version import VERSION

__version__ = VERSION

_HOMES = {
    "BraincastError": "braincast.errors",
    "Connectome": "braincast.brain.connectome",
    "Expression": "braincast.brain.expression",
    "Recording": "braincast.brain.recording",
    "Responses": "braincast.brain.responses",
    "Specimen": "braincast.brain.specimen",
    "load_dataset": "braincast.datasets.registry",
    "load_task": "braincast.tasks.registry",
    "load_model": "braincast.models.registry",
    "fit": "braincast.training.fit",
    "save_forecast": "braincast.forecasts.store",
    "load_forecast": "braincast.forecasts.store",
    "score": "braincast.scoring.any_task",
}

__all__ = [
    "BraincastError",
    "Connectome",
    "Expression",
    "Recording",
    "Responses",
    "Specimen",
    "__version__",
    "fit",
    "load_dataset",
    "load_forecast",
    "load_model",
    "load_task",
    "save_forecast",
    "score",
]

if TYPE_CHECKING:
    from braincast.brain.connectome import Connectome as Connectome
    from braincast.brain.expression import Expression as Expression
    from braincast.brain.recording import Recording as Recording
    from braincast.brain.responses import Responses as Responses
    from braincast.brain.specimen import Specimen as Specimen
    from braincast.datasets.registry import load_dataset as load_dataset
    from braincast.errors import BraincastError as BraincastError
    from braincast.forecasts.store import load_forecast as load_forecast
    from braincast.forecasts.store import save_forecast as save_forecast
    from braincast.models.registry import load_model as load_model
    from braincast.scoring.any_task import score as score
    from braincast.tasks.registry import load_task as load_task
    from braincast.training.fit import fit as fit


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'braincast' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
