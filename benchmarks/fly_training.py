"""What a network's cells answer before, during and after training, for eyes of several sizes.

`python benchmarks/fly_training.py --extents 5 --seeds 3 --steps 1200 --write` trains networks as `optic-network` does
and asks them what fly-motion asks, without the scenes. `--on NAME` says on which machine. Runs are kept one by one in
results/fly_training.json; `--table` writes the page once more.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from pages import put_between_markers, rounded

from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "fly_training.json", HERE.parent / "docs" / "concepts" / "fly-network.md"
ASKED = ("polarity_beyond_receptors", "dsi_t4", "dsi_t5", "selectivity_above_rest", "direction_selectivity")
ASKED += ("preferred_direction_error_deg", "tuning_correlation", "speed_tuning_error")


def main(arguments: Sequence[str]) -> None:
    """Train and write, or with `--table` write once more what was recorded."""
    told = _told(arguments)
    if not told.table:
        runs = read_json(RESULT)["runs"] if RESULT.exists() else []
        for extent in told.extents:
            for seed in range(told.seeds):
                run = trained(extent, seed, told)
                same = ("extent", "wiring", "seed", "steps", "left_out", "on")
                runs = [one for one in runs if any(one[key] != run[key] for key in same)] + [run]
                write_json(told.result, rounded({"runs": runs}))
    text = table(read_json(told.result)["runs"])
    print(text)
    if told.write or told.table:
        put_between_markers(PAGE, text, "training")


def trained(extent: int, seed: int, told: argparse.Namespace) -> dict[str, Any]:
    """The measures at doubling numbers of steps, with the seconds that training took."""
    n_steps, n_movies = told.steps, told.movies
    import jax

    import braincast as bc
    from braincast.models.registry import load_model
    from braincast.models.vision.optic import training as scenes
    from braincast.models.vision.optic.learning import learn
    from braincast.tasks.encoding.declared import fly_motion, stimuli
    from braincast.tasks.encoding.task import EncodingTask

    usual = bc.load_task("fly-motion")
    circuit, asked = usual.circuit, [case for case in stimuli(extent) if case.kind != "scene"]
    task = EncodingTask(fly_motion(circuit, usual.card.dataset_hash, extent, cases=tuple(asked)), lambda: circuit)
    model: Any = load_model("optic-network")
    settings = {**model.candidates[0], "steps": n_steps, "movies": n_movies, "left_out": told.left_out}
    structure = task.structure if told.wiring == "true" else task.structure.rewired(told.wiring, seed=seed)
    eye, training = model.prepare(structure), task.training(0)
    began = time.perf_counter()
    start = scenes.started(eye, training, settings, seed)
    curve = [{"step": 0, "error": 1.0, **measured(task, eye, start)}]
    wanted, spent = [n for n in (150, 300, 600, 1200, 2400, 4800, 9600) if n < n_steps] + [n_steps], [0.0]

    def watch(step: int, errors: np.ndarray, parameters: Any) -> None:
        if wanted and step >= wanted[0]:
            paused = time.perf_counter()
            wanted.pop(0)
            curve.append({"step": step, "error": float(errors.mean()), **measured(task, eye, parameters)})
            spent[0] += time.perf_counter() - paused
            print(extent, seed, curve[-1], file=sys.stderr, flush=True)

    batches = scenes.drawn(eye, training, n_steps, n_movies, seed)
    rates = {name: float(settings[name]) for name in ("learning_rate", "left_out")}
    learn(eye, start, batches, scenes.DT_S, n_steps=n_steps, key=jax.random.key(seed), watch=watch, **rates)
    fit_s = time.perf_counter() - began - spent[0]
    size = {"extent": extent, "wiring": told.wiring, "seed": seed, "steps": n_steps, "movies": n_movies}
    return {**size, "left_out": told.left_out, "on": told.on, "fit_s": fit_s, "curve": curve}


def measured(task: Any, eye: Any, parameters: Any) -> dict[str, float]:
    """What is asked of cells; the flow is not read."""
    from braincast.models.vision.optic.answers import FittedOpticNetwork
    from braincast.scoring.encoding.assessor import EncodingAssessor
    from braincast.scoring.metrics import load_metric

    nothing = np.zeros((len(eye.circuit.outputs) + 1, 2))
    answer = FittedOpticNetwork.of(parameters, nothing, np.zeros(0)).forecast(task.cases("test"), eye)
    assessor = EncodingAssessor(task)
    found = [assessor.measured(answer)]
    return {key: float(assessor.resampled(load_metric(key), found)[0][0]) for key in ASKED}


SHOWN = {
    "dsi_t4": "DSI of T4",
    "dsi_t5": "DSI of T5",
    "direction_selectivity": "selectivity",
    "preferred_direction_error_deg": "directions off by, °",
    "tuning_correlation": "correlation with curves",
    "polarity_beyond_receptors": "polarity",
}


def table(runs: Sequence[dict[str, Any]]) -> str:
    """Rows of wirings, extents and steps: the mean over seeds, with the least and the largest."""
    lines = [f"| wiring | extent | left out | on | steps | seeds | error | {' | '.join(SHOWN.values())} |"]
    lines.append(f"|---|--:|--:|---|--:|--:|--:|{'--:|' * len(SHOWN)}")
    found: dict[tuple[Any, ...], list[dict[str, float]]] = {}
    for run in runs:
        for point in run["curve"]:
            group = run["wiring"] != "true", run["wiring"], run["extent"], run["left_out"], run["on"], point["step"]
            found.setdefault(group, []).append(point)
    for (_, wiring, extent, left_out, on, step), points in sorted(found.items()):
        error = "–" if step == 0 else f"{np.mean([point['error'] for point in points]):.2f}"
        row = " | ".join(_spread([point[key] for point in points]) for key in SHOWN)
        lines.append(f"| {wiring} | {extent} | {left_out:g} | {on} | {step:,} | {len(points)} | {error} | {row} |")
    timed = [run for run in runs if run["fit_s"] is not None]
    spent = {(run["extent"], run["steps"], run["movies"], run["on"]): run["fit_s"] for run in timed}
    words = [
        f"{steps:,} steps of {movies} scenes at extent {extent} on {on} in {seconds:,.0f} s"
        for (extent, steps, movies, on), seconds in spent.items()
    ]
    return "\n".join([*lines, "", f"Means, with the least and the largest of the seeds. {'; '.join(words)}.", ""])


def _spread(values: Sequence[float]) -> str:
    mean = f"{np.mean(values):.2f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.2f}–{max(values):.2f})"


def _told(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extents", type=int, nargs="+", default=[5])
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--steps", type=int, default=1200)
    parser.add_argument("--movies", type=int, default=32)
    parser.add_argument("--wiring", default="true", choices=["true", "offsets-shuffled", "signs-shuffled"])
    parser.add_argument("--left-out", type=float, default=0.0)
    parser.add_argument("--on", default="one core")
    parser.add_argument("--result", type=Path, default=RESULT)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--table", action="store_true")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main(sys.argv[1:])
