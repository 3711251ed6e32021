"""The main job, measured: `python benchmarks/main_job.py [--write | --table]`.

`--write` also puts the leading models into the README and all of them into the page of models; `--table` does only
that, from the figures recorded last.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pages import put_between_markers

HERE = Path(__file__).parent
RESULT = HERE / "results" / "main_job.json"
README, PAGE = HERE.parent / "README.md", HERE.parent / "docs" / "findings" / "models.md"
TITLES = {
    "auroc": "AUROC, pooled",
    "auroc_within_fold": "AUROC within folds",
    "average_precision": "average precision",
    "correlation": "correlation",
}
# The README shows the floor, the leading models, and the nulls that decide about the headline model.
LEADING = ("responder-propensity", "distance", "connectome-regression", "response-regression")
DECIDE = ("identity-permuted", "degree-preserving")
SHORT = ("auroc", "average_precision", "correlation")


def main() -> None:
    """Run, record, print; or only write the table of what was recorded."""
    if "--table" in sys.argv:
        write_table(json.loads(RESULT.read_text(encoding="utf-8")))
        return
    subprocess.run([*BRAINCAST, "data", "get", "worm-atlas", "--quiet"], check=True, stdout=subprocess.DEVNULL)
    with tempfile.TemporaryDirectory() as folder:
        first, second = (_timed_run(Path(folder) / name) for name in ("first", "second"))
        report_bytes = (Path(folder) / "first" / "report.html").stat().st_size
    figures = {
        "machine": {"system": platform.system(), "python": platform.python_version(), "cores": os.cpu_count()},
        "help_s": round(statistics.median(_help_s() for _ in range(7)), 3),
        "run_s": [round(wall_s, 1) for wall_s, _ in (first, second)],
        "same_numbers_twice": _numbers(first[1]) == _numbers(second[1]),
        "report_bytes": report_bytes,
        "document": _condensed(first[1]),
    }
    RESULT.write_text(json.dumps(figures, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    print(table(figures))
    print({key: figures[key] for key in ("help_s", "run_s", "same_numbers_twice", "report_bytes")})
    if "--write" in sys.argv:
        write_table(figures)


def write_table(figures: dict[str, Any]) -> None:
    """Put the short table between its marks in the README, the whole one into the page of models."""
    put_between_markers(README, table(figures))
    put_between_markers(PAGE, whole_table(figures), "main-job")


BRAINCAST = [sys.executable, "-m", "braincast"]


def table(figures: dict[str, Any]) -> str:
    """The README's table of leading models, with verdict and ceiling, from recorded figures."""
    document, headline = figures["document"], figures["document"]["headline"]
    names = [*LEADING, headline, *(f"{headline}@{null}" for null in DECIDE)]
    took = f"The run took {max(figures['run_s']):.0f} s on {figures['machine']['cores']} cores after the download."
    return "\n".join(
        [
            *_rows(document, names, SHORT),
            "",
            f"Brackets are 95 % intervals over cell classes. {document['sentence']}",
            "",
            f"{_ceiling(document)} {took}",
        ]
    )


def whole_table(figures: dict[str, Any]) -> str:
    """All models of the run, the headline model's nulls, and its lead by number of trials."""
    document, headline = figures["document"], figures["document"]["headline"]
    names = [name for name, entry in document["models"].items() if entry["of"] in (None, headline)]
    strata = "; ".join(_stratum(pair) for pair in document["group_comparisons"] if pair["group"].startswith("trials"))
    return "\n".join(
        [
            *_rows(document, names, tuple(TITLES)),
            "",
            f"Brackets are 95 % intervals over cell classes. {document['sentence']}",
            "",
            f"Its lead over the identity-permuted wiring inside strata of trial counts: {strata}.",
            "",
            _ceiling(document),
        ]
    )


def _rows(document: dict[str, Any], names: Sequence[str], metrics: Sequence[str]) -> list[str]:
    models = document["models"]
    return [
        f"| `{document['task']}` | role | " + " | ".join(TITLES[key] for key in metrics) + " |",
        "|---" * (2 + len(metrics)) + "|",
        *(
            f"| {name} | {models[name]['role']} | "
            + " | ".join(shown(models[name]["metrics"][key]) for key in metrics)
            + " |"
            for name in names
        ),
    ]


def _ceiling(document: dict[str, Any]) -> str:
    ceiling = document["ceiling"]
    lower, upper = ceiling["correlation_ci"]
    return (
        f"The ceiling of the correlation is {ceiling['correlation']:.2f} ({lower:.2f}, {upper:.2f}): repeatability of "
        f"the mean response {ceiling['reliability']:.2f}, {ceiling['n_pairs']:,} pairs."
    )


def _timed_run(out: Path) -> tuple[float, dict[str, Any]]:
    began = time.perf_counter()
    command = [*BRAINCAST, "run", "--json", "--quiet", "--offline", "--out", str(out)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return time.perf_counter() - began, json.loads(done.stdout)


def _help_s() -> float:
    began = time.perf_counter()
    subprocess.run([*BRAINCAST, "--help"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


def _numbers(document: dict[str, Any]) -> dict[str, Any]:
    """Everything but costs, times and paths."""
    models = {name: {k: v for k, v in entry.items() if k != "cost"} for name, entry in document["models"].items()}
    return {**{k: v for k, v in document.items() if k not in ("files", "run")}, "models": models}


def _condensed(document: dict[str, Any]) -> dict[str, Any]:
    """What documents quote: metrics without groups, the verdict on the headline model, the ceiling."""
    kept = ("role", "of", "metrics", "cost")
    verdict = document["wiring"][document["headline"]]
    return {
        "task": document["task"],
        "task_hash": document["task_hash"],
        "headline": document["headline"],
        "sentence": verdict["sentence"],
        "answer": verdict["verdict"],
        "arms": verdict["compared"],
        "ceiling": document["ceiling"],
        "models": {name: {key: entry[key] for key in kept} for name, entry in document["models"].items()},
        "trials": {
            name: {label: score["value"] for label, score in entry["groups"]["trials"].items()}
            for name, entry in document["models"].items()
        },
        "group_comparisons": [
            c for c in document["group_comparisons"] if c["a"] == document["headline"] and "identity" in c["b"]
        ],
    }


def _stratum(pair: dict[str, Any]) -> str:
    lower, upper = pair["ci"]
    return f"{pair['group'].removeprefix('trials: ')} {pair['difference']:+.3f} ({lower:+.3f}, {upper:+.3f})"


def shown(score: dict[str, Any]) -> str:
    if score["value"] is None:
        return "–"
    interval = "" if score["ci"] is None else f" ({score['ci'][0]:.3f}, {score['ci'][1]:.3f})"
    return f"{score['value']:.3f}{interval}"


if __name__ == "__main__":
    main()
