"""A recording of ZAPBench's size from the fit to the score, against the plan: `python benchmarks/zapbench_scale.py`.

The store is made up (71,721 neurons, 7,879 frames); `--store PATH` takes one that is there. Each command runs in a
process of its own, whose wall time and peak memory are noted, after `fit --dry-run` has said what they will be.
`linear` answers zapbench-c4 whole; on zapbench-c256 its training is killed after the first evaluation and goes on with
--resume.
`--write` records the figures in results/zapbench_scale.json and docs/findings/zapbench.md; `--score` measures
forecast, score and memory of C4 again and keeps what was recorded of trainings; `--table` only writes the page again.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pages import put_between_markers, rounded

from braincast.datasets.synthetic.zapbench_store import write_store
from braincast.files import read_json, write_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "zapbench_scale.json", HERE.parent / "docs" / "findings" / "zapbench.md"
N_NEURONS, SEED, GIGABYTE = 71_721, 7, 1e9
FIT, FORECAST, ALL = "C4: fit", "C4: forecast, stored", "C4: all three"
SCORE = "C4: score beside mean, persistence and stimulus-average"
MEMORY, DISK = "C4: peak memory", "C4: forecast on disk"
SHARED = {"weights": "shared", "rescaling": "none"}
STEPS = {
    4: {**SHARED, "batch": 8, "steps": 2000, "every": 250, "patience": 20},
    256: {**SHARED, "batch": 2, "steps": 1000, "every": 500, "patience": 20},
}


def main(arguments: Sequence[str]) -> None:
    """Measure, with `--score` all but long trainings; or with `--table` write once more what was recorded."""
    if "--table" not in arguments:
        figures = rounded(_scored_again(arguments) if "--score" in arguments else _measured(arguments))
        if "--write" in arguments:
            write_json(RESULT, figures)
        print(json.dumps(figures, indent=1))
    if "--write" in arguments or "--table" in arguments:
        put_between_markers(PAGE, table(read_json(RESULT)), "scale")


def table(figures: dict[str, Any]) -> str:
    """Planned and reached, a row for each."""
    lines = ["| | planned | reached | reached / planned |", "|---|---|---|---|"]
    for row in figures["rows"]:
        planned, reached, unit, digits = row["planned"], row["reached"], row["unit"], row["digits"]
        ratio = reached / planned
        lines.append(f"| {row['what']} | {planned:,.{digits}f} {unit} | {reached:,.{digits}f} {unit} | {ratio:.2f} |")
    whole, most, (_, long) = figures["minutes"], figures["peak_gb"], STEPS.values()
    lines.append("")
    lines.append(
        f"`zapbench-c4`: from the plan to the score {whole:.0f} minutes; the most memory that any command held was "
        f"{most:.1f} GB. `zapbench-c256`: {long['steps']:,} steps of {long['batch']} windows, killed at step "
        f"{figures['killed_at']} and gone on with. On {figures['cores']} cores."
    )
    return "\n".join(lines)


def _measured(arguments: Sequence[str]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="braincast-") as name:
        folder = Path(name)
        store = Path(arguments[arguments.index("--store") + 1]) if "--store" in arguments else folder / "store"
        if not store.exists():
            write_store(store, N_NEURONS, seed=SEED)
        short, long = _Job(4, store, folder), _Job(256, store, folder)
        began = time.monotonic()
        plan = short.plan()
        fit, forecast = short.fit(), short.forecast()
        score = short.score()
        minutes = (time.monotonic() - began) / 60
        stored = sum(path.stat().st_size for path in short.answer.rglob("*") if path.is_file())
        rows = [
            _row(FIT, plan["fit_s"], fit["s"]),
            _row(FORECAST, plan["forecast_s"], forecast["s"]),
            _row(SCORE, plan["score_s"], score["s"]),
            _row(
                ALL,
                plan["fit_s"] + plan["forecast_s"] + plan["score_s"],
                fit["s"] + forecast["s"] + score["s"],
            ),
            _row(MEMORY, plan["memory_bytes"], max(fit["peak"], forecast["peak"], score["peak"]), "GB"),
            _row(DISK, plan["forecast_bytes_compressed"], stored, "GB"),
        ]
        long_plan = long.plan()
        killed, killed_at = long.fit_and_kill()
        resumed = long.fit("--resume")
        rows += [
            _row("C256: fit, killed and resumed", long_plan["fit_s"], killed["s"] + resumed["s"]),
            _row("C256: peak memory", long_plan["memory_bytes"], max(killed["peak"], resumed["peak"]), "GB"),
        ]
        scores = score["document"]["models"]
        return {
            "rows": rows,
            "minutes": minutes,
            "peak_gb": max(one["peak"] for one in (fit, forecast, score, killed, resumed)) / GIGABYTE,
            "cores": len(os.sched_getaffinity(0)),
            "killed_at": killed_at,
            "mae": {name: model["metrics"]["mae"]["value"] for name, model in scores.items()},
            "fit": {"c4": fit["document"]["choices"][0]["loss"], "c256": resumed["document"]["choices"][0]["loss"]},
        }


def _scored_again(arguments: Sequence[str]) -> dict[str, Any]:
    """What was recorded, with C4's forecast, score and memory measured again after a training of a few steps."""
    figures = read_json(RESULT)
    rows = {row["what"]: row for row in figures["rows"]}
    with tempfile.TemporaryDirectory(prefix="braincast-") as name:
        store = Path(arguments[arguments.index("--store") + 1]) if "--store" in arguments else Path(name) / "store"
        if not store.exists():
            write_store(store, N_NEURONS, seed=SEED)
        short = _Job(4, store, Path(name), steps=100, every=100)
        plan, made = short.plan(), (short.fit(), short.forecast(), short.score())
    _, forecast, score = made
    fit = rows[FIT]
    planned = fit["planned"] + plan["forecast_s"] + plan["score_s"]
    reached = fit["reached"] + forecast["s"] + score["s"]
    again = (
        _row(FORECAST, plan["forecast_s"], forecast["s"]),
        _row(SCORE, plan["score_s"], score["s"]),
        _row(ALL, planned, reached),
        _row(MEMORY, plan["memory_bytes"], max(one["peak"] for one in made), "GB"),
    )
    rows |= {row["what"]: row for row in again}
    peaks = [row["reached"] for what, row in rows.items() if row["unit"] == "GB" and what != DISK]
    return {**figures, "rows": list(rows.values()), "minutes": reached / 60, "peak_gb": max(peaks)}


