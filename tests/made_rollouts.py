"""A small rollout task on a made-up brain, for tests."""

from __future__ import annotations

import numpy as np
from made_recordings import made_dataset, made_recording

from braincast.tasks.forecasting.build import Design
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.rollouts.build import build_rollout
from braincast.tasks.rollouts.rollout import Rollout

CONTEXT, HORIZON, SETTLE = 4, 50, 10


def turning(n_frames: int = 600, *, seed: int = 0) -> np.ndarray:
    """Three neurons of a noisy damped oscillator and one that follows nobody, float32."""
    rng = np.random.default_rng(seed)
    turn = 0.95 * np.array([[np.cos(0.5), -np.sin(0.5), 0], [np.sin(0.5), np.cos(0.5), 0], [0.5, 0, 0.3]])
    activity = np.zeros((n_frames, 4))
    for frame in range(1, n_frames):
        activity[frame, :3] = turn @ activity[frame - 1, :3] + rng.normal(size=3)
        activity[frame, 3] = 0.6 * activity[frame - 1, 3] + rng.normal()
    return activity.astype(np.float32)


def rollout_task(n_animals: int = 1, noise: str = "errors", step: int = 1, **changes) -> ForecastTask:
    """Windows of 4 frames, of which models go on for 50."""
    recordings = {f"a{seed}": made_recording(turning(seed=seed)) for seed in range(n_animals)}
    dataset = made_dataset(recordings)
    rolled = {"step": step, "noise": noise, "settle": SETTLE, "limit": 50.0, "divergence": (0, 5), **changes}
    design = Design(context=CONTEXT, horizon=HORIZON, stride=10)
    card = build_rollout(dataset, "made-rollout", design, Rollout(**rolled), n_resamples=60)
    return ForecastTask(card, lambda: dataset.specimens)
