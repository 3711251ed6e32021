"""Classical motion detectors on gratings and in the task fly-motion: `python benchmarks/detectors.py --write`.

Needs the dataset fly-optic-lobe; half a minute.
"""

from __future__ import annotations

import math
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

from braincast.dynamics.detectors.arms import arm_deg
from braincast.dynamics.detectors.detector import Detector, opponent, responses
from braincast.dynamics.detectors.hassenstein_reichardt import HassensteinReichardt, grating_response
from braincast.dynamics.detectors.motion_energy import MotionEnergy
from braincast.dynamics.scenes.grating import grating
from braincast.dynamics.scenes.movie import DEGREES_PER_COLUMN
from braincast.dynamics.scenes.optics import wave_contrast
from braincast.dynamics.scenes.textured import textured_scenes
from braincast.files import write_json
from braincast.models.registry import load_model
from braincast.scoring.encoding.assessor import EncodingAssessor
from braincast.scoring.metrics import load_metric
from braincast.tasks.registry import load_task

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "detectors.json", HERE.parent / "docs" / "concepts" / "detectors.md"
MODELS = ("hassenstein-reichardt", "barlow-levick", "three-arm", "motion-energy")
UP, WAVELENGTH_DEG, TAU_S, SETTLED_S, DT_S = 90.0, 30.0, 0.05, 0.6, 0.002
FREQUENCIES_HZ = (0.25, 1.0, 1 / (2 * math.pi * TAU_S), 10.0)
WAVELENGTHS_DEG = (6.5, 8.0, 10.0, 11.0, 12.5, 15.0, 20.0, 30.0, 60.0)
METRICS = ("dsi_t4", "dsi_t5", "preferred_direction_error_deg", "tuning_correlation", "polarity_beyond_receptors")


def main(arguments: list[str]) -> None:
    figures = rounded(measured())
    for name, text in tables(figures).items():
        print(text, end="\n\n")
        if "--write" in arguments:
            put_between_markers(PAGE, text, name)
    if "--write" in arguments:
        write_json(RESULT, figures)


def measured() -> dict[str, Any]:
    """Everything that the tables say."""
    detector = HassensteinReichardt(TAU_S)
    return {
        "gratings": [
            {
                "frequency_hz": frequency,
                "closed_form": grating_response(arm_deg(UP), WAVELENGTH_DEG, frequency, TAU_S),
                "measured": steady(detector, WAVELENGTH_DEG, frequency),
            }
            for frequency in FREQUENCIES_HZ
        ],
        "wavelengths": [
            {
                "wavelength_deg": wavelength,
                "blur": float(contrast_left(wavelength)),
                "hassenstein-reichardt": steady(detector, wavelength, 2.0),
                "motion-energy": steady(MotionEnergy(), wavelength, 2.0),
            }
            for wavelength in WAVELENGTHS_DEG
        ],
        "fly_motion": fly_motion(),
        "scene_ms": scene_ms(),
    }


def steady(detector: Detector, wavelength_deg: float, frequency_hz: float) -> float:
    """The mean opponent answer over a whole wave to a grating of contrast 1 at the columns."""
    movie = grating(1, wavelength_deg, frequency_hz, UP, 1.0, SETTLED_S + 1 / frequency_hz, DT_S)
    # Reichardt's detector is opponent by itself.
    answer = responses if isinstance(detector, HassensteinReichardt) else opponent
    course = answer(detector, movie, (UP,))[-round(1 / frequency_hz / DT_S) :, movie.light.shape[1] // 2, 0]
    return float(course.mean() / contrast_left(wavelength_deg) ** 2)


def contrast_left(wavelength_deg: float) -> float:
    return wave_contrast(2 * math.pi * DEGREES_PER_COLUMN / wavelength_deg)


def fly_motion() -> dict[str, Any]:
    """What the task says of each detector's answers, without resamples."""
    task: Any = load_task("fly-motion")
    assessor = EncodingAssessor(task)
    return {"floor": assessor.mean_flow_error, **{name: scored(name, task, assessor) for name in MODELS}}


def scored(name: str, task: Any, assessor: EncodingAssessor) -> dict[str, float | None]:
    model: Any = load_model(name)
    fitted = model.fit(task.training(), None, model.candidates[0], seed=0)
    answer = assessor.measured(fitted.forecast(task.cases(), None).astype(np.float32))
    found = {key: value_of(key, answer, assessor, assessor.drawn) for key in (*METRICS, "task_error")}
    preferred = [task.card.cell_types.index(cell) for cell in ("T4a", "T4b", "T4c", "T4d")]
    best = float(np.median(answer.best_frequency_hz[preferred]))
    return {**found, "faster": value_of("task_error", answer, assessor, assessor.outside), "best_frequency_hz": best}


def value_of(key: str, answer: Any, assessor: EncodingAssessor, drawn: Any) -> float:
    return float(load_metric(key).of_types(answer, assessor.known, drawn)[0])  # pyright: ignore[reportOptionalCall]


def scene_ms() -> float:
    """Milliseconds to draw a scene of 40 frames for 91 columns, the best of five batches of 64."""
    seconds = []
    for seed in range(5):
        start = time.perf_counter()
        textured_scenes(5, 64, seed=seed, duration_s=0.8, dt_s=0.02)
        seconds.append(time.perf_counter() - start)
    return 1e3 * min(seconds) / 64


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The parts of the page, from what was recorded."""
    return {
        "gratings": gratings_table(figures),
        "wavelengths": wavelengths_table(figures),
        "fly-motion": fly_motion_table(figures),
        "scenes": f"A scene of 40 frames for 91 columns takes {figures['scene_ms']:.1f} ms to draw, its flow included.",
    }


def gratings_table(figures: dict[str, Any]) -> str:
    head = "| temporal frequency, Hz | closed form | detector | off by |\n|--:|--:|--:|--:|\n"
    rows = [
        f"| {row['frequency_hz']:.3g} | {row['closed_form']:.4f} | {row['measured']:.4f} "
        f"| {abs(row['measured'] / row['closed_form'] - 1):.2%} |"
        for row in figures["gratings"]
    ]
    return head + "\n".join(rows)


def wavelengths_table(figures: dict[str, Any]) -> str:
    head = "| wavelength, degrees | contrast left by the blur | Hassenstein–Reichardt | motion energy |\n"
    head += "|--:|--:|--:|--:|\n"
    rows = [
        f"| {row['wavelength_deg']:g} | {row['blur']:.1%} | {row['hassenstein-reichardt']:+.3f} "
        f"| {row['motion-energy']:+.3f} |"
        for row in figures["wavelengths"]
    ]
    return head + "\n".join(rows)


def fly_motion_table(figures: dict[str, Any]) -> str:
    found = figures["fly_motion"]
    head = (
        "| | DSI of T4 | DSI of T5 | direction off by | tuning correlation | polarity known | best frequency, Hz "
        "| flow error | faster scenes |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|\n"
    )
    rows = [
        f"| {name} | {row['dsi_t4']:.2f} | {row['dsi_t5']:.2f} | {row['preferred_direction_error_deg']:.0f}° "
        f"| {row['tuning_correlation']:.2f} | {row['polarity_beyond_receptors']:.0%} | {row['best_frequency_hz']:g} "
        f"| {row['task_error']:.2f} | {row['faster']:.1f} |"
        for name, row in found.items()
        if name != "floor"
    ]
    floor = f"Always saying that nothing moves has a flow error of {found['floor']:.2f} columns per second."
    return head + "\n".join(rows) + f"\n\n{floor}"


if __name__ == "__main__":
    main(sys.argv[1:])
