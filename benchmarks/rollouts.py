"""The rollout tasks and their line-ups, and Lyapunov exponents of known laws: `python benchmarks/rollouts.py --write`.

`--table` only writes the tables and the figure of the page again, from the figures recorded last; with the name of a
task, or `exponents`, that part alone is made again. The worm's recording is found through BRAINCAST_TEST_DATA, unless
the cache has it already.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from line_figure import write_lines
from pages import put_between_markers, rounded
from threadpoolctl import threadpool_limits

import braincast as bc
from braincast.dynamics import convection, lorenz
from braincast.dynamics.lyapunov import flow, lyapunov_exponents
from braincast.experiments.run import configure, run
from braincast.files import read_json, write_json
from braincast.scoring.any_task import score
from braincast.scoring.rollouts.exhibits import REFERENCE
from braincast.tasks.forecasting.task import ForecastTask
from braincast.tasks.rollouts.declared import DECLARED

ROOT = Path(__file__).parent.parent
RESULT = ROOT / "benchmarks" / "results" / "rollouts.json"
PAGE = ROOT / "docs" / "findings" / "rollouts.md"
FIGURE = ROOT / "docs" / "figures" / "rollouts.svg"
BROUGHT, EXPONENTS = "worm-rollout", "exponents"
SHOWN = {
    "spectral_hellinger": "spectra",
    "invariant_kl": "invariant measure",
    "autocorrelation_error": "autocorrelation",
    "autocorrelation_time_error": "its time",
    "covariance_error": "covariance",
    "lyapunov_error": "exponent",
}
STABILITY = {"drift": "drift of the mean", "variance_drift": "of the variance", "blown_up": "blown up"}
DRAWN_TASK = "lorenz63-rollout"
DRAWN = (REFERENCE, "nvar", "ar", "surrogate")
DRAWN_BINS = 4  # frequencies that make a point of the figure
# A law that is fitted less well than validation would choose: products of two values of the last frame alone.
POORER = {
    "lorenz63-rollout": {"factors": 3, "order": 1, "degree": 2, "penalty": 1e-6},
    "lorenz96-rollout": {"factors": 8, "order": 1, "degree": 2, "penalty": 1e-6},
}
POORER_ROW = "nvar, order 1, degree 2"
_RUNS, _SETTLE, _TIME = 256, 20, 0.2  # independent runs; intervals of 0.2 that are not counted
_SPIN_UP = 80.0  # paths near a fixed point of convection leave it slowly


def main(arguments: Sequence[str]) -> None:
    """Run the rollout tasks; `--write` keeps the figures and the page."""
    if "--table" in arguments:
        publish(read_json(RESULT))
        return
    parts = [part for part in (EXPONENTS, *DECLARED) if part in arguments] or [EXPONENTS, *DECLARED]
    figures = read_json(RESULT) if RESULT.exists() else {EXPONENTS: {}, "tasks": {}}
    for part in parts:
        if part == EXPONENTS:
            figures[EXPONENTS] = rounded(exponents())
        else:
            task = rollout_task(part)
            figures["tasks"][part] = rounded(line_up(task))
            if part in POORER:
                figures["tasks"][part]["models"][POORER_ROW] = rounded(poorer_law(task, POORER[part]))
    print(json.dumps(figures, indent=1))
    if "--write" in arguments:
        write_json(RESULT, figures)
    if "--write" in arguments and figures[EXPONENTS] and set(figures["tasks"]) == set(DECLARED):
        publish(figures)


def exponents() -> dict[str, Any]:
    """Largest exponents from tangent dynamics: of convection all three, of rings the first."""
    rng = np.random.default_rng(0)
    found = {}
    start = convection.advanced(rng.normal(size=(_RUNS, 3)) + np.array([0, 0, 25]), _SPIN_UP)
    tangent_map = flow(convection.tendency, convection.jacobian, time=_TIME, step=0.01)
    found["lorenz63"] = _exponents(tangent_map, start, n_steps=200, n_exponents=3)
    for n_units in (8, 40):
        start = lorenz.advanced(lorenz.FORCING + rng.standard_normal((32, n_units)), 20.0)
        tangent_map = flow(lorenz.tendency, lorenz.jacobian, time=_TIME, step=0.025)
        found[f"lorenz96, {n_units} units"] = _exponents(tangent_map, start, n_steps=150, n_exponents=1)
    return found


def line_up(task: ForecastTask) -> dict[str, Any]:
    """A task's default run."""
    result = run(task, configure(task.card), n_workers=2)
    document, exhibits = result.to_dict(), result.judged.exhibits
    models = {name: _row(own) for name, own in document["models"].items()}
    drawn = [climate for climate in exhibits.climates if task.name == DRAWN_TASK and climate.name in DRAWN]
    return {
        "task_hash": task.hash,
        "headline": result.headline,
        "models": models,
        "exponents": {climate.name: _known(climate.lyapunov) for climate in exhibits.climates},
        "frequency": exhibits.frequency.tolist() if drawn else [],
        "power": {climate.name: climate.power.tolist() for climate in drawn},
        "intervals": {k: document["intervals"][k] for k in ("n_animals", "n_blocks", "block_frames", "flag")},
        "wall_s": result.wall_s,
    }


