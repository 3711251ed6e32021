"""What a rollout task declares beyond a forecast task: how models run on their own output, and what is looked at."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from braincast.tasks.card import Declaration


class Rollout(Declaration):
    """How a model answers a horizon much longer than what it learned: step after step, on its own output.

    Models learn to forecast `step` frames. With the noise "errors" they are driven by chance: at each frame one of
    their own errors on validation windows, all neurons together, is added; those named in `undriven` are not. The
    first `settle` frames are not scored, since a good forecast is no evidence of a good climate. A path that leaves
    `limit` standard deviations, or is no number, has blown up and is held there. `divergence` are the first and the
    last frame between which paths that began close together are followed to tell the largest Lyapunov exponent.
    """

    step: int = Field(ge=1)
    noise: Literal["none", "errors"]
    undriven: tuple[str, ...] = ()
    settle: int = Field(ge=0)
    limit: float = Field(gt=0)
    divergence: tuple[int, int]

    @model_validator(mode="after")
    def _driven_at_each_frame(self) -> Rollout:
        if self.noise == "errors" and self.step != 1:
            raise ValueError("errors are added frame by frame, so that the step must be 1")
        return self
