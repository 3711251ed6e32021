"""What the wiring test is worth, on brains of which the answer is known: `python benchmarks/calibration.py [--write]`.

Null brains are simulated on an identity-permuted copy of the wiring that models are given, planted ones on that wiring
itself. Trials are kept in the cache, so that a run that was stopped goes on; `--most N` stops after N brains more.
Figures go to results/calibration.json and, with `--write`, to docs/concepts/wiring-test.md; `--table` writes the
page once more from the figures recorded last.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from pages import put_between_markers

from braincast.datasets.cache import home
from braincast.experiments.calibration import ANSWERS, Trial, rates, tried
from braincast.experiments.known_brains import FAMILIES
from braincast.files import sha256_of_json

HERE = Path(__file__).parent
RESULT, PAGE = HERE / "results" / "calibration.json", HERE.parent / "docs" / "concepts" / "wiring-test.md"
# Brains by family: simulated on another wiring, and on the one that models are given.
BRAINS = {"perturbation": {"null": 200, "planted": 20}, "forecast": {"null": 40, "planted": 20}}
# Arms that do not decide, with 19 draws on the last null brains of one family: the fewest that give p = 0.05.
OTHERS = dict.fromkeys(("class-permuted", "within-type-permuted", "weights-shuffled", "density-matched"), 19)
N_WITH_OTHERS = 10
ALLOWED = 0.085  # of "helps" on null brains: the binomial upper bound for 0.05 in 200


def main() -> None:
    """Try what has not been tried, then tell."""
    if "--table" not in sys.argv:
        _try_all()
        figures = _figures()
        RESULT.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    figures = json.loads(RESULT.read_text(encoding="utf-8"))
    if {"--write", "--table"} & set(sys.argv):
        put_between_markers(PAGE, table(figures))
    print(table(figures))


def table(figures: dict[str, Any]) -> str:
    """The rates of verdicts, then those of single arms, as Markdown."""
    rows = [
        f"| {family} | {_TOLD[kind]} | {found['brains']} | {_lead(found)} | "
        + " | ".join(_shown(found["verdicts"][answer]) for answer in ANSWERS)
        + " |"
        for family, kinds in figures["families"].items()
        for kind, found in kinds.items()
    ]
    head = ["| task | activity follows | brains | mean lead over the nulls | helps | does not | cannot tell |"]
    arms = ["| task | activity follows | arm | p ≤ 0.05 | interval above 0 | both |", "|---|---|---|---|---|---|"]
    for family, kinds in figures["families"].items():
        for kind, found in kinds.items():
            for arm, own in found["arms"].items():
                shown = " | ".join(_shown(own[key]) for key in ("p", "interval", "both"))
                arms.append(f"| {family} | {_TOLD[kind]} | {arm} | {shown} |")
    return "\n".join([*head, "|---|---|---|---|---|---|---|", *rows, "", *arms])


_TOLD = {"null": "another wiring", "planted": "the wiring given"}


def _shown(share: dict[str, Any]) -> str:
    lower, upper = (100 * bound for bound in share["ci"])
    return f"{share['count']} of {share['n']}: {100 * share['share']:.1f} % ({lower:.1f} to {upper:.1f})"


def _lead(found: dict[str, Any]) -> str:
    decisive = ("identity-permuted", "degree-preserving")
    return " and ".join(f"{found['arms'][arm]['mean_lead']:+.3f}" for arm in decisive)


def _try_all() -> None:
    done = {(one["family"], one["kind"], one["seed"]) for one in _kept()}
    wanted = [
        (family, kind, 10_000 * (kind == "planted") + number)
        for family, kinds in BRAINS.items()
        for kind, n in sorted(kinds.items(), reverse=True)  # planted first
        for number in range(n)
    ]
    limit = int(sys.argv[sys.argv.index("--most") + 1]) if "--most" in sys.argv else len(wanted)
    for family, kind, seed in [key for key in wanted if key not in done][:limit]:
        began = time.process_time()
        others = OTHERS if family == "perturbation" and kind == "null" and seed >= 200 - N_WITH_OTHERS else {}
        trial = tried(FAMILIES[family], seed=seed, own_wiring=kind == "planted", others=others)
        entry = {"family": family, "kind": kind, "cpu_s": round(time.process_time() - began, 2), **asdict(trial)}
        with _trials().open("a", encoding="utf-8") as file:
            file.write(json.dumps(entry) + "\n")


def _trials() -> Path:
    """Where trials of families as they are now are kept."""
    return home() / f"calibration-{sha256_of_json(_told())[:12]}.jsonl"


def _kept() -> list[dict[str, Any]]:
    path = _trials()
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def _told() -> dict[str, Any]:
    return {
        name: {"model": own.model, "settings": own.settings, "strength": own.strength, "classes": own.n_classes}
        for name, own in FAMILIES.items()
    }


def _figures() -> dict[str, Any]:
    kept = sorted(_kept(), key=lambda one: one["seed"])
    families: dict[str, Any] = {}
    for name, kinds in BRAINS.items():
        families[name] = {}
        for kind in kinds:
            own = [one for one in kept if (one["family"], one["kind"]) == (name, kind)]
            trials = [Trial(one["seed"], one["answer"], one["arms"]) for one in own]
            if trials:
                cpu_s = round(sum(one["cpu_s"] for one in own) / len(own), 2)
                families[name][kind] = {**rates(trials), "cpu_s_per_brain": cpu_s}
    return {"allowed": ALLOWED, "told": _told(), "families": families}


if __name__ == "__main__":
    main()
