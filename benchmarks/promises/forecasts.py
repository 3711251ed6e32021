"""Forecasting: any recording in, a fair scorecard out."""

from __future__ import annotations

from itertools import pairwise
from statistics import fmean
from typing import Any

from promises.claim import Asked, Claim, Script, Theme, Told, at_least, at_most, exactly, holding, tests

LINEAR = ("var", "var-direct", "dmd", "lds")
POPULATION = ("var", "reduced-rank-var", "factor-embedding")


def _models(task: str) -> Any:
    return lambda found: found["tasks"][task]["models"]


def _best_linear(found: dict[str, Any]) -> float:
    models = _models("human-forecast")(found)
    return min(entry["value"] for entry in models.values()) / models["mean"]["value"]


def _first_lead(found: dict[str, Any]) -> float:
    models = _models("human-forecast")(found)
    best = min(models.values(), key=lambda entry: entry["value"])
    return best["by_lead"][0] / models["mean"]["by_lead"][0]


def _chosen(found: dict[str, Any]) -> bool:
    """No model has a smaller validation error than the headline, on any task."""
    return all(
        task["models"][task["headline"]]["validation"] == min(model["validation"] for model in task["models"].values())
        for task in found["tasks"].values()
    )


def _over_floor(found: dict[str, Any]) -> list[float]:
    floor = fmean(found["tasks"]["synthetic-linear"]["noise_floor"])
    return [100 * (_models("synthetic-linear")(found)[model]["value"] / floor - 1) for model in LINEAR]


def _above_floor(found: dict[str, Any]) -> bool:
    floor = fmean(found["tasks"]["synthetic-linear"]["noise_floor"])
    return all(entry["ci"][1] >= floor for entry in _models("synthetic-linear")(found).values())


def _growth(found: dict[str, Any]) -> list[float]:
    """Time for each neuron at every size over that at the size before."""
    each = [entry["seconds"] / int(n) for n, entry in found["sizes"].items()]
    return [later / earlier for earlier, later in pairwise(each)]


def _flags(found: dict[str, Any]) -> bool:
    told = [entry["intervals"] for entry in found["tasks"].values()]
    return all(entry["flag"] == (entry["coverage"] < 0.9) for entry in told)


def _moved(found: dict[str, Any]) -> int:
    return sum(sum(task["moved"].values()) for task in found.values())


