"""What a rollout task declares beyond a forecast task: how models run on their own output, and what is looked at."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from braincast.tasks.card import Declaration


class Rollout(Declaration):
    """How a model answers a horizon much longer than what it learned: step after step, on its own output.

    Models learn to forecast `step` frames. With the noise "errors", a frame of their own errors on validation windows,
    all neurons together, is added at each frame; "none" is for laws without chance. A path that leaves `limit` standard
    deviations, or is no number, has blown up and is held there. `divergence` are the first and the last frame between
    which paths that began close together are followed to tell the largest Lyapunov exponent.
    """

    step: int = Field(ge=1)
    noise: Literal["none", "errors"]
    limit: float = Field(gt=0)
    divergence: tuple[int, int]
