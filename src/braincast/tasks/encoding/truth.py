"""What is true of the test scenes. Imported by scoring alone; the import contract keeps models away."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float

from braincast.tasks.encoding.task import EncodingTask


def open_flow(task: EncodingTask) -> dict[str, Float[np.ndarray, "lead 2"]]:
    """The flow at the central column at each lead of each test scene (columns per second), by the scene's id."""
    return {shown.id: shown.flow() for shown in task.cases() if shown.declared.kind == "scene"}