THEME = Theme(
    "forecasts",
    "Forecasts",
    (
        tests(
            "nwb",
            "From an NWB file of unfamiliar layout to a scorecard in three commands",
            "tests/cli/test_command_forecast.py -m slow",
        ),
        Claim(
            "nwb-time",
            "The three commands from NWB to scorecard together",
            at_most(2, "minutes"),
            Told(
                "python -m pytest tests/cli/test_command_forecast.py -m slow", "36 s; 10 s with compiled programs", True
            ),
            timing=True,
        ),
        Claim(
            "human-time",
            "`run human-forecast` on 2 cores",
            at_most(300, "s"),
            Script("forecasts", lambda found: found["tasks"]["human-forecast"]["wall_s"]),
            "{:.0f} s",
            "hours",
            timing=True,
        ),
        Claim(
            "human",
            "Seven human brains: the best model's error over the mean's, all leads",
            at_most(0.90),
            Script("forecasts", _best_linear),
            "{:.3f}",
            "hours",
        ),
        Claim(
            "human-lead-1",
            "Seven human brains: the best model's error over the mean's, lead 1",
            at_most(0.80),
            Script("forecasts", _first_lead),
            "{:.3f}",
            "hours",
        ),
        Claim(
            "subjects",
            "Intervals are over subjects",
            exactly(7, "7 subjects"),
            Script("forecasts", lambda found: found["tasks"]["human-forecast"]["intervals"]["n_animals"]),
            "{}",
            "hours",
        ),
        Claim(
            "iterated",
            "The worm: iterated AR and VAR of order 2, ridge towards zero, lose to persistence",
            Asked("intervals above 0", lambda low: min(low) > 0),
            Script(
                "forecasts",
                lambda found: [found["second_order"][m]["over_persistence"]["ci"][0] for m in ("ar", "var")],
            ),
            "{:+.3f} at least",
            "hours",
        ),
        Claim(
            "iterated-tuned",
            "The worm: iterated AR and VAR as they stand in the line-up lose to persistence",
            Asked("errors above that of persistence", lambda errors: min(errors[:2]) > errors[2]),
            Script(
                "forecasts",
                lambda found: [_models("worm-forecast")(found)[m]["value"] for m in ("ar", "var", "persistence")],
            ),
            lambda e: f"{e[0]:.3f} and {e[1]:.3f}, persistence {e[2]:.3f}",
            "hours",
            but="With orders up to 8 and shrinkage towards each neuron's own past, chosen on validation, both beat "
            "persistence. What was asked holds for the models that it was measured with (the line above).",
        ),
        Claim(
            "pooled",
            "The worm: the pooled direct model on increments at lead 8, against persistence 0.616",
            at_most(0.56),
            Script("forecasts", lambda found: _models("worm-forecast")(found)["pooled-linear"]["by_lead"][7]),
            "{:.3f}",
            "hours",
        ),
        Claim(
            "chosen",
            "The model that leads is chosen on validation",
            holding("the least validation error leads"),
            Script("forecasts", _chosen),
            lambda ok: "on all tasks" if ok else "not everywhere",
            "hours",
            but="On the worm the one chosen is not the best on test: reduced-rank-var has 0.467, pooled-linear 0.454. "
            "The report is led by the first, and says so.",
        ),
        Claim(
            "floor",
            "synthetic-linear: VAR, direct VAR, DMD and LDS above the noise floor",
            at_most(2, "%"),
            Script("forecasts", _over_floor),
            "{:.1f} %",
            "hours",
            but="Two further population models are farther off: reduced-rank-var 2.7 %, factor-embedding 3.0 %.",
        ),
        Claim(
            "below-floor",
            "synthetic-linear: no model's interval lies wholly below the floor",
            holding("none"),
            Script("forecasts", _above_floor),
            lambda ok: "none" if ok else "one does",
            "hours",
        ),
        Claim(
            "phases",
            "Phases drawn for each neuron apart: population models lose their advantage over own pasts",
            Asked("at least 0", lambda leads: min(leads) >= 0),
            Script(
                "forecasts",
                lambda found: [
                    found["independent_phases"]["independent phases"][m]["over_alone"]["value"] for m in POPULATION
                ],
            ),
            "{:+.4f}",
            "hours",
        ),
        Claim(
            "speed",
            "Scoring [64, 32, 71,721] against xskillscore, one thread",
            at_least(8, "times"),
            Script(
                "scoring_speed",
                lambda found: found["threads"]["1"]["times_slower"]["xskillscore"],
                needs=("xskillscore",),
            ),
            "{:.1f} times",
            "hours",
            timing=True,
        ),
        Claim(
            "speed-peers",
            "Scoring that against `scores` and plain xarray, one thread",
            Asked("figures in one run", lambda x: min(x) > 1),
            Script(
                "scoring_speed",
                lambda found: [found["threads"]["1"]["times_slower"][p] for p in ("scores", "xarray")],
                needs=("xskillscore",),
            ),
            "{:.1f} times",
            "hours",
            timing=True,
        ),
        Claim(
            "bandwidth",
            "Scoring as a share of the read bandwidth, one thread",
            at_least(0.50),
            Script(
                "scoring_speed", lambda found: found["threads"]["1"]["share_of_read_bandwidth"], needs=("xskillscore",)
            ),
            "{:.2f}",
            "hours",
            timing=True,
            but="Three runs gave 0.48, 0.50 and 0.51: it stands at the border. On two threads it is above the goal.",
        ),
        Claim(
            "bandwidth-two",
            "Scoring as a share of the read bandwidth, two threads (goal 0.80)",
            at_least(0.50),
            Script(
                "scoring_speed", lambda found: found["threads"]["2"]["share_of_read_bandwidth"], needs=("xskillscore",)
            ),
            "{:.2f}",
            "hours",
            timing=True,
        ),
        Claim(
            "memory",
            "A forecast five times the allowance adds less than the allowance of 268 MB",
            at_most(268, "MB"),
            Script(
                "scoring_speed",
                lambda found: found["memory"]["peak_mb"] - found["memory"]["peak_of_a_small_one_mb"],
                needs=("xskillscore",),
            ),
            "{:.0f} MB",
            "hours",
        ),
        Claim(
            "growth",
            "From 1,000 to 71,721 neurons: time for each neuron at a step over the step before",
            at_most(1.02),
            Script("scoring_speed", _growth, needs=("xskillscore",)),
            "{:.3f}",
            "hours",
            timing=True,
            but="A number of neurons that is a power of two costs up to a third more (16,384: 1.43 ns "
            "a number against 1.17).",
        ),
        tests("bits", "Equal bits for three chunkings and 1, 2, 4 workers", "tests/scoring/forecasting/test_sums.py"),
        tests(
            "coverage-by-hand",
            "Coverage of bootstrap intervals on surrogates with the real number of blocks",
            "tests/scoring/forecasting/test_calibration.py",
        ),
        Claim(
            "flags",
            "Coverage stands in every scorecard and is flagged under 90 %",
            holding("flags where due"),
            Script("forecasts", _flags),
            lambda ok: "flags where due" if ok else "a flag is missing",
            "hours",
        ),
        Claim(
            "audit",
            "The leakage audit over every model × task: forecasts that moved",
            exactly(0),
            Script("leakage", _moved),
            "{}",
            "hours",
        ),
        tests("audit-cheats", "The audit finds a model that looks ahead", "tests/experiments/test_forecast_leakage.py"),
        tests(
            "bad-input",
            "Gaps, decreasing time, NaN and constant neurons, overflow, repeats, wrong units, damaged files",
            "tests/datasets/readers tests/faults/test_reader_faults.py",
        ),
    ),
)
