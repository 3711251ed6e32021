"""Every model of worm-perturbation beside its nulls, measured: `python benchmarks/all_models.py [--write | --table]`.

Runs `braincast run --models all` once and records its figures; `--write` also puts the table into
docs/findings/models.md, `--table` does only that, from the figures recorded last.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from main_job import BRAINCAST, shown
from pages import put_between_markers

HERE = Path(__file__).parent
RESULT = HERE / "results" / "all_models.json"
PAGE = HERE.parent / "docs" / "findings" / "models.md"
SHOWN = ("auroc", "average_precision", "log_loss", "correlation")
# What is removed, in the order of the columns; a model that was never given it has no entry.
ARMS = ("identity-permuted", "degree-preserving", "no-edges", "expression-permuted", "positions-permuted", "transposed")


def main() -> None:
    """Run, record, print; or only write the table of what was recorded."""
    if "--table" not in sys.argv:
        RESULT.write_text(json.dumps(_measured(), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    figures = json.loads(RESULT.read_text(encoding="utf-8"))
    print(table(figures))
    if "--write" in sys.argv or "--table" in sys.argv:
        put_between_markers(PAGE, table(figures))


def table(figures: dict[str, Any]) -> str:
    """Both tables of the page: scores, and what is left when something is removed."""
    models = {name: entry for name, entry in figures["models"].items() if entry["of"] is None}
    order = sorted(models, key=lambda name: figures["validation_log_loss"][name])
    scores = [
        f"| {name}{' **(headline)**' if name == figures['headline'] else ''} "
        f"| {figures['validation_log_loss'][name]:.4f} | "
        + " | ".join(shown(models[name]["metrics"][key]) for key in SHOWN)
        + f" | {models[name]['cost']['parameters']:,} | {models[name]['cost']['fit_s']:.1f} |"
        for name in order
    ]
    nulls = [
        f"| {name} | {models[name]['metrics']['auroc']['value']:.3f} | "
        + " | ".join(_lead(figures, name, arm) for arm in ARMS)
        + " |"
        for name in order
        if any(entry["of"] == name for entry in figures["models"].values())
    ]
    return "\n".join(
        [
            "| model, by inner folds | inner log loss | AUROC, pooled | average precision | log loss "
            "| correlation, 8+ trials | parameters | fit, s |",
            "|---|---|---|---|---|---|---|---|",
            *scores,
            "",
            "What each model loses when one thing it was given is taken away (its lead over the same model so "
            "deprived; brackets are paired 95 % intervals; negative is better without):",
            "",
            "| model | AUROC | " + " | ".join(ARMS) + " |",
            "|---|---|" + "---|" * len(ARMS),
            *nulls,
            "",
            f"`braincast run --models all` took {figures['run_s'] / 60:.1f} minutes on {figures['machine']['cores']} "
            f"cores; the headline model has {figures['headline_draws']} draws of each null that decides, the others 3.",
        ]
    )


def _measured() -> dict[str, Any]:
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        command = [*BRAINCAST, "run", "--models", "all", "--json", "--quiet", "--out", str(Path(folder) / "run")]
        document = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    elapsed_s = time.perf_counter() - began
    kept = ("role", "of", "metrics", "cost", "replicates")
    headline = f"{document['headline']}@identity-permuted"
    return {
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "run_s": round(elapsed_s, 1),
        "task_hash": document["task_hash"],
        "headline": document["headline"],
        "headline_draws": len(document["models"].get(headline, {"replicates": []})["replicates"]),
        "validation_log_loss": document["validation_log_loss"],
        "models": {name: {key: entry[key] for key in kept} for name, entry in document["models"].items()},
        "comparisons": document["comparisons"],
        "wiring": document["wiring"],
        "ceiling": document["ceiling"],
    }


def _lead(figures: dict[str, Any], name: str, arm: str) -> str:
    pairs = [pair for pair in figures["comparisons"] if pair["a"] == name and pair["b"] == f"{name}@{arm}"]
    if not pairs:
        return "–"
    return f"{pairs[0]['difference']:+.3f} ({pairs[0]['ci'][0]:+.3f}, {pairs[0]['ci'][1]:+.3f})"


if __name__ == "__main__":
    main()
