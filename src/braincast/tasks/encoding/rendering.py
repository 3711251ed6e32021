"""The movie of a stimulus: what an eye of some extent sees, at any rate of frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from braincast.dynamics.scenes.movie import Movie
from braincast.errors import BraincastError
from braincast.tasks.encoding.card import SceneUse, Stimulus

if TYPE_CHECKING:
    from braincast.dynamics.scenes.textured import SceneDistribution

CONTRAST = 1.0  # of gratings
_TRAIN, _VALIDATION, _TEST = range(3)


def training_seed(seed: int) -> int:
    """What training scenes of a seed are made from: never the seed of a validation or a test scene."""
    return 3 * seed + _TRAIN


def validation_seed(number: int) -> int:
    """The seed of a validation scene."""
    return 3 * number + _VALIDATION


def test_seed(number: int) -> int:
    """The seed of a test scene."""
    return 3 * number + _TEST


def rendered(stimulus: Stimulus, scenes: SceneUse, extent: int, lead_step_s: float, dt_s: float) -> Movie:
    """The movie, with the flow behind it where it is a scene; E912 for a rate at which leads fall between frames."""
    frames_per_lead = lead_step_s / dt_s if dt_s > 0 else 0.0
    if round(frames_per_lead) < 1 or abs(frames_per_lead - round(frames_per_lead)) > 1e-6:
        what = f"frames are {dt_s:g} s apart, and answers are asked for every {lead_step_s:g} s"
        raise BraincastError("E912", f"stimulus {stimulus.id}", what, "Choose a step that goes into it, 5 ms say")
    return _MAKERS[stimulus.kind](stimulus, scenes, extent, stimulus.n_leads * lead_step_s, dt_s)


def distribution(scenes: SceneUse, speed: tuple[float, float] | None = None) -> SceneDistribution:
    """What training scenes are drawn from, or the same with other speeds."""
    from braincast.dynamics.scenes.textured import SceneDistribution

    fields = scenes.model_dump(exclude={"faster", "duration_s", "n_validation"})
    return replace(SceneDistribution(**fields), speed_columns_per_s=speed or scenes.speed_columns_per_s)


def _flash(stimulus: Stimulus, scenes: SceneUse, extent: int, duration_s: float, dt_s: float) -> Movie:
    from braincast.dynamics.scenes.flash import full_field_flash

    flash_s = duration_s - stimulus.lead_in_s
    told = cast(Any, stimulus.polarity)
    return full_field_flash(extent, told, dt_s, flash_s=flash_s, lead_in_s=stimulus.lead_in_s)


def _edge(stimulus: Stimulus, scenes: SceneUse, extent: int, duration_s: float, dt_s: float) -> Movie:
    from braincast.dynamics.scenes.edges import moving_edge

    angle, speed, told = _given(stimulus.angle_deg), _given(stimulus.speed), cast(Any, stimulus.polarity)
    return moving_edge(extent, angle, speed, told, dt_s, lead_in_s=stimulus.lead_in_s)


def _grating(stimulus: Stimulus, scenes: SceneUse, extent: int, duration_s: float, dt_s: float) -> Movie:
    from braincast.dynamics.scenes.grating import grating

    wavelength, frequency, angle = map(_given, (stimulus.wavelength_deg, stimulus.frequency_hz, stimulus.angle_deg))
    return grating(extent, wavelength, frequency, angle, CONTRAST, duration_s, dt_s)


def _scene(stimulus: Stimulus, scenes: SceneUse, extent: int, duration_s: float, dt_s: float) -> Movie:
    from braincast.dynamics.scenes.textured import textured_scene

    drawn = distribution(scenes, scenes.faster if stimulus.distribution == "out" else None)
    seed = int(_given(stimulus.seed))
    return textured_scene(extent, seed=seed, duration_s=duration_s, dt_s=dt_s, distribution=drawn)


def _given(value: float | int | None) -> float:
    if value is None:
        raise BraincastError("E914", "stimulus", "a number is missing", "Declare angle, speed, frequency or seed")
    return float(value)


_MAKERS = {"flash": _flash, "edge": _edge, "grating": _grating, "scene": _scene}