def _row(what: str, planned: float, reached: float, unit: str = "s") -> dict[str, Any]:
    scale = GIGABYTE if unit == "GB" else 1.0
    return {
        "what": what,
        "planned": planned / scale,
        "reached": reached / scale,
        "unit": unit,
        "digits": 1 if unit == "GB" else 0,
    }


class _Job:
    """The commands for one context."""

    def __init__(self, context: int, store: Path, folder: Path, **changes: Any) -> None:
        self.task, self.data = f"zapbench-c{context}-synthetic-{N_NEURONS}", ["--data", str(store)]
        self.run, self.answer = folder / f"c{context}", folder / f"c{context}.zarr"
        self.settings = [word for k, v in {**STEPS[context], **changes}.items() for word in ("--set", f"{k}={v}")]

    def plan(self) -> dict[str, Any]:
        return self._told("fit", self.task, "linear", *self.settings, "--dry-run", *self.data)["document"]

    def fit(self, *words: str) -> dict[str, Any]:
        return self._told("fit", self.task, "linear", *self.settings, "--out", self.run, "--quiet", *words, *self.data)

    def forecast(self) -> dict[str, Any]:
        return self._told("forecast", self.run, "--out", self.answer, *self.data)

    def score(self) -> dict[str, Any]:
        return self._told("score", self.task, self.answer, *self.data)

    def fit_and_kill(self) -> tuple[dict[str, Any], int]:
        """Killed soon after the first evaluation."""
        metrics = self.run.with_name(f"{self.run.name}.unfinished") / "fold-0" / "candidate-0" / "metrics.jsonl"

        def is_begun() -> bool:
            return metrics.is_file() and metrics.read_text().count("\n") >= 1

        words = "fit", self.task, "linear", *self.settings, "--out", self.run, "--quiet", *self.data
        killed = self._told(*words, until=is_begun)
        return killed, json.loads(metrics.read_text().splitlines()[-1])["step"]

    def _told(self, *words: str | Path, until: Callable[[], bool] | None = None) -> dict[str, Any]:
        """Wall seconds, peak memory in bytes, and the document that was printed, of a command that ends well."""
        began = time.monotonic()
        with tempfile.TemporaryFile() as printed:
            command = [sys.executable, "-m", "braincast", *map(str, words), "--json"]
            process = subprocess.Popen(command, stdout=printed)
            while until is not None and not until():
                time.sleep(0.5)
            if until is not None:
                process.send_signal(signal.SIGKILL)
            _, status, used = os.wait4(process.pid, 0)
            printed.seek(0)
            text = printed.read()
        if until is None and status != 0:
            raise RuntimeError(f"{' '.join(map(str, words))} ended with {status}")
        seconds = time.monotonic() - began
        print(f"{words[0]} {words[1]}: {seconds:.0f} s, {used.ru_maxrss / 1e6:.1f} GB", file=sys.stderr)
        return {"s": seconds, "peak": used.ru_maxrss * 1024, "document": json.loads(text) if text else {}}


if __name__ == "__main__":
    main(sys.argv[1:])