def poorer_law(task: ForecastTask, settings: dict[str, Any]) -> dict[str, Any]:
    """The row of a law that is fitted less well."""
    with threadpool_limits(1):
        answer = bc.fit("nvar", task, settings=settings).forecast(task.cases())
    return _row(score(task, {POORER_ROW: answer}).to_dict()["models"][POORER_ROW])


def rollout_task(name: str) -> ForecastTask:
    """A rollout task by name, its recording brought where it has to be."""
    folder = os.environ.get("BRAINCAST_TEST_DATA")
    task = bc.load_task(name, data=Path(folder) if folder and name == BROUGHT else None)
    if not isinstance(task, ForecastTask):
        raise TypeError(f"{name} is no rollout task")
    return task


def publish(figures: dict[str, Any]) -> None:
    """Put tables and the picture into the page."""
    for part, text in tables(figures).items():
        put_between_markers(PAGE, text, part)
    found = figures["tasks"][DRAWN_TASK]
    n = DRAWN_BINS * (sum(f <= 3.0 for f in found["frequency"]) // DRAWN_BINS)  # above that there is little power
    curves = {name: 10 * np.log10(_thinned(found["power"][name][:n])) for name in DRAWN}
    lowest = min(float(own.min()) for own in curves.values())
    raised = {name: (own - min(lowest, 0.0)).tolist() for name, own in curves.items()}
    across = [round(float(f), 2) for f in _thinned(found["frequency"][:n])]
    write_lines(FIGURE, f"Mean power in decibels ({DRAWN_TASK})", across, raised, "cycles in a unit of time")


def tables(figures: dict[str, Any]) -> dict[str, str]:
    """The tables of the page, by the part of it where they stand."""
    return {
        "exponents": _exponents_table(figures),
        **{name: _line_up_table(found) for name, found in figures["tasks"].items()},
    }


def _exponents(tangent_map: Any, start: np.ndarray, *, n_steps: int, n_exponents: int) -> dict[str, list[float]]:
    found = lyapunov_exponents(
        tangent_map, start, time_per_step=_TIME, n_steps=n_steps, n_exponents=n_exponents, settle=_SETTLE
    )
    return {"value": found.value.tolist(), "error": found.error.tolist()}


def _thinned(values: Sequence[float]) -> np.ndarray:
    """Means of a few neighbours each."""
    return np.reshape(values, (-1, DRAWN_BINS)).mean(axis=1)


def _row(found: dict[str, Any]) -> dict[str, Any]:
    return {"role": found["role"], **{key: _value(found["metrics"][key]) for key in (*SHOWN, *STABILITY)}}


def _value(found: dict[str, Any]) -> dict[str, Any]:
    return {"value": found["value"], "ci": found["ci"]}


def _known(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _exponents_table(figures: dict[str, Any]) -> str:
    known = figures["exponents"]
    lines = [
        "| law | from the equations, ± standard error | from what followed | from the fitted law (nvar) | from ar | "
        "from surrogates |",
        "|---|---|---|---|---|---|",
    ]
    for name, task in (("lorenz63", "lorenz63-rollout"), ("lorenz96, 8 units", "lorenz96-rollout")):
        data = figures["tasks"][task]["exponents"]
        cells = " | ".join(_shown(data.get(row), "+.2f") for row in (REFERENCE, "nvar", "ar", "surrogate"))
        lines.append(f"| {name} | {known[name]['value'][0]:.3f} ± {known[name]['error'][0]:.3f} | {cells} |")
    three = ", ".join(f"{value:.3f}" for value in known["lorenz63"]["value"])
    ring = known["lorenz96, 40 units"]
    return "\n".join(
        [
            *lines,
            "",
            f"All three exponents of the convection model: {three}; their sum must be -13.667. A ring of 40 units has "
            f"{ring['value'][0]:.2f} ± {ring['error'][0]:.2f} (1.67 to 1.69 in the literature).",
        ]
    )


def _line_up_table(found: dict[str, Any]) -> str:
    columns = {**SHOWN, **STABILITY}
    lines = [f"| | {' | '.join(columns.values())} |", "|---|" + "---|" * len(columns)]
    order = sorted(found["models"].items(), key=lambda item: (item[1]["role"] != "control", _sort_key(item[1])))
    for name, row in order:
        shown = f"**{name}**" if name == found["headline"] else f"*{name}*" if row["role"] == "control" else name
        lines.append(f"| {shown} | {' | '.join(_cell(row[key]) for key in columns)} |")
    told = found["intervals"]
    who = "one animal" if told["n_animals"] == 1 else f"{told['n_animals']} animals"
    few = " **These are few: take the intervals with caution.**" if told["flag"] else ""
    sentence = (
        f"Bold: best on validation windows; italic: controls. Intervals are over {who}, {told['n_blocks']} blocks "
    )
    sentence += f"of {told['block_frames']} frames.{few} The run took {found['wall_s']:.0f} s on 2 cores."
    return "\n".join([*lines, "", sentence])


def _sort_key(row: dict[str, Any]) -> float:
    return row["spectral_hellinger"]["value"]


def _cell(found: dict[str, Any]) -> str:
    if found["value"] is None:
        return "–"
    ends = found["ci"]
    return f"{found['value']:.3f}" if ends is None else f"{found['value']:.3f} ({ends[0]:.3f} to {ends[1]:.3f})"


def _shown(value: float | None, spec: str) -> str:
    return "–" if value is None else f"{value:{spec}}"


if __name__ == "__main__":
    main(sys.argv[1:])
